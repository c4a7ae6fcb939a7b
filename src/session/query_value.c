/* Values of queries: checked against what they are compared with, copied, and turned into what goes over the wire, once:
 * a query that runs again sends them as they are. */
#include "query.h"
#include "session.h"

#include "model/text.h"

#include <inttypes.h>

enum { OID_INT8 = 20, OID_TEXT = 25, OID_TEXT_ARRAY = 1009, LENGTH_SIZE = 4 };

/* A parameter, and what a new value for it has to be. */
struct query_parameter {
    struct select_parameter bound;
    const struct mapper *mapper;
    const struct column *column; /* NULL: a count of rows */
    enum operand operand;
    struct buffer wire; /* the value, behind its length; another one takes the same memory if it fits */
    struct arena_room room;
};

/* One value on its way. */
struct taking {
    struct howdah_query *q;
    struct query_parameter *p;
    const struct column *as; /* how it is written: the column itself, or `other` */
    struct column other;     /* which stands alone, at offset 0 */
    const char *why;         /* not */
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
    c->as_literal = false;
    c->size = c->codec->size;
}

/* Text of its own, whatever the column is. */
static void be_lone_text(struct column *c, const char *cast)
{
    be_text(c);
    c->item_oid = OID_TEXT;
    c->parameter_oid = OID_TEXT_ARRAY;
    c->write_cast = cast;
}

/* An item's type is the array's without its brackets. False if memory is out. */
static bool be_item(struct arena *arena, struct column *c)
{
    const char *cast = c->write_cast, *own = c->shape == SHAPE_ARRAY ? c->codec->sql_type : "";
    size_t length = strlen(cast), item = length > 4 ? length - 4 : 0; /* "::" and "[]" */
    c->wire = c->codec;
    c->shape = SHAPE_PLAIN;
    c->size = c->codec->size;
    c->item_oid = c->codec->oid;
    c->as_literal = false;
    c->write_cast = "";
    if (item && (strlen(own) != item || memcmp(own, cast + 2, item) != 0))
        c->write_cast = arena_copy_text(arena, cast, length - 2);
    return c->write_cast != NULL;
}

enum { NEAR_FIELD = 512 };

/* Whether the column itself will do, on the first bytes of a struct. A value that the column could not hold is a good
 * question all the same, whose answer is no. */
static bool is_fit(const struct column *c, enum operand operand)
{
    bool limited = c->codec->type == HOWDAH_TYPE_CHARS || c->limit;
    return (operand == OPERAND_SAME || operand == OPERAND_LIST) && c->offset + c->size <= NEAR_FIELD && !limited;
}

static bool choose_column(struct taking *t, const struct column *column, enum operand operand)
{
    struct column *other = &t->other;
    t->as = column;
    if (is_fit(column, operand))
        return true;
    t->as = other;
    *other = *column;
    other->offset = 0;
    bool item_cast = column->shape == SHAPE_ARRAY && column->limit == LIMIT_BYTES; /* to what can't hold it */
    if (operand != OPERAND_ASSIGNED && !item_cast)
        other->limit = LIMIT_NONE;
    switch (operand) {
    case OPERAND_SAME:
    case OPERAND_LIST:
        if (column->shape == SHAPE_PLAIN &&
            (column->codec->type == HOWDAH_TYPE_CHARS || column->codec->type == HOWDAH_TYPE_TEXT))
            be_text(other);
        break;
    case OPERAND_ITEM: return be_item(&t->q->s->arena, other);
    case OPERAND_PATTERN:
    case OPERAND_PART:
    case OPERAND_START:
    case OPERAND_ENDING: be_lone_text(other, operator_casts_text(column) ? "" : column->write_cast); break;
    case OPERAND_NAME:
    case OPERAND_NAMES: be_lone_text(other, ""); break;
    case OPERAND_JSON_PATH: be_lone_text(other, "::jsonpath"); break;
    case OPERAND_ASSIGNED: break;
    case OPERAND_CONFIGURATION: /* sent as a configuration, not as text to cast: so that a plan can use an index of it */
        be_lone_text(other, "::regconfig");
        other->item_oid = 0;
        break;
    }
    return true;
}

/* --- one value --- */

/* Puts the value into the field of a struct of which nothing else is there. */
static enum howdah_status assign(struct taking *t, const struct howdah_value *value, struct arena *arena, void *object)
{
    if (t->as->shape != SHAPE_PLAIN || !t->as->codec->size) /* what is not assigned as a whole */
        memset(column_field(t->as, object), 0, t->as->size);
    return column_assign(t->as, *value, arena, object, &t->why);
}

/* What was encoded, without its first bytes, is the value. */
static enum howdah_status keep(struct query_parameter *p, size_t skipped)
{
    bool sent_as_text = !p->bound.oid; /* which ends with a NUL */
    if (p->wire.failed || (sent_as_text && !buffer_cstring(&p->wire)) || p->wire.size - skipped > INT32_MAX)
        return HOWDAH_STATUS_NO_MEMORY;
    p->bound.data = p->wire.data + skipped;
    p->bound.size = (int)(p->wire.size - skipped);
    return HOWDAH_STATUS_OK;
}

static enum howdah_status take_one(struct taking *t, const struct howdah_value *value)
{
    struct arena *scratch = &t->q->s->scratch;
    struct query_parameter *p = t->p;
    _Alignas(max_align_t) char near[NEAR_FIELD];
    size_t size = t->as->offset + t->as->size;
    void *object = size <= sizeof(near) ? near : arena_allocate(scratch, size, _Alignof(max_align_t));
    enum howdah_status status = object ? assign(t, value, scratch, object) : HOWDAH_STATUS_NO_MEMORY;
    if (status != HOWDAH_STATUS_OK)
        return status;
    buffer_reset(&p->wire);
    column_append(t->as, object, &p->wire);
    p->bound.oid = t->as->item_oid;
    p->bound.cast = t->as->write_cast;
    status = keep(p, LENGTH_SIZE);
    if (p->operand == OPERAND_ASSIGNED && column_is_null(t->as, object)) {
        p->bound.data = NULL;
        p->bound.size = -1;
    }
    return status;
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

static enum howdah_status take_part(struct taking *t, const struct howdah_value *value)
{
    enum operand operand = t->p->operand;
    if (value->type != HOWDAH_TYPE_TEXT)
        return take_one(t, value); /* which says what is wrong with it */
    struct howdah_value pattern = *value;
    pattern.as.text = escape_pattern(&t->q->s->scratch, operand == OPERAND_START ? "" : "%", value->as.text,
                                     operand == OPERAND_ENDING ? "" : "%");
    return pattern.as.text ? take_one(t, &pattern) : HOWDAH_STATUS_NO_MEMORY;
}

/* --- lists --- */

/* An item of what the program gave, as a column: so that the verbs of columns take the array to pieces. */
static bool item_column(uint32_t type, struct column *ret)
{
    const struct codec *codec = codec_of((enum howdah_type)(type & ~(uint32_t)HOWDAH_TYPE_ARRAY));
    *ret = (struct column){.codec = codec, .wire = codec, .size = codec ? codec->size : 0};
    return (type & HOWDAH_TYPE_ARRAY) && codec && codec->size;
}

static enum howdah_status append_item(struct taking *t, const struct column *item, const void *from, void *object,
                                      struct buffer *out)
{
    const struct howdah_value value = column_value(item, from);
    enum howdah_status status = assign(t, &value, &t->q->s->scratch, object);
    if (status == HOWDAH_STATUS_OK)
        column_append(t->as, object, out);
    return status;
}

static enum howdah_status append_items(struct taking *t, const struct column *item, const struct howdah_value *list,
                                       struct buffer *out)
{
    void *object = arena_allocate(&t->q->s->scratch, t->as->offset + t->as->size, _Alignof(max_align_t));
    enum howdah_status status = object ? HOWDAH_STATUS_OK : HOWDAH_STATUS_NO_MEMORY;
    array_append_header(t->as->item_oid, list->as.array.count, out);
    for (size_t i = 0; i < list->as.array.count && status == HOWDAH_STATUS_OK; i++) {
        const void *from = (const char *)list->as.array.items + i * item->size;
        if ((list->as.array.nulls && list->as.array.nulls[i]) || column_is_null(item, from))
            return refuse(t,
                          "has an item that is NULL, which no comparison finds: leave it out, and ask for NULL apart");
        status = append_item(t, item, from, object, out);
    }
    return status;
}

static enum howdah_status take_list(struct taking *t, const struct howdah_value *list)
{
    struct column item;
    if (!item_column(list->type, &item))
        return refuse(t, "is no array: give one, as in ((Int64Array){.items = ids, .count = n})");
    buffer_reset(&t->p->wire);
    enum howdah_status status = append_items(t, &item, list, &t->p->wire);
    if (status != HOWDAH_STATUS_OK)
        return status;
    t->p->bound.oid = t->as->parameter_oid;
    t->p->bound.cast = *t->as->write_cast ? text_join(&t->q->s->arena, t->as->write_cast, "[]", NULL) : "";
    return t->p->bound.cast ? keep(t->p, 0) : HOWDAH_STATUS_NO_MEMORY;
}

/* --- parameters --- */

typedef enum howdah_status take(struct taking *t, const struct howdah_value *value);

static take *const takes[] = {
    [OPERAND_SAME] = take_one,      [OPERAND_LIST] = take_list,         [OPERAND_ITEM] = take_one,
    [OPERAND_PATTERN] = take_one,   [OPERAND_PART] = take_part,         [OPERAND_START] = take_part,
    [OPERAND_ENDING] = take_part,   [OPERAND_NAME] = take_one,          [OPERAND_NAMES] = take_list,
    [OPERAND_JSON_PATH] = take_one, [OPERAND_CONFIGURATION] = take_one, [OPERAND_ASSIGNED] = take_one,
};

/* A value without the macros may be text, bytes or an array and have no pointer. */
bool query_value_is_null(const struct howdah_value *value)
{
    switch (value->type) {
    case HOWDAH_TYPE_NONE: return true;
    case HOWDAH_TYPE_TEXT:
    case HOWDAH_TYPE_JSON:
    case HOWDAH_TYPE_NUMERIC: return !value->as.text;
    case HOWDAH_TYPE_BYTES:
    case HOWDAH_TYPE_CODEC: return !value->as.bytes.data;
    default: return (value->type & HOWDAH_TYPE_ARRAY) && !value->as.array.items;
    }
}

static enum howdah_status refuse_number(struct howdah_query *q)
{
    query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL, "a count of rows is an integer from 0 to %" PRId64,
               INT64_MAX);
    return HOWDAH_STATUS_INVALID;
}

static enum howdah_status take_number(struct howdah_query *q, struct query_parameter *p, struct howdah_value value)
{
    bool is_signed = value.type == HOWDAH_TYPE_INT64 && value.as.integer >= 0;
    bool is_unsigned = value.type == HOWDAH_TYPE_UINT64 && value.as.unsigned_integer <= INT64_MAX;
    if (!is_signed && !is_unsigned)
        return refuse_number(q);
    uint64_t number = is_signed ? (uint64_t)value.as.integer : value.as.unsigned_integer;
    p->bound.oid = OID_INT8;
    p->bound.cast = "";
    buffer_reset(&p->wire);
    buffer_int64(&p->wire, number);
    return keep(p, 0);
}

static enum howdah_status take_value(struct howdah_query *q, struct query_parameter *p,
                                     const struct howdah_value *value)
{
    struct taking t;
    t.q = q;
    t.p = p;
    t.why = NULL;
    enum howdah_status status =
        choose_column(&t, p->column, p->operand) ? takes[p->operand](&t, value) : HOWDAH_STATUS_NO_MEMORY;
    if (status != HOWDAH_STATUS_OK)
        query_fail(q, status, p->mapper, p->column, "%s.%s: the value%s %s", p->mapper->model->name,
                   p->column->field->name, p->operand == OPERAND_ASSIGNED ? "" : " of the condition",
                   status == HOWDAH_STATUS_NO_MEMORY ? "has no memory" : t.why);
    return status;
}

/* Another value for a parameter that was made here. */
static bool set(struct howdah_query *q, struct select_parameter *parameter, struct howdah_value value)
{
    struct query_parameter *p = (struct query_parameter *)(void *)parameter;
    if (!p->column)
        return take_number(q, p, value) == HOWDAH_STATUS_OK;
    if (query_value_is_null(&value) && p->operand != OPERAND_ASSIGNED) {
        query_fail(q, HOWDAH_STATUS_INVALID, p->mapper, p->column,
                   "%s.%s: NULL is no value to compare with: build another query, with = or <>", p->mapper->model->name,
                   p->column->field->name);
        return false;
    }
    return take_value(q, p, &value) == HOWDAH_STATUS_OK;
}

static struct query_parameter *new_parameter(struct howdah_query *q)
{
    struct query_parameter *p = arena_allocate(&q->s->arena, sizeof(*p), _Alignof(struct query_parameter));
    if (!p) {
        query_no_memory(q);
        return NULL;
    }
    p->bound.set = set; /* the value that it takes sets the rest; what the program gave does not stay */
    p->bound.value.type = HOWDAH_TYPE_NONE;
    p->column = NULL;
    p->room.size = sizeof(p->room.bytes);
    p->wire = (struct buffer){.allocator = &q->memory, .data = p->room.bytes, .capacity = sizeof(p->room.bytes)};
    return p;
}

const struct select_parameter *query_parameter(struct howdah_query *q, const struct mapper *mapper,
                                               const struct column *column, enum operand operand,
                                               const struct howdah_value *value)
{
    struct query_parameter *p = new_parameter(q);
    if (!p)
        return NULL;
    p->mapper = mapper;
    p->column = column;
    p->operand = operand;
    return take_value(q, p, value) == HOWDAH_STATUS_OK ? &p->bound : NULL;
}

const struct select_parameter *query_number(struct howdah_query *q, uint64_t number)
{
    struct query_parameter *p = new_parameter(q);
    return p && take_number(q, p, howdah_value_unsigned(number)) == HOWDAH_STATUS_OK ? &p->bound : NULL;
}

/* The field for its name alone: what it says of the column's type does not hold. */
static const struct howdah_field *name_only(struct howdah_query *q, const struct howdah_field *like)
{
    struct howdah_field *field = ARENA_NEW(&q->s->arena, struct howdah_field);
    if (!field)
        return NULL;
    *field = *like;
    field->sql_type = NULL;
    return field;
}

const struct column *query_lone_column(struct howdah_query *q, const struct column *like, enum howdah_type type,
                                       enum column_shape shape)
{
    const struct codec *codec = codec_of(type);
    const struct howdah_field *field = like->field->sql_type ? name_only(q, like->field) : like->field;
    struct column *c = ARENA_NEW(&q->s->arena, struct column);
    if (!c || !field) {
        query_no_memory(q);
        return NULL;
    }
    *c = (struct column){.field = field,
                         .codec = codec,
                         .wire = codec,
                         .shape = shape,
                         .size = shape == SHAPE_ARRAY ? sizeof(struct howdah_int64_array) : codec->size,
                         .name = like->name,
                         .ddl_type = codec->sql_type,
                         .oid = codec->oid,
                         .item_type = codec->sql_type,
                         .item_oid = codec->oid,
                         .parameter_oid = codec->array_oid,
                         .write_cast = "",
                         .read_open = "",
                         .read_cast = "",
                         .nullable = shape != SHAPE_PLAIN || codec->has_pointers};
    return c;
}
