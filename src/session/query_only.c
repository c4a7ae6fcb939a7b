/* Queries that read some columns of their rows: which, and what is not loaded then. */
#include "session.h"

#include "sql/statements.h"

#include <howdah/state.h>

/* What objects can't do without: their keys, versions, and what leads to other objects or from them. */
static void put_needed(const struct mapper *mapper, uint64_t *columns)
{
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (mapper->columns[i].key || &mapper->columns[i] == mapper->token)
            column_put(columns, i);
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++)
        for (uint32_t i = 0; i < mapper->foreign_keys[k].count; i++)
            column_put(columns, mapper->foreign_keys[k].columns[i]);
    for (const struct foreign_key *key = mapper->typed_keys; key; key = key->next_typed) {
        column_put(columns, key->type->index);
        for (uint32_t i = 0; i < key->count; i++)
            column_put(columns, key->columns[i]);
    }
    for (uint32_t k = 0; k < mapper->index_count; k++)
        for (uint32_t i = 0; mapper->indexes[k].referenced && i < mapper->indexes[k].count; i++)
            column_put(columns, mapper->indexes[k].columns[i]);
}

static struct query_only *only_new(struct howdah_query *q, const struct mapper *mapper)
{
    struct arena *arena = &q->s->arena;
    size_t set = column_words(mapper) * sizeof(uint64_t);
    struct query_only *only = ARENA_NEW(arena, struct query_only);
    if (!only || !(only->columns = arena_allocate_array(arena, mapper->column_count, sizeof(*only->columns))) ||
        !(only->set = arena_allocate_zero(arena, set, sizeof(uint64_t))) ||
        !(only->unloaded = arena_allocate_zero(arena, set, sizeof(uint64_t)))) {
        query_no_memory(q);
        return NULL;
    }
    put_needed(mapper, only->set);
    return only;
}

/* The lists that follow from the set. */
static void settle(struct query_only *only, const struct mapper *mapper)
{
    only->count = 0;
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (column_in(only->set, i)) {
            only->columns[only->count++] = &mapper->columns[i];
            column_drop(only->unloaded, i);
        } else {
            column_put(only->unloaded, i);
        }
}

void howdah_query_only_fields(struct howdah_query *q, const struct howdah_model *model, const size_t *fields,
                              size_t count)
{
    if (!query_is_open(q))
        return;
    const struct mapper *mapper = query_root(q);
    if (!model || model != mapper->model || (count && !fields)) {
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, NULL, "query_only names fields of %s, which the query gives",
                   mapper->model->name);
        return;
    }
    struct query_only *only = q->only ? q->only : only_new(q, mapper);
    for (size_t i = 0; only && i < count; i++) {
        const struct column *c = query_column(q, q->select.scope.first, fields[i]);
        if (!c)
            return;
        column_put(only->set, c->index);
    }
    if (!only)
        return;
    settle(only, mapper);
    q->only = only;
    q->select.columns = only->set;
    query_changed(q);
}
