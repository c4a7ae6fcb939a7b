/* What a query does with the rows that fit: order, limits, groups, locks. */
#include "query.h"
#include "session.h"

#include "sql/lock.h"

/* --- terms --- */

void query_add_term(struct howdah_query *q, struct select_terms *terms, const struct select_piece *pieces,
                    uint32_t count, struct select_term term)
{
    struct arena *arena = &q->s->arena;
    const struct select_piece *kept = arena_copy(arena, pieces, count * sizeof(*pieces));
    term.expression = (struct select_expression){kept, count};
    if (!kept || !select_add_term(terms, arena, &term))
        query_no_memory(q);
    query_changed(q);
}

bool query_check_sortable(struct howdah_query *q, const struct mapper *mapper, const struct column *c)
{
    if (operator_has_order(c))
        return true;
    query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s is %s, which has no order and no equality",
               mapper->model->name, c->field->name, c->ddl_type);
    return false;
}

bool query_check_order(struct howdah_query *q, const struct mapper *mapper, const struct column *c,
                       enum howdah_order order)
{
    if ((unsigned)order <= HOWDAH_ORDER_DESC_NULLS_LAST)
        return true;
    query_fail(q, HOWDAH_STATUS_INVALID, mapper, c, "%s.%s: there is no order %d", mapper->model->name, c->field->name,
               (int)order);
    return false;
}

void howdah_query_order_by_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                 enum howdah_order order)
{
    const struct select_source *source = query_is_open(q) ? query_source(q, model) : NULL;
    const struct column *c = source ? query_column(q, source, offset) : NULL;
    if (!c || !query_check_order(q, source->mapper, c, order) || !query_check_sortable(q, source->mapper, c))
        return;
    const struct select_piece piece = piece_column(source, c);
    query_add_term(q, &q->select.orders, &piece, 1,
                   (struct select_term){.source = source, .column = c, .order = order});
}

void howdah_query_distinct(struct howdah_query *q)
{
    if (!query_is_open(q))
        return;
    q->select.distinct = true;
    query_changed(q);
}

/* --- limits --- */

static void set_number(struct howdah_query *q, uint64_t rows, const struct select_parameter **ret)
{
    if (!query_is_open(q))
        return;
    *ret = query_number(q, rows);
    query_changed(q);
}

void howdah_query_limit(struct howdah_query *q, uint64_t rows)
{
    set_number(q, rows, q ? &q->select.limit : NULL);
}

void howdah_query_offset(struct howdah_query *q, uint64_t rows)
{
    set_number(q, rows, q ? &q->select.offset : NULL);
}

/* --- locks --- */

void howdah_query_lock(struct howdah_query *q, enum howdah_lock lock)
{
    const char *clause = lock_clause_of_query(lock);
    if (!query_is_open(q))
        return;
    if (!clause)
        query_fail(q, HOWDAH_STATUS_INVALID, query_root(q), NULL, "there is no lock %d", (int)lock);
    q->select.lock = clause && *clause ? clause : NULL;
    query_changed(q);
}
