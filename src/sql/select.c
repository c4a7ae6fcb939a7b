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

uint32_t select_depth(const struct select *select)
{
    const struct select_node *open = select->having.open ? select->having.open : select->where.open;
    return open ? open->depth + 1U : 0;
}

static struct select_node *open_group(struct select *select, struct arena *arena, enum select_node_kind kind)
{
    struct select_conditions *conditions = select_open_conditions(select);
    struct select_node *node = add_node(conditions, arena, kind, 0);
    if (!node)
        return NULL;
    node->depth = (uint16_t)select_depth(select);
    join_group(conditions, node);
    node->empty = true;
    conditions->open = node;
    return node;
}

bool select_open(struct select *select, struct arena *arena, enum select_node_kind kind)
{
    return open_group(select, arena, kind) != NULL;
}

/* Nothing was added behind the outermost open group but the others that are open. */
static bool only_opened(const struct select_conditions *conditions, const struct select_node *outermost)
{
    for (const struct select_node *node = outermost; node; node = node->next)
        if (node->kind == NODE_CONDITION || node->kind == NODE_EXISTS || node->kind == NODE_END)
            return false;
    return conditions->open != NULL;
}

bool select_open_having(struct select *select)
{
    struct select_conditions *where = &select->where, *having = &select->having;
    struct select_node *outermost = where->open, *before = NULL;
    if (!outermost)
        return true;
    while (outermost->parent)
        outermost = outermost->parent;
    if (!only_opened(where, outermost))
        return false;
    for (struct select_node *node = where->first; node != outermost; node = node->next)
        before = node;
    *(having->last ? &having->last->next : &having->first) = outermost;
    outermost->first = outermost == having->first;
    having->last = where->last;
    having->open = where->open;
    *(before ? &before->next : &where->first) = NULL;
    where->last = before;
    where->open = NULL;
    return true;
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
    struct select_conditions *conditions = select_open_conditions(select);
    struct select_node *group = conditions->open;
    if (!add_node(conditions, arena, NODE_END, 0))
        return false;
    if (group->kind == NODE_EXISTS)
        select->within = group->scope.outer;
    conditions->open = group->parent;
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
