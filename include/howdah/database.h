/* A database: models, a pool of connections, and the tables. Shared by all threads of a process. */
#ifndef HOWDAH_DATABASE_H
#define HOWDAH_DATABASE_H

#include <howdah/model.h>

HOWDAH_BEGIN_DECLS

/* One statement that ran: what HOWDAH_LOG=sql prints. Values are not in it. */
struct howdah_statement {
    const char *sql; /* with placeholders */
    size_t parameters;
    uint64_t rows;        /* returned, or affected */
    uint64_t nanoseconds; /* from sending it to the end of its result; overlaps with others of a pipeline */
    uint32_t round_trip;  /* number of the Sync that ended it, from 1, in this run */
    enum howdah_status status;
    const char *sqlstate; /* empty if it succeeded */
};

struct howdah_hooks;

/* Options of a database; use DATABASE_OPTIONS(.pool_size = 4), which sets struct_size. Zero is the
 * default of every member. Times are milliseconds: 0 is the default, -1 no limit. */
struct howdah_database_options {
    size_t struct_size;
    bool lazy;             /* database_open does not connect */
    bool show_values;      /* values may stand in messages and in `detail` */
    bool direct;           /* don't prepare statements: for poolers that can't keep them */
    int pool_size;         /* connections at most; default 10 */
    int pool_timeout;      /* waiting for a free connection, or until a full server lets one in; default 30,000 */
    int connect_timeout;   /* default 10,000. Name resolution is libpq's and not bounded: use hostaddr */
    int statement_timeout; /* one find, query, create ... as a whole; default 30,000 */
    int commit_timeout;    /* a commit or flush as a whole; default 60,000 */
    int in_doubt_timeout;  /* learning the outcome of a commit in doubt; default 10,000 */
    int statement_cache;   /* prepared statements a connection at most; default 256, -1 none */
    const char *schema;    /* of models that name none; default "public" */
    const struct howdah_allocator *allocator;                                  /* copied; default: malloc */
    void (*on_statement)(void *arg, const struct howdah_statement *statement); /* by the calling thread */
    void *statement_arg;
    void (*on_notice)(void *arg, const char *severity, const char *sqlstate, const char *message);
    void *notice_arg; /* notices without a callback are dropped; they never reach stderr */
    bool fence; /* each commit leaves a row in the table howdah_commits (made by database_create_tables): then a whole
                   commit is 1 round trip, and what became of it can be learned whatever happens to the server */
    const struct howdah_hooks *hooks; /* of every session, those behind database_run, _save and _delete included, until
                                         session_hooks gives it others; called by any thread. Copied */
};
#define HOWDAH_DATABASE_OPTIONS(...) \
    (&(const struct howdah_database_options){.struct_size = sizeof(struct howdah_database_options), __VA_ARGS__})

/* Opens a database: compiles and checks the models and makes one connection to prove the conninfo (1 trip
 * and the login; none with .lazy).
 *
 * `conninfo` as in libpq; NULL connects as psql would, by PGHOST, PGUSER, ... `models` ends with NULL, is
 * not kept (the models are, and all that they point to: they live as long as the database). `options` may be
 * NULL. Never returns NULL but when memory is out; errors are in database_error: STATUS_MODEL (all faults of all models, one a line: the message has as many as fit,
 * error_text all of them), STATUS_CONNECTION, ... A database with an error can still be closed, and every call on it
 * reports that error. */
HOWDAH_API struct howdah_database *howdah_database_open(const char *conninfo, const struct howdah_model *const *models,
                                                        const struct howdah_database_options *options);

/* Closes the sessions that are still open, the connections, and frees everything. NULL is allowed. No
 * other thread may be using the database or its sessions. */
HOWDAH_API void howdah_database_close(struct howdah_database *db);

/* The first error of open, create or drop, or NULL. It stays; for a NULL database it is out of memory.
 * Owned by the database. */
HOWDAH_API const struct howdah_error *howdah_database_error(const struct howdah_database *db);

/* Creates what is missing: schemas, enum types, tables with all their constraints, indexes, join tables, and the table of
 * option `fence`. A table or type that is there is not touched, nor compared. One transaction, 2 round trips.
 * Drop removes the models' tables and join tables if they are there, with what depends on them (CASCADE), and
 * their enum types: one that another table uses is an error, and then nothing is removed. Schemas stay, and so does
 * howdah_commits. One transaction, 2 round trips. Both do nothing while the database has an error. */
HOWDAH_API enum howdah_status howdah_database_create_tables(struct howdah_database *db);
HOWDAH_API enum howdah_status howdah_database_drop_tables(struct howdah_database *db);

/* The statements that create_tables would run on an empty database, as a script. Owned by the database,
 * NULL on error. No round trip. */
HOWDAH_API const char *howdah_database_ddl(struct howdah_database *db);

/* --- one call each, on the caller's own struct, without a session; any thread; each is one transaction.
 * `error` may be NULL, else it is filled on failure. 1 round trip; see database_save for its second. --- */

/* Reads the row with that key into *object. All text, bytes and arrays of it lie in one block, *ret_memory,
 * for howdah_database_free; `ret_memory` may be NULL only for models without such fields. Not found is
 * STATUS_NOT_FOUND, and *object is untouched. Relations are left empty. */
HOWDAH_API enum howdah_status howdah_database_find_key(struct howdah_database *db, const struct howdah_model *model,
                                                       void *object, void **ret_memory, struct howdah_error *error,
                                                       const struct howdah_value *key, size_t parts) HOWDAH_MUST_CHECK;
#define howdah_database_find(db, T, object, ret_memory, error, ...) \
    howdah_database_find_key((db), &T##_model, (1 ? (object) : (T *)0), (ret_memory), (error), \
                             HOWDAH_VALUES(__VA_ARGS__))
HOWDAH_API void howdah_database_free(struct howdah_database *db, void *memory);

/* Writes the struct: an unset key inserts; a set one updates all columns of the row (with the version
 * checked), or inserts it where there is none and the model has no version (2 round trips) or a version of 0. Numbers, times
 * and uuids that the server made are put into *object; text that the server made is not fetched. Relations are left alone:
 * a foreign key is written by its value; a BELONGS_TO pointer that is set where that is 0 or NULL is STATUS_INVALID. */
HOWDAH_API enum howdah_status howdah_database_save_object(struct howdah_database *db, const struct howdah_model *model,
                                                          void *object, struct howdah_error *error) HOWDAH_MUST_CHECK;
#define howdah_database_save(db, T, object, error) \
    howdah_database_save_object((db), &T##_model, (1 ? (object) : (T *)0), (error))

/* Deletes the row with the struct's key (and version). Not there: STATUS_STALE. */
HOWDAH_API enum howdah_status howdah_database_delete_object(struct howdah_database *db,
                                                            const struct howdah_model *model, const void *object,
                                                            struct howdah_error *error) HOWDAH_MUST_CHECK;
#define howdah_database_delete(db, T, object, error) \
    howdah_database_delete_object((db), &T##_model, (1 ? (object) : (const T *)0), (error))

HOWDAH_END_DECLS

#endif
