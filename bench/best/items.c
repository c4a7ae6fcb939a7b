/* Items between structs and PostgreSQL's binary format. */
#include "bench.h"

enum { ARRAY_HEADER = 20, ARRAY_COUNT_AT = 12 };

static TextArray read_labels(const char *array, struct arena *arena)
{
    TextArray ret = {.count = wire_read32(array + ARRAY_COUNT_AT)};
    ret.items = arena_take(arena, ret.count * sizeof(*ret.items));
    array += ARRAY_HEADER;
    for (size_t i = 0; i < ret.count; i++) {
        uint32_t length = wire_read32(array);
        ret.items[i] = arena_text(arena, array + 4, length);
        array += 4 + length;
    }
    return ret;
}

void item_read(const PGresult *result, int row, struct arena *arena, Item *ret)
{
    ret->id = get_int64(result, row, 0);
    ret->name = arena_text(arena, PQgetvalue(result, row, 1), (size_t)PQgetlength(result, row, 1));
    ret->note = arena_text(arena, PQgetvalue(result, row, 2), (size_t)PQgetlength(result, row, 2));
    ret->active = *PQgetvalue(result, row, 3) != 0;
    ret->created_at.microseconds = get_int64(result, row, 4);
    ret->price = wire_read_double(PQgetvalue(result, row, 5));
    ret->quantity.valid = !PQgetisnull(result, row, 6);
    ret->quantity.value = ret->quantity.valid ? get_int32(result, row, 6) : 0;
    memcpy(ret->token.bytes, PQgetvalue(result, row, 7), sizeof(ret->token.bytes));
    /* jsonb: a version byte, then the text */
    ret->attributes.text = arena_text(arena, PQgetvalue(result, row, 8) + 1, (size_t)PQgetlength(result, row, 8) - 1);
    ret->labels = read_labels(PQgetvalue(result, row, 9), arena);
    ret->version = get_int32(result, row, 10);
}

void item_copied(struct copied *row, struct arena *arena, Item *ret)
{
    int32_t length;
    ret->id = copied_int64(row);
    ret->name = copied_text(row, arena);
    ret->note = copied_text(row, arena);
    ret->active = *copied_next(row, &length) != 0;
    ret->created_at.microseconds = copied_int64(row);
    ret->price = wire_read_double(copied_next(row, &length));
    const char *quantity = copied_next(row, &length);
    ret->quantity.valid = length >= 0;
    ret->quantity.value = length >= 0 ? (int32_t)wire_read32(quantity) : 0;
    memcpy(ret->token.bytes, copied_next(row, &length), sizeof(ret->token.bytes));
    const char *attributes = copied_next(row, &length);
    ret->attributes.text = arena_text(arena, attributes + 1, (size_t)length - 1);
    ret->labels = read_labels(copied_next(row, &length), arena);
    ret->version = copied_int32(row);
}

/* --- writing --- */

static void patch_length(struct wire *w, size_t at)
{
    uint32_t length = __builtin_bswap32((uint32_t)(w->size - at - 4));
    memcpy(w->data + at, &length, 4);
}

static void put_labels(struct wire *w, const TextArray *labels)
{
    wire_array(w, OID_TEXT, (uint32_t)labels->count);
    for (size_t i = 0; i < labels->count; i++)
        put_text(w, labels->items[i]);
}

static void put_typed_text(struct wire *w, const char *text)
{
    wire_int32(w, OID_TEXT);
    put_text(w, text);
}

static void put_json(struct wire *w, const char *text)
{
    size_t length = strlen(text);
    wire_int32(w, OID_JSONB);
    wire_int32(w, (uint32_t)length + 1);
    wire_bytes(w, "\1", 1);
    wire_bytes(w, text, length);
}

void put_item(struct wire *w, const Item *item)
{
    enum { COLUMNS = 11 };
    size_t start = w->size, labels;
    wire_int32(w, 0); /* the length, when it is known */
    wire_int32(w, COLUMNS);
    wire_int32(w, OID_INT8);
    wire_int32(w, (uint32_t)-1);
    put_typed_text(w, item->name);
    put_typed_text(w, item->note);
    wire_int32(w, OID_BOOL);
    wire_int32(w, 1);
    wire_bytes(w, item->active ? "\1" : "\0", 1);
    wire_int32(w, OID_TIMESTAMPTZ);
    put_int64(w, item->created_at.microseconds);
    wire_int32(w, OID_FLOAT8);
    wire_int32(w, 8);
    wire_double(w, item->price);
    wire_int32(w, OID_INT4);
    if (item->quantity.valid)
        put_int32(w, item->quantity.value);
    else
        wire_int32(w, (uint32_t)-1);
    wire_int32(w, OID_UUID);
    wire_int32(w, 16);
    wire_bytes(w, item->token.bytes, 16);
    put_json(w, item->attributes.text);
    wire_int32(w, OID_TEXT_ARRAY);
    labels = w->size;
    wire_int32(w, 0);
    put_labels(w, &item->labels);
    patch_length(w, labels);
    wire_int32(w, OID_INT4);
    put_int32(w, 1);
    patch_length(w, start);
}

static void put_bytes(struct wire *w, const void *data, uint32_t size)
{
    wire_int32(w, size);
    wire_bytes(w, data, size);
}

void copy_item(struct wire *w, int64_t id, const Item *item)
{
    put_int64(w, id);
    put_text(w, item->name);
    put_text(w, item->note);
    put_bytes(w, item->active ? "\1" : "\0", 1);
    put_int64(w, item->created_at.microseconds);
    wire_int32(w, 8);
    wire_double(w, item->price);
    if (item->quantity.valid)
        put_int32(w, item->quantity.value);
    else
        wire_int32(w, (uint32_t)-1);
    put_bytes(w, item->token.bytes, sizeof(item->token.bytes));
    wire_int32(w, (uint32_t)strlen(item->attributes.text) + 1);
    wire_bytes(w, "\1", 1);
    wire_bytes(w, item->attributes.text, strlen(item->attributes.text));
    size_t labels = w->size;
    wire_int32(w, 0);
    put_labels(w, &item->labels);
    patch_length(w, labels);
    put_int32(w, 1);
}

void item_parameters(struct bench *b, const Item *item)
{
    best_text(b, 0, item->name);
    best_text(b, 1, item->note);
    wire_bytes(best_parameter(b, 2), item->active ? "\1" : "\0", 1);
    best_int64(b, 3, item->created_at.microseconds);
    wire_double(best_parameter(b, 4), item->price);
    struct wire *quantity = best_parameter(b, 5);
    if (item->quantity.valid)
        wire_int32(quantity, (uint32_t)item->quantity.value);
    wire_bytes(best_parameter(b, 6), item->token.bytes, 16);
    struct wire *json = best_parameter(b, 7);
    wire_bytes(json, "\1", 1);
    wire_bytes(json, item->attributes.text, strlen(item->attributes.text));
    put_labels(best_parameter(b, 8), &item->labels);
}
