/* Loading one relation of many objects: whose keys are asked for, which rows come, and what then stands in the objects'
 * fields. Who sends the statement, and when, is the caller's business: a call for one object and its siblings, or a query
 * that brings what its rows refer to.
 *
 * What the program has changed in memory stays true: an object that it marked deleted is put nowhere, one that it moved
 * (by pointer or by value) is where it put it. Nothing becomes dirty. */
#ifndef SESSION_RELATION_LOAD_H
#define SESSION_RELATION_LOAD_H

#include "collection.h"
#include "key_index.h"

enum { RELATION_KEYS_MAX = 65536 }; /* of one statement */

/* An object that the program has put somewhere else, or nowhere. */
struct relation_move {
    struct entry *entry;
    uint32_t key; /* KEY_NONE: to none of those that are loaded */
};

struct relation_load {
    struct howdah_session *s;
    const struct relation *relation;
    enum relation_form form;
    struct relation_ends ends;
    struct arena *arena; /* of the call */

    struct entry **sources; /* whose fields are filled; NULL: another one has its key, or it came before */
    uint32_t *source_keys;  /* by source; KEY_NONE: it refers to nothing */
    size_t source_count;
    size_t siblings_left;   /* about how many more will be asked for by other statements */
    struct key_index index; /* of the sources' keys */
    struct entry **by_key;  /* by key: a source that has it */
    const void **asked;     /* structs with the keys that only the server can answer */
    size_t asked_count;
    bool read_only;     /* objects that come are */
    bool asked_by_rows; /* the server took the keys from the sources' rows, which may have changed since they were
                           loaded */

    struct relation_move *moves;
    size_t move_count;
    bool *provisional; /* by key: pending work had a say */

    struct entry **rows; /* as they came */
    uint32_t *row_keys;
    size_t row_count, row_capacity;
    size_t known_rows; /* whose objects the session had already */
    size_t strays;     /* rows of none of the sources */
    size_t cells;      /* of a row */
    struct sibling_result result;
    const struct relation *back; /* the pointers of rows' objects to their sources: set as new objects come. Or NULL */
    bool ascending;              /* the rows came in the order of their primary keys, */
    bool grouped;                /* or those of each source did, one behind the other */
    bool *met;                   /* by key: a row had it */
    int64_t last_id;             /* of the row that came last, where that is one integer */
    int64_t last_integer;        /* likewise of whose it is */
    uint32_t key;                /* the number of that; KEY_NONE: none of the sources' */
};

void relation_load_init(struct relation_load *load, struct howdah_session *s, const struct relation *relation,
                        enum relation_form form, struct arena *arena);
/* Frees what rows have taken. */
void relation_load_done(struct relation_load *load);
/* The objects whose fields are to be filled; those that need no answer of the server's are not among .asked. False: the
 * session has the error. Called before the first row; `sources` must live on. */
bool relation_load_begin(struct relation_load *load, struct entry **sources, size_t count);
/* Adds the keys that the server is asked for, as parameters. */
void relation_load_add_keys(const struct relation_load *load, struct parameters *p);
/* Which key a row names: it becomes .key. False: the session has the error. */
bool relation_load_key(struct relation_load *load, const struct cell *cells);
/* A row of RELATION_ROWS or RELATION_TOP. The entry that it became, or NULL and an error. */
struct entry *relation_load_row(struct relation_load *load, const struct pg_step *step, const struct cell *cells,
                                size_t count);
/* Forgets the rows: they come again. */
void relation_load_restart(struct relation_load *load);
/* Whether the object of a row is to be put where its row is: it is not deleted, nor moved. */
bool relation_row_stays(const struct relation_load *load, const struct entry *entry, uint32_t key);
/* All rows have come: fills the fields. Either all of them, or none, and the session has the error. */
bool relation_load_finish(struct relation_load *load);

/* The relation of that field, or NULL and an error. */
const struct relation *relation_find(struct howdah_session *s, const struct mapper *mapper, size_t offset);
/* The object, and those of its siblings that are `wanted`, in the load's arena, up to a number of keys. NULL if memory is
 * out. */
struct entry **relation_load_siblings(struct relation_load *load, struct entry *entry,
                                      bool (*wanted)(const struct relation_load *load, const struct entry *entry),
                                      size_t *ret_count);

/* Whether the object's field says what there is: loaded, new, or set by the program. */
bool relation_is_loaded(const struct howdah_session *s, const struct relation *relation, const struct entry *entry);
/* What was loaded under the influence of pending work is as if it had never been: that work was dropped. */
void relation_forget_provisional(struct howdah_session *s);
/* The same for links to objects of that mapper: which of them one has that is deleted no longer, only the server knows. */
void relation_forget_links(struct howdah_session *s, const struct mapper *target);
/* The pending work has become true. */
void relation_keep_provisional(struct howdah_session *s);
/* Remembers that there is nothing where the field is a NULL pointer. */
bool relation_is_absent(const struct relation *relation, const struct entry *entry);
void relation_set_absent(const struct relation *relation, struct entry *entry, bool absent);

/* By key of the load: how many rows more its objects will have by what is pending. False: the session has the error. */
bool relation_count_pending(const struct relation_load *load, int64_t *counts);

/* --- what the program did in memory, relation_load_moves.c --- */

/* Of a HAS_ relation's target: whether its row says whose it is, or the program says so, or it is nobody's. */
enum placement { PLACED_BY_ROW, PLACED_BY_POINTER, PLACED_BY_VALUE, PLACED_BY_LINK, PLACED_NOWHERE };
enum placement placement_of(const struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                            const struct entry *entry);
/* The objects of the target that are not where their rows are, or whose links are pending. False: the session has the
 * error. */
bool relation_load_moves(struct relation_load *load);

/* Makes sure that the columns by which the relation's rows are found are known and up to date: reads them if they are not
 * (1 round trip). False: the session has the error. */
bool relation_fill_key(struct howdah_session *s, const struct relation *relation, struct entry *entry);

#endif
