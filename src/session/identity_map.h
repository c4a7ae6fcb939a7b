/* The identity map: one object for each row, by table and primary key. The keys are not stored apart: they are
 * those of the entries' snapshots, so that a program may scribble on an object without breaking the map. */
#ifndef SESSION_IDENTITY_MAP_H
#define SESSION_IDENTITY_MAP_H

#include "entry.h"

/* Whether all parts of the key are there: none NULL, no identity of 0, no uuid key of zero bytes. */
bool key_is_set(const struct mapper *mapper, const void *object);
bool key_equal(const struct mapper *mapper, const void *a, const void *b);
/* -1, 0, 1: the order in which rows are locked. */
int key_compare(const struct mapper *mapper, const void *a, const void *b);
/* The key's only column if it is a plain integer: the common case, which needs no struct to ask. */
const struct column *key_integer_column(const struct mapper *mapper);

struct entry *identity_find(const struct map *map, const struct mapper *mapper, const void *object);
/* For mappers with a key_integer_column. */
struct entry *identity_find_integer(const struct map *map, const struct mapper *mapper, int64_t key);
/* Adds the entry by its snapshot's key, which must not be there. False if memory is out. */
bool identity_add(struct map *map, const struct mapper *mapper, struct entry *entry);
/* The same after map_prepare: can't fail. */
void identity_add_prepared(struct map *map, const struct mapper *mapper, struct entry *entry);
void identity_remove(struct map *map, struct entry *entry);

#endif
