/* A session: an identity map, snapshots, and a unit of work that commits as one transaction.
 *
 * A session is used by one thread at a time; a call that overlaps another gets STATUS_MISUSE. It owns every
 * object that it hands out until session_close or session_clear. Programs read and write the fields of
 * objects directly; the session finds the changes by comparing with what it loaded.
 *
 * Errors stick: after the first one every call returns it and nothing reaches the server, until
 * session_clear_error or session_rollback. Every function takes a NULL session: its error is out of memory. */
#ifndef HOWDAH_SESSION_H
#define HOWDAH_SESSION_H

#include <howdah/database.h>

HOWDAH_BEGIN_DECLS

/* What a session has done so far. BEGIN, COMMIT, ROLLBACK and SET are not counted as statements; a round
 * trip is one wait for a Sync. */
struct howdah_session_statistics {
    uint32_t statements;
    uint32_t round_trips;
    uint64_t rows;          /* received */
    uint64_t identity_hits; /* finds that the identity map answered */
    uint64_t allocations;   /* blocks taken from the allocator for this session */
    uint64_t bytes;         /* held by the session now */
    uint64_t objects;       /* in the session now */
    uint64_t inserted;      /* rows, by commits and flushes that succeeded */
    uint64_t updated;
    uint64_t deleted;
};

enum howdah_isolation {
    HOWDAH_ISOLATION_DEFAULT = 0, /* the server's */
    HOWDAH_ISOLATION_READ_COMMITTED,
    HOWDAH_ISOLATION_REPEATABLE_READ,
    HOWDAH_ISOLATION_SERIALIZABLE
};

/* What a read does to its rows until the transaction ends, and what it does where another transaction has locked one:
 * it waits (up to the statement timeout), fails with STATUS_LOCK (_NOWAIT), or leaves that row out (_SKIP_LOCKED). */
enum howdah_lock {
    HOWDAH_LOCK_NONE = 0,
    HOWDAH_LOCK_FOR_UPDATE, /* nobody else may change, delete or lock it */
    HOWDAH_LOCK_FOR_UPDATE_NOWAIT,
    HOWDAH_LOCK_FOR_UPDATE_SKIP_LOCKED,
    HOWDAH_LOCK_FOR_NO_KEY_UPDATE, /* the same, but rows that refer to it may be written */
    HOWDAH_LOCK_FOR_NO_KEY_UPDATE_NOWAIT,
    HOWDAH_LOCK_FOR_NO_KEY_UPDATE_SKIP_LOCKED,
    HOWDAH_LOCK_FOR_SHARE, /* nobody may change or delete it */
    HOWDAH_LOCK_FOR_SHARE_NOWAIT,
    HOWDAH_LOCK_FOR_SHARE_SKIP_LOCKED,
    HOWDAH_LOCK_FOR_KEY_SHARE, /* nobody may delete it or change its key */
    HOWDAH_LOCK_FOR_KEY_SHARE_NOWAIT,
    HOWDAH_LOCK_FOR_KEY_SHARE_SKIP_LOCKED
};

/* Use BEGIN_OPTIONS(.isolation = ISOLATION_SERIALIZABLE). */
struct howdah_begin_options {
    size_t struct_size;
    enum howdah_isolation isolation;
    bool read_only;
    bool deferrable; /* with serializable and read_only: waits for a safe snapshot */
};
#define HOWDAH_BEGIN_OPTIONS(...) \
    (&(const struct howdah_begin_options){.struct_size = sizeof(struct howdah_begin_options), __VA_ARGS__})

/* A changed field of an object: what is in the row, as far as the session knows, and what is in the struct. */
struct howdah_change {
    const char *field;
    struct howdah_value old_value; /* borrowed from the session; type 0 is NULL, or not loaded */
    struct howdah_value new_value;
    const char *sql; /* what session_set_sql is to make it, with placeholders; new_value is NULL then. Else NULL */
};

/* --- life --- */

/* Opens a session. No I/O. NULL only if memory is out. */
HOWDAH_API struct howdah_session *howdah_session_open(struct howdah_database *db);
/* Frees the session and all its objects; a transaction of the program is rolled back (1 trip). What was not
 * committed is lost. NULL is allowed. */
HOWDAH_API void howdah_session_close(struct howdah_session *s);
/* Drops all objects and pending work, and frees their memory; the session goes on. Ends a transaction of the
 * program by a rollback (1 trip). Also clears the error. */
HOWDAH_API void howdah_session_clear(struct howdah_session *s);

/* The error that sticks, or NULL. Owned by the session. No I/O. Where a call has been refused since it came while another
 * one was under way (from a callback, by a second thread) it says that, until the other one is over. */
HOWDAH_API const struct howdah_error *howdah_session_error(const struct howdah_session *s);
/* Forgets the error and keeps all pending work, so that it can be mended and committed again. */
HOWDAH_API void howdah_session_clear_error(struct howdah_session *s);
HOWDAH_API struct howdah_session_statistics howdah_session_stats(const struct howdah_session *s);

/* --- finding --- */

/* session_find(s, User, 1): the object with that primary key (up to 8 parts), from the identity map (no I/O),
 * else from the server (1 trip). NULL if there is none (no error), or on error. An object that is marked
 * deleted is NULL; an added one whose key is set is found. A NULL key part is STATUS_INVALID. */
HOWDAH_API void *howdah_session_find_key(struct howdah_session *s, const struct howdah_model *model,
                                         const struct howdah_value *key, size_t parts);
#define howdah_session_find(s, T, ...) ((T *)howdah_session_find_key((s), &T##_model, HOWDAH_VALUES(__VA_ARGS__)))

/* session_prefetch(s, User, 1): that key is going to be looked for. No I/O: the next session_find that asks the server takes
 * along all keys that were announced since the last one that did, of any models, each as a statement of its own in the same
 * round trip; from then on their objects are in the identity map, where session_find finds them without I/O. A key
 * without a row is not remembered: its session_find asks again. What fails for one of them fails that session_find.
 * session_clear forgets what was announced. STATUS_INVALID for a key that session_find would refuse. For many keys of one
 * model session_find_many is cheaper for the server. */
HOWDAH_API enum howdah_status howdah_session_prefetch_key(struct howdah_session *s, const struct howdah_model *model,
                                                          const struct howdah_value *key, size_t parts);
#define howdah_session_prefetch(s, T, ...) howdah_session_prefetch_key((s), &T##_model, HOWDAH_VALUES(__VA_ARGS__))

/* session_find_many(s, User, keys, n): the objects of n keys, those that are not in the session with one
 * statement for each 1,000 (all in 1 trip). `keys` holds n times as many values as the key has parts. Returns n
 * pointers in the order of the keys, NULL where there is no row; owned by the session. NULL on error. */
HOWDAH_API void **howdah_session_find_many_keys(struct howdah_session *s, const struct howdah_model *model,
                                                const struct howdah_value *keys, size_t count);
#define howdah_session_find_many(s, T, keys, count) \
    ((T **)(void *)howdah_session_find_many_keys((s), &T##_model, (keys), (count)))

/* session_find_by(s, User, email, "a@b.c"): the object whose unique field has that value; always asks the server
 * (1 trip), since only primary keys identify. A field that isn't unique is STATUS_INVALID. */
HOWDAH_API void *howdah_session_find_by_field(struct howdah_session *s, const struct howdah_model *model, size_t offset,
                                              struct howdah_value value);
#define howdah_session_find_by(s, T, field, value) \
    ((T *)howdah_session_find_by_field((s), &T##_model, offsetof(T, field), HOWDAH_VALUE(value)))

/* --- changing. No I/O: nothing is sent before flush or commit --- */

/* session_add(s, User, .name = "Bob"): a new object, copied from the initializer with all that it points to.
 * Never NULL on a session that opened: after an error it is a scratch object that is never written. */
HOWDAH_API void *howdah_session_add_object(struct howdah_session *s, const struct howdah_model *model,
                                           const void *value);
#define howdah_session_add(s, T, ...) ((T *)howdah_session_add_object((s), &T##_model, &(const T){__VA_ARGS__}))
/* session_add_struct(s, User, &value): the same from a struct. A deleted object of this session may be given:
 * its deletion is cancelled and it is returned itself. */
#define howdah_session_add_struct(s, T, value) \
    ((T *)howdah_session_add_object((s), &T##_model, (1 ? (value) : (const T *)0)))

/* Marks an object deleted; one that was only added is forgotten. NULL is nothing (session_find may give it). */
HOWDAH_API enum howdah_status howdah_session_delete(struct howdah_session *s, void *object);

/* session_assign_null(s, post, metadata): SQL NULL, also where NULL would mean the column's default. */
HOWDAH_API enum howdah_status howdah_session_assign_null_field(struct howdah_session *s, void *object, size_t offset);
#define howdah_session_assign_null(s, object, field) \
    howdah_session_assign_null_field((s), (object), offsetof(__typeof__(*(object)), field))

/* session_set_sql(s, post, views, "views + %d", 1): the server computes the field's value while it writes the row: SQL as a
 * literal with printf conversions (see <howdah/sql.h>), each bound as a parameter. In an UPDATE the row's columns go by
 * their names, and have the values that they had before it; an INSERT has no row yet. The next commit or flush writes it
 * in the statement of the object and fetches the result in the same: object and snapshot have it then, and what they had
 * before until then (a new object nothing). A commit that fails keeps it; rollback and refresh drop it. It replaces
 * what was pending for the field, and a value that is assigned later replaces it (it is told by being another than that in
 * the row). Not for the version, nor for what the server makes itself; a primary key may be computed where no object of the
 * session refers to it. Rows with the same text are one statement. STATUS_INVALID where the text can't be sent: two
 * statements, a parenthesis that does not match, a conversion inside quotes. No I/O. */
HOWDAH_API enum howdah_status howdah_session_set_sql_field(struct howdah_session *s, void *object, size_t offset,
                                                           const char *format, ...) HOWDAH_PRINTF(4, 5);
#define howdah_session_set_sql(s, object, field, ...) \
    howdah_session_set_sql_field((s), (object), offsetof(__typeof__(*(object)), field), "" __VA_ARGS__)

/* Memory that lives as long as the session: formatted text, and a copy. NULL on error. */
HOWDAH_API const char *howdah_session_text(struct howdah_session *s, const char *format, ...) HOWDAH_PRINTF(2, 3);
HOWDAH_API void *howdah_session_copy(struct howdah_session *s, const void *data, size_t size);

/* Whether the object is one of this session's (new, loaded or deleted, not evicted). No error. */
HOWDAH_API bool howdah_session_contains(struct howdah_session *s, const void *object);
/* Whether a commit would write the object. */
HOWDAH_API bool howdah_session_is_dirty(struct howdah_session *s, const void *object);
/* The changed fields of an object against its row; of a new one, all that it would send. Owned by the session
 * until its next call. */
HOWDAH_API const struct howdah_change *howdah_session_changes(struct howdah_session *s, const void *object,
                                                              size_t *ret_count);

/* Reads the row again and overwrites the object, pending changes included, and with its foreign keys the fields of
 * those that it belonged to and belongs to; its own collections stay as they are (1 trip). Whatever it was, it is then
 * loaded and clean: also one that was marked deleted, or is detached, and a new one whose row others have added. A new
 * one without a row stays new. STATUS_STALE if the row is gone; the object is then detached. STATUS_UNIQUE if another
 * object has its key by now. */
HOWDAH_API enum howdah_status howdah_session_refresh(struct howdah_session *s, void *object);
/* session_find_locked(s, User, LOCK_FOR_UPDATE, 1): the object with that key, its row locked until the transaction ends.
 * Always asks the server (1 trip); STATUS_NO_TRANSACTION without session_begin. An object that the session has already is
 * STATUS_STALE if the row's version is another one by now (refresh it with a lock); where the model has no version, its
 * fields that the program did not change are brought up to date, and the others stay. NULL if there is no such row, if the
 * object is marked deleted, or if another transaction has locked it and the lock says SKIP_LOCKED; with NOWAIT that is
 * STATUS_LOCK, which ends the transaction as any failure does (see session_savepoint). */
HOWDAH_API void *howdah_session_find_key_locked(struct howdah_session *s, const struct howdah_model *model,
                                                enum howdah_lock lock, const struct howdah_value *key, size_t parts);
#define howdah_session_find_locked(s, T, lock, ...) \
    ((T *)howdah_session_find_key_locked((s), &T##_model, (lock), HOWDAH_VALUES(__VA_ARGS__)))
/* session_refresh with a lock on the row; STATUS_NO_TRANSACTION without session_begin. With SKIP_LOCKED a row that is
 * locked is not there: use NOWAIT. */
HOWDAH_API enum howdah_status howdah_session_refresh_locked(struct howdah_session *s, void *object,
                                                            enum howdah_lock lock);
/* All objects whose rows had changed or gone, after a commit or flush that failed with STATUS_STALE: the error names the
 * first of them. Where the server could not be asked again it is at most that one. Owned by the session, until the error
 * is cleared; NULL and 0 without such an error. No round trip. */
HOWDAH_API void *const *howdah_session_stale_objects(const struct howdah_session *s, size_t *ret_count);

/* Takes the object out of the session without writing it. Its memory stays readable until close or clear. */
HOWDAH_API enum howdah_status howdah_session_evict(struct howdah_session *s, void *object);

/* --- the unit of work --- */

/* What commit would run now, as data: nothing is read, nothing is sent. NULL on error (session_error says what
 * a commit would refuse). Owned by the session, until its next plan or commit. */
HOWDAH_API const struct howdah_plan *howdah_session_plan(struct howdah_session *s);

/* Writes all changes as one transaction: 2 round trips, 1 for a single row, 0 if nothing changed. Where the role may not
 * use a table's sequence, or the server makes the key otherwise, one more for each level of keys that others wait for (a
 * database handle learns that by a first attempt that fails). In a transaction of the program the right to a sequence is
 * asked for first: one more trip, once a table and database handle. On failure everything is as before, and the error's
 * outcome says what became of it: STATUS_IN_DOUBT is the only one that doesn't know. Finding the row that caused a
 * failure costs further trips. */
HOWDAH_API enum howdah_status howdah_session_commit(struct howdah_session *s) HOWDAH_MUST_CHECK;

/* Begins a transaction that keeps one connection until commit or rollback. `options` may be NULL. No round
 * trip of its own: BEGIN travels with the first statement. */
HOWDAH_API enum howdah_status howdah_session_begin(struct howdah_session *s,
                                                   const struct howdah_begin_options *options);
/* Writes all changes inside the program's transaction (1 round trip, and those that session_commit names);
 * STATUS_NO_TRANSACTION without one. */
HOWDAH_API enum howdah_status howdah_session_flush(struct howdah_session *s) HOWDAH_MUST_CHECK;
/* Drops all changes: loaded objects as they were loaded, deleted ones alive, added ones detached, also what was
 * flushed in the program's transaction, which ends (1 trip). What was loaded in it when it had written something is out of date,
 * as by session_expire. Clears the error. */
HOWDAH_API enum howdah_status howdah_session_rollback(struct howdah_session *s);

HOWDAH_END_DECLS

#endif
