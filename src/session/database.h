/* A database, inside: the models' catalog, the pool, the statement texts that all sessions share, and the
 * sessions that are open. Everything but the list of sessions, the texts and the error is immutable after open. */
#ifndef SESSION_DATABASE_H
#define SESSION_DATABASE_H

#include "model/mapper.h"
#include "pg/executor.h"
#include "sql/text_store.h"

#include <howdah/database.h>
#include <pthread.h>
#include <stdatomic.h>

struct fence_statements;

struct howdah_database {
    struct howdah_allocator allocator;
    struct catalog catalog;
    struct pg_pool *pool;
    struct text_store texts;
    atomic_bool *by_columns;              /* by mapper: found column by column, see lookup.h */
    const struct fence_statements *fence; /* NULL: commits leave no mark */
    atomic_uchar *draw_rights;            /* by mapper: enum draw_rights, of the role that has logged in */
    struct arena arena;
    pthread_mutex_t lock;                   /* guards the three below */
    struct howdah_session *sessions;        /* open ones, doubly linked */
    struct map roles;                       /* and the rights of others, see role.h */
    const char *faults;                     /* of the models, all of them; or NULL */
    const char *ddl;                        /* rendered once, on demand */
    struct howdah_database_options options; /* defaults filled in; pointers are the library's own copies */
    struct howdah_error error;              /* of open, create and drop: the first sticks; status OK is none */
    struct howdah_error streaming, overlap; /* of a call on a session that is busy; never change */
};

/* Records the error of open, create or drop, completes its text, and returns its status. */
enum howdah_status database_fail(struct howdah_database *db, const struct howdah_error *error);

/* The list of open sessions, by which database_close closes those that are left. */
void database_add_session(struct howdah_database *db, struct howdah_session *s);
void database_remove_session(struct howdah_database *db, struct howdah_session *s);

#endif
