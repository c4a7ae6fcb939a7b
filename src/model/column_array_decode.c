/* Arrays in PostgreSQL's binary format (array_send in src/backend/utils/adt/arrayfuncs.c): dimensions, whether there
 * are NULLs, the items' type; length and lower bound of each dimension; then length and bytes of each item. */
#include "column_item.h"

#include "sqltype.h"
#include "text.h"

enum { HEADER_SIZE = 12, DIMENSION_SIZE = 8, LENGTH_SIZE = 4 };

struct reader {
    const unsigned char *data;
    size_t left;
};

static enum howdah_status malformed(const char **ret_why)
{
    *ret_why = "is no valid array";
    return HOWDAH_STATUS_INVALID;
}

static enum howdah_status refuse_dimensions(uint32_t dimensions, struct arena *arena, const char **ret_why)
{
    char number[DECIMAL_MAX];
    const char *why =
        text_join(arena, "has ", text_decimal(dimensions, number), " dimensions, the field holds one", NULL);
    *ret_why = why ? why : "has several dimensions";
    return HOWDAH_STATUS_INVALID;
}

/* Reads up to the first item. The lower bound is of no interest in C. */
static enum howdah_status read_header(struct reader *r, struct arena *arena, uint32_t *ret_oid, size_t *ret_count,
                                      const char **ret_why)
{
    if (r->left < HEADER_SIZE)
        return malformed(ret_why);
    uint32_t dimensions = read_uint32(r->data), oid = read_uint32(r->data + 8);
    if (dimensions > 1)
        return refuse_dimensions(dimensions, arena, ret_why);
    size_t header = HEADER_SIZE + dimensions * DIMENSION_SIZE, count = 0;
    if (r->left < header)
        return malformed(ret_why);
    if (dimensions)
        count = read_uint32(r->data + HEADER_SIZE);
    r->data += header;
    r->left -= header;
    if (count > r->left / LENGTH_SIZE) /* every item has a length at least */
        return malformed(ret_why);
    *ret_oid = oid;
    *ret_count = count;
    return HOWDAH_STATUS_OK;
}

static bool read_length(struct reader *r, int32_t *ret)
{
    if (r->left < LENGTH_SIZE)
        return false;
    int32_t length = (int32_t)read_uint32(r->data);
    r->data += LENGTH_SIZE;
    r->left -= LENGTH_SIZE;
    *ret = length;
    return length < 0 || (size_t)length <= r->left;
}

static bool set_null(const struct column *c, struct arena *arena, size_t i, struct array *array)
{
    if (!array->nulls) {
        array->nulls = array_room(arena, array->count, sizeof(bool));
        if (!array->nulls)
            return false;
        memset(array->nulls, 0, array->count * sizeof(bool));
    }
    array->nulls[i] = true;
    memset(array_item(c, *array, i), 0, c->codec->size);
    return true;
}

static enum howdah_status read_items(const struct column *c, struct reader *r, item_decode *decode, struct arena *arena,
                                     struct array *array, const char **ret_why)
{
    for (size_t i = 0; i < array->count; i++) {
        int32_t length;
        if (!read_length(r, &length))
            return malformed(ret_why);
        if (length < 0) {
            if (!set_null(c, arena, i, array))
                return HOWDAH_STATUS_NO_MEMORY;
            continue;
        }
        enum howdah_status status = decode(c, r->data, (size_t)length, arena, array_item(c, *array, i), ret_why);
        if (status)
            return status;
        r->data += length;
        r->left -= (size_t)length;
    }
    return r->left ? malformed(ret_why) : HOWDAH_STATUS_OK;
}

/* The type of the items, from that of the array; 0 if it is not known, or no array. */
static uint32_t item_oid(const struct column *c, uint32_t array_oid)
{
    if (array_oid == c->codec->array_oid)
        return c->codec->oid;
    const struct sqltype_known *known = sqltype_of_array(array_oid);
    return known ? known->oid : 0;
}

item_decode *array_decode_of(const struct column *c, uint32_t array_oid)
{
    return item_decode_of(c, item_oid(c, array_oid));
}

enum howdah_status array_decode(const struct column *c, const struct cell *cell, struct arena *arena, void *field,
                                const char **ret_why)
{
    struct reader reader = {cell->data, (size_t)cell->size};
    struct array array = {0};
    uint32_t expected = item_oid(c, cell->type), oid = 0;
    item_decode *decode = item_decode_of(c, expected);
    if (!decode)
        return refuse_type(c, cell->type, arena, ret_why);
    enum howdah_status status = read_header(&reader, arena, &oid, &array.count, ret_why);
    if (status)
        return status;
    if (oid != expected)
        return malformed(ret_why);
    array.items = array_room(arena, array.count, c->codec->size);
    if (!array.items)
        return HOWDAH_STATUS_NO_MEMORY;
    status = read_items(c, &reader, decode, arena, &array, ret_why);
    if (!status)
        array_put(array, field);
    return status;
}
