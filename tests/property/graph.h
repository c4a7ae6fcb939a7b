/* Random graphs over random models: what the files of this test share.
 *
 * A row has a number as its key, and perhaps one as its code; how these stand in its columns is the table's affair
 * (graph_models.c). What the database is to become is known by these numbers alone, apart from what the library does. */
#ifndef PROPERTY_GRAPH_H
#define PROPERTY_GRAPH_H

#include "api/scene.h"
#include "random.h"

enum { TABLES = 4, REFS = 3, HAS = 2, ROWS = 7, ADDED = 5, ITEMS = TABLES * (ROWS + ADDED), LINKS = 60 };

typedef struct Row Row;
struct Row {
    int64_t id;
    int32_t half;     /* of a key of two columns: the first */
    const char *name; /* a key of the row's own */
    int64_t code;     /* unique, and referred to */
    NullInt64 refs[REFS];
    NullInt32 halves[REFS];
    const char *names[REFS];
    PgBytes bytes, byte_refs[REFS];
    PgNumeric number, number_refs[REFS];
    PgDate day;
    NullDate day_refs[REFS];
    PgUuid uuid;
    NullUuid uuid_refs[REFS];
    int16_t small;
    NullInt16 small_refs[REFS];
    const char *nick; /* unique to the server's eyes alone, nullable */
    NullInt32 loose;  /* unique, nullable */
    int32_t firm;     /* unique, NOT NULL */
    int32_t shelf;    /* unique together */
    int32_t place;
    const char *text;
    int32_t version;
    int64_t xid; /* of the transaction that wrote the row last */
    Row *pointers[REFS];
    MANY(Row) links;
    MANY(Row) many[HAS];
};

enum key_kind {
    KEY_GENERATED,
    KEY_GIVEN,
    KEY_NAME,
    KEY_PAIR,
    KEY_CITEXT,
    KEY_BYTES,
    KEY_NUMERIC,
    KEY_SMALL,
    KEY_DATE,
    KEY_UUID,
    KEY_KINDS
};

/* How a kind's number stands in its column (of a pair the second), and in those of foreign keys to it. */
struct key_form {
    const char *column;
    size_t key, key_size, ref, ref_size; /* fields of a row; of the references the first */
    uint32_t type;
    size_t valid; /* of a reference: where it says so; 0: it is NULL by itself */
    const char *sql_type;
    const char *before; /* the number as SQL */
    int hex_digits;     /* 0: decimal */
    const char *after;
    void (*put)(void *field, int64_t key, bool refers);
    int64_t (*number)(const void *field);
};

struct table {
    char name[16];
    enum key_kind kind;
    int refs;
    struct {
        int target;
        bool required, by_code, clears, cascades, restricts; /* ON DELETE, or what a HAS_MANY over it does */
        bool on_delete;                                      /* the database does it */
        bool falls;                                          /* ... with the default: a row's number, or NULL */
        bool rests;                                          /* there is such a row; new rows refer to it, too */
        char defaults[2][64];
        bool orphans; /* what leaves is deleted */
    } ref[REFS];
    int has; /* HAS_MANY, over these references of other tables */
    struct {
        int table, ref;
    } many[HAS];
    bool has_code, has_loose, has_firm, versioned;
    bool by_xmin;                                           /* which is the version */
    enum { SPOT_NONE, SPOT_SHELF, SPOT_LOOSE } spot_kind;   /* with the place: unique together */
    enum { PART_NONE, PART_NULL, PART_NOT_NULL } part_kind; /* the place is unique among rows whose `loose` is so */
    enum { NICK_NONE, NICK_FOLDED, NICK_CITEXT } nick_kind; /* how it is unique */
    int links;                                              /* table that they lead to; -1: it has none */
    char join[16], join_from[32], join_to[32];
    Field fields[24 + HAS];
    size_t columns[REFS][2], spot[2], part[1];
    Model model;
};

extern struct table tables[TABLES];
extern int table_count;
extern const Model *models[TABLES + 1];

/* Fields whose values the server may compute. */
enum formula_field { FORMULA_LOOSE, FORMULA_FIRM, FORMULA_SHELF, FORMULA_PLACE, FORMULA_TEXT, FORMULAS };
enum { NO_TEXT = -1 };

/* A text of which the server makes no difference between large and small. */
struct nick {
    int number; /* 0: NULL */
    bool large;
};

/* What is in the database, and what it is to become. */
struct item {
    int table;
    bool loaded; /* the session knows it, though the program may not */
    bool met;    /* perhaps it does all the same: by a link, or since before something was gone back from */
    bool stored, deleted;
    bool follows, unseen; /* deleted by ON DELETE, as the session can't know */
    bool gone;            /* deleted in a round before */
    bool fallen;          /* by ON DELETE SET DEFAULT, in this transaction: objects do not follow */
    bool moved;           /* its key or code was changed in a round before */
    Row *object;          /* NULL: not loaded */
    Row *away;            /* evicted, and to come back */
    int64_t key, new_key, code, new_code;
    struct item *taker; /* the new item that has its row */
    struct item *refs[REFS], *old_refs[REFS];
    bool by_pointer[REFS], changed[REFS];
    bool linked[REFS]; /* changed by session_link or session_unlink */
    Row *stub;         /* by which the session knows its key, and what was set */
    Row *shown[REFS];  /* where its pointers led before they were changed */
    NullInt32 loose;
    int32_t firm, shelf, place, text;
    struct nick nick;
    int formulas[FORMULAS]; /* what SQL adds to these; 0: nothing */
    bool computed;          /* some of them was so */
};

struct item_link {
    struct item *from, *to;
    bool stored, wanted;
};

extern struct item items[ITEMS];
extern int item_count;
extern struct item_link item_links[LINKS];
extern int link_count;

/* --- models --- */

void open_models(void);

/* --- keys --- */

enum { NO_REF = -1 };
const struct key_form *form_of(enum key_kind kind);
const struct key_form *form_of_ref(const struct table *t, int r);
/* Puts a key into a row, and a value into its foreign key: of `r` number `value`, or NULL. */
void put_key(const struct table *t, Row *row, int64_t key);
void put_ref(const struct table *t, Row *row, int r, bool valid, int64_t value);
/* The columns of a key as SQL, "half, id", and its values. */
const char *key_columns(const struct table *t);
const char *key_values(const struct table *t, int64_t key);
/* The key of a row that the library has written. */
int64_t key_of_row(const struct table *t, const Row *row);
/* Whom it refers to, or NO_REF. */
int64_t ref_of_row(const struct table *t, const Row *row, int r);
size_t key_parts(const struct table *t, int64_t key, Value ret[2]);

/* --- rows --- */

struct item *pick(int table, bool alive);
/* The number by which `item` is referred to, before or after. */
int64_t old_value(const struct item *item, bool by_code);
int64_t new_value(const struct item *item, bool by_code);
/* Who has the row of an item in the end, and whether anybody has. */
const struct item *standing(const struct item *item);
/* What the value with which `item` refers to a row names in the end: who has it then, else whose it was. */
const struct item *named(const struct item *item, int r);
/* What row `item` refers to in the end; NULL: nothing. */
const struct item *final_ref(const struct item *item, int r);
/* The same where it was committed: a deleted row is meant no more. */
const struct item *last_ref(const struct item *item, int r);
bool link_stands(const struct item_link *link);
/* To which row a reference falls back by ON DELETE SET DEFAULT, and that of new rows which say nothing; NULL: to none. */
const struct item *rest_of(const struct table *t, int r);
/* Something may fall back to this row: the program leaves it where it is. */
bool is_rest(const struct item *item);
/* ON DELETE SET DEFAULT has changed its row, and the object does not know. */
bool has_fallen(const struct item *item);
/* What refers to deleted rows, and goes with them, is deleted too. */
void delete_dependents(void);
/* Whether any went that the session has not loaded, or by such a row: nobody can know what they have done to others. */
bool any_out_of_sight(void);
void make_rows(void);
void store_rows(void);
/* The same net change, by plain SQL. */
void apply(void);
/* Rows that differ from the oracle's, versions aside; "" if none does. */
const char *differences(void);

/* --- the program --- */

void load_rows(void);
void load_manys(void);
/* Says what is there, and later what changes, with HOWDAH_PROPERTY_SHOW. */
void show_rows(void);
/* So many random changes through the public interface, or fewer. Step i is left out where that bit is set; and so are asides. */
struct steps {
    uint32_t plain, asides;
};
struct steps change_rows(uint64_t graph, uint32_t most, uint64_t left_out, uint64_t left_out_asides);
/* One of them, beside the others: links of collections, rows known by their keys, structs that are merged, objects that are
 * read again, rows that are written at once, values that the server computes, objects that leave and come back. */
enum { ASIDES = 5 };
void begin_asides(void);
void change_aside(void);
/* The item as its row was when the changes began. */
const struct item *item_before(const struct item *item);
bool has_pending_links(const struct item *item);
/* Nothing is pending but values that nobody refers to. */
bool is_settled(const struct item *item);
/* The program has the item's object from now on. */
void see(struct item *item, Row *object);
/* A row's struct, with that text. */
Row row_of(const struct item *item, int text);
void send_away(void);
void come_back(void);
void attach_row(void);
void set_formula(struct item *item, Row *row);
void change_by_sql(void);
void drop_formulas(struct item *item);
/* All changes are made: what comes of those that stand. */
void settle_formulas(void);
/* What a change of this reference would mean is not what the oracle knows. */
bool is_kept(const struct item *item, int r, const struct item *target);
void set_values(struct item *item);
void show(const struct item *item, const char *what, int number, const struct item *other);
size_t offset_of_many(int number);
const char *nick_text(struct nick nick);
/* So much of a step is about what only the server compares. */
void change_nick(void);

/* --- the plan --- */

/* Notes what session_plan shows; what then runs must be that. */
void plan_watch(void);
void plan_check(uint64_t graph, Status status, bool flush);
void watch_statement(void *arg, const Statement *statement);

/* --- the judge --- */

enum verdict { DONE, REFUSED, IMPOSSIBLE, VERDICTS };
/* It was written: flushed, or committed. */
void judge_done(uint64_t graph, bool flushed);
/* Reads again what fell: behind it, and where a savepoint is gone back to that was made before they were read. */
void refresh_fallen(void);
/* It was refused; `alone`: so it will be once more, `begun` in a transaction of the program. */
enum verdict judge_refusal(uint64_t graph, bool alone, bool begun);
/* The items say again what is committed: all objects are as their rows. */
void judge_rollback(uint64_t graph);
/* The tables are as they should be. */
void judge_rows(uint64_t graph);

/* --- a graph --- */

/* Outside of a transaction: what is written at once is committed, and this is the item as a refusal goes back to it. */
struct item *committed_item(const struct item *item);

/* What the processes tell each other. */
extern struct shared {
    uint64_t graph; /* the last one that began */
    uint64_t tried; /* bits of `skipped` that are about changes of it */
    unsigned verdicts[VERDICTS];
} * shared;
/* A bit for each change that is left out. */
extern uint64_t skipped;

void run_graph(uint64_t graph);

#endif
