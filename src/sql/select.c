#include "select.h"

/* A new source of the scope. */
static struct select_source *add_source(struct select *select, struct select_scope *scope, struct arena *arena,
                                        const struct mapper *mapper)
{
    struct select_source *source = ARENA_NEW(arena, struct select_source);
    if (!source)
        return NULL;
    source->mapper = mapper;
    source->alias = select->aliases++;
    if (scope->last)
        scope->last->next = source;
    else
        scope->first = source;
    scope->last = source;
    return source;
}

bool select_init(struct select *select, struct arena *arena, const struct mapper *root)
{
    *select = (struct select){.within = &select->scope};
    return add_source(select, &select->scope, arena, root) != NULL;
}

struct select_source *select_join(struct select *select, struct arena *arena, const struct select_source *from,
                                  const struct relation *relation, bool outer_join)
{
    struct select_source *source = add_source(select, select->within, arena, relation->target);
    if (!source)
        return NULL;
    source->from = from;
    source->relation = relation;
    source->outer_join = outer_join;
    return source;
}

/* With room for pieces behind it. */
static struct select_node *add_node(struct select_conditions *conditions, struct arena *arena,
                                    enum select_node_kind kind, uint32_t pieces)
{
    struct select_node *node =
        arena_allocate(arena, sizeof(*node) + pieces * sizeof(struct select_piece), _Alignof(struct select_node));
    if (!node)
        return NULL;
    *node = (struct select_node){.kind = kind, .parent = conditions->open};
    if (conditions->last)
        conditions->last->next = node;
    else
        conditions->first = node;
    conditions->last = node;
    return node;
}

/* Takes its place as a member of the group that is open. */
static void join_group(struct select_conditions *conditions, struct select_node *node)
{
    struct select_node *group = node->parent;
    node->first = group ? group->empty : node == conditions->first;
    if (group)
        group->empty = false;
}

struct select_piece *select_add_condition(struct select_conditions *conditions, struct arena *arena, uint32_t count)
{
    struct select_node *node = add_node(conditions, arena, NODE_CONDITION, count);
    if (!node)
        return NULL;
    struct select_piece *pieces = (struct select_piece *)(node + 1);
    node->expression = (struct select_expression){pieces, count};
    join_group(conditions, node);
    return pieces;
}

static struct select_node *open_group(struct select *select, struct arena *arena, enum select_node_kind kind)
{
    struct select_node *node = add_node(&select->where, arena, kind, 0);
    if (!node)
        return NULL;
    join_group(&select->where, node);
    node->empty = true;
    select->where.open = node;
    return node;
}

bool select_open(struct select *select, struct arena *arena, enum select_node_kind kind)
{
    return open_group(select, arena, kind) != NULL;
}

bool select_open_exists(struct select *select, struct arena *arena, const struct select_source *from,
                        const struct relation *relation)
{
    struct select_node *node = open_group(select, arena, NODE_EXISTS);
    if (!node)
        return false;
    node->scope.outer = select->within;
    struct select_source *source = add_source(select, &node->scope, arena, relation->target);
    if (!source)
        return false;
    source->from = from;
    source->relation = relation;
    node->empty = false; /* its first condition is the relation */
    select->within = &node->scope;
    return true;
}

bool select_close(struct select *select, struct arena *arena)
{
    struct select_node *group = select->where.open;
    if (!add_node(&select->where, arena, NODE_END, 0))
        return false;
    if (group->kind == NODE_EXISTS)
        select->within = group->scope.outer;
    select->where.open = group->parent;
    return true;
}

bool select_add_term(struct select_terms *terms, struct arena *arena, const struct select_term *term)
{
    struct select_term *copy = ARENA_NEW(arena, struct select_term);
    if (!copy)
        return false;
    *copy = *term;
    copy->next = NULL;
    if (terms->last)
        terms->last->next = copy;
    else
        terms->first = copy;
    terms->last = copy;
    terms->count++;
    return true;
}
