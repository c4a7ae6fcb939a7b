/* Transactions beyond begin, flush and commit: units of work that are run again, commits in doubt, savepoints, settings,
 * hooks. */
#ifndef HOWDAH_TRANSACTION_H
#define HOWDAH_TRANSACTION_H

#include <howdah/session.h>

#include <stdint.h>

HOWDAH_BEGIN_DECLS

/* --- a unit of work that is run again where the server says so --- */

/* The unit: reads and changes, and flushes if it must. It returns OK to have it committed, anything else to have it rolled
 * back. It may be called several times, each time with a session that is empty: what it does outside of the session it
 * must be able to do again. */
typedef enum howdah_status (*howdah_unit)(struct howdah_session *s, void *arg);

/* Use RUN_OPTIONS(.tries = 3). Zero is the default of every member. Times are milliseconds. */
struct howdah_run_options {
    size_t struct_size;
    const struct howdah_begin_options *begin; /* of the transaction; NULL: the server's defaults */
    int tries;                                /* at most; default 5 */
    int pause;         /* before the second try; twice as long before each later one. Default 10; -1 none. Each is drawn
                          at random from its upper half, so that those who met don't meet again */
    int longest_pause; /* default 1,000 */
    int timeout;       /* no try begins later than that; default 60,000, -1 no limit */
};
#define HOWDAH_RUN_OPTIONS(...) \
    (&(const struct howdah_run_options){.struct_size = sizeof(struct howdah_run_options), __VA_ARGS__})

/* Runs the unit in a transaction of a new session, and commits it. If the server refuses the transaction for a
 * serialization failure (40001) or a deadlock (40P01), wherever that shows, everything is done again with another session,
 * after a pause. Nothing else is tried again, least of all a commit whose outcome is in doubt.
 *
 * Returns OK if it was committed; else what the unit returned, or what failed. `error` may be NULL, else it is filled on
 * failure; its object is NULL, since the session is gone. A try costs what the unit costs, and its commit 1 round trip. In
 * the unit session_begin, session_commit, session_rollback, session_clear and session_close are STATUS_MISUSE. Any thread.
 * `options` may be NULL. */
HOWDAH_API enum howdah_status howdah_database_run(struct howdah_database *db, howdah_unit unit, void *arg,
                                                  const struct howdah_run_options *options, struct howdah_error *error)
    HOWDAH_MUST_CHECK;

/* --- a commit in doubt --- */

/* What became of the transaction that an error's in_doubt_token names: OK, and *ret_outcome is OUTCOME_DONE or
 * OUTCOME_NOT_DONE, for ever; or STATUS_IN_DOUBT if it can't be learned before the database's in_doubt_timeout, or can't be
 * learned at all; STATUS_INVALID for what is no token. `error` may be NULL, else it is filled on failure. Any process may
 * ask, of the same cluster. The transaction must have lost its client: if it is still open its backend is ended. Round
 * trips: 1, or as many as it takes. Any thread. */
HOWDAH_API enum howdah_status howdah_database_resolve(struct howdah_database *db, const char *token,
                                                      enum howdah_outcome *ret_outcome, struct howdah_error *error)
    HOWDAH_MUST_CHECK;

/* --- two-phase commit: one unit of work over several databases, or a database and something else --- */

/* The first phase: writes all changes inside the program's transaction (of its own without session_begin), and makes it durable
 * on the server under that name, in place of COMMIT: PREPARE TRANSACTION. What can fail has failed then, deferred constraints
 * included. From then on it needs no connection: any process may end it, and it outlives a crash. It keeps its locks, so
 * end it soon. 1 round trip, and those of session_flush.
 *
 * Nobody knows yet what becomes of it: objects are as they were flushed, and calls that would send something are
 * STATUS_MISUSE until the program says it by
 *   session_commit    COMMIT PREPARED; objects are as committed. Changes made since are for the next commit
 *   session_rollback  ROLLBACK PREPARED; objects are as they were loaded, added ones detached
 * (1 round trip each). Where another process has ended it, these find out by the transaction's id; if it ended otherwise than
 * is asked for, STATUS_MISUSE says which of them to call. session_close and session_clear leave it on the server.
 *
 * A failure of the first phase undoes it all: pending as before, OUTCOME_NOT_DONE. Only where the connection is lost and nobody can
 * be asked it is STATUS_IN_DOUBT: look for the name in database_list_prepared. The server must allow it:
 * max_prepared_transactions is 0 by default. The name: 1 to 199 letters, digits or _ . : + / = @ -, unique in the cluster. */
HOWDAH_API enum howdah_status howdah_session_prepare(struct howdah_session *s, const char *gid) HOWDAH_MUST_CHECK;

/* The second phase, by whoever knows the name. STATUS_NOT_FOUND if no such transaction is prepared in this database: it has been
 * ended already, or never was. STATUS_IN_DOUBT if the connection was lost: do it again, NOT_FOUND means that it was done.
 * `error` may be NULL, else it is filled on failure. 1 round trip. Any thread. */
HOWDAH_API enum howdah_status howdah_database_commit_prepared(struct howdah_database *db, const char *gid,
                                                              struct howdah_error *error) HOWDAH_MUST_CHECK;
HOWDAH_API enum howdah_status howdah_database_rollback_prepared(struct howdah_database *db, const char *gid,
                                                                struct howdah_error *error) HOWDAH_MUST_CHECK;

/* A transaction that is prepared. Texts are valid during the call. */
struct howdah_prepared_transaction {
    const char *gid;
    const char *owner; /* the role that prepared it */
    struct howdah_timestamp prepared_at;
};
/* Returns false to see no more. It must not use the database. */
typedef bool (*howdah_prepared_row)(void *arg, const struct howdah_prepared_transaction *prepared);

/* All that are prepared in this database, the oldest first: what is old and nobody's any more is an orphan, which holds
 * locks and keeps VACUUM from cleaning up. `error` as above. 1 round trip. Any thread. */
HOWDAH_API enum howdah_status howdah_database_list_prepared(struct howdah_database *db, howdah_prepared_row row,
                                                            void *arg, struct howdah_error *error) HOWDAH_MUST_CHECK;

/* --- savepoints --- */

/* A place in the program's transaction (STATUS_NO_TRANSACTION without one) that session_rollback_to goes back to. Pending
 * changes are flushed before it. 1 round trip, and those of the flush if anything is pending. Returns its number, 0 on
 * error; savepoints may be nested to any depth.
 *
 * A failure behind a savepoint does not end the transaction: the server goes back to the innermost one at once (1 more
 * round trip), and what was flushed since is pending again. The error sticks as any other; then session_rollback_to drops
 * what was done since, or session_clear_error keeps it to be mended. Where the connection is lost, or COMMIT itself fails,
 * the transaction is over as without a savepoint. */
HOWDAH_API uint32_t howdah_session_savepoint(struct howdah_session *s);
/* Back to the savepoint, which stays; those made after it are gone. Everything is as it was there: rows, states of objects
 * that were added, changed or deleted since, their fields, generated keys, the identity map. Objects that were evicted stay
 * out. Clears the error. 1 round trip. STATUS_MISUSE if there is no such savepoint any more. */
HOWDAH_API enum howdah_status howdah_session_rollback_to(struct howdah_session *s, uint32_t savepoint);
/* Forgets the savepoint and those made after it; what was done since belongs to what is around it. 1 round trip. */
HOWDAH_API enum howdah_status howdah_session_release(struct howdah_session *s, uint32_t savepoint);

/* --- settings --- */

/* session_set_local(s, "app.tenant", "7"): a setting of the server for this transaction (set_config with is_local), for row
 * security, lock_timeout and the like. No round trip of its own: it travels with BEGIN, or in front of the next statement.
 * Without session_begin it is for the next commit alone, and reads before it don't have it. It ends with the transaction,
 * or where session_rollback_to goes back behind it. Name and value are copied. STATUS_INVALID for what is no name, and
 * for what the library depends on (client_encoding, standard_conforming_strings, array_nulls). */
HOWDAH_API enum howdah_status howdah_session_set_local(struct howdah_session *s, const char *name, const char *value);

/* --- hooks --- */

/* The program's own code in the course of a session's work; each may be NULL. They run in the thread of the call. None may
 * call session_begin, flush, commit, rollback, savepoints, clear or close: STATUS_MISUSE. Use HOOKS(.on_plan = look). */
struct howdah_hooks {
    size_t struct_size;
    /* Before something is written. It may find, add, change and delete. What it returns but OK becomes the failure of the
     * flush or commit; nothing was sent. */
    enum howdah_status (*before_flush)(struct howdah_session *s, void *arg);
    /* Sees what is about to run, exactly, and refuses it by returning anything but OK: nothing was sent. It can't use the
     * session (STATUS_MISUSE), and must not change objects. */
    enum howdah_status (*on_plan)(const struct howdah_plan *plan, void *arg);
    /* When changes were written, and can still be taken back. It may do what before_flush may; what it changes a commit
     * writes, too, in as many rounds as it takes, at most 100. With this hook a commit costs 1 round trip for each round,
     * and 1 for COMMIT. What it returns but OK becomes the failure of the commit, which takes back what was written; inside
     * session_begin that stays, flushed, and the transaction is open. */
    enum howdah_status (*after_flush)(struct howdah_session *s, void *arg);
    /* When something was committed: its rows are in the database. Nothing may be sent (STATUS_MISUSE, with the outcome DONE
     * for the commit). Also where the commit fails with that outcome, since its answer can't be taken into the objects:
     * session_error tells so, and stays that of the commit, though the hook may clear it in order to go on. Not where the
     * commit is in doubt. */
    void (*after_commit)(struct howdah_session *s, void *arg);
    /* Behind session_rollback. The same holds. */
    void (*after_rollback)(struct howdah_session *s, void *arg);
    void *arg;
};
#define HOWDAH_HOOKS(...) (&(const struct howdah_hooks){.struct_size = sizeof(struct howdah_hooks), __VA_ARGS__})

/* Sets the session's hooks, which are copied, instead of those of the database's options; NULL: none. No round trip. */
HOWDAH_API enum howdah_status howdah_session_hooks(struct howdah_session *s, const struct howdah_hooks *hooks);

HOWDAH_END_DECLS

#endif
