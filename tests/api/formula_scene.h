/* What the tests of session_set_sql share: counters with entries, and models of all kinds. */
#ifndef API_FORMULA_SCENE_H
#define API_FORMULA_SCENE_H

#include "api/scene.h"

typedef struct Counter Counter;
typedef struct Entry Entry;

struct Counter {
    int64_t id;
    const char *name;
    int64_t total;
    NullInt32 place; /* unique */
    PgTimestamp seen_at;
    int32_t version;
    MANY(Entry) entries;
};

struct Entry {
    int64_t id;
    NullInt64 counter_id;
    int32_t amount;
    Counter *counter;
};

/* Columns that are called as the parts of generated statements are. */
typedef struct Odd {
    int32_t c1;
    int32_t u;
    int32_t ord;
    NullInt32 t;
    NullInt32 howdah;
} Odd;

typedef struct Word { /* a natural key, that others follow */
    const char *word;
    int32_t length;
} Word;

typedef struct Use {
    int32_t id;
    const char *word;
} Use;

typedef struct Many { /* of each kind of value */
    int32_t id;
    const char *text;
    char code[8];
    NullDouble ratio;
    PgNumeric amount;
    PgJson data;
    Int64Array sizes;
    NullUuid token;
    PgDate day;
    bool flag;
    int16_t small;
} Many;

/* clang-format off */
extern const Model Counter_model;

MODEL(Entry, "entries",
    COLUMN(Entry, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Entry, counter_id, .references = &Counter_model),
    COLUMN(Entry, amount,     .check = "amount <> 13"),
    BELONGS_TO(Entry, counter, Counter, counter_id));

MODEL(Counter, "counters",
    COLUMN(Counter, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Counter, name,    .unique = true),
    COLUMN(Counter, total),
    COLUMN(Counter, place,   .unique = true),
    COLUMN(Counter, seen_at, .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    COLUMN(Counter, version, .version = true),
    HAS_MANY(Counter, entries, Entry, counter_id));

MODEL(Odd, "odds",
    COLUMN(Odd, c1, .primary_key = true), COLUMN(Odd, u), COLUMN(Odd, ord), COLUMN(Odd, t),
    COLUMN(Odd, howdah, .column = "howdah_1"));

MODEL(Word, "words", COLUMN(Word, word, .primary_key = true), COLUMN(Word, length));

MODEL(Use, "uses",
    COLUMN(Use, id, .primary_key = true),
    COLUMN(Use, word, .references = &Word_model, .on_update = ON_UPDATE_CASCADE));

MODEL(Many, "manies",
    COLUMN(Many, id, .primary_key = true, .generated = GENERATED_IDENTITY), COLUMN(Many, text, .nullable = true),
    COLUMN(Many, code), COLUMN(Many, ratio), COLUMN(Many, amount, .nullable = true),
    COLUMN(Many, data, .nullable = true), COLUMN(Many, sizes, .nullable = true), COLUMN(Many, token),
    COLUMN(Many, day), COLUMN(Many, flag), COLUMN(Many, small));
/* clang-format on */

#define ALL MODELS(Counter, Entry, Odd, Word, Use, Many)

static inline void formula_setup(void)
{
    scene_open(ALL);
}

static Counter *a, *b, *c;

static inline void given(void)
{
    live_sql(
        "INSERT INTO counters (name, total, place, version) VALUES ('a', 10, 1, 1), ('b', 20, 2, 1), ('c', 30, NULL, 1);"
        "INSERT INTO entries (counter_id, amount) VALUES (1, 1), (1, 2), (2, 3)");
    a = session_find(s, Counter, 1);
    b = session_find(s, Counter, 2);
    c = session_find(s, Counter, 3);
    cost_start();
    seen_clear();
}

#endif
