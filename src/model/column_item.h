/* What the verbs of a column share: a value that is there, alone or as an item of an array. Private to the
 * column_*.c files, but for the name of a type. */
#ifndef MODEL_COLUMN_ITEM_H
#define MODEL_COLUMN_ITEM_H

#include "column.h"

#include <string.h>

/* The layout of every array type of types.h. It is only ever copied in and out of fields, since the program reads
 * them as other types. */
struct array {
    void *items;
    bool *nulls;
    size_t count;
};

static inline struct array array_get(const void *field)
{
    struct array array;
    memcpy(&array, field, sizeof(array));
    return array;
}

static inline void array_put(struct array array, void *field)
{
    memcpy(field, &array, sizeof(array));
}

/* Room for an array's items, and behind them for a second copy of them: items may be edited in place, and whoever keeps
 * the array may keep there how they were. At least one, since a pointer tells the empty array from NULL. */
static inline void *array_room(struct arena *arena, size_t count, size_t size)
{
    size_t bytes, alignment = size & (~size + 1); /* the largest power of two in it: no type of items needs more */
    if (!size_multiply(count ? count : 1, 2 * size, &bytes))
        return NULL;
    return arena_allocate(arena, bytes, alignment);
}

static inline bool *valid_flag(const struct column *c, void *field)
{
    return (bool *)((char *)field + c->valid_offset);
}

/* The field holds a value now. */
static inline void set_valid(const struct column *c, void *field)
{
    if (c->shape == SHAPE_NULLABLE)
        *valid_flag(c, field) = true;
}

/* Of a value whose first member is a pointer: text, bytes, json, numeric, an array. */
static inline bool pointer_is_null(const void *value)
{
    const void *pointer;
    memcpy(&pointer, value, sizeof(pointer));
    return !pointer;
}

static inline void *array_item(const struct column *c, struct array array, size_t i)
{
    return (char *)array.items + i * c->codec->size;
}

static inline bool array_item_is_null(const struct column *c, struct array array, size_t i)
{
    return (array.nulls && array.nulls[i]) || (c->codec->has_pointers && pointer_is_null(array_item(c, array, i)));
}

/* Of an array of texts; NULL for NULL. */
static inline const char *array_text_item(struct array array, size_t i)
{
    const char *text;
    memcpy(&text, (const char *)array.items + i * sizeof(text), sizeof(text));
    return array.nulls && array.nulls[i] ? NULL : text;
}

/* The column's verbs for an array that is not NULL; `field` is the array's struct. */
bool array_equal(const struct column *c, const void *a, const void *b);
uint64_t array_hash(const struct column *c, uint64_t seed, const void *field);
int array_compare(const struct column *c, const void *a, const void *b);
bool array_copy(const struct column *c, struct arena *arena, void *field);
const char *array_check(const struct column *c, const void *field, size_t *bytes);
/* How many arrays of so many objects are there and good; to each `bytes` what it takes is added. */
size_t array_check_all(const struct column *c, void *const *objects, size_t count, size_t *bytes);
/* These arrays as elements of the parameter array. */
void array_append_all(const struct column *c, void *const *objects, size_t count, struct buffer *out);
/* As the text of an array: {1,NULL,"a \"b\""}. */
void array_text(const struct column *c, const void *field, struct buffer *out);
enum howdah_status array_decode(const struct column *c, const struct cell *cell, struct arena *arena, void *field,
                                const char **ret_why);

/* NULL, or why a value can't be sent; *bytes as in codec.h. */
const char *item_check(const struct column *c, const void *value, size_t *bytes);

/* The same for a value that its C type's codec has nothing against, of a column with a limit. */
const char *column_limit_check(const struct column *c, const void *value);

/* The size of what was appended from `start` on goes into the room that was left for it in front. */
static inline void put_size(size_t start, struct buffer *out)
{
    size_t size = out->size - start;
    if (size > INT32_MAX)
        out->failed = true;
    if (!out->failed)
        write_uint32(out->data + start - sizeof(uint32_t), (uint32_t)size);
}

/* Fills a value from wire bytes of a certain type. */
typedef enum howdah_status item_decode(const struct column *c, const unsigned char *data, size_t size,
                                       struct arena *arena, void *value, const char **ret_why);
/* How values of type `oid` become the column's; NULL if they can't. */
item_decode *item_decode_of(const struct column *c, uint32_t oid);
/* The same for items of arrays of type `array_oid`. */
item_decode *array_decode_of(const struct column *c, uint32_t array_oid);
/* The C type to use where a plain value has no room for NULL: "NullInt32". NULL for types that have. */
const char *null_type_name(enum howdah_type type);
/* Sets "is of type integer, expected bigint" and returns SCHEMA. */
enum howdah_status refuse_type(const struct column *c, uint32_t oid, struct arena *arena, const char **ret_why);

#endif
