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

enum { SAVEPOINT_TEXT = 48 };

/* A savepoint of the program's transaction. */
struct savepoint {
    struct savepoint *outer;
    struct flushed *flushed; /* the newest when it was made */
    struct kept *kept;       /* what relations had remembered of fields */
    struct setting *setting; /* the last one */
    struct fence fence;      /* that was written before it */
    struct slab_place *read; /* by mapper: what had been read */
    bool wrote;              /* the transaction had, by then */
    uint32_t number;
    char texts[3][SAVEPOINT_TEXT];
    struct statement make, back, release;
};

/* In the arena, with its statements; NULL if memory is out. Those of the program are counted up from 1, those of a probe down
 * from the largest number. */
struct savepoint *savepoint_new(struct arena *arena, uint32_t number);

/* A setting that ends with the transaction. */
struct setting {
    struct setting *next;
    const char *name, *value;
};

/* How many steps must go before the first one of a plan in the program's transaction: BEGIN, and settings that were not
 * sent. And the steps. */
size_t transaction_count_head(const struct howdah_session *s);
static inline size_t transaction_head_count(const struct howdah_session *s)
{
    return s->transaction == TRANSACTION_NONE ? 0 : transaction_count_head(s);
}
void transaction_put_head(struct howdah_session *s, struct pg_step *ret_steps);
/* The settings alone. */
void transaction_put_settings(struct howdah_session *s, struct pg_step *ret_steps);
extern const struct statement transaction_setting_statement;
/* Binds a setting to it. */
enum howdah_status transaction_bind_setting(struct howdah_session *s, const struct setting *setting,
                                            struct pg_binding *ret);
/* A copy of all that the transaction has; NULL: it has none, or memory is out. */
const struct setting *transaction_copy_settings(const struct howdah_session *s, struct arena *arena);
/* Where the plan has failed at a setting, the error says at which. */
void transaction_name_setting(struct howdah_session *s, const struct pg_plan *plan);
/* The settings were sent. */
void transaction_sent_settings(struct howdah_session *s);
/* What was set behind that one was undone: it is to be sent again, or forgotten. */
void transaction_unset(struct howdah_session *s, struct setting *last, bool again);

/* Runs a plan on the transaction's connection, or on one that is leased for it. After a failure in a transaction of the
 * program its connection is gone, or it is back at its innermost savepoint: the caller tells transaction_failed. A plan that
 * went back to a savepoint of its own leaves the session in that transaction. The error still lacks its text, model, field
 * and object. */
enum howdah_status transaction_run(struct howdah_session *s, struct pg_plan *plan);
/* Runs reading steps in one round trip, with the BEGIN that must go before them, under the statement deadline. */
static inline enum howdah_status transaction_read_steps(struct howdah_session *s, struct pg_step *steps, size_t count);
static inline enum howdah_status transaction_read(struct howdah_session *s, struct pg_step *step)
{
    return transaction_read_steps(s, step, 1);
}

/* The same for a plan that is whole, whatever it begins with: its steps, and what is called before it runs a second time. */
enum howdah_status transaction_read_plan(struct howdah_session *s, struct pg_plan *plan);
/* The first in the program's transaction: `head` steps go in front. */
enum howdah_status transaction_read_with_head(struct howdah_session *s, size_t head, const struct pg_step *steps,
                                              size_t count);
static inline enum howdah_status transaction_read_steps(struct howdah_session *s, struct pg_step *steps, size_t count)
{
    size_t head = transaction_head_count(s);
    struct pg_plan plan = {.steps = steps, .count = count};
    return head ? transaction_read_with_head(s, head, steps, count) : transaction_read_plan(s, &plan);
}
/* Reading steps about what the session's next commit may do: with the settings that it would have, if that is a transaction
 * of its own. 1 round trip. */
enum howdah_status transaction_ask(struct howdah_session *s, struct pg_step *steps, size_t count);
/* A plan failed in the program's transaction: it has ended, or gone back to its innermost savepoint. What was flushed since
 * is pending again. */
void transaction_failed(struct howdah_session *s, bool committed);
/* What was flushed behind that savepoint, or NULL, is pending again; and what was read there first is out of date, since it
 * may be what the transaction had written. */
void transaction_undo(struct howdah_session *s, const struct savepoint *until);
/* What flushes in it have changed, newest first: the one behind `at`, or NULL for the first; the entry, and its row before.
 * NULL: there are no more. */
const struct flushed *transaction_next_flushed(const struct howdah_session *s, const struct flushed *at,
                                               struct entry **ret_entry, const void **ret_before);
/* The transaction has written something. */
void transaction_wrote(struct howdah_session *s);
/* The transaction has committed: objects of rows that were deleted leave the identity map for good. */
void transaction_forget_deleted(struct howdah_session *s);
/* The transaction has ended: by COMMIT, or not. Gives the connection back. */
void transaction_end(struct howdah_session *s, bool committed);
/* Rolls the server's transaction back, if there is one, and ends it. Errors are of no interest any more. */
void transaction_abandon(struct howdah_session *s);

/* Whether a row may be locked now; false: the session has the error, and nothing was sent. */
bool transaction_may_lock(struct howdah_session *s, enum howdah_lock lock);
/* Whether the program may begin and end transactions itself; false, and MISUSE, inside of a unit of database_run. */
bool transaction_is_programs(struct howdah_session *s, const char *call);

/* Everything as it was loaded: changes are dropped, deleted objects alive, added ones detached. What relations keep went
 * before. */
void transaction_restore_objects(struct howdah_session *s);

/* Remembers what a flush is about to change in an entry. False if memory is out. */
bool transaction_remember(struct howdah_session *s, struct entry *entry);
/* The same of what a refresh is about to overwrite: what the program had changed in it is dropped for good. */
bool transaction_remember_read(struct howdah_session *s, struct entry *entry);
/* The same of an entry whose row the transaction itself has made: an undoing detaches it. */
bool transaction_remember_made(struct howdah_session *s, struct entry *entry);

#endif
