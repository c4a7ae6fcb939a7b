/* A session, inside, and what its verbs (find, add, commit ...) share. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "database.h"
#include "fence.h"
#include "identity_map.h"
#include "parameters.h"
#include "prefetch.h"
#include "query.h"
#include "siblings.h"
#include "slab.h"

#include <howdah/transaction.h>
#include <stdatomic.h>

/* The program's transaction. */
enum transaction_state {
    TRANSACTION_NONE,    /* each call is its own */
    TRANSACTION_BEGUN,   /* session_begin was called; nothing was sent */
    TRANSACTION_OPEN,    /* the server is in it, on `connection` */
    TRANSACTION_PREPARED /* the server keeps it under the name `prepared`, apart from any connection */
};

/* Which of the program's hooks is running. */
enum hook {
    HOOK_NONE,
    HOOK_CHANGING, /* one that may use the session, but for what begins or ends transactions */
    HOOK_ENDED     /* one behind the end of a transaction: it may not send anything */
};

struct answer_set;
struct budget;
struct by_unique;
struct collections;
struct flushed;
struct join_link;
struct kept;
struct kept_oldest;
struct placed;
struct member_places;
struct plain;
struct provisional;
struct savepoint;
struct setting;
struct work;

/* What many functions read comes first: the first 128 bytes have short addresses. */
struct howdah_session {
    struct howdah_database *db;
    _Atomic(uint64_t) busy; /* calls under way: what comes while there is one is refused, and counted */
    struct slabs slabs;
    enum transaction_state transaction;
    bool streaming;                   /* a call is under way, query_each's, inside the program's callback */
    struct pg_connection *connection; /* leased for the program's transaction, or for the plan that runs just now */
    struct savepoint *savepoint;      /* the innermost; in flushed_arena */
    void *key_object;                 /* a struct of any mapper, for keys that are asked for */
    struct howdah_error error;        /* sticks while its status is not OK */
    struct howdah_session *previous, *next; /* in the database's list */
    struct arena arena;                     /* all that objects point to */
    struct arena scratch;                   /* of one call */

    struct map map;
    uint64_t made; /* objects that rows have become so far */
    struct siblings siblings;
    struct collections *collections; /* see collection.h; NULL before the first was given back */
    struct member_places *places;    /* of items in collections, see places.h; NULL: none are known */
    struct by_unique *by_unique;     /* objects by unique values, see by_unique.h; NULL: none were asked for */
    uint64_t epoch;                  /* rows, or what is to become of them, may be others than in another one */
    struct entry *leaving;           /* whose collections items leave just now, see member.h; NULL: nobody's */
    struct answer_set *answers;      /* counts and first rows, see relation_answers.h */
    struct budget *budget;           /* NULL: none */
    struct arena pending;            /* of what is kept, placed and linked below, until the next commit or rollback */
    struct kept *kept;               /* fields as they were, see member.h */
    struct kept_oldest *kept_oldest; /* of each of these the first memory; NULL: nobody has asked */
    struct placed *placed;           /* objects that are not where their rows are, see owner.h */
    struct map placed_map;           /* the same by object */
    struct displaced *displaced;     /* whose HAS_ONE is taken over unseen, see displace.h */
    struct join_link *join_links;    /* pending rows of join tables, see join_row.h */
    struct map join_map;             /* the same by both sides */
    uint64_t moves;                  /* calls that added, deleted, evicted, linked or rolled back */
    bool deleted_some;               /* rows were deleted since the last commit: collections may hold their objects */
    struct provisional *provisional; /* loads on which pending work had an influence, see relation_load.h */
    struct provisional *spare_provisional;
    const struct mapper *recent; /* that session_find was asked for last; it is often asked again */
    void *lost_object;           /* what session_add returns after an error */
    size_t object_size;          /* of this one and of key_object */
    struct cell *cells;          /* of one row */
    struct parameters parameters;
    struct map marks;                  /* see marks.h */
    struct map computed;               /* see formulas.h */
    atomic_uchar *rights, *own_rights; /* of the last plan's role; and of one without a known name, or NULL */
    size_t assigned;                   /* entries with columns that are sent as they are */
    struct plain *plains;              /* mappers of structs that the database does not know; in `arena` */

    struct pg_counters counters;
    struct howdah_session_statistics written; /* only inserted, updated, deleted, identity_hits */

    struct howdah_begin_options begin;
    const char *prepared;                 /* see TRANSACTION_PREPARED; in flushed_arena */
    struct pg_transaction transaction_id; /* of the program's transaction, once known */
    bool in_unit;                         /* of database_run, which begins and commits */
    enum howdah_status ended_by;          /* the failure that ended the program's last transaction; OK: none */
    uint32_t savepoints;                  /* numbers given out */
    bool wrote;                           /* something, to the rows of others or by a flush */
    bool at_savepoint;                    /* the last plan failed, and the server went back to a savepoint */
    struct setting *first_setting;        /* of the transaction, all in their order; in flushed_arena */
    struct setting *settings;             /* from here on they were not sent */
    bool role_unknown;                    /* SQL may have set a role, see role.h */
    bool read_by_sql;                     /* SQL of the program's has read in it: what its functions did nobody knows */
    struct fence fence;                   /* that it has left behind */
    struct entry *late;      /* whose fault the last COMMIT found, as its failure is told; NULL: not known */
    struct flushed *flushed; /* what flushes in it changed, newest first; in flushed_arena */
    struct arena flushed_arena;

    struct prefetch prefetch;

    struct howdah_hooks hooks;
    enum hook hook; /* that is running */

    void **stale; /* objects of the last commit or flush that failed, whose rows were not as expected; in `arena` */
    size_t stale_count;

    struct work *work;              /* the last plan; NULL if none */
    bool write_all;                 /* loaded objects are written whole: for one-call forms */
    struct howdah_query lost_query; /* what session_query returns after an error */
};

/* A call begins: false if the session can't be used (NULL, another call is under way, an error sticks) and
 * nothing but the status that session_refusal gives may be returned. Each true is paired with session_leave. */
static inline bool session_enter(struct howdah_session *s);
/* The same for calls that work also while an error sticks. */
static inline bool session_enter_always(struct howdah_session *s)
{
    return s && atomic_fetch_add_explicit(&s->busy, 1, memory_order_acquire) == 0;
}

static inline void session_leave(struct howdah_session *s)
{
    atomic_store_explicit(&s->busy, 0, memory_order_release);
}

static inline bool session_enter(struct howdah_session *s)
{
    if (!session_enter_always(s))
        return false;
    if (s->error.status == HOWDAH_STATUS_OK)
        return true;
    session_leave(s);
    return false;
}

/* Closes a session that has been entered, or that nobody can be inside of. */
void session_destroy(struct howdah_session *s);
/* The errors of calls on a session that is busy, written once for all. */
void session_write_refusals(struct howdah_database *db);
/* Why session_enter said no. */
enum howdah_status session_refusal(const struct howdah_session *s);

/* Completes the session's error (model and field may be NULL) and returns its status. */
enum howdah_status session_fail(struct howdah_session *s, enum howdah_status status, const char *model,
                                const char *field, void *object, const char *format, ...) HOWDAH_PRINTF(6, 7);
/* The same in words that follow the names of the mapper's model and of that field (NULL: of the model alone). */
enum howdah_status session_refuse(struct howdah_session *s, enum howdah_status status, const struct mapper *mapper,
                                  const char *field, void *object, const char *why);
/* Clears the error; that of a database which did not open stays. */
void session_forget_error(struct howdah_session *s);
enum howdah_status session_no_memory(struct howdah_session *s);
/* Adds model and field to an error of the server's: those that its words are about, and where it names no table the
 * given model (or NULL). */
void session_name_culprit(struct howdah_session *s, const struct mapper *mapper);
/* The same for the statement that reads a relation: the server can't run it with the tables as they are, and says no more
 * than a name. */
void session_name_relation(struct howdah_session *s, const struct relation *relation);

/* The mapper of a model with a table, or NULL and an error. */
const struct mapper *session_mapper(struct howdah_session *s, const struct howdah_model *model);
/* The entry of an object, or NULL and an error that says `verb` what. Detached ones are errors too. */
struct entry *session_entry(struct howdah_session *s, const void *object, const char *verb);
/* The same where a field shall be set by a call: neither of a deleted object nor of one that is read only. */
struct entry *session_entry_to_change(struct howdah_session *s, void *object, const char *verb);
static inline const struct mapper *entry_mapper(const struct howdah_session *s, const struct entry *entry)
{
    return &s->db->catalog.mappers[entry->mapper];
}

#endif
