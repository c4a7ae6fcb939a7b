/* What the tests of faults in models share: two structs, and the macros that make a wrong model of one. */
#ifndef MAPPER_FAULTS_H
#define MAPPER_FAULTS_H

#include "mapper_support.h"

typedef struct Thing Thing;
typedef struct Other Other;

struct Other {
    int64_t id;
    const char *code;
    int32_t number;
    int64_t thing_id;
    Thing *thing;
    MANY(Thing) things;
};

struct Thing {
    int64_t id;
    int32_t number;
    NullInt32 maybe;
    double real;
    char code[8];
    char tiny[1];
    const char *text;
    PgUuid uuid;
    PgTime time;
    PgTimestamp at;
    PgJson json;
    TextArray tags;
    Int32Array numbers;
    int kind;
    struct point {
        int x, y;
    } point;
    int64_t other_id;
    int32_t narrow_id;
    Other *other;
    Other *second;
    MANY(Other) others;
};

extern const Model Other_model;
MODEL(Other, "others",
    COLUMN(Other, id,   .primary_key = true),
    COLUMN(Other, code, .unique = true),
    COLUMN(Other, number));

typedef Other Extra; /* for models that stand beside Thing in one test alone */

#define KEY COLUMN(Thing, id, .primary_key = true)

/* One model with a key and the rows that follow has this fault. */
#define FAULT(message, ...) \
    do { \
        MODEL(Thing, "things", KEY, __VA_ARGS__); \
        expect_fault(&Thing_model, message); \
        mapper_teardown(); \
        mapper_setup(); \
    } while (0)
/* The same beside Other. */
#define FAULT_WITH_OTHER(message, ...) \
    do { \
        MODEL(Thing, "things", KEY, __VA_ARGS__); \
        expect_faults(MODELS(Thing, Other), message); \
        mapper_teardown(); \
        mapper_setup(); \
    } while (0)

#endif
