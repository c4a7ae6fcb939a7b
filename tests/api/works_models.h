/* Makers make items, items have parts; a tree of nodes; and tables whose keys are of other kinds. */
#ifndef API_WORKS_MODELS_H
#define API_WORKS_MODELS_H

#include <howdah/howdah.h>

typedef struct Maker Maker;
typedef struct Item Item;
typedef struct Part Part;
typedef struct Node Node;
typedef struct Seat Seat;
typedef struct Word Word;
typedef struct Ticket Ticket;
typedef struct Day Day;
typedef struct Rate Rate;

struct Maker {
    int64_t id;
    const char *name;
    NullInt32 grade;
    PgTimestamp made_at;
    MANY(Item) items;
};

struct Item {
    int64_t id;
    int64_t maker_id;
    char code[16];
    const char *title;
    const char *note;
    PgNumeric price;
    int32_t version;
    Maker *maker;
};

struct Part {
    int32_t id;
    int64_t item_id;
    int32_t amount;
    Item *item;
};

struct Node {
    int64_t id;
    NullInt64 parent_id;
    const char *label;
    Node *parent;
};

struct Seat {
    const char *room;
    int16_t number;
    const char *guest;
};

struct Word {
    const char *word;
    int64_t count;
};

struct Ticket {
    PgUuid id;
    const char *holder;
};

struct Day {
    PgDate day;
    const char *name;
};

struct Rate {
    PgNumeric rate;
    const char *name;
};

extern const Model Maker_model, Item_model, Part_model, Node_model;

/* clang-format off */
MODEL(Maker, "makers",
    COLUMN(Maker, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Maker, name,    .unique = true),
    COLUMN(Maker, grade,   .check = "grade BETWEEN 0 AND 9"),
    COLUMN(Maker, made_at, .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    HAS_MANY(Maker, items, Item, maker_id));

MODEL(Item, "items",
    COLUMN(Item, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Item, maker_id, .references = &Maker_model),
    COLUMN(Item, code,     .unique = true),
    COLUMN(Item, title),
    COLUMN(Item, note,     .nullable = true, .server_default = "'none yet'"),
    COLUMN(Item, price,    .nullable = true, .sql_type = "numeric(10, 2)"),
    COLUMN(Item, version,  .version = true),
    BELONGS_TO(Item, maker, Maker, maker_id));

MODEL(Part, "parts",
    COLUMN(Part, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Part, item_id, .references = &Item_model),
    COLUMN(Part, amount,  .check = "amount > 0"),
    BELONGS_TO(Part, item, Item, item_id));

MODEL(Node, "nodes",
    COLUMN(Node, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Node, parent_id, .references = &Node_model),
    COLUMN(Node, label),
    BELONGS_TO(Node, parent, Node, parent_id));

MODEL(Seat, "seats",
    COLUMN(Seat, room,   .primary_key = true),
    COLUMN(Seat, number, .primary_key = true),
    COLUMN(Seat, guest,  .nullable = true));

MODEL(Word, "words",
    COLUMN(Word, word, .primary_key = true),
    COLUMN(Word, count));

MODEL(Ticket, "tickets",
    COLUMN(Ticket, id, .primary_key = true, .generated = GENERATED_UUID_V7),
    COLUMN(Ticket, holder));

MODEL(Day, "days",
    COLUMN(Day, day, .primary_key = true),
    COLUMN(Day, name));

MODEL(Rate, "rates",
    COLUMN(Rate, rate, .primary_key = true),
    COLUMN(Rate, name));
/* clang-format on */

#define WORKS MODELS(Maker, Item, Part, Node, Seat, Word, Ticket, Day, Rate)

#endif
