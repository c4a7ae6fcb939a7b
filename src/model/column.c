/* What is done with a whole column of an object: NULL, comparing, copying, checking, sending. Reading is
 * column_decode.c's, arrays are column_array.c's, values of the public interface column_value.c's. */
#include "column_item.h"

#include "utf8.h"

#include "base/hash.h"

/* A type of the program's own says itself that a value is NULL. */
static bool user_value_is_null(const struct column *c, const void *field)
{
    char text[256];
    return c->field->codec->encode(field, text, sizeof(text)) == -2;
}

static bool is_null(const struct column *c, void *field)
{
    switch (c->shape) {
    case SHAPE_NULLABLE: return !*valid_flag(c, field);
    case SHAPE_ARRAY: return pointer_is_null(field);
    case SHAPE_PLAIN: break;
    }
    if (c->codec->has_pointers)
        return pointer_is_null(field);
    return c->codec->type == HOWDAH_TYPE_CODEC && user_value_is_null(c, field);
}

bool column_is_null(const struct column *c, const void *object)
{
    return is_null(c, column_field(c, object));
}

void column_set_null(const struct column *c, void *object)
{
    void *field = column_field(c, object);
    memset(field, 0, c->size);
    if (c->codec->type == HOWDAH_TYPE_CODEC)
        c->field->codec->decode(NULL, 0, field);
}

static bool is_zero(const struct column *c, const char *field)
{
    if (c->codec->type == HOWDAH_TYPE_CHARS)
        return *field == '\0';
    return *field == '\0' && memcmp(field, field + 1, c->size - 1) == 0; /* each byte is the next one */
}

bool column_is_unset_key(const struct column *c, const void *object)
{
    bool made = c->key && (c->server_only || c->codec->type == HOWDAH_TYPE_UUID);
    bool can_be_unset = c->identity || c->uuid_v7 || made;
    if (!can_be_unset || c->shape == SHAPE_NULLABLE) /* its padding may be anything */
        return can_be_unset && column_is_null(c, object);
    return is_zero(c, column_field(c, object));
}

static bool is_equal(const struct column *c, void *x, void *y)
{
    bool null = is_null(c, x);
    if (null != is_null(c, y))
        return false;
    return null || (c->shape == SHAPE_ARRAY ? array_equal(c, x, y) : c->codec->equal(c->field, x, y));
}

bool column_equal(const struct column *c, const void *a, const void *b)
{
    void *x = column_field(c, a), *y = column_field(c, b);
    bool may_be_null = c->shape != SHAPE_PLAIN || c->codec->type == HOWDAH_TYPE_CODEC ||
                       (c->codec->has_pointers && (pointer_is_null(x) || pointer_is_null(y)));
    if (may_be_null)
        return is_equal(c, x, y);
    return c->codec->equal(c->field, x, y);
}

uint64_t column_hash(const struct column *c, uint64_t seed, const void *object)
{
    void *field = column_field(c, object);
    if (is_null(c, field))
        return hash_combine(seed, 0);
    if (c->shape == SHAPE_ARRAY)
        return array_hash(c, seed, field);
    return hash_combine(seed, c->codec->hash(c->field, field));
}

int column_compare(const struct column *c, const void *a, const void *b)
{
    void *x = column_field(c, a), *y = column_field(c, b);
    bool x_null = is_null(c, x), y_null = is_null(c, y);
    if (x_null || y_null)
        return x_null - y_null;
    return c->shape == SHAPE_ARRAY ? array_compare(c, x, y) : c->codec->compare(c->field, x, y);
}

bool column_copy(const struct column *c, struct arena *arena, void *object)
{
    void *field = column_field(c, object);
    if (c->shape == SHAPE_ARRAY)
        return pointer_is_null(field) || array_copy(c, arena, field);
    if (!c->codec->has_pointers || is_null(c, field))
        return true;
    return codec_copy(c->codec, c->field, arena, field);
}

bool columns_any_null(const struct column *columns, const uint32_t *which, uint32_t count, const void *object)
{
    for (uint32_t i = 0; i < count; i++)
        if (column_is_null(&columns[which[i]], object))
            return true;
    return false;
}

bool columns_equal(const struct column *columns, const uint32_t *which, uint32_t count, const void *a, const void *b)
{
    for (uint32_t i = 0; i < count; i++)
        if (!column_equal(&columns[which[i]], a, b))
            return false;
    return true;
}

uint64_t columns_hash(const struct column *columns, const uint32_t *which, uint32_t count, uint64_t seed,
                      const void *object)
{
    for (uint32_t i = 0; i < count; i++)
        seed = column_hash(&columns[which[i]], seed, object);
    return seed;
}

bool columns_copy(const struct column *columns, const uint32_t *which, uint32_t count, struct arena *arena,
                  void *object)
{
    for (uint32_t i = 0; i < count; i++)
        if (!column_copy(&columns[which[i]], arena, object))
            return false;
    return true;
}

/* --- checking --- */

const char *item_check(const struct column *c, const void *value, size_t *bytes)
{
    const char *why = c->codec->check(c->field, value, bytes);
    return why || !c->limit ? why : column_limit_check(c, value);
}

const char *column_check(const struct column *c, const void *object, size_t *bytes)
{
    void *field = column_field(c, object);
    if (is_null(c, field))
        return c->nullable || c->unset_on_insert || c->server_only ? NULL : "is NULL";
    const char *why = c->shape == SHAPE_ARRAY ? array_check(c, field, bytes) : item_check(c, field, bytes);
    if (!why && c->field->validate)
        why = c->field->validate(object, field);
    return why;
}

/* How many values are there and good. */
static size_t check_values(const struct column *c, void *const *objects, size_t count, size_t *bytes)
{
    bool pointers = c->codec->has_pointers;
    size_t good = 0;
    for (; good < count; good++) {
        const void *field = column_field(c, objects[good]);
        if ((pointers && pointer_is_null(field)) || c->codec->check(c->field, field, &bytes[good]))
            break;
    }
    return good;
}

/* The same for text, the most frequent of them. */
static size_t check_texts(const struct column *c, void *const *objects, size_t count, size_t *bytes)
{
    size_t good = 0, offset = c->offset;
    for (; good < count; good++) {
        const char *text;
        memcpy(&text, (const char *)objects[good] + offset, sizeof(text));
        size_t size = text ? strlen(text) : 0;
        if (!text || utf8_fault(text, size))
            break;
        bytes[good] += size;
    }
    return good;
}

typedef size_t check_loop(const struct column *c, void *const *objects, size_t count, size_t *bytes);

/* For columns without anything special; else NULL. */
static check_loop *loop_of(const struct column *c)
{
    if (c->field->validate)
        return NULL;
    if (c->shape == SHAPE_ARRAY)
        return array_check_all;
    bool plain = c->shape == SHAPE_PLAIN && c->codec->type != HOWDAH_TYPE_CODEC && !c->limit;
    return !plain ? NULL : c->codec->type == HOWDAH_TYPE_TEXT ? check_texts : check_values;
}

size_t column_check_all(const struct column *c, void *const *objects, size_t count, size_t *bytes, const char **ret_why)
{
    check_loop *loop = loop_of(c);
    for (size_t good = 0;; good++) {
        if (loop) /* what is not plainly good goes the long way */
            good += loop(c, objects + good, count - good, bytes + good);
        if (good == count || (*ret_why = column_check(c, objects[good], &bytes[good])))
            return good;
    }
}

/* --- sending --- */

void column_append(const struct column *c, const void *object, struct buffer *out)
{
    void *field = column_field(c, object);
    if (is_null(c, field)) {
        buffer_int32(out, UINT32_MAX);
        return;
    }
    buffer_int32(out, 0);
    size_t start = out->size;
    if (c->as_literal)
        array_text(c, field, out);
    else
        c->wire->encode(c->field, field, out);
    put_size(start, out);
}
