/* The unit of work of one commit, as data that the phases hand on:
 *
 *   collect  what changed            -> changes
 *   relate   what follows from that  -> more of them; sweeps
 *   pair     with the rows           -> images of the rows as they will be; sets of columns
 *   batch    what one text can write -> batches
 *   order    by foreign keys         -> batches in order, their rows in order
 *   check    what can be known to be refused
 *   emit     statements              -> chunks and steps
 *   run      through the executor
 *   finish   promote the objects' states
 *
 * Planning reads nothing and sends nothing, and leaves objects and snapshots of loaded objects alone. */
#ifndef SESSION_WORK_H
#define SESSION_WORK_H

#include "fence.h"
#include "session.h"
#include "sql/statements.h"
#include "sql/sweep_statements.h"

#include <howdah/plan.h>

enum { CHUNK_ROWS = 1000, CHUNK_BYTES = 1024 * 1024 };
#define NONE UINT32_MAX /* no index */

enum change_fate {
    FATE_WRITTEN,
    FATE_FOLLOWS, /* without a statement of its own: the database, or a sweep, does the same to its row */
    FATE_DROPPED  /* new, and never written: an orphan, or its owner is deleted */
};

/* How far the foreign keys of an image are filled in. */
enum pairing { PAIRING_NONE, PAIRING_WAITS /* for that of what it refers to */, PAIRING_DONE };

/* What few changes have. Never written to: who has more gets one of its own from work_extra. */
struct change_extra {
    const uint64_t *defaults;       /* of an UPDATE: columns that go back to the server's default; NULL: none */
    const struct formula *formulas; /* of other columns, whose values the server computes; NULL: none */
    const uint64_t *checks;         /* columns whose old values the row must have; NULL: none */
    const struct follow *follow;    /* instead of this row, those that refer to it are updated; else NULL */
};

/* An entry that takes part. */
struct change {
    struct entry *entry;
    const struct mapper *mapper; /* of the entry */
    void *image;                 /* the row as it will be; for DELETE as it was */
    void *old;                   /* the row as its statement finds it; NULL for INSERT */
    const uint64_t *columns;     /* that are sent; of a DELETE none */
    const struct change_extra *extra;
    uint32_t batch;       /* index; NONE: nothing of it is written */
    uint32_t place;       /* in its batch; of a row that is taken over: the change that does it */
    uint32_t chunk;       /* in which it is sent; known where there are deferrals */
    uint32_t deferrals;   /* first of its foreign keys that wait for a generated key; NONE */
    uint32_t cleared;     /* first of its foreign keys that become NULL, since what they refer to goes; NONE */
    bool referenced : 1;  /* another change waits for its generated key */
    bool tells : 1;       /* and for a value that only RETURNING tells */
    bool suspect : 1;     /* one of a few of which not all were found: it goes alone in the next probe */
    bool arrays_kept : 1; /* how its object's arrays are is known: of these nothing was edited, nor is sent */
    uint16_t stretch;     /* so many objects from this one on, and their images, lie side by side; or 0 */
    union {
        struct {
            uint8_t operation; /* enum howdah_operation */
            uint8_t fate;      /* enum change_fate */
            bool taken_over;   /* a DELETE whose row another object takes over: nothing of it is written */
            bool row_stays;    /* the same, foreseen: ON DELETE does nothing to what refers to it */
            bool draws;        /* its identity is unset */
            bool parks;        /* sets unique values to NULL for a while, before the same row's own UPDATE */
            bool follows;      /* refers to a row whose key changes, in the same statement */
            uint8_t pairing;   /* enum pairing */
        };
        uint64_t kind; /* all of these */
    };
};

/* Neighbours among the changes, all of one table: what a phase asks once for all of them. */
struct change_run {
    const struct mapper *mapper;
    uint32_t first, end;
};

/* A column of a foreign key whose value is not known before the plan runs, since the server makes it. */
struct deferral {
    const struct foreign_key *key;
    uint32_t target; /* index of the change of the row that has the value */
    uint32_t via;    /* and of that to which the foreign key refers: the same, or one that hands it down */
    uint32_t next;   /* of the same change */
    uint16_t part;   /* of the foreign key */
    uint16_t source; /* index of the column where the value is made */
};

/* A foreign key that becomes NULL. */
struct cleared {
    const struct foreign_key *key;
    bool versioned; /* the statement that does it counts the version up */
    uint32_t next;  /* of the same change */
};

/* As structs. */
struct sweep_rows {
    void **rows;
    uint32_t count;
};

/* Rows that nobody has loaded and that refer to deleted ones: a statement before each chunk of those DELETEs. Or to owners
 * of which each has one: before the others that are theirs from now on are written. */
struct sweep {
    struct sweep *next;
    const struct mapper *mapper; /* of the rows that are deleted */
    struct sweep_path path;
    const struct statement *statement;
    const char *reason;
    uint64_t affected;
    struct returned *returned; /* see swept.h; NULL: no rows come back */
    uint32_t asked, told;      /* statements that send them, and that have done so */
    struct sweep_rows owners;  /* none: those that are deleted */
    struct sweep_rows spared;  /* with owners: rows that refer to these, and are left out */
    bool emitted;              /* of owners: once in a plan */
    const struct batch *part;  /* of a ring, which deletes them; NULL: of all other batches */
};

/* Rows that refer to rows whose keys change, by a foreign key that the database does not keep up itself: one UPDATE of all
 * that are not written by changes of their own, whether the session has them or not. */
struct follow {
    const struct foreign_key **keys; /* of one table, to the same columns of another: a row may follow by several */
    uint32_t key_count;
    void **kept; /* rows, as they were, with changes of their own */
    uint32_t kept_count;
};

/* A loaded object without a change of its own whose foreign key follows, or its pointer. */
struct follower {
    struct entry *entry;
    const struct foreign_key *key;
    void *row;       /* a struct with the new key in it; NULL: that stays */
    void *pointer;   /* the object to which that leads from now on; NULL: it stays */
    uint32_t change; /* by whose statement, where the key follows */
};

/* A change whose row is moved along by ON UPDATE CASCADE, over the key, with what the statement of another one does. */
struct moving {
    const struct foreign_key *key;
    uint32_t change, by;
    bool refers; /* the row is not moved, but is to refer to one that is */
};

/* Why one row goes before another. */
enum edge_reason {
    EDGE_REFERS,   /* the later one refers to it */
    EDGE_REFERRED, /* it referred to the later one */
    EDGE_RELEASES  /* it gives up a value of a unique index that the later one takes */
};

/* One row goes before another: indices of changes, and the constraint that says so. */
struct row_edge {
    uint32_t before, after;
    const char *constraint;
    const struct table_index *index; /* of a unique value; else NULL */
    uint8_t reason;                  /* enum edge_reason */
    /* Not in one statement, or one after the other inside it: unique values are checked row by row, and what the server does
     * itself it does in the order of the rows. All else is checked when a statement ends. */
    bool apart;
};

/* Rows that one statement text writes. */
struct batch {
    struct map_node node;
    const struct mapper *mapper;
    enum howdah_operation operation;
    uint32_t index; /* in the work's batches */
    uint32_t hash;
    const uint64_t *columns;
    uint32_t *changes; /* indices, in order */
    uint32_t count, capacity;
    const struct formula *formulas; /* of the first row; those of the others are alike */
    bool referenced;                /* other rows wait for keys of these */
    bool draws;                     /* generated keys are drawn at the head of the pipeline */
    bool parks;                     /* of changes that do */
    bool guarded;                   /* the statement itself checks how many rows it writes */
    bool awaited;                   /* later batches need these keys: a round trip ends behind it */
    bool tells;                     /* and values that only RETURNING tells */
    void **images;                  /* of the changes, side by side for the encoder */
    uint64_t *by_name;              /* see struct statement_key */
    void **olds;
    void **object_room; /* for work_objects */
    size_t *bytes;      /* about as many as each row takes on the wire beyond its struct */
    uint32_t first_chunk;
    bool *joined; /* by place: in one ring with the row before, and so in one statement; NULL: none is */
    /* Batches that need each other's rows go as parts of one statement, each with the same number of knots: */
    uint32_t leader;      /* index of the first part; its own where it goes alone */
    struct batch **parts; /* of a leader; else NULL */
    uint32_t part_count;
    uint32_t *ends; /* of a part: by knot, the place behind its last row */
    uint32_t knot_count;
    uint32_t rank; /* of a part: it waits for those of the rank before it, in the same statement */
    const uint64_t *defaults;
    const uint64_t *checks;
    const struct follow *follow;
    bool checks_keys;  /* and come back, since triggers may change them */
    bool returns_keys; /* they come back by RETURNING instead: a row a statement */
    bool in_order;     /* or, since nobody waits for them, in the order of the rows, which the sequence counts */
    bool lists_keys;   /* as one list, where nothing else comes back */
    const struct statement *statement;
    const struct column **returned;
    uint32_t returned_count;
    const char *reason;
};

struct chunk {
    uint32_t batch;
    uint32_t first, count; /* places in the batch */
    uint32_t list;         /* number of the setting that holds its drawn keys */
    uint32_t gathered;   /* and of the first of those that its statement alone needs, one for each column of by_name */
    uint32_t received;   /* rows that came back */
    uint32_t mark, base; /* scratch of the gathering */
};

enum step_kind {
    STEP_CONTROL,
    STEP_TRANSACTION_ID,
    STEP_FENCE,
    STEP_DRAW,
    STEP_GATHER,
    STEP_SWEEP,
    STEP_WRITE,
    STEP_RENEW
};

/* What stands behind a step of the executor's plan. */
struct step {
    enum step_kind kind;
    uint32_t chunk;
    uint32_t chunk_count; /* WRITE: as many chunks go in one statement, each a part of it */
    uint32_t rows;        /* WRITE */
    void *const *objects; /* WRITE of several chunks: theirs */
    uint32_t column;      /* DRAW and GATHER: whose values the setting holds */
    union {
        struct sweep *sweep;     /* SWEEP: before the chunk */
        struct renewal *renewal; /* RENEW: whose rows it reads */
        struct savepoint *mark;  /* CONTROL: that a probe makes before the chunk; or NULL */
    };
    uint32_t round_trip;
    const char *reason;
    const struct setting *setting; /* CONTROL: that it makes; or NULL */
};

/* As in the other large structs, what many functions read comes first: the first 128 bytes have short addresses. */
struct work {
    struct howdah_session *s;
    struct change *changes;
    uint32_t change_count, change_capacity;
    struct change_run *runs; /* all changes, in their order */
    uint32_t run_count, run_capacity;
    struct batch **batches;
    uint32_t batch_count, batch_capacity;
    struct chunk *chunks;
    uint32_t chunk_count, chunk_capacity;
    struct pg_step *steps; /* steps[i] is told by infos[i] */
    struct step *infos;
    uint32_t step_count, step_capacity;
    struct row_edge *edges;
    uint32_t edge_count, edge_capacity;
    struct deferral *deferrals;
    struct arena arena;
    struct howdah_allocator memory; /* the arena's */

    uint8_t *operations;    /* by mapper: a bit for each operation that any of its changes has had */
    uint8_t all_operations; /* of all mappers */
    bool returns;           /* any statement returns rows, not only a list of keys */
    bool drops;             /* any new object is not to be written after all */
    bool cascades;          /* any object is deleted only while this plan is made and run */
    bool passes_over;       /* any object is read only, and may have been changed */
    bool inherits;          /* any new object takes over the row of a deleted one */
    bool follows;           /* any object that takes part refers to a row whose key changes */
    bool lone;              /* one row: the statement is its own transaction */
    size_t failed_at;       /* the place in the text of its statement */
    bool by_policy;         /* row security stopped it */
    uint32_t deferral_count, deferral_capacity;
    struct follower *followers;
    uint32_t follower_count, follower_capacity;
    struct moving *movings;
    uint32_t moving_count, moving_capacity;
    struct map batch_map;     /* when they are many */
    struct batch *last_batch; /* that a change went to */
    const uint32_t *order;    /* of the batches */
    uint64_t *set;            /* while changes are paired: sets of columns, one for each of a stretch */
    const uint64_t *last_set; /* of columns that was kept; its words: last_set_words */
    uint32_t *inserts;        /* by mapper: how many */
    uint32_t *deletes;
    struct cleared *cleared;
    uint32_t cleared_count, cleared_capacity;
    struct sweep *sweeps;
    struct renewal *renewals; /* see renewed.h */
    uint32_t *updates;        /* known from the edges on */
    uint32_t *rekeys;         /* of these, those that change the primary key */
    bool *moves;              /* any of them changes what others may refer to */

    uint32_t lists;        /* of drawn keys: how many have a number */
    uint32_t failed_chunk; /* whose callback stopped the plan, or NONE */
    uint32_t marks;
    uint32_t last_set_words;

    struct pg_transaction transaction; /* of the run */
    struct fence fence;                /* of the same, where the database has them */
    struct fence_binding fence_binding;
    const struct mapper *disorder;  /* whose keys came back in no order */
    uint32_t draws, drawn;          /* lists of keys that are drawn, and that have come */
    const struct setting *settings; /* of a transaction that has failed: for another look at it */
    struct entry **stale;           /* rows that were not there as expected: noted here if it is not NULL */
    uint32_t stale_count;
    struct pg_plan *probe; /* under way */
    uint32_t marked;       /* the first chunk with a savepoint of the probe's before it; NONE */
    bool at_mark;          /* there is such a one */
    bool surplus;          /* the callback stopped it since a statement wrote more rows than it had keys */
    const char *text;      /* of the plan */
};

/* An empty set of columns, as large as any. */
extern const uint64_t work_no_columns[COLUMN_WORDS_MAX];
extern const struct change_extra work_no_extra;

/* Makes the whole plan of what the session would write, with `commit` up to a COMMIT; NULL: the session has the error.
 * Belongs to the session: the one before it is freed. */
struct work *work_plan(struct howdah_session *s, bool commit);
void work_free(struct howdah_session *s);

/* --- the phases; false: the session has the error --- */
bool work_collect(struct work *w);
/* Room for one more change of that table, at the end; NULL: the session has the error. */
struct change *work_new_change(struct work *w, const struct mapper *mapper);
/* A change as it begins, yet of no entry. */
struct change work_initial_change(const struct mapper *mapper, enum howdah_operation operation);
/* Gives the change what it has, to be added to; NULL: the session has the error. */
struct change_extra *work_extra(struct work *w, struct change *change);
/* Adds the change of an entry; NULL: the session has the error. */
struct change *work_add_change(struct work *w, const struct mapper *mapper, struct entry *entry,
                               enum howdah_operation operation);
/* Both sides of relations agree, orphans and what cascades reach is deleted, and what refers to deleted rows lets go. */
bool work_relate(struct work *w);
/* What was deleted by cascades alone is alive again: the plan is no more. */
void work_unrelate(struct work *w);
bool work_pair(struct work *w);
bool work_rekey(struct work *w);
bool work_find_heirs(struct work *w);
/* Collections of new objects that take over rows: what refers to these, beyond what was linked, is not known. The first
 * remembers them for a rollback; false: the session has the error. The second makes them such that are not loaded. */
bool work_keep_inherited(struct work *w);
void work_forget_inherited(struct work *w);
bool work_batch(struct work *w);
bool work_order(struct work *w);
/* Statements for rows that nobody has loaded leave out those that a ring writes itself: it may move them away. */
bool work_spare(struct work *w);
bool work_check(struct work *w);
/* Parts of it: edges between rows; rings of unique values; batches split where their rows ask for it, and joined
 * where they need each other; the order inside batches. */
bool work_find_edges(struct work *w);
/* Where a key is handed on from row to row, what follows the first goes before what follows the second: rows of a join table
 * may be equal for a moment otherwise. */
bool work_order_followers(struct work *w);
bool work_untie(struct work *w);
bool work_split(struct work *w, const bool *troubled);
/* Puts a change where it belongs. */
bool work_add_to_batch(struct work *w, struct change *change);
/* How the rows of a batch get their keys; `in_ring`: they are written with others by one statement. */
bool work_choose_keys(struct work *w, struct batch *batch, bool in_ring);
bool work_order_rows(struct work *w);
/* The same where rows that were to go together go one by one, for a probe: those that need each other still go together. */
bool work_order_one_by_one(struct work *w);
/* The rows' parts side by side, as the encoder wants them, in the order that the batch has them: with room made for them, and
 * again when the order has changed. */
bool work_make_layout(struct work *w, struct batch *batch);
void work_lay_out(struct work *w, struct batch *batch);
/* Whether rows that were laid out are in the order of their keys. */
bool work_is_sorted(const struct batch *batch);
/* The objects of a chunk, for who looks at the plan. */
void *const *work_objects(const struct work *w, const struct chunk *chunk);
/* Another look at a failure: rows go in smaller statements than planned, so that it tells whose they are. */
struct row_probe {
    bool stale;                  /* all rows that may be stale, to the end: those that are not found are noted ... */
    bool all;                    /* ... and those that are inserted, and no constraint waits for COMMIT */
    uint32_t batch, first, last; /* else these places of a batch, and nothing behind them is sent */
    uint32_t rows;               /* of a statement, at most: where it is more than one, behind a savepoint */
};
/* The steps of the plan, or of a probe. */
bool work_emit(struct work *w, bool commit, const struct row_probe *probe);
/* Behind the savepoint to which a probe went back as that step failed: those of the same rows, one by one. False also if
 * there are none. */
bool work_emit_apart(struct work *w, size_t failed);
/* Plans, runs and finishes: what session_flush and session_commit do. */
enum howdah_status work_write_all(struct howdah_session *s, bool commit);
/* The rows of a statement are not as many as were sent: STALE, SCHEMA or SERVER. The session's error says so. */
enum howdah_status work_fail_count(struct work *w, uint32_t chunk, uint64_t affected);
/* The same of a statement that checked its rows itself: it says so by an error of its own kind. */
void work_tell_count(struct work *w, size_t failed);
/* Rows of a table whose rows the database itself deletes with others may be gone already. */
bool work_may_be_gone(const struct work *w, const struct batch *batch);
/* Runs the plan; with `commit` to the end of the transaction. The outcome is a fact when it returns. */
enum howdah_status work_run(struct work *w);
/* After a failure in `chunk`: finds a row that fails, by doing it again row by row and rolling that back; the session's error
 * is then that row's. NULL if no row failed. */
struct entry *work_blame(struct work *w, uint32_t chunk);
/* The same where rows were not as expected: finds all of them, and hands them to the session. The first one, or NULL. */
struct entry *work_blame_stale(struct work *w);
/* After a COMMIT that failed for a constraint that the models know: finds the row that breaks it in the same way, and leaves
 * the error. */
struct entry *work_blame_commit(struct work *w);
/* Objects and states become what was written. `committed` is false for a flush, which can be undone. Can't fail:
 * work_prepare_finish has been before the run. */
/* Foreign keys to rows whose generated keys are known by now go into the image. */
void work_settle(struct work *w, const struct change *change);
bool work_prepare_finish(struct work *w, bool committed);
void work_finish(struct work *w, bool committed);

/* --- what they share --- */
static inline const struct mapper *change_mapper(const struct work *w, const struct change *change)
{
    (void)w;
    return change->mapper;
}

/* Whether any change of the table has had that operation. */
static inline bool work_has(const struct work *w, const struct mapper *mapper, enum howdah_operation operation)
{
    return w->operations[mapper->index] >> operation & 1;
}

/* The same of all tables. */
static inline bool work_has_any(const struct work *w, enum howdah_operation operation)
{
    return w->all_operations >> operation & 1;
}

static inline void work_set(struct work *w, const struct mapper *mapper, enum howdah_operation operation)
{
    w->operations[mapper->index] = (uint8_t)(w->operations[mapper->index] | 1u << operation);
    w->all_operations = (uint8_t)(w->all_operations | 1u << operation);
}

/* Whether any change of the table may be another one than a DELETE. */
static inline bool work_has_images(const struct work *w, const struct mapper *mapper)
{
    return work_has(w, mapper, HOWDAH_OPERATION_INSERT) || work_has(w, mapper, HOWDAH_OPERATION_UPDATE);
}

/* Besides the changes of objects there are some that only prepare or complete these. */
static inline bool change_is_extra(const struct change *change)
{
    return change->parks || change->extra->follow;
}

/* A row that the database deletes with another one. */
static inline bool change_goes_along(const struct change *change)
{
    return change->operation == HOWDAH_OPERATION_DELETE && change->fate == FATE_FOLLOWS && change->old;
}

/* Its statement finds the row only as it was: xmin, or values. What the database does to it comes later. */
static inline bool change_looks_back(const struct change *change)
{
    const struct column *token = change->mapper->token;
    return change->extra->checks || (token && token->xmin);
}

/* The row as it was loaded; NULL for INSERT. */
static inline const void *change_loaded(const struct change *change)
{
    return change->entry->state == ENTRY_NEW ? change->old : entry_snapshot(change->mapper, change->entry);
}

/* The change of an entry, or NULL if it has no part in this work. */
static inline struct change *work_change_of(const struct work *w, const struct entry *entry)
{
    bool known = entry->change < w->change_count && w->changes[entry->change].entry == entry;
    return known ? &w->changes[entry->change] : NULL;
}

/* The last follower of an entry without a change, or NULL. */
static inline const struct follower *work_follower_of(const struct work *w, const struct entry *entry)
{
    bool known = entry->change < w->follower_count && w->followers[entry->change].entry == entry;
    return known ? &w->followers[entry->change] : NULL;
}

static inline uint32_t deferral_column(const struct deferral *deferral)
{
    return deferral->key->columns[deferral->part];
}

static inline const struct column *deferral_source(const struct work *w, const struct deferral *deferral)
{
    return &w->changes[deferral->target].mapper->columns[deferral->source];
}

/* The column is a foreign key's whose value is not known yet. */
bool work_defers(const struct work *w, const struct change *change, uint32_t column);

/* The elements with room for one more, perhaps in another place; NULL if memory is out. */
void *work_move(struct work *w, void *elements, uint32_t count, uint32_t *capacity, size_t size);
static inline void *work_grow(struct work *w, void *elements, uint32_t count, uint32_t *capacity, size_t size)
{
    return count < *capacity ? elements : work_move(w, elements, count, capacity, size);
}
/* Marks the tables, by mapper, whose deletes may take rows of `below` along. Whether there are such deletes. */
bool work_mark_above(const struct work *w, const struct mapper *below, bool *above);
/* Refuses rows that refer to each other in a ring. */
bool work_refuse_cycle(struct work *w, const struct change *change);
/* An error of the plan: nothing was sent. The message begins with "Model.field: ". */
bool work_refuse(struct work *w, enum howdah_status status, const struct change *change, const char *field,
                 const char *format, ...) HOWDAH_PRINTF(5, 6);

#endif
