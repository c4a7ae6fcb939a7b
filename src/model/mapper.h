/* Compiled models. The catalog compiles all models of a database at once, links their relations, and names
 * every fault. Immutable afterwards, so that all threads may read it. */
#ifndef MODEL_MAPPER_H
#define MODEL_MAPPER_H

#include "column.h"

enum { KEY_PARTS_MAX = 8, GROUP_MAX = 16 };

struct mapper;
struct predicate;

/* A foreign key: from .references of a column, or from a BELONGS_TO. */
struct foreign_key {
    uint32_t columns[KEY_PARTS_MAX]; /* of the mapper that has it */
    uint32_t targets[KEY_PARTS_MAX]; /* of the target */
    uint32_t count;
    enum howdah_action on_delete;
    const struct mapper *target;
    enum howdah_update_action on_update;
    bool to_primary_key;             /* targets are the target's key, in order */
    bool links;                      /* a MANY_TO_MANY goes over it: a row without what it refers to is none */
    const struct mapper *owner;      /* that has it */
    const struct relation *relation; /* the BELONGS_TO over it, or NULL */
    const struct relation *has;      /* the first HAS_ONE or HAS_MANY over it, or NULL */
    const struct column *type;       /* of a polymorphic one, else NULL */
    const struct table_index *index; /* the target's uniqueness that it stands on; NULL for the primary key */
    const char *name;                /* of the constraint; of a polymorphic one, of the column */

    /* polymorphic: it refers to `target` where `type` is this label. No constraint, and not among foreign_keys. */
    const char *label;
    struct foreign_key *next_typed; /* of the same mapper */

    const struct foreign_key *next_incoming; /* to the same target */
};

struct relation {
    const struct howdah_field *field;
    const struct mapper *mapper; /* that has it */
    const struct mapper *target;
    const struct foreign_key *foreign_key; /* belongs to: own; has one, has many: the target's; many to many: NULL */
    const struct relation *inverse;        /* the other side's field, or NULL */
    const struct relation *next_has;       /* another HAS_ONE or HAS_MANY over the same foreign key */
    const struct mapper *join;             /* many to many: its table. Else NULL, as are the next two */
    const struct foreign_key *join_owner;  /* of the join table: to this mapper */
    const struct foreign_key *join_target; /* of the join table: to the target */
    uint32_t index;                        /* in the mapper's relations */
};

/* A uniqueness that the server enforces, or an index; for DDL and for naming the field of an error. */
struct table_index {
    const struct howdah_field *field; /* the row that declares it: a COLUMN, INDEX or UNIQUE */
    const char *name;
    const uint32_t *columns;
    uint32_t count;
    uint32_t whole; /* behind those come the columns of `where`, up to here */
    bool unique;
    bool primary;
    bool deferrable;               /* a constraint that is checked when a statement ends */
    bool referenced;               /* a foreign key stands on it; for other than the primary key */
    const struct predicate *where; /* of a partial one whose condition the client can judge; else NULL */
};

/* A check: of a column, of the table, of char[N]'s length, or of an enum kept as text. */
struct table_check {
    const char *name;
    const char *condition;
    const struct column *column; /* or NULL */
};

/* An array column: its items may change without the struct. */
struct in_place {
    uint32_t offset; /* in the struct */
    uint32_t item_size;
};

struct mapper {
    const struct howdah_model *model;
    uint32_t index; /* in the catalog */
    uint32_t column_count;
    struct column *columns;
    uint32_t key_count;
    uint32_t foreign_key_count;
    uint32_t relation_count;
    uint32_t index_count;
    const struct foreign_key *foreign_keys;
    const struct relation *relations;
    const struct table_index *indexes; /* the primary key first */
    const struct column *version;      /* that the library counts; or NULL */
    const struct column *token;        /* which an UPDATE or DELETE compares: the version, or xmin; or NULL */
    const struct relation *join_of;    /* the relation whose join table this is, which has no model of its own: a
                                             struct howdah_join_row and the columns behind it. Else NULL */
    const struct mapper *modelled;     /* of such a mapper: that of the model which the table has all the same */
    size_t group_bytes;                /* all objects of a session's group: from each to its snapshot */
    const char *quoted;                /* "schema"."table" */
    const char *table;
    uint32_t key[KEY_PARTS_MAX];   /* columns of the primary key */
    const char *schema;            /* NULL for a plain struct without a table, as is `table` */
    uint32_t words;                /* of 64 bits, of a set of columns */
    const struct column *identity; /* the key's only identity column, or NULL */
    enum howdah_optimistic optimistic;
    const struct in_place *in_place;
    uint32_t in_place_count;
    const struct table_check *checks;
    uint32_t check_count;
    struct foreign_key *typed_keys;     /* polymorphic ones, by .next_typed */
    const struct foreign_key *sides[2]; /* likewise: the model's own foreign keys, in the order of these */
    const struct mapper *links;         /* of such a model's mapper: the join table's. Else NULL */
    const struct foreign_key *incoming; /* all that refer to this mapper, by .next_incoming: in the order of the
                                           mappers that have them, and of each the polymorphic ones last */
    bool has_pointers;                  /* any column refers to memory */

    uint32_t group; /* a session puts so many objects side by side, GROUP_MAX at most, and then as many snapshots, see
                       session/slab.h */

    /* what the unit of work asks about each object, decided once */
    const struct column *integer_key; /* the whole key, if it is one plain integer; else NULL */
    size_t key_distance;              /* from an object to that key in its snapshot */
    uint64_t key_seed;                /* tells equal integers of different tables apart when they are hashed */
    const uint32_t *pointers;         /* columns that refer to memory, arrays included */
    uint32_t pointer_count;
    const uint64_t *word_columns; /* by word of the struct: the set of the columns that lie in it, a bit for each */
    const uint64_t *always_sent;  /* a bit for each column that any INSERT sends, without a look at it */
    const uint32_t *looked_at;    /* the other columns */
    uint32_t looked_at_count;
    const uint32_t *checked; /* columns whose values can't all be sent */
    uint32_t checked_count;
    bool updates_plainly; /* an UPDATE sends what differs, whatever else there is */
    bool has_uuid_v7;     /* any column */
    bool server_makes;    /* any column is one that the server alone makes */
    bool adjusts;         /* any column keeps less than all values; rows are told by keys that are kept */
    bool has_unique;      /* any uniqueness besides the primary key */
    bool key_referenced;  /* a foreign key of some mapper stands on the primary key */
    bool takes_on; /* a foreign key refers to what is part of one in turn, or to text: what the other row will have
                             there is known when that one has been paired */
};

/* Whether rows are found as they were only: by their xmin, or by their values. */
static inline bool mapper_looks_back(const struct mapper *mapper)
{
    return mapper->optimistic || (mapper->token && mapper->token->xmin);
}

struct catalog {
    struct arena arena;
    struct mapper *mappers; /* of the models in their order, then of join tables */
    uint32_t mapper_count;
    size_t largest;              /* struct of these models */
    uint32_t most_columns;       /* that any of them has */
    const struct mapper **slots; /* by address of the model, open addressing */
    uint32_t slot_mask;
};

/* Compiles `models` (ends with NULL). OK; MODEL, with all faults in `faults`, one a line, each as in
 * `Post.user_id: int32_t can't refer to User.id, which is int64_t: make both the same`; or NO_MEMORY. The catalog
 * must be done in any case. */
enum howdah_status catalog_init(struct catalog *catalog, const struct howdah_allocator *allocator,
                                const struct howdah_model *const *models, const char *default_schema,
                                struct buffer *faults);
void catalog_done(struct catalog *catalog);

/* Where the search for a model begins. Models lie side by side, so that low bits of their addresses say little. */
static inline uint32_t catalog_slot(const struct howdah_model *model)
{
    return (uint32_t)((uint64_t)(uintptr_t)model * 0x9e3779b97f4a7c15ULL >> 32);
}

/* The mapper of a model, or NULL if it is none of this catalog's. */
static inline const struct mapper *catalog_find(const struct catalog *catalog, const struct howdah_model *model)
{
    for (uint32_t slot = catalog_slot(model);; slot++) {
        const struct mapper *mapper = catalog->slots[slot & catalog->slot_mask];
        if (!mapper || mapper->model == model)
            return mapper;
    }
}

/* A model that was not given to database_open may still be used for plain structs (table NULL): compiles it alone
 * into `arena`. Same statuses as catalog_init. */
enum howdah_status mapper_compile_plain(struct arena *arena, const struct howdah_model *model, struct buffer *faults,
                                        const struct mapper **ret);

/* The column of the field at `offset`, or by the names of field or column; NULL if there is none. */
const struct column *mapper_column_at(const struct mapper *mapper, size_t offset);
const struct column *mapper_column_of_field(const struct mapper *mapper, const char *field);
const struct column *mapper_column_named(const struct mapper *mapper, const char *column);
/* The first column that a constraint of that name is about (unique, foreign key, check, NOT NULL), or NULL. */
const struct column *mapper_column_of_constraint(const struct mapper *mapper, const char *constraint);

/* Appends "identifier" with quotes doubled: the one function that quotes. */
void identifier_quote(const char *identifier, struct buffer *out);
/* Appends 'text' as a literal that reads the same whatever standard_conforming_strings says. */
void literal_quote(const char *text, struct buffer *out);

#endif
