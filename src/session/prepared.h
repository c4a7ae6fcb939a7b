/* Transactions that are prepared, by their names: what the server knows of them, and their end. */
#ifndef SESSION_PREPARED_H
#define SESSION_PREPARED_H

#include "database.h"
#include "fence.h"

enum { GID_MAX = 199, PREPARED_TEXT_MAX = GID_MAX + 32 };

/* The state that a statement needs is another: prepared transactions are disabled, or another backend is at this one. */
#define SQLSTATE_STATE "55000"

/* Names are pasted into statements, which take no parameters: so they have none of the characters that mean anything there. */
bool prepared_is_name(const char *gid);
enum howdah_status prepared_refuse_name(struct howdah_error *error);
/* "VERB 'gid'". */
struct statement prepared_statement(char text[PREPARED_TEXT_MAX], const char *verb, const char *gid);

/* Whether it is there, and is that transaction (of one that wrote nothing nothing is known but the name); false also where
 * nobody could be asked. */
bool prepared_exists(struct howdah_database *db, const char *gid, const struct pg_transaction *transaction,
                     const struct fence *fence, moment deadline);
/* COMMIT PREPARED or ROLLBACK PREPARED. NOT_FOUND if it is not there. `counters` may be NULL. */
enum howdah_status prepared_end(struct howdah_database *db, const char *gid, bool commits, struct pg_counters *counters,
                                struct howdah_error *error, enum howdah_outcome *ret_outcome);

#endif
