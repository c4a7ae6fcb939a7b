/* Where pointers are in an array: for those of thousands of items that are asked about again and again. */
#ifndef SESSION_PLACES_H
#define SESSION_PLACES_H

#include "base/memory.h"

struct places {
    void *const *items; /* the caller's; NULL: nothing is known */
    size_t count;       /* of those that are or were in it */
    size_t left;        /* of these have left it */
    uint32_t *slots;    /* numbers of items, from 1, and a mark of those that have left; open addressing */
    size_t mask;
    uint32_t *shifts; /* by number, as a tree of sums: how many before it have left. NULL: none */
};

/* Learns the places of all items; those that are NULL have none. False if memory is out, or there are too many: nothing is
 * known then. */
bool places_fill(struct places *p, const struct howdah_allocator *allocator, void *const *items, size_t count);
void places_done(struct places *p, const struct howdah_allocator *allocator);
/* The item's place, from 1; 0: it is not there. One that was set to NULL in the array is not there any more. */
size_t places_find(const struct places *p, const void *item);
/* The array has one more item. False if there is no room for it: nothing is known then. */
bool places_append(struct places *p, const struct howdah_allocator *allocator);
/* An item that is there leaves the array. False if memory is out: nothing is known then. */
bool places_take_out(struct places *p, const struct howdah_allocator *allocator, const void *item);

/* --- of the members of collections --- */

struct collection;
struct entry;
struct howdah_session;
struct relation;

/* The place of an item in a collection that is loaded, from 1; 0: it is not there. */
size_t member_place(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                    const struct collection *collection, const void *item);
/* The collection has one more item at its end. */
void member_places_append(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                          const struct collection *collection);
/* The item at that place leaves the collection. */
void member_places_take_out(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                            struct collection *collection, size_t place);
/* The array became another, or is nobody's any more. */
void member_places_forget(struct howdah_session *s, void *const *items);
void member_places_free(struct howdah_session *s);

#endif
