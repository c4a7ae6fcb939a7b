/* Collections: the MANY fields of objects, { items, count, loaded }. Programs declare each with an anonymous type of its
 * own, so the library reads and writes them by memcpy only. Their items lie in the session's arena; what a collection
 * outgrows, or is loaded anew, is used again by others. */
#ifndef SESSION_COLLECTION_H
#define SESSION_COLLECTION_H

#include "session.h"

#include "sql/relation_statements.h"

#include <stddef.h>
#include <string.h>

struct collection {
    void **items;
    size_t count;
    bool loaded;
};

static inline struct collection collection_get(const struct relation *relation, const void *object)
{
    struct collection collection;
    memcpy(&collection, (const char *)object + relation->field->offset, sizeof(collection));
    return collection;
}

/* What is behind the last member is never written: it stays the same in an object and in its snapshot, which are compared
 * as they are. */
enum { COLLECTION_SIZE = offsetof(struct collection, loaded) + sizeof(bool) };

/* Sets the field of the object and of its snapshot: it does not make the object dirty. */
static inline void collection_put(const struct relation *relation, void *object, void *snapshot,
                                  const struct collection *collection)
{
    memcpy((char *)object + relation->field->offset, collection, COLLECTION_SIZE);
    memcpy((char *)snapshot + relation->field->offset, collection, COLLECTION_SIZE);
}

/* Whether the program has changed the field by hand. (What stands behind its last member says nothing.) */
static inline bool collection_is_edited(const struct relation *relation, const void *object, const void *snapshot)
{
    struct collection now = collection_get(relation, object), before = collection_get(relation, snapshot);
    return now.items != before.items || now.count != before.count || now.loaded != before.loaded;
}

/* The place of an item, from 1, by a walk from the end; 0: it is not there. */
static inline size_t collection_place(const struct collection *collection, const void *item)
{
    size_t i = collection->count;
    while (i > 0 && collection->items[i - 1] != item)
        i--;
    return i;
}

/* How many items the array of a collection has room for. */
size_t collection_room(const struct collection *collection);
/* The item at that place leaves; those before or behind it close up, whichever are fewer. */
void collection_take_out(struct collection *collection, size_t place);
/* An array with room for that many; NULL if memory is out. Not for 0. */
void **collection_allocate(struct howdah_session *s, size_t count);
/* Gives the array of a collection of `count` items back, for other collections. NULL is allowed. */
void collection_release(struct howdah_session *s, void **items, size_t count);

#endif
