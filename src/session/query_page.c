/* Pages by keyset: the rows behind or before a place that a token names, found by comparing, however far in they are.
 *
 * A token holds the direction, a digest of the order that it was made for, and the values of the ordering columns in the
 * wire's format. Whoever makes one up reaches no row that the query's own conditions exclude: values are bound, and
 * checked against their columns. */
#include "cursor.h"
#include "query.h"
#include "session.h"
#include "siblings.h"

enum { PAGE_MAX = 1000000 };

/* A run, for the executor's callbacks. */
struct paging {
    struct query_reading base;
    struct cursor cursor; /* where the page begins; its keys are those of the order */
    size_t rows;          /* wanted; one more is asked for, to know whether there are more */
    void **objects;
    size_t count;
    bool more;
    struct sibling_result result;
    struct cursor_values first, last;
};

/* --- the order, and what makes it total --- */

static bool has_key(const struct cursor *cursor, const struct select_source *source, const struct column *column)
{
    for (uint32_t i = 0; i < cursor->count; i++)
        if (cursor->keys[i].source == source && cursor->keys[i].column == column)
            return true;
    return false;
}

static bool add_key(struct howdah_query *q, struct cursor *cursor, const struct select_source *source,
                    const struct column *column, enum howdah_order order)
{
    const char *why = !column                        ? "by aggregates or ranks"
                      : column->shape == SHAPE_ARRAY ? "by arrays"
                      : cursor->count == CURSOR_KEYS ? "by so many columns"
                                                     : NULL;
    if (why) {
        session_fail(q->s, HOWDAH_STATUS_INVALID, query_root(q)->model->name, NULL, NULL,
                     "query_page can't continue an order %s: use query_limit and query_offset", why);
        return false;
    }
    bool desc =
        order == HOWDAH_ORDER_DESC || order == HOWDAH_ORDER_DESC_NULLS_FIRST || order == HOWDAH_ORDER_DESC_NULLS_LAST;
    bool nulls_first =
        order == HOWDAH_ORDER_DESC || order == HOWDAH_ORDER_DESC_NULLS_FIRST || order == HOWDAH_ORDER_ASC_NULLS_FIRST;
    bool nullable = column->nullable || source->outer_join;
    cursor->keys[cursor->count++] = (struct cursor_key){source, column, desc, nulls_first, nullable};
    return true;
}

/* The primary key of a source, as far as it isn't there yet. */
static bool add_primary_key(struct howdah_query *q, struct cursor *cursor, const struct select_source *source)
{
    for (uint32_t i = 0; i < source->mapper->key_count; i++) {
        const struct column *c = &source->mapper->columns[source->mapper->key[i]];
        if (!has_key(cursor, source, c) && !add_key(q, cursor, source, c, HOWDAH_ORDER_ASC))
            return false;
    }
    return true;
}

/* A join along a collection gives a row of the root for each member: these differ in the member's key alone. */
static bool collect_keys(struct howdah_query *q, struct cursor *cursor)
{
    const struct select_source *root = q->select.scope.first;
    for (const struct select_term *term = q->select.orders.first; term; term = term->next)
        if (!add_key(q, cursor, term->source, term->source ? term->column : NULL, term->order))
            return false;
    for (const struct select_source *source = root; source; source = source->next)
        if ((source == root || source->relation->field->kind != HOWDAH_FIELD_BELONGS_TO) &&
            !add_primary_key(q, cursor, source))
            return false;
    return true;
}

static bool check_query(struct howdah_query *q, size_t rows)
{
    const struct select *select = &q->select;
    const char *name = query_root(q)->model->name;
    if (select->limit || select->offset || select->distinct || select->groups.first || q->result || q->eager)
        session_fail(q->s, HOWDAH_STATUS_INVALID, name, NULL, NULL,
                     "query_page goes without limit, offset, distinct, groups, plain structs and query_with");
    else if (rows == 0 || rows > PAGE_MAX)
        session_fail(q->s, HOWDAH_STATUS_INVALID, name, NULL, NULL, "a page has 1 to %d rows", PAGE_MAX);
    else
        return query_check_lock(q);
    return false;
}

/* --- the statement --- */

/* The query as it is paged: a copy whose lists are its own. */
struct paged {
    struct select select;
    struct arena *arena;
    bool failed;
};

static void add_output(struct paged *p, const struct select_source *source, const struct column *c)
{
    struct select_piece *pieces = arena_allocate_array(p->arena, 3, sizeof(*pieces));
    if (!pieces) {
        p->failed = true;
        return;
    }
    pieces[0] = piece_text(c->read_open);
    pieces[1] = piece_column(source, c);
    pieces[2] = piece_text(c->read_cast);
    const struct select_term term = {.expression = {pieces, 3}};
    p->failed = p->failed || !select_add_term(&p->select.outputs, p->arena, &term);
}

static void add_order(struct paged *p, const struct cursor_key *key, bool backward)
{
    static const enum howdah_order orders[2][2] = {{HOWDAH_ORDER_ASC, HOWDAH_ORDER_ASC_NULLS_FIRST},
                                                   {HOWDAH_ORDER_DESC_NULLS_LAST, HOWDAH_ORDER_DESC}};
    struct select_piece *piece = arena_allocate_array(p->arena, 1, sizeof(*piece));
    if (!piece) {
        p->failed = true;
        return;
    }
    *piece = piece_column(key->source, key->column);
    const struct select_term term = {.expression = {piece, 1},
                                     .order = orders[key->desc != backward][key->nulls_first != backward]};
    p->failed = p->failed || !select_add_term(&p->select.orders, p->arena, &term);
}

/* What a statement of a page has beside the query's: the keys behind its columns, a total order, one row more. */
static bool make_select(struct howdah_query *q, const struct paging *paging, struct arena *arena, struct paged *ret)
{
    const struct cursor *cursor = &paging->cursor;
    const struct select_source *root = q->select.scope.first;
    *ret = (struct paged){.select = q->select, .arena = arena};
    ret->select.orders = ret->select.outputs = (struct select_terms){0};
    for (uint32_t i = 0; i < query_width(q); i++)
        add_output(ret, root, q->only ? q->only->columns[i] : &root->mapper->columns[i]);
    for (uint32_t i = 0; i < cursor->count; i++) {
        add_output(ret, cursor->keys[i].source, cursor->keys[i].column);
        add_order(ret, &cursor->keys[i], cursor->backward);
    }
    ret->select.limit = query_number(q, paging->rows + 1);
    if (!ret->failed && ret->select.limit)
        return true;
    session_no_memory(q->s);
    return false;
}

static void write_page(struct select_writer *w, const void *arg)
{
    write_select(w, arg, SELECT_ROWS);
}

/* --- rows --- */

static enum howdah_status take(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct paging *paging = arg;
    struct howdah_query *q = paging->base.q;
    const struct mapper *mapper = query_root(q);
    const struct cell *keys = cells + query_width(q);
    (void)step;
    if (count != query_width(q) + paging->cursor.count)
        return session_fail(q->s, HOWDAH_STATUS_PROTOCOL, mapper->model->name, NULL, NULL, "a page of another width");
    paging->more = paging->count == paging->rows;
    if (paging->more)
        return HOWDAH_STATUS_OK;
    bool kept = cursor_keep(&paging->last, keys, paging->cursor.count, &q->s->arena);
    if (paging->count == 0)
        kept = kept && cursor_keep(&paging->first, keys, paging->cursor.count, &q->s->arena);
    void *object = kept ? query_take_row(q, &paging->result, cells, query_width(q)) : NULL;
    if (!object)
        return kept ? q->s->error.status : session_no_memory(q->s);
    paging->objects[paging->count++] = object;
    return HOWDAH_STATUS_OK;
}

/* --- a run --- */

/* The condition stands at the end of the query's own for as long as the statement is written. */
static bool prepare(struct paging *paging, struct arena *arena, struct query_form *form)
{
    struct howdah_query *q = paging->base.q;
    struct paged paged;
    struct select_expression condition;
    struct select_node *last = q->select.where.last;
    if (!make_select(q, paging, arena, &paged))
        return false;
    if (paging->cursor.placed) {
        struct select_piece *pieces = NULL;
        if (cursor_condition(&paging->cursor, arena, &condition))
            pieces = select_add_condition(&paged.select.where, arena, condition.count);
        if (!pieces)
            return session_no_memory(q->s) == HOWDAH_STATUS_OK;
        memcpy(pieces, condition.pieces, condition.count * sizeof(*pieces));
    }
    bool prepared = query_prepare_form(q, write_page, &paged.select, form);
    if (last)
        last->next = NULL;
    return prepared;
}

static void reverse(void **objects, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        void *object = objects[i];
        objects[i] = objects[count - 1 - i];
        objects[count - 1 - i] = object;
    }
}

/* Tokens to where there is more: that the page was come to from there is known. */
static bool fill_page(struct paging *paging, struct howdah_page *page)
{
    const struct cursor *cursor = &paging->cursor;
    struct arena *arena = &paging->base.q->s->arena;
    bool backward = cursor->backward, behind = backward || paging->more,
         before = backward ? paging->more : cursor->placed;
    const struct cursor_values *top = backward ? &paging->last : &paging->first;
    const struct cursor_values *bottom = backward ? &paging->first : &paging->last;
    if (backward)
        reverse(paging->objects, paging->count);
    paging->objects[paging->count] = NULL;
    *page = (struct howdah_page){.items = paging->objects, .count = paging->count};
    if (paging->count == 0)
        return true;
    page->next = behind ? cursor_token(cursor, bottom, false, arena) : NULL;
    page->previous = before ? cursor_token(cursor, top, true, arena) : NULL;
    return (page->next || !behind) && (page->previous || !before);
}

static bool read_cursor(struct paging *paging, const char *token)
{
    struct howdah_session *s = paging->base.q->s;
    enum howdah_status status = token ? cursor_read(&paging->cursor, token, &s->arena) : HOWDAH_STATUS_OK;
    if (status == HOWDAH_STATUS_NO_MEMORY)
        session_no_memory(s);
    else if (status != HOWDAH_STATUS_OK)
        session_fail(s, status, query_root(paging->base.q)->model->name, NULL, NULL,
                     "the cursor is none of this query's: it was made for another order, or was changed");
    return status == HOWDAH_STATUS_OK;
}

static bool read_page(struct paging *paging, const char *token, struct howdah_page *ret)
{
    struct howdah_query *q = paging->base.q;
    struct query_form form = {0};
    struct howdah_page page;
    if (!check_query(q, paging->rows) || !collect_keys(q, &paging->cursor) || !read_cursor(paging, token))
        return false;
    paging->objects = arena_allocate_array(&q->s->arena, paging->rows + 1, sizeof(*paging->objects));
    if (!paging->objects)
        return session_no_memory(q->s) == HOWDAH_STATUS_OK;
    if (!prepare(paging, &q->s->arena, &form))
        return false;
    paging->base.form = &form;
    paging->base.row = take;
    if (query_read(&paging->base) != HOWDAH_STATUS_OK)
        return false;
    if (!fill_page(paging, &page))
        return session_no_memory(q->s) == HOWDAH_STATUS_OK;
    *ret = page;
    return true;
}

enum howdah_status howdah_query_page_objects(struct howdah_query *q, const struct howdah_model *model,
                                             const char *cursor, size_t rows, struct howdah_page *ret)
{
    *ret = (struct howdah_page){0};
    if (!query_enter(q, model))
        return q ? session_refusal(q->s) : HOWDAH_STATUS_NO_MEMORY;
    struct paging paging = {.base.q = q, .rows = rows};
    read_page(&paging, cursor, ret);
    enum howdah_status status = q->s->error.status;
    query_leave(q);
    return status;
}
