/* The program's transaction, and the running of plans in it or outside of it. */
#ifndef SESSION_TRANSACTION_H
#define SESSION_TRANSACTION_H

#include "session.h"

/* BEGIN as the session's begin options want it. */
const struct statement *transaction_begin_statement(const struct howdah_session *s);
extern const struct statement transaction_begin_plain;
extern const struct statement transaction_begin_snapshot; /* reads of one state of the database */
extern const struct statement transaction_commit_statement;
extern const struct statement transaction_rollback_statement;

/* Runs a plan on the transaction's connection, or on one that is leased for it. After a failure in a transaction of the
 * program its connection is gone, and the caller ends it. The error still lacks its text, model, field and object. */
enum howdah_status transaction_run(struct howdah_session *s, struct pg_plan *plan);
/* Runs one reading step, with the BEGIN that must go before it, under the statement deadline. */
enum howdah_status transaction_read(struct howdah_session *s, struct pg_step *step);
/* The same for several, in one round trip. */
enum howdah_status transaction_read_steps(struct howdah_session *s, struct pg_step *steps, size_t count);
/* The same for a plan that is whole, whatever it begins with. `restart` is called before it runs a second time. */
enum howdah_status transaction_read_plan(struct howdah_session *s, struct pg_step *steps, size_t count,
                                         void (*restart)(void *arg), void *arg);
/* The transaction has ended: by COMMIT, or not. Gives the connection back. */
void transaction_end(struct howdah_session *s, bool committed);
/* Rolls the server's transaction back, if there is one, and ends it. Errors are of no interest any more. */
void transaction_abandon(struct howdah_session *s);

/* Whether the program may begin and end transactions itself; false, and MISUSE, inside of a unit of database_run. */
bool transaction_is_programs(struct howdah_session *s, const char *call);

/* Remembers what a flush is about to change in an entry. False if memory is out. */
bool transaction_remember(struct howdah_session *s, struct entry *entry);
/* The same of an entry whose row the transaction itself has made: an undoing detaches it. */
bool transaction_remember_made(struct howdah_session *s, struct entry *entry);

#endif
