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

/* Whether the query's rows are all that its table has. */
static bool is_whole(const struct select *root)
{
    return root && !root->scope.first->next && !root->where.first && !root->groups.first && !root->having.first &&
           !root->limit && !root->offset;
}

/* Whether a row of the target that refers to anything refers to a row of the source, by a constraint. */
static bool is_bound(const struct relation *relation)
{
    return relation->foreign_key && !has_label(relation) && relation->field->kind != HOWDAH_FIELD_BELONGS_TO;
}

/* Whether all rows of the source have all rows of the target. */
static bool leads_to_all(const struct relation *relation)
{
    const struct foreign_key *key = relation->foreign_key;
    if (!is_bound(relation) || relation->field->where)
        return false;
    for (uint32_t i = 0; i < key->count; i++)
        if (relation->target->columns[key->columns[i]].nullable)
            return false;
    return true;
}

/* From the keys to the rows of the path's relation `i`, and which of them. */
static void write_hop(struct select_writer *w, const struct relation_request *r, uint32_t i, bool alone)
{
    const struct relation *relation = r->path[i];
    const char *before = " WHERE ";
    if (alone) {
        before = write_alone(w, relation);
    } else {
        write_join_close(w, relation);
        write_target(w, relation);
    }
    bool filtered = write_filter(w, before, relation);
    if (i == r->depth - 1)
        return;
    if (labels_own(r->path[i + 1]))
        write_label(w, filtered ? " AND " : before, r->path[i + 1]);
    write_text(w, ") AS k");
}

/* The text stands inside out: what comes last on the path is outermost. */
void relation_write(struct select_writer *w, const void *arg)
{
    struct relation_request r = *(const struct relation_request *)arg;
    bool all = is_whole(r.root);
    for (; all && r.depth > 1 && leads_to_all(r.path[0]); r.depth--)
        r.path++;
    const struct relation *last = r.path[r.depth - 1];
    bool top = r.form == RELATION_TOP;
    /* what refers to any of them refers to one of them: the keys needn't be compared, unless they are asked for */
    bool alone = all && is_bound(r.path[0]) && (r.depth > 1 || !relation_key_cells(last, r.form));
    for (uint32_t i = r.depth; i-- > 0;) {
        if (i == r.depth - 1)
            write_head(w, &r, last);
        else {
            write_text(w, "(");
            write_own_columns(w, r.path[i + 1], repeats(r.path[i], r.path[i + 1]));
        }
        if (!top || i < r.depth - 1)
            write_join_open(w, r.path[i]);
    }
    if (!r.root)
        write_arrays(w, r.path[0]);
    else if (!alone)
        write_root(w, all ? NULL : r.root, r.path[0]);
    for (uint32_t i = 0; i < r.depth; i++)
        if (top && i == r.depth - 1)
            write_lateral(w, &r, last);
        else
            write_hop(w, &r, i, alone && i == 0);
    write_tail(w, &r, last);
}
