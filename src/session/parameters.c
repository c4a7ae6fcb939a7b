#include "parameters.h"

#include <limits.h>

enum { OID_INT8 = 20, OID_TEXT = 25, LENGTH_SIZE = 4 };

void parameters_init(struct parameters *p, const struct howdah_allocator *allocator)
{
    *p = (struct parameters){.allocator = allocator};
}

void parameters_done(struct parameters *p)
{
    for (uint32_t i = 0; i < p->capacity; i++)
        buffer_done(&p->buffers[i]);
    memory_free(p->allocator, p->buffers);
    memory_free(p->allocator, (void *)p->values);
    memory_free(p->allocator, p->sizes);
    memory_free(p->allocator, p->formats);
    parameters_init(p, p->allocator);
}

bool parameters_begin(struct parameters *p, uint32_t most)
{
    if (most > p->capacity) {
        parameters_done(p);
        p->buffers = memory_allocate(p->allocator, most * sizeof(*p->buffers));
        p->values = memory_allocate(p->allocator, most * sizeof(*p->values));
        p->sizes = memory_allocate(p->allocator, most * sizeof(*p->sizes));
        p->formats = memory_allocate(p->allocator, most * sizeof(*p->formats));
        if (!p->buffers || !p->values || !p->sizes || !p->formats) {
            parameters_done(p);
            return false;
        }
        p->capacity = most;
        for (uint32_t i = 0; i < most; i++)
            buffer_init(&p->buffers[i], p->allocator);
    }
    p->count = 0;
    p->texts = false;
    return true;
}

static struct buffer *next(struct parameters *p)
{
    struct buffer *b = &p->buffers[p->count++];
    buffer_reset(b);
    return b;
}

void parameters_add_field(struct parameters *p, const struct column *c, const void *object)
{
    column_append(c, object, next(p)); /* with its length in front, which bind leaves out */
    p->sizes[p->count - 1] = LENGTH_SIZE;
}

void parameters_add_fields(struct parameters *p, const struct column *c, void *const *objects, size_t count)
{
    struct buffer *b = next(p);
    p->sizes[p->count - 1] = 0;
    column_append_header(c, count, b);
    column_append_all(c, objects, count, b);
}

void parameters_add_text(struct parameters *p, const char *text)
{
    buffer_text(next(p), text);
    p->sizes[p->count - 1] = 0;
}

void parameters_add_number(struct parameters *p, int64_t number)
{
    buffer_int64(next(p), (uint64_t)number);
    p->sizes[p->count - 1] = 0;
}

static struct buffer *begin_array(struct parameters *p, uint32_t item, size_t count)
{
    struct buffer *b = next(p);
    p->sizes[p->count - 1] = 0;
    buffer_int32(b, count ? 1 : 0); /* dimensions */
    buffer_int32(b, 0);             /* flags: the server counts NULLs itself */
    buffer_int32(b, item);
    if (count) {
        buffer_int32(b, (uint32_t)count);
        buffer_int32(b, 1); /* lower bound */
    }
    return b;
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
    add_value(next(p), value);
    p->sizes[p->count - 1] = LENGTH_SIZE;
    for (uint32_t i = 0; !binary && !p->texts && i < p->capacity; i++)
        p->formats[i] = 1;
    p->texts |= !binary;
    if (binary)
        return;
    p->formats[p->count - 1] = 0;
    buffer_cstring(&p->buffers[p->count - 1]); /* libpq takes it up to the NUL */
}

void parameters_begin_array(struct parameters *p, uint32_t item_type, size_t count)
{
    begin_array(p, item_type, count);
}

void parameters_add_item(struct parameters *p, const struct wire_value *value)
{
    add_value(&p->buffers[p->count - 1], value);
}

enum howdah_status parameters_bind(struct parameters *p, struct pg_binding *ret)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct buffer *b = &p->buffers[i];
        if (b->failed)
            return HOWDAH_STATUS_NO_MEMORY;
        if (b->size > INT_MAX)
            return HOWDAH_STATUS_INVALID;
        int skipped = p->sizes[i]; /* a lone field: its length, or -1 for NULL */
        bool null = skipped && b->size == LENGTH_SIZE && read_uint32(b->data) == UINT32_MAX;
        p->values[i] = null ? NULL : b->data ? b->data + skipped : "";
        p->sizes[i] = null ? -1 : (int)b->size - skipped;
    }
    *ret = (struct pg_binding){.values = p->values, .sizes = p->sizes, .formats = p->texts ? p->formats : NULL};
    return HOWDAH_STATUS_OK;
}
