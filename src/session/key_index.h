/* An index of keys: which of many structs has these values in some of its columns. The structs stay the caller's, and
 * must not change while it is in use. Keys have numbers, from 0, in the order in which they were added. */
#ifndef SESSION_KEY_INDEX_H
#define SESSION_KEY_INDEX_H

#include "model/mapper.h"

#define KEY_NONE UINT32_MAX

struct key_index {
    struct arena *arena;
    const struct column *columns[KEY_PARTS_MAX];
    uint32_t parts;
    const struct column *integer; /* the only one, a plain integer: a shorter way. Else NULL */
    const void **keys;            /* by number: a struct that has it */
    int64_t *integers;            /* the same, where they are integers */
    uint32_t count, capacity;
    uint32_t *slots; /* numbers + 1; open addressing */
    uint32_t mask;
};

/* Makes an index with room for `capacity` keys of those columns of a mapper, in the arena. False if memory is out. */
bool key_index_init(struct key_index *index, struct arena *arena, const struct mapper *mapper, const uint32_t *columns,
                    uint32_t parts, size_t capacity);
/* The number of the key in the struct, which is added if it is not there. There must be room, and no part NULL. */
uint32_t key_index_add(struct key_index *index, const void *object);
/* The number of the key in the struct, or KEY_NONE. */
uint32_t key_index_find(const struct key_index *index, const void *object);
/* The same where the index has .integer. */
uint32_t key_index_find_integer(const struct key_index *index, int64_t key);

#endif
