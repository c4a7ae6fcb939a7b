/* The models of graphs that need more than an order: rings of two tables, unique values that go round, keys that change,
 * and rows of join tables. */
#ifndef OOM_GUILDS_H
#define OOM_GUILDS_H

#include "workshop.h"

typedef struct Guild Guild;
typedef struct Head Head;
typedef struct Peg Peg;
typedef struct Rope Rope;
typedef struct Seal Seal;

struct Guild { /* has a head, always */
    int64_t id;
    int64_t head_id;
    const char *name;
    Head *head;
    Seal *seal;
};

struct Head { /* has a guild, always */
    int64_t id;
    int64_t guild_id;
    const char *name;
    int32_t version;
    Guild *guild;
    MANY(Peg) pegs;
};

struct Peg { /* a natural key */
    const char *code;
    NullInt32 place; /* unique */
    int32_t version;
};

struct Rope { /* follows its peg without the database's help */
    int64_t id;
    const char *peg_code;
    const char *color;
    Peg *peg;
};

struct Seal { /* one of a guild, or of none */
    int64_t id;
    NullInt64 guild_id;
    const char *motto;
    Guild *guild;
};

extern const Model Guild_model, Head_model, Peg_model, Rope_model, Seal_model;

/* A guild with its head and its seal, two pegs, a rope on each and one more on the first, a link from the head to the first. */
extern const char guild_rows_sql[];

#endif
