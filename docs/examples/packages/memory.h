/* Memory of the program. It ends with a message where memory is out: nothing is half done then, since the
 * server rolls back what was not committed. */
#ifndef PACKAGES_MEMORY_H
#define PACKAGES_MEMORY_H

#include <stddef.h>

/* Makes room for one more item at the end of an array that doubles. */
void *array_grow(void *items, size_t count, size_t *capacity, size_t size);

/* An array of zero bytes, for free(). */
void *array_zeroed(size_t count, size_t size);

/* An arena: memory for one batch of records, taken piece by piece and given back at once. Zero is empty. */
struct arena {
    struct arena_block *blocks; /* the last one is taken from */
};

void *arena_take(struct arena *arena, size_t size);
/* A copy that ends with a NUL. */
char *arena_text(struct arena *arena, const char *text, size_t length);
void arena_empty(struct arena *arena);

#endif
