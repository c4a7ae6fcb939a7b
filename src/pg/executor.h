/* The executor: runs a plan on a connection, through libpq's pipeline mode (where the plan is one statement that is
 * prepared already, without: that is cheaper). One non-blocking state machine; pg_execute is a poll loop around it. */
#ifndef PG_EXECUTOR_H
#define PG_EXECUTOR_H

#include "plan.h"
#include "pool.h"

enum pg_wants { PG_WANTS_READ = 1, PG_WANTS_WRITE = 2, PG_FINISHED = 4 };

/* Runs the plan to its end, or until it failed. When it returns the connection is idle (or in a transaction as
 * plan->keep_transaction allows), or broken and to be released. On failure: if the connection is alive and in a
 * transaction, it has been rolled back (one more round trip), also with keep_transaction; with plan->recovery only to the
 * savepoint, and it is still in the transaction. */
enum howdah_status pg_execute(struct pg_connection *connection, struct pg_plan *plan);

/* The same in steps: start, then advance until it is PG_FINISHED, waiting in between for the socket to become what was
 * wanted. pg_execution_status is the result. The plan must live until then. */
struct pg_execution;
enum howdah_status pg_execution_start(struct pg_connection *connection, struct pg_plan *plan,
                                      struct pg_execution **ret);
int pg_execution_socket(const struct pg_execution *execution);
unsigned pg_execution_advance(struct pg_execution *execution); /* pg_wants; also when the deadline has passed */
enum howdah_status pg_execution_status(const struct pg_execution *execution);
void pg_execution_free(struct pg_execution *execution); /* breaks the connection if it has not finished */

/* Whether the connection is inside a transaction, by the server's last word. */
bool pg_connection_in_transaction(const struct pg_connection *connection);
/* Whether the server session's TimeZone is UTC by one of its names. */
bool pg_connection_is_utc(const struct pg_connection *connection);
/* Whether it still works, by the last call on it. */
bool pg_connection_alive(const struct pg_connection *connection);

/* A transaction that can be asked for later. Filled by pg_transaction_note from the answer of
 * pg_transaction_statement, which a writing plan sends behind its BEGIN. */
struct pg_transaction {
    uint64_t id;                /* xid8; 0: not known */
    uint64_t system_identifier; /* of the cluster; 0: not known */
    uint32_t timeline;
    bool durable;  /* it was prepared: no crash erases it */
    uint64_t life; /* of the server: another one after a crash */
};
extern const struct statement pg_transaction_statement;
/* A row callback's work: takes the id from the cells, the rest from the connection. False if they make no sense. */
bool pg_transaction_note(struct pg_connection *connection, const struct cell *cells, size_t count,
                         struct pg_transaction *ret);
/* What became of the transaction: DONE, NOT_DONE, or IN_DOUBT if nobody can say before the deadline (server gone,
 * failed over to another timeline, id too old). Asks pg_xact_status through other connections of the pool; ends the
 * old backend if it still runs (it can't be told to commit any more). Any number of round trips. */
enum howdah_outcome pg_transaction_resolve(struct pg_pool *pool, const struct pg_transaction *transaction,
                                           moment deadline);
/* System identifier, timeline, life and id, "7312...:00000001:80...:12345", for the error's in_doubt_token; and back:
 * false if it is none. */
void pg_transaction_token(const struct pg_transaction *transaction, char *ret_text, size_t size);
bool pg_transaction_parse(const char *token, struct pg_transaction *ret);

#endif
