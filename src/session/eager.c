/* Naming what a query brings along; every fault is kept in the query, and comes out when it runs. */
#include "eager.h"

#include "query.h"

#include <howdah/relation.h>

/* --- the tree --- */

static const struct mapper *rows_of(const struct howdah_query *q, const struct eager_node *node)
{
    return node ? node->relation->target : query_root(q);
}

static struct eager_node *find_node(const struct howdah_query *q, const struct eager_node *parent,
                                    const struct relation *relation, uint64_t most)
{
    for (struct eager_node *node = q->eager; node; node = node->next)
        if (node->parent == parent && node->relation == relation && node->most == most)
            return node;
    return NULL;
}

/* The node of that relation, made if it is not there; NULL and a fault. */
static struct eager_node *add_node(struct howdah_query *q, struct eager_node *parent, const struct relation *relation,
                                   uint64_t most)
{
    struct eager_node *known = find_node(q, parent, relation, most), **end = &q->eager;
    if (known)
        return known;
    uint32_t index = 0;
    for (; *end; end = &(*end)->next)
        index++;
    struct eager_node *node = ARENA_NEW(&q->s->arena, struct eager_node);
    if (!node) {
        query_no_memory(q);
        return NULL;
    }
    *node = (struct eager_node){.parent = parent, .relation = relation, .most = most, .index = index};
    return *end = node;
}

/* --- by model and field --- */

static const struct relation *relation_at(const struct mapper *mapper, size_t offset)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (mapper->relations[i].field->offset == offset)
            return &mapper->relations[i];
    return NULL;
}

/* From which rows a relation of that model starts: the query's own, or those of the one relation that leads there. */
static bool find_start(struct howdah_query *q, const struct howdah_model *model, struct eager_node **ret)
{
    const char *name = model && model->name ? model->name : "none";
    size_t found = 0;
    *ret = NULL;
    if (query_root(q)->model == model)
        return true;
    for (struct eager_node *node = q->eager; node; node = node->next)
        if (node->relation->target->model == model && !node->most) {
            *ret = node;
            found++;
        }
    if (found == 0)
        query_fail(q, HOWDAH_STATUS_INVALID, NULL, NULL,
                   "the query brings no %s: name the relation that leads there first, by query_with", name);
    else if (found > 1)
        query_fail(q, HOWDAH_STATUS_INVALID, NULL, NULL,
                   "the query brings %s by several ways: say which one, by query_with_path", name);
    return found == 1;
}

static void add_field(struct howdah_query *q, const struct howdah_model *model, size_t offset, uint64_t most)
{
    struct eager_node *start;
    if (!query_is_open(q) || !find_start(q, model, &start))
        return;
    const struct mapper *mapper = rows_of(q, start);
    const struct relation *relation = relation_at(mapper, offset);
    if (!relation)
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, NULL, "%s: the field at offset %zu is no relation",
                   mapper->model->name, offset);
    else if (most && !relation_is_many(relation))
        query_fail(q, HOWDAH_STATUS_INVALID, mapper, NULL, "%s.%s is no collection: it has no first rows",
                   mapper->model->name, relation->field->name);
    else
        add_node(q, start, relation, most);
}

void howdah_query_with_field(struct howdah_query *q, const struct howdah_model *model, size_t offset)
{
    add_field(q, model, offset, 0);
}

/* --- by path --- */

static const struct relation *relation_named(const struct mapper *mapper, const char *name, size_t length)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const char *field = mapper->relations[i].field->name;
        if (strlen(field) == length && memcmp(field, name, length) == 0)
            return &mapper->relations[i];
    }
    return NULL;
}

void howdah_query_with_top_field(struct howdah_query *q, const struct howdah_model *model, size_t offset, uint64_t most)
{
    if (query_is_open(q) && (most == 0 || most > INT64_MAX))
        query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL, "query_with_top takes the first 1 to 2^63 - 1 rows");
    add_field(q, model, offset, most);
}

void howdah_query_with_path(struct howdah_query *q, const char *path)
{
    struct eager_node *node = NULL;
    if (!query_is_open(q))
        return;
    if (!path)
        query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL, "query_with_path needs a path, as in \"posts.tags\"");
    for (const char *at = path; at && q->status == HOWDAH_STATUS_OK;) {
        const char *end = strchr(at, '.');
        size_t length = end ? (size_t)(end - at) : strlen(at);
        const struct mapper *mapper = rows_of(q, node);
        const struct relation *relation = relation_named(mapper, at, length);
        if (!relation)
            query_fail(q, HOWDAH_STATUS_INVALID, mapper, NULL, "%s has no relation \"%.*s\", of the path \"%s\"",
                       mapper->model->name, (int)(length < 64 ? length : 64), at, path);
        else
            node = add_node(q, node, relation, 0);
        at = end ? end + 1 : NULL;
    }
}
