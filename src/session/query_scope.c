/* Which rows a condition is about: groups, EXISTS, joins, and paths to one of several ways. */
#include "query.h"
#include "session.h"

/* --- groups --- */

static bool check_depth(struct howdah_query *q)
{
    if (select_depth(&q->select) < SELECT_DEPTH_MAX)
        return true;
    query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL,
               "groups nest more than %d deep, which the server could not read: close some of them with query_end",
               SELECT_DEPTH_MAX);
    return false;
}

static void open_group(struct howdah_query *q, enum select_node_kind kind)
{
    if (!query_is_open(q) || !check_depth(q))
        return;
    if (!select_open(&q->select, &q->s->arena, kind))
        query_no_memory(q);
    query_changed(q);
}

void howdah_query_and(struct howdah_query *q)
{
    open_group(q, NODE_AND);
}

void howdah_query_or(struct howdah_query *q)
{
    open_group(q, NODE_OR);
}

void howdah_query_not(struct howdah_query *q)
{
    open_group(q, NODE_NOT);
}

void howdah_query_end(struct howdah_query *q)
{
    if (!query_is_open(q))
        return;
    const struct select_node *group = select_open_conditions(&q->select)->open;
    if (!group) {
        query_fail(q, HOWDAH_STATUS_INVALID, NULL, NULL, "query_end has no group to end: it is one too many");
        return;
    }
    if (group->empty) {
        query_fail(q, HOWDAH_STATUS_INVALID, NULL, NULL,
                   "a group without conditions: nobody can tell whether it means all rows or none, so leave it out");
        return;
    }
    if (!select_close(&q->select, &q->s->arena))
        query_no_memory(q);
    q->at = NULL;
    query_changed(q);
}

/* --- relations --- */

static const struct relation *relation_at(const struct mapper *mapper, size_t offset)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (mapper->relations[i].field->offset == offset)
            return &mapper->relations[i];
    return NULL;
}

static const struct relation *relation_named(const struct mapper *mapper, const char *name, size_t length)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const char *field = mapper->relations[i].field->name;
        if (field && strlen(field) == length && memcmp(field, name, length) == 0)
            return &mapper->relations[i];
    }
    return NULL;
}

/* The relation that a field of the model is, and the source that has it. */
static const struct relation *find_relation(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                            const struct select_source **ret_source)
{
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct relation *relation = source ? relation_at(source->mapper, offset) : NULL;
    if (source && !relation)
        query_fail(q, HOWDAH_STATUS_INVALID, source->mapper, NULL, "the field at offset %zu is no relation of %s",
                   offset, source->mapper->model->name);
    *ret_source = source;
    return relation;
}

void howdah_query_exists_field(struct howdah_query *q, const struct howdah_model *model, size_t offset)
{
    const struct select_source *source;
    const struct relation *relation = find_relation(q, model, offset, &source);
    if (!relation || !check_depth(q))
        return;
    if (q->select.having.open) {
        query_refuse_mixed(q);
        return;
    }
    if (!select_open_exists(&q->select, &q->s->arena, source, relation))
        query_no_memory(q);
    q->at = NULL;
    query_changed(q);
}

/* The join of that relation if the scope has it. */
static struct select_source *find_join(const struct select_scope *scope, const struct select_source *from,
                                       const struct relation *relation)
{
    for (struct select_source *source = scope->first; source; source = source->next)
        if (source != scope->first && source->from == from && source->relation == relation)
            return source;
    return NULL;
}

static const struct select_source *join(struct howdah_query *q, const struct select_source *from,
                                        const struct relation *relation, bool outer)
{
    const struct select_source *source = find_join(q->select.within, from, relation);
    if (!source && !(source = select_join(&q->select, &q->s->arena, from, relation, outer)))
        query_no_memory(q);
    query_changed(q);
    return source;
}

void howdah_query_join_field(struct howdah_query *q, const struct howdah_model *model, size_t offset, bool outer)
{
    const struct select_source *source;
    const struct relation *relation = find_relation(q, model, offset, &source);
    if (relation)
        join(q, source, relation, outer);
}

/* --- paths --- */

static bool is_collection(const struct relation *relation)
{
    return relation->field->kind == HOWDAH_FIELD_HAS_MANY || relation->field->kind == HOWDAH_FIELD_MANY_TO_MANY;
}

/* A row without a partner must stay, since a path is no condition of its own. */
static bool may_miss(const struct select_source *from, const struct relation *relation)
{
    const struct foreign_key *key = relation->foreign_key;
    if (from->outer_join || relation->field->kind != HOWDAH_FIELD_BELONGS_TO)
        return true;
    for (uint32_t i = 0; i < key->count; i++)
        if (from->mapper->columns[key->columns[i]].nullable)
            return true;
    return false;
}

/* One step of the path along the relation of that name. */
static const struct select_source *step(struct howdah_query *q, const struct select_source *from, const char *name,
                                        size_t length)
{
    const char *model = from->mapper->model->name;
    int shown = length < 60 ? (int)length : 60;
    const struct relation *relation = relation_named(from->mapper, name, length);
    if (!relation) {
        query_fail(q, HOWDAH_STATUS_INVALID, from->mapper, NULL, "%s has no relation '%.*s'", model, shown, name);
        return NULL;
    }
    const struct select_source *joined = find_join(q->select.within, from, relation);
    if (!joined && is_collection(relation)) {
        query_fail(q, HOWDAH_STATUS_INVALID, from->mapper, NULL,
                   "%s.%s is a collection: use query_exists, or query_join before query_at", model,
                   relation->field->name);
        return NULL;
    }
    return joined ? joined : join(q, from, relation, may_miss(from, relation));
}

void howdah_query_at(struct howdah_query *q, const char *path)
{
    if (!query_is_open(q))
        return;
    const struct select_source *at = path ? q->select.within->first : NULL;
    while (at && *path) {
        size_t length = strcspn(path, ".");
        at = step(q, at, path, length);
        path += length + (path[length] == '.');
    }
    q->at = at;
}
