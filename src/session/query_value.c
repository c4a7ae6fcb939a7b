/* Values of queries: checked against what they are compared with, copied, and turned into what goes over the wire, once:
 * a query that runs again sends them as they are. */
#include "query.h"
#include "session.h"

#include "model/text.h"

enum { OID_INT8 = 20, OID_TEXT = 25, OID_TEXT_ARRAY = 1009, LENGTH_SIZE = 4 };

/* A parameter, and what a new value for it has to be. */
struct query_parameter {
    struct select_parameter bound;
    const struct mapper *mapper;
    const struct column *column; /* NULL: a count of rows */
    enum operand operand;
};

/* One value on its way. */
struct taking {
    struct howdah_query *q;
    const struct query_parameter *p;
    struct column as; /* how it is written: a column that stands alone, at offset 0 */
    const char *why;  /* not */
};

static enum howdah_status refuse(struct taking *t, const char *why)
{
    t->why = why;
    return HOWDAH_STATUS_INVALID;
}

/* --- as which type a value travels --- */

static void be_text(struct column *c)
{
    c->codec = c->wire = codec_of(HOWDAH_TYPE_TEXT);
    c->shape = SHAPE_PLAIN;
    c->size = c->codec->size;
    c->characters = 0;
}

/* Text of its own, whatever the column is. */
static void be_lone_text(struct column *c, const char *cast)
{
    be_text(c);
    c->item_oid = OID_TEXT;
    c->parameter_oid = OID_TEXT_ARRAY;
    c->write_cast = cast;
}

static void be_item(struct column *c)
{
    c->wire = c->codec;
    c->shape = SHAPE_PLAIN;
    c->size = c->codec->size;
    c->item_oid = c->codec->oid;
    c->write_cast = "";
    c->as_literal = false;
}

/* A text that the column could not hold is a good question all the same, whose answer is no. */
static struct column column_for(const struct column *column, enum operand operand)
{
    struct column as = *column;
    as.offset = 0;
    switch (operand) {
    case OPERAND_SAME:
    case OPERAND_LIST:
        if (as.shape == SHAPE_PLAIN && (as.codec->type == HOWDAH_TYPE_CHARS || as.codec->type == HOWDAH_TYPE_TEXT))
            be_text(&as);
        break;
    case OPERAND_ITEM: be_item(&as); break;
    case OPERAND_PATTERN:
    case OPERAND_PART:
    case OPERAND_START:
    case OPERAND_ENDING: be_lone_text(&as, column->shape == SHAPE_PLAIN ? column->write_cast : ""); break;
    case OPERAND_NAME:
    case OPERAND_NAMES: be_lone_text(&as, ""); break;
    case OPERAND_JSON_PATH: be_lone_text(&as, "::jsonpath"); break;
    case OPERAND_ASSIGNED: break;
    }
    return as;
}

/* --- one value --- */

/* Puts the value into a field of its own. A validator of the program's is about objects, not about questions. */
static enum howdah_status assign(struct taking *t, struct howdah_value value, struct arena *arena, void *field)
{
    enum howdah_status status = column_assign(&t->as, value, arena, field, &t->why);
    if (status == HOWDAH_STATUS_OK && t->as.shape != SHAPE_ARRAY)
        t->why = t->as.codec->check(t->as.field, field, &(size_t){0});
    return status == HOWDAH_STATUS_OK && t->why ? HOWDAH_STATUS_INVALID : status;
}

static enum howdah_status keep_wire(struct taking *t, const struct buffer *wire, size_t skipped,
                                    struct select_parameter *ret)
{
    if (wire->failed)
        return HOWDAH_STATUS_NO_MEMORY;
    if (wire->size - skipped > INT32_MAX)
        return refuse(t, "is too large");
    ret->size = (int)(wire->size - skipped);
    ret->data = arena_copy(&t->q->s->arena, wire->data + skipped, wire->size - skipped);
    return ret->data ? HOWDAH_STATUS_OK : HOWDAH_STATUS_NO_MEMORY;
}

static enum howdah_status take_one(struct taking *t, struct howdah_value value, struct select_parameter *ret)
{
    struct arena *arena = &t->q->s->arena;
    struct buffer wire;
    const struct howdah_allocator allocator = arena_allocator(&t->q->s->scratch);
    void *field = arena_allocate_zero(arena, t->as.size, _Alignof(max_align_t));
    enum howdah_status status = field ? assign(t, value, arena, field) : HOWDAH_STATUS_NO_MEMORY;
    if (status == HOWDAH_STATUS_OK && !column_copy(&t->as, arena, field))
        status = HOWDAH_STATUS_NO_MEMORY;
    if (status != HOWDAH_STATUS_OK)
        return status;
    buffer_init(&wire, &allocator);
    column_append(&t->as, field, &wire); /* with its length in front */
    ret->oid = t->as.item_oid;
    ret->cast = t->as.write_cast;
    ret->value = column_value(&t->as, field);
    return keep_wire(t, &wire, LENGTH_SIZE, ret);
}

/* --- text that is looked for --- */

/* A text in which no character is a wildcard, between two that may be. */
static const char *escape_pattern(struct arena *arena, const char *before, const char *text, const char *after)
{
    size_t length = strlen(text), most;
    char *pattern =
        size_multiply(length, 2, &most) && size_add(most, sizeof("%%"), &most) ? arena_allocate(arena, most, 1) : NULL;
    char *to = pattern;
    if (!pattern)
        return NULL;
    for (; *before; before++)
        *to++ = *before;
    for (; *text; *to++ = *text++)
        if (*text == '%' || *text == '_' || *text == '\\')
            *to++ = '\\';
    for (; *after; after++)
        *to++ = *after;
    *to = '\0';
    return pattern;
}

static enum howdah_status take_part(struct taking *t, struct howdah_value value, struct select_parameter *ret)
{
    enum operand operand = t->p->operand;
    if (value.type != HOWDAH_TYPE_TEXT)
        return take_one(t, value, ret); /* which says what is wrong with it */
    value.as.text = escape_pattern(&t->q->s->scratch, operand == OPERAND_START ? "" : "%", value.as.text,
                                   operand == OPERAND_ENDING ? "" : "%");
    return value.as.text ? take_one(t, value, ret) : HOWDAH_STATUS_NO_MEMORY;
}

/* --- lists --- */

/* What the program gave, as a column: so that the verbs of columns copy it and take it to pieces. */
static bool list_column(uint32_t type, enum column_shape shape, struct column *ret)
{
    const struct codec *codec = codec_of((enum howdah_type)(type & ~(uint32_t)HOWDAH_TYPE_ARRAY));
    *ret = (struct column){.codec = codec, .wire = codec, .shape = shape};
    if (codec)
        ret->size = shape == SHAPE_ARRAY ? sizeof(struct howdah_int64_array) : codec->size;
    return (type & HOWDAH_TYPE_ARRAY) && codec && codec->size;
}

static enum howdah_status append_item(struct taking *t, const struct column *item, const void *from, void *field,
                                      struct buffer *out)
{
    memset(field, 0, t->as.size);
    enum howdah_status status = assign(t, column_value(item, from), &t->q->s->scratch, field);
    if (status == HOWDAH_STATUS_OK)
        column_append(&t->as, field, out);
    return status;
}

static enum howdah_status append_items(struct taking *t, struct howdah_value list, struct buffer *out)
{
    struct column item;
    void *field = arena_allocate(&t->q->s->scratch, t->as.size, _Alignof(max_align_t));
    enum howdah_status status = field ? HOWDAH_STATUS_OK : HOWDAH_STATUS_NO_MEMORY;
    list_column(list.type, SHAPE_PLAIN, &item);
    column_append_header(&t->as, list.as.array.count, out);
    for (size_t i = 0; i < list.as.array.count && status == HOWDAH_STATUS_OK; i++) {
        const void *from = (const char *)list.as.array.items + i * item.size;
        if ((list.as.array.nulls && list.as.array.nulls[i]) || column_is_null(&item, from))
            return refuse(t,
                          "has an item that is NULL, which no comparison finds: leave it out, and ask for NULL apart");
        status = append_item(t, &item, from, field, out);
    }
    return status;
}

/* The array itself, for those who ask what a query's values are. */
static bool keep_list(struct taking *t, struct howdah_value list, struct howdah_value *ret)
{
    struct column as;
    struct arena *arena = &t->q->s->arena;
    const char *why;
    list_column(list.type, SHAPE_ARRAY, &as);
    void *field = arena_allocate_zero(arena, as.size, _Alignof(max_align_t));
    if (!field || column_assign(&as, list, arena, field, &why) || !column_copy(&as, arena, field))
        return false;
    *ret = column_value(&as, field);
    return true;
}

static enum howdah_status take_list(struct taking *t, struct howdah_value list, struct select_parameter *ret)
{
    struct column given;
    struct buffer wire;
    const struct howdah_allocator allocator = arena_allocator(&t->q->s->scratch);
    if (!list_column(list.type, SHAPE_ARRAY, &given))
        return refuse(t, "is no array: give one, as in ((Int64Array){.items = ids, .count = n})");
    buffer_init(&wire, &allocator);
    enum howdah_status status = append_items(t, list, &wire);
    if (status != HOWDAH_STATUS_OK)
        return status;
    if (!keep_list(t, list, &ret->value))
        return HOWDAH_STATUS_NO_MEMORY;
    ret->oid = t->as.parameter_oid;
    ret->cast = *t->as.write_cast ? text_join(&t->q->s->arena, t->as.write_cast, "[]", NULL) : "";
    return ret->cast ? keep_wire(t, &wire, 0, ret) : HOWDAH_STATUS_NO_MEMORY;
}

/* --- parameters --- */

typedef enum howdah_status take(struct taking *t, struct howdah_value value, struct select_parameter *ret);

static take *const takes[] = {
    [OPERAND_SAME] = take_one,      [OPERAND_LIST] = take_list,    [OPERAND_ITEM] = take_one,
    [OPERAND_PATTERN] = take_one,   [OPERAND_PART] = take_part,    [OPERAND_START] = take_part,
    [OPERAND_ENDING] = take_part,   [OPERAND_NAME] = take_one,     [OPERAND_NAMES] = take_list,
    [OPERAND_JSON_PATH] = take_one, [OPERAND_ASSIGNED] = take_one,
};

/* A value without the macros may be text, bytes or an array and have no pointer. */
bool query_value_is_null(struct howdah_value value)
{
    switch (value.type) {
    case HOWDAH_TYPE_NONE: return true;
    case HOWDAH_TYPE_TEXT:
    case HOWDAH_TYPE_JSON:
    case HOWDAH_TYPE_NUMERIC: return !value.as.text;
    case HOWDAH_TYPE_BYTES:
    case HOWDAH_TYPE_CODEC: return !value.as.bytes.data;
    default: return (value.type & HOWDAH_TYPE_ARRAY) && !value.as.array.items;
    }
}

static bool take_value(struct howdah_query *q, struct query_parameter *p, struct howdah_value value)
{
    struct taking t = {.q = q, .p = p, .as = column_for(p->column, p->operand)};
    struct select_parameter bound = {.size = -1};
    const char *model = p->mapper->model->name, *field = p->column->field->name;
    enum howdah_status status = takes[p->operand](&t, value, &bound);
    if (status == HOWDAH_STATUS_OK)
        p->bound = bound;
    else
        query_fail(q, status, p->mapper, p->column, "%s.%s: the value%s %s", model, field,
                   p->operand == OPERAND_ASSIGNED ? "" : " of the condition",
                   status == HOWDAH_STATUS_NO_MEMORY ? "has no memory" : t.why);
    return status == HOWDAH_STATUS_OK;
}

const struct select_parameter *query_parameter(struct howdah_query *q, const struct mapper *mapper,
                                               const struct column *column, enum operand operand,
                                               struct howdah_value value)
{
    struct query_parameter *p = ARENA_NEW(&q->s->arena, struct query_parameter);
    if (!p) {
        query_no_memory(q);
        return NULL;
    }
    p->mapper = mapper;
    p->column = column;
    p->operand = operand;
    return take_value(q, p, value) ? &p->bound : NULL;
}

const struct select_parameter *query_number(struct howdah_query *q, uint64_t number)
{
    struct query_parameter *p = ARENA_NEW(&q->s->arena, struct query_parameter);
    uint64_t wire = network64(number);
    const char *data = p ? arena_copy(&q->s->arena, &wire, sizeof(wire)) : NULL;
    if (!data) {
        query_no_memory(q);
        return NULL;
    }
    p->bound = (struct select_parameter){.oid = OID_INT8, .cast = "", .data = data, .size = sizeof(wire)};
    p->bound.value = howdah_value_integer((int64_t)number);
    return &p->bound;
}
