#include "relation_parts.h"

static void write_head(struct select_writer *w, const struct relation_request *r, const struct relation *relation)
{
    write_text(w, "SELECT ");
    if (r->form == RELATION_COUNT)
        write_text(w, "pg_catalog.count(*)");
    else
        write_columns(w, relation->target);
    if (relation_key_cells(relation, r->form))
        write_keys(w, relation, 1);
    write_text(w, " FROM ");
}

static void write_tail(struct select_writer *w, const struct relation_request *r, const struct relation *relation)
{
    if (r->form == RELATION_TOP || (r->form == RELATION_ROWS && relation->field->order_by))
        write_order(w, relation);
    if (r->form != RELATION_COUNT)
        return;
    write_text(w, " GROUP BY ");
    for (uint32_t i = 0; i < relation_ends(relation).count; i++) {
        write_comma(w, i);
        write_key(w, OWN_KEY + i);
    }
}

/* Whether the source's rows may have the same values in the relation's columns more than once. */
static bool repeats(const struct relation *before, const struct relation *relation)
{
    return before->join || relation->field->kind == HOWDAH_FIELD_BELONGS_TO;
}

/* From the keys to the rows of the path's relation `i`, and which of them. */
static void write_hop(struct select_writer *w, const struct relation_request *r, uint32_t i)
{
    const struct relation *relation = r->path[i];
    write_join_close(w, relation);
    write_target(w, relation);
    bool filtered = write_filter(w, " WHERE ", relation);
    if (i == r->depth - 1)
        return;
    if (labels_own(r->path[i + 1]))
        write_label(w, filtered ? " AND " : " WHERE ", r->path[i + 1]);
    write_text(w, ") AS k");
}

/* The text stands inside out: what comes last on the path is outermost. */
void relation_write(struct select_writer *w, const void *arg)
{
    const struct relation_request *r = arg;
    const struct relation *last = r->path[r->depth - 1];
    bool top = r->form == RELATION_TOP;
    for (uint32_t i = r->depth; i-- > 0;) {
        if (i == r->depth - 1)
            write_head(w, r, last);
        else {
            write_text(w, "(");
            write_own_columns(w, r->path[i + 1], repeats(r->path[i], r->path[i + 1]));
        }
        if (!top || i < r->depth - 1)
            write_join_open(w, r->path[i]);
    }
    if (r->root)
        write_root(w, r->root, r->path[0]);
    else
        write_arrays(w, r->path[0]);
    for (uint32_t i = 0; i < r->depth; i++)
        if (top && i == r->depth - 1)
            write_lateral(w, r, last);
        else
            write_hop(w, r, i);
    write_tail(w, r, last);
}
