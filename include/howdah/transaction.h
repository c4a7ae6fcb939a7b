/* Transactions beyond begin, flush and commit: units of work that are run again, and what became of a commit that was in
 * doubt. */
#ifndef HOWDAH_TRANSACTION_H
#define HOWDAH_TRANSACTION_H

#include <howdah/session.h>

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

HOWDAH_END_DECLS

#endif
