/* Values of queries: checked against their column, copied, and turned into what goes over the wire, once. */
#include "query.h"
#include "session.h"

enum { OID_INT8 = 20, LENGTH_SIZE = 4 };

/* Why the value can't be sent. A validator of the program's is about objects, not about questions. */
static const char *fault_of(const struct column *c, const void *object)
{
    return c->shape == SHAPE_ARRAY ? NULL : c->codec->check(c->field, column_field(c, object));
}

/* The value in a field of the column's type, alone: `c` has offset 0. */
static void *hold(struct howdah_query *q, const struct mapper *mapper, const struct column *c,
                  struct howdah_value value)
{
    const char *why = "";
    struct arena *arena = &q->s->arena;
    void *field = arena_allocate_zero(arena, c->size, _Alignof(max_align_t));
    enum howdah_status status = field ? column_assign(c, value, arena, field, &why) : HOWDAH_STATUS_NO_MEMORY;
    if (status == HOWDAH_STATUS_OK && (c->codec->has_pointers || c->shape == SHAPE_ARRAY) &&
        !column_copy(c, arena, field))
        status = HOWDAH_STATUS_NO_MEMORY;
    if (status == HOWDAH_STATUS_OK && (why = fault_of(c, field)))
        status = HOWDAH_STATUS_INVALID;
    if (status == HOWDAH_STATUS_OK)
        return field;
    query_fail(q, status, mapper, c, "%s.%s: the value of the condition %s", mapper->model->name, c->field->name,
               status == HOWDAH_STATUS_NO_MEMORY ? "has no memory" : why);
    return NULL;
}

static bool encode(struct howdah_query *q, const struct column *c, const void *field, struct select_parameter *ret)
{
    struct buffer wire;
    const struct howdah_allocator allocator = arena_allocator(&q->s->scratch);
    buffer_init(&wire, &allocator);
    column_append(c, field, &wire); /* with its length in front */
    if (wire.failed || wire.size - LENGTH_SIZE > INT32_MAX)
        return false;
    ret->size = (int)(wire.size - LENGTH_SIZE);
    ret->data = arena_copy(&q->s->arena, wire.data + LENGTH_SIZE, wire.size - LENGTH_SIZE);
    return ret->data != NULL;
}

const struct select_parameter *query_parameter(struct howdah_query *q, const struct mapper *mapper,
                                               const struct column *column, struct howdah_value value)
{
    struct column alone = *column;
    alone.offset = 0;
    struct select_parameter *parameter = ARENA_NEW(&q->s->arena, struct select_parameter);
    void *field = parameter ? hold(q, mapper, &alone, value) : NULL;
    if (!parameter || (field && !encode(q, &alone, field, parameter)))
        query_no_memory(q);
    if (q->status != HOWDAH_STATUS_OK)
        return NULL;
    parameter->oid = column->item_oid;
    parameter->cast = column->write_cast;
    parameter->value = column_value(&alone, field);
    return parameter;
}

const struct select_parameter *query_number(struct howdah_query *q, uint64_t number)
{
    struct select_parameter *parameter = ARENA_NEW(&q->s->arena, struct select_parameter);
    uint64_t wire = network64(number);
    const char *data = parameter ? arena_copy(&q->s->arena, &wire, sizeof(wire)) : NULL;
    if (!data) {
        query_no_memory(q);
        return NULL;
    }
    *parameter = (struct select_parameter){.oid = OID_INT8, .cast = "", .data = data, .size = sizeof(wire)};
    parameter->value = howdah_value_integer((int64_t)number);
    return parameter;
}
