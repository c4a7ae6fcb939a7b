/* Generated statements: what is asked for, as a key, and its rendering. Pure functions: no I/O, nothing kept.
 *
 * Rows travel as one array parameter a column (rows.h), so that a text does not depend on how many there are; but a row
 * alone whose key the server makes has a text of its own, as it needs no order. */
#ifndef SQL_STATEMENTS_H
#define SQL_STATEMENTS_H

#include "base/statement.h"
#include "formula.h"
#include "lock.h"
#include "model/mapper.h"

enum statement_kind {
    STATEMENT_FIND,      /* one row by primary key, as one ROW value: libpq's work grows with the columns */
    STATEMENT_FIND_MANY, /* rows by primary keys */
    STATEMENT_INSERT,
    STATEMENT_UPDATE,
    STATEMENT_DELETE,
    STATEMENT_FOLLOW /* a part of a joint statement: rows of `follows` take the new keys of rows that they refer to */
};
enum { STATEMENT_KINDS = STATEMENT_FOLLOW + 1 };

/* Sets of columns are bits, column_words(mapper) words of them. */
struct statement_key {
    enum statement_kind kind;
    const struct mapper *mapper;
    const uint64_t *columns;  /* INSERT: those that are sent; UPDATE: those that are set; else NULL */
    const uint64_t *by_name;  /* of those, the ones whose values stand in a setting of the transaction, since the
                                client doesn't know them yet; their parameter is the setting's name. Or NULL */
    const char *on_conflict;  /* INSERT: that clause; all columns come back then. Not for the store of texts */
    const uint64_t *defaults; /* UPDATE: columns that are set to their DEFAULT; or NULL */
    const struct formula
        *formulas;          /* INSERT, UPDATE: of columns that are not among these; their parameters, as the text
                                       has them: values that are sent once before all others, arrays behind them. Or
                                       NULL */
    const uint64_t *checks; /* UPDATE, DELETE: columns whose old values the row must have; or NULL */
    const struct foreign_key *const *follows; /* FOLLOW: the foreign keys, of one table; `mapper` is their target */
    uint32_t follow_count;
    bool parks;              /* UPDATE: leaves the version as it is, and returns nothing; another one follows */
    const struct column *by; /* FIND: another column than the primary key, or NULL */
    enum howdah_lock lock;   /* FIND: of the row */
    bool by_columns;         /* FIND: the columns one by one, instead of one ROW */
    bool adjusts;            /* INSERT, UPDATE: columns that keep less than all values come back */
    bool returns_keys;       /* INSERT: keys come back, also where the server makes nothing else */
    bool in_order;   /* INSERT: rows are told by the order of their generated keys; a guarded statement looks at it */
    bool lists_keys; /* INSERT: the generated keys come back as one array of bigint, in the order of the rows */
    bool guarded;    /* INSERT, UPDATE, DELETE: fails unless it writes as many rows as its last parameter says */
    bool
        forgiving; /* DELETE: rows may be gone. No parameter then: it fails if any is left; or, where it is not guarded,
                       its result has as many rows as are left */
};

enum { COLUMN_WORDS_MAX = 1600 / 64 }; /* as many as a table can have */

static inline uint32_t column_words(const struct mapper *mapper)
{
    return mapper->words;
}

static inline bool column_in(const uint64_t *set, uint32_t index)
{
    return set && (set[index / 64] >> (index % 64) & 1);
}

static inline void column_put(uint64_t *set, uint32_t index)
{
    set[index / 64] |= (uint64_t)1 << (index % 64);
}

static inline void column_drop(uint64_t *set, uint32_t index)
{
    set[index / 64] &= ~((uint64_t)1 << (index % 64));
}

/* Of these, most tables have one word. */
static inline bool column_set_is_empty(const uint64_t *set, uint32_t words)
{
    uint64_t any = set[0];
    for (uint32_t i = 1; i < words; i++)
        any |= set[i];
    return !any;
}

static inline bool column_sets_equal(const uint64_t *a, const uint64_t *b, uint32_t words)
{
    uint64_t different = a[0] ^ b[0];
    for (uint32_t i = 1; i < words; i++)
        different |= a[i] ^ b[i];
    return !different;
}

static inline void column_set_clear(uint64_t *set, uint32_t words)
{
    set[0] = 0;
    for (uint32_t i = 1; i < words; i++)
        set[i] = 0;
}

static inline void column_set_copy(uint64_t *to, const uint64_t *from, uint32_t words)
{
    to[0] = from[0];
    for (uint32_t i = 1; i < words; i++)
        to[i] = from[i];
}

/* What a guarded statement asks for if its rows are not as many as they should be: a setting that nobody has, whose name
 * is this and their number; of a joint statement this, the part's number, "_" and their number. */
#define STATEMENT_GUARD "howdah.found_"

/* Renders the statement into the arena; NULL if memory is out. */
const struct statement *statement_render(const struct statement_key *key, struct arena *arena);

/* Several writes in one statement, as common table expressions: parts that need each other's rows. Those whose key is guarded
 * have their number of rows as last parameter. The server checks
 * foreign keys when all of them are done. Parts come by rank; those of a rank are done before the next rank begins.
 * It returns a row for each row written, with the part's number (integer, from 0) and then for each part its columns: what
 * statement_returned says, or, where that is nothing, one that is true. A part that wrote nothing gives a row of NULLs. */
struct statement_part {
    struct statement_key key;
    uint32_t rank;
};
const struct statement *statement_render_joint(const struct statement_part *parts, uint32_t count, struct arena *arena);

/* Whether rows of FIND_MANY have the number of their key behind their columns: keys may be equal to the server that the
 * client takes for different ones. Integers may not. */
bool statement_numbers_rows(const struct mapper *mapper);
/* The columns that a statement returns, in their order: for FIND those of the ROW. For writes the primary key,
 * to tell the rows, and then what the server made; none if it made nothing. Returns how many there are. */
uint32_t statement_returned(const struct statement_key *key, const struct column **ret_columns);

/* --- the statements that make and hand on generated keys inside one pipeline --- */

/* Draws $4 keys from the sequence of column $3 of table $2, keeps them in the setting $1, returns them. Where the column has
 * no sequence of its own it fails, as an empty name is none. */
#define STATEMENT_NO_SEQUENCE "42602"
extern const struct statement statement_draw_keys;
/* The same where the rows do not send their keys back, so that a trigger may change them unseen: if there are any that may,
 * it fails, as it asks for this setting, which nobody has. */
#define STATEMENT_TRIGGERS "howdah.keys_of_triggers"
extern const struct statement statement_draw_sure_keys;
/* Keeps in the setting $1 for each pair of $3 and $4 the key at that place in the lists of the settings $2, taken as
 * one, or the value itself. */
extern const struct statement statement_gather_keys;
/* Whether this role may draw keys for column $2 of table $1, and read them: enum draw_rights, and of enum key_trait the first
 * two, as one number. */
extern const struct statement statement_may_draw_keys;

#endif
