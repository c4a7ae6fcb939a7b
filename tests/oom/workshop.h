/* The models of these tests, as rich as those of a real program: generated keys, uuids, foreign keys by pointer and by
 * value, a version, arrays, jsonb and numeric with server defaults, text inside the struct, an enum, a composite key. */
#ifndef OOM_WORKSHOP_H
#define OOM_WORKSHOP_H

#include <howdah/howdah.h>

typedef struct Maker Maker;
typedef struct Item Item;
typedef struct Label Label;
typedef struct Sticker Sticker;

enum trade { TRADE_SMITH, TRADE_POTTER };

struct Maker {
    int64_t id;
    const char *name;
    char code[12];
    const char *mail;
    NullInt32 age;
    int trade;
    PgTimestamp joined_at;
};

struct Item {
    int64_t id;
    int64_t maker_id;
    char slug[24];
    const char *title;
    const char *note;
    PgJson data;
    TextArray tags;
    Int64Array sizes;
    PgNumeric price;
    PgBytes picture;
    int32_t version;
    Maker *maker;
};

struct Label {
    PgUuid id;
    const char *text;
};

/* A label on an item. */
struct Sticker {
    int64_t item_id;
    PgUuid label_id;
    int16_t place;
};

extern const Enum Trade_labels;
extern const Model Maker_model, Item_model, Label_model, Sticker_model;

/* --- what every set of models of these sweeps has --- */

const Model *const *workshop_models(void);
/* All rows of all tables as text, in one order and without generated keys: what was committed. For the caller to
 * free. */
char *workshop_rows(void);
/* Empty tables, then the SQL. */
void workshop_seed(const char *sql);

/* Rows that several tests begin with: makers 1 and 2, items 1 and 2 of the first, item 3 of the other, a label. */
extern const char workshop_rows_sql[];

#endif
