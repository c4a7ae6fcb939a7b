/* Cursors: a place in an ordered result as a token, and the condition that finds the rows behind or before it. */
#ifndef SESSION_CURSOR_H
#define SESSION_CURSOR_H

#include "query.h"

enum { CURSOR_KEYS = 16 };

/* A column of the order. All together are unique. */
struct cursor_key {
    const struct select_source *source;
    const struct column *column;
    bool desc;
    bool nulls_first;
    bool nullable;
};

struct cursor {
    struct cursor_key keys[CURSOR_KEYS];
    uint32_t count;
    bool backward;                   /* rows before the place */
    struct cell values[CURSOR_KEYS]; /* of the place; size -1 is NULL */
    bool placed;                     /* else: from the start */
};

/* The values of a row's keys, in memory that the next row's take again. */
struct cursor_values {
    struct cell cells[CURSOR_KEYS];
    char *room;
    size_t capacity;
};

/* Keeps copies of the cells. False if memory is out. */
bool cursor_keep(struct cursor_values *values, const struct cell *cells, uint32_t count, struct arena *arena);
/* The token of that place, in the arena; NULL if memory is out. */
const char *cursor_token(const struct cursor *cursor, const struct cursor_values *values, bool backward,
                         struct arena *arena);
/* Reads a token into the cursor, whose keys are set: OK; INVALID: it is no token of that order; NO_MEMORY. */
enum howdah_status cursor_read(struct cursor *cursor, const char *token, struct arena *arena);
/* Writes the condition of a cursor that has a place. Parameters are made in the arena; false if memory is out. */
bool cursor_condition(const struct cursor *cursor, struct arena *arena, struct select_expression *ret);

#endif
