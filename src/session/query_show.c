/* What a query will send, for people to see, and other values for one that runs again. */
#include "query.h"
#include "session.h"

#include "model/value_wire.h"

const char *howdah_query_sql(struct howdah_query *q)
{
    if (!query_enter(q, NULL))
        return NULL;
    const struct query_form *form = query_prepare(q, SELECT_ROWS);
    query_leave(q);
    return form ? form->prepared.statement->text : NULL;
}

/* The forms send what their parameters hold now. */
static void bind_again(struct howdah_query *q, const struct select_parameter *changed)
{
    for (int kind = 0; kind < SELECT_FORM_COUNT; kind++) {
        struct query_form *form = &q->forms[kind];
        uint32_t count = form->prepared.statement ? form->prepared.statement->parameters : 0;
        for (uint32_t i = 0; i < count; i++) {
            if (form->prepared.parameters[i] != changed)
                continue;
            ((const char **)(uintptr_t)form->binding.values)[i] = changed->data;
            ((int *)(uintptr_t)form->binding.sizes)[i] = changed->size;
            form->binding.bytes = 0; /* they are counted when they are sent */
        }
    }
    if (changed == q->select.limit) /* which these compare with their own */
        q->forms[SELECT_FIRST].prepared.statement = q->forms[SELECT_ONE].prepared.statement = NULL;
}

static void set(struct howdah_query *q, const struct query_form *form, size_t number, struct howdah_value value)
{
    uint32_t count = form->prepared.statement->parameters;
    const struct select_parameter *p = number && number <= count ? form->prepared.parameters[number - 1] : NULL;
    uint32_t oid = p ? p->oid : 0;
    if (!p)
        query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL,
                   "there is no $%zu: query_sql shows %u of them; what query_update sets is set anew by query_set",
                   number, count);
    else if (!p->set)
        query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL, "$%zu can't be set: build another query", number);
    else if (p->set(q, (struct select_parameter *)(uintptr_t)p, value))
        bind_again(q, p);
    if (p && p->oid != oid)
        query_changed(q);
}

void howdah_query_bind_value(struct howdah_query *q, size_t number, struct howdah_value value)
{
    if (!query_is_open(q) || !query_enter(q, NULL))
        return;
    const struct query_form *form = query_prepare(q, SELECT_ROWS);
    if (form)
        set(q, form, number, value);
    session_leave(q->s);
}

/* --- values --- */

static const struct codec *codec_of_oid(uint32_t oid, bool array)
{
    for (int type = HOWDAH_TYPE_NONE + 1; type < HOWDAH_TYPE_COUNT; type++) {
        const struct codec *codec = codec_of((enum howdah_type)type);
        if (codec && (array ? codec->array_oid : codec->oid) == oid)
            return codec;
    }
    return NULL;
}

/* A column that reads what the parameter sends; of types that are text on the wire, text's. */
static struct column reader(uint32_t oid)
{
    const struct codec *item = codec_of_oid(oid, false), *array = item ? NULL : codec_of_oid(oid, true);
    const struct codec *codec = item ? item : array ? array : codec_of(HOWDAH_TYPE_TEXT);
    return (struct column){.codec = codec,
                           .wire = codec,
                           .shape = array ? SHAPE_ARRAY : SHAPE_PLAIN,
                           .size = array ? sizeof(struct howdah_int64_array) : codec->size,
                           .oid = array ? 0 : codec->oid,
                           .nullable = true};
}

/* Read back from the wire value, so that what is shown is what is sent. */
static bool read_value(struct arena *arena, const struct select_parameter *p, struct howdah_value *ret)
{
    struct column column = reader(p->oid);
    struct cell cell = {.data = (const unsigned char *)p->data, .size = p->size};
    const char *why;
    void *field = arena_allocate_zero(arena, column.size, _Alignof(max_align_t));
    column.field = &value_no_field;
    cell.type = column.shape == SHAPE_ARRAY ? column.codec->array_oid : column.codec->oid;
    if (!field || column_decode(&column, &cell, arena, field, &why))
        return false;
    *ret = column_value(&column, field);
    return true;
}

static const struct howdah_value *show(struct howdah_query *q, const struct query_form *form)
{
    uint32_t count = form->prepared.statement->parameters;
    struct arena *arena = &q->s->arena;
    struct howdah_value *values = arena_allocate_array(arena, count + 1, sizeof(*values));
    bool good = values != NULL;
    for (uint32_t i = 0; good && i < count; i++) {
        const struct select_parameter *p = form->prepared.parameters[i];
        values[i] = p->value;
        if (p->set && p->size >= 0)
            good = read_value(arena, p, &values[i]);
    }
    if (!good)
        session_no_memory(q->s);
    return good ? values : NULL;
}

const struct howdah_value *howdah_query_parameters(struct howdah_query *q, size_t *ret_count)
{
    const struct howdah_value *values = NULL;
    size_t count = 0;
    if (query_enter(q, NULL)) {
        const struct query_form *form = query_prepare(q, SELECT_ROWS);
        values = form ? show(q, form) : NULL;
        count = values ? form->prepared.statement->parameters : 0;
        query_leave(q);
    }
    if (ret_count)
        *ret_count = count;
    return values;
}
