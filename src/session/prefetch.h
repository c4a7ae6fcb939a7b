/* Finds that the program has announced: the next session_find that asks the server takes them along, so that they share its
 * round trip. */
#ifndef SESSION_PREFETCH_H
#define SESSION_PREFETCH_H

#include "base/arena.h"
#include "base/map.h"

struct entry;
struct howdah_session;
struct mapper;

struct prefetch {
    struct map wanted; /* by table and key, in their order */
    struct arena arena;
};

void prefetch_init(struct prefetch *prefetch, const struct howdah_allocator *allocator);
/* Forgets all and frees it. */
void prefetch_done(struct prefetch *prefetch);

static inline bool prefetch_is_empty(const struct prefetch *prefetch)
{
    return !prefetch->wanted.first;
}

/* Finds the key that is in s->key_object, and all that were announced, in one round trip; these are forgotten then, whatever
 * came of it. *ret: the entry of that key, or NULL where there is no row. False: the session has the error. */
bool prefetch_find(struct howdah_session *s, const struct mapper *mapper, struct entry **ret);

#endif
