/* Loading: rows of a result become objects of the session. */
#ifndef SESSION_LOAD_H
#define SESSION_LOAD_H

#include "session.h"

/* So many rows may come at once: memory for their objects is taken in large pieces. */
static inline void load_expect(struct howdah_session *s, const struct mapper *mapper, size_t coming)
{
    slabs_expect(&s->slabs, mapper, coming);
    if (mapper->has_pointers) /* as a guess, their text is as large as they are */
        arena_expect(&s->arena, coming * mapper->model->size);
}
/* The object of a row that holds all columns of the mapper in order: the one that is in the session already, unchanged,
 * or a new one. NULL on error, which the session then has. */
struct entry *load_row(struct howdah_session *s, const struct mapper *mapper, const struct cell *cells, size_t count);
/* The same from a row of some columns: where the object is made for it, the columns of the set `unloaded` are not loaded. */
struct entry *load_part(struct howdah_session *s, const struct mapper *mapper, const struct column *const *columns,
                        const uint64_t *unloaded, const struct cell *cells, size_t count);
/* Fills the columns of `object` from cells; text goes to the arena. */
bool load_columns(struct howdah_session *s, const struct mapper *mapper, const struct column *const *columns,
                  const struct cell *cells, size_t count, struct arena *arena, void *object);
/* The same for all columns in order. */
bool load_all_columns(struct howdah_session *s, const struct mapper *mapper, const struct cell *cells,
                      struct arena *arena, void *object);

#endif
