#include "parameters.h"

#include <limits.h>

enum { OID_INT8 = 20, OID_TEXT = 25, LENGTH_SIZE = 4 };

void parameters_init(struct parameters *p, const struct howdah_allocator *allocator)
{
    *p = (struct parameters){.values = NULL};
    buffer_init(&p->out, allocator);
}

void parameters_done(struct parameters *p)
{
    const struct howdah_allocator *allocator = p->out.allocator;
    buffer_done(&p->out);
    memory_free(allocator, (void *)p->values);
    parameters_init(p, allocator);
}

static bool make_room(struct parameters *p, uint32_t most)
{
    const struct howdah_allocator *allocator = p->out.allocator;
    memory_free(allocator, (void *)p->values);
    p->capacity = 0;
    p->values =
        memory_allocate(allocator, most * (sizeof(*p->values) + sizeof(*p->starts) + sizeof(*p->sizes) + sizeof(int)));
    if (!p->values)
        return false;
    p->starts = (size_t *)(void *)(p->values + most);
    p->sizes = (int *)(void *)(p->starts + most);
    p->formats = p->sizes + most;
    p->capacity = most;
    return true;
}

bool parameters_begin(struct parameters *p, uint32_t most)
{
    if (most > p->capacity && !make_room(p, most))
        return false;
    buffer_reset(&p->out);
    p->count = 0;
    p->texts = false;
    return true;
}

void parameters_expect(struct parameters *p, size_t bytes)
{
    if (p->out.capacity - p->out.size <= bytes)
        buffer_grow(&p->out, bytes);
}

/* The next parameter begins; `skipped` bytes at its beginning are not its value's. */
static struct buffer *next(struct parameters *p, int skipped)
{
    p->starts[p->count] = p->out.size;
    p->sizes[p->count++] = skipped;
    return &p->out;
}

void parameters_add_field(struct parameters *p, const struct column *c, const void *object)
{
    column_append(c, object, next(p, LENGTH_SIZE)); /* with its length in front, which bind leaves out */
}

static struct buffer *begin_array(struct parameters *p, uint32_t item, size_t count)
{
    struct buffer *b = next(p, 0);
    array_append_header(item, count, b);
    return b;
}

void parameters_add_fields(struct parameters *p, const struct column *c, void *const *objects, size_t count)
{
    column_append_all(c, objects, count, begin_array(p, c->item_oid, count));
}

void parameters_add_text(struct parameters *p, const char *text)
{
    buffer_text(next(p, 0), text);
}

void parameters_add_number(struct parameters *p, int64_t number)
{
    buffer_int64(next(p, 0), (uint64_t)number);
}

void parameters_add_texts(struct parameters *p, const char *const *texts, size_t count)
{
    struct buffer *b = begin_array(p, OID_TEXT, count);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(texts[i]);
        buffer_int32(b, (uint32_t)length);
        buffer_append(b, texts[i], length);
    }
}

void parameters_add_numbers(struct parameters *p, const int64_t *numbers, const bool *valid, size_t count)
{
    struct buffer *b = begin_array(p, OID_INT8, count);
    for (size_t i = 0; i < count; i++) {
        buffer_int32(b, valid[i] ? (uint32_t)sizeof(*numbers) : UINT32_MAX);
        if (valid[i])
            buffer_int64(b, (uint64_t)numbers[i]);
    }
}

static void add_value(struct buffer *b, const struct wire_value *value)
{
    buffer_int32(b, (uint32_t)value->size);
    if (value->size > 0)
        buffer_append(b, value->data, (size_t)value->size);
}

void parameters_add_wire(struct parameters *p, const struct wire_value *value)
{
    bool binary = value->type != 0;
    add_value(next(p, LENGTH_SIZE), value);
    for (uint32_t i = 0; !binary && !p->texts && i < p->capacity; i++)
        p->formats[i] = 1;
    p->texts |= !binary;
    if (binary)
        return;
    p->formats[p->count - 1] = 0;
    buffer_byte(&p->out, '\0'); /* libpq takes it up to there */
}

void parameters_begin_array(struct parameters *p, uint32_t item_type, size_t count)
{
    begin_array(p, item_type, count);
}

void parameters_add_item(struct parameters *p, const struct wire_value *value)
{
    add_value(&p->out, value);
}

enum howdah_status parameters_bind(struct parameters *p, struct pg_binding *ret)
{
    size_t end = p->out.size;
    if (p->out.failed)
        return HOWDAH_STATUS_NO_MEMORY;
    for (uint32_t i = p->count; i-- > 0; end = p->starts[i]) {
        size_t size = end - p->starts[i];
        const char *start = p->out.data ? p->out.data + p->starts[i] : "";
        if (size > INT_MAX)
            return HOWDAH_STATUS_INVALID;
        int skipped = p->sizes[i]; /* a lone field: its length, or -1 for NULL */
        bool null = skipped && read_uint32(start) == UINT32_MAX;
        p->values[i] = null ? NULL : start + skipped;
        p->sizes[i] = null ? -1 : (int)size - skipped;
    }
    *ret = (struct pg_binding){
        .values = p->values, .sizes = p->sizes, .formats = p->texts ? p->formats : NULL, .bytes = p->out.size};
    return HOWDAH_STATUS_OK;
}
