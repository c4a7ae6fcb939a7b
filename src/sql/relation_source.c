/* Whose rows a statement along relations is about: keys as arrays, or those of a query's rows. */
#include "relation_parts.h"
#include "rows.h"

void write_arrays(struct select_writer *w, const struct relation *relation)
{
    uint32_t count = relation_ends(relation).count;
    if (!w->hashing) /* how many there are the parameters tell */
        rows_open(&w->out, "_", count, false);
    for (uint32_t i = 0; i < count; i++) {
        const struct column *c = own_column(relation, i);
        const struct select_parameter *parameter =
            arena_copy(w->arena, &(struct select_parameter){.oid = c->parameter_oid, .cast = ""}, sizeof(*parameter));
        write_comma(w, i);
        if (parameter)
            write_parameter(w, parameter);
        else
            w->failed = true;
        write_text(w, "::");
        write_text(w, c->item_type);
        write_text(w, "[]");
    }
    if (!w->hashing)
        rows_close(&w->out, "k", "_", count, false);
}

/* The query's rows can't be said by their keys alone where the relation goes by other columns, or where joins repeat
 * them. */
static bool goes_by_key(const struct select *root, const struct relation *relation)
{
    struct relation_ends ends = relation_ends(relation);
    const struct mapper *mapper = relation->mapper;
    return ends.count == mapper->key_count && !root->scope.first->next && !has_label(relation) &&
           memcmp(ends.columns, mapper->key, ends.count * sizeof(*ends.columns)) == 0;
}

void write_own_columns(struct select_writer *w, const struct relation *relation, bool distinct)
{
    write_text(w, distinct ? "SELECT DISTINCT " : "SELECT ");
    for (uint32_t i = 0; i < relation_ends(relation).count; i++) {
        write_comma(w, i);
        write_of(w, "t", own_column(relation, i));
        write_as(w, OWN_KEY + i);
    }
    write_text(w, " FROM ");
}

/* Whether the query's rows are all that its table has. */
static bool is_whole(const struct select *root)
{
    return !root->scope.first->next && !root->where.first && !root->groups.first && !root->having.first &&
           !root->limit && !root->offset;
}

void write_root(struct select_writer *w, const struct select *root, const struct relation *relation)
{
    const struct mapper *mapper = relation->mapper;
    bool belongs = relation->field->kind == HOWDAH_FIELD_BELONGS_TO;
    write_text(w, "(");
    if (goes_by_key(root, relation)) {
        write_select(w, root, SELECT_KEYS);
        write_text(w, ") AS k(");
        for (uint32_t i = 0; i < mapper->key_count; i++) {
            write_text(w, i ? ", _" : "_");
            write_number(w, OWN_KEY + i);
        }
        write_text(w, ")");
        return;
    }
    write_own_columns(w, relation, belongs);
    write_text(w, mapper->quoted);
    write_text(w, " AS t");
    bool all = is_whole(root);
    if (!all) {
        write_text(w, " WHERE (");
        for (uint32_t i = 0; i < mapper->key_count; i++) {
            write_comma(w, i);
            write_of(w, "t", &mapper->columns[mapper->key[i]]);
        }
        write_text(w, ") IN (");
        write_select(w, root, SELECT_KEYS);
        write_text(w, ")");
    }
    if (labels_own(relation))
        write_label(w, all ? " WHERE " : " AND ", relation);
    write_text(w, ") AS k");
}
