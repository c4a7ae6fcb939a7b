#include "relation_statements.h"

/* Names that no program's fragment means: columns of `k`, the keys. */
enum { OWN_KEY = 1 };

/* --- ends --- */

/* Values that are equal to the server only if all their bytes are. */
static bool is_exact(const struct column *c)
{
    enum howdah_type type = c->codec->type;
    return !*c->write_cast && (type == HOWDAH_TYPE_INT16 || type == HOWDAH_TYPE_INT32 || type == HOWDAH_TYPE_INT64 ||
                               type == HOWDAH_TYPE_UUID || type == HOWDAH_TYPE_DATE || type == HOWDAH_TYPE_TIMESTAMP);
}

struct relation_ends relation_ends(const struct relation *relation)
{
    const struct foreign_key *key = relation->join ? relation->join_owner : relation->foreign_key;
    bool own = relation->field->kind == HOWDAH_FIELD_BELONGS_TO;
    struct relation_ends ends = {.columns = own ? key->columns : key->targets,
                                 .others = own ? key->targets : key->columns,
                                 .count = key->count,
                                 .in_row = !relation->join};
    for (uint32_t i = 0; i < ends.count; i++)
        ends.in_row = ends.in_row && is_exact(&relation->mapper->columns[ends.columns[i]]);
    return ends;
}

uint32_t relation_key_cells(const struct relation *relation, enum relation_form form)
{
    struct relation_ends ends = relation_ends(relation);
    return form == RELATION_ROWS && ends.in_row ? 0 : ends.count;
}

/* --- parts --- */

static const struct column *own_column(const struct relation *relation, uint32_t part)
{
    return &relation->mapper->columns[relation_ends(relation).columns[part]];
}

static void write_number(struct select_writer *w, uint32_t number)
{
    const char digits[] = {(char)('0' + number / 10), (char)('0' + number % 10)};
    write_bytes(w, digits + (number < 10), number < 10 ? 1 : 2);
}

/* "k._1": the first numbers are the parts of the key, those behind them lead from a join table to the target. */
static void write_key(struct select_writer *w, uint32_t number)
{
    write_text(w, "k._");
    write_number(w, number);
}

static void write_as(struct select_writer *w, uint32_t number)
{
    write_text(w, " AS _");
    write_number(w, number);
}

static void write_comma(struct select_writer *w, uint32_t index)
{
    if (index)
        write_text(w, ", ");
}

static void write_of(struct select_writer *w, const char *alias, const struct column *column)
{
    write_text(w, alias);
    write_text(w, ".");
    write_text(w, column->quoted);
}

static void write_columns(struct select_writer *w, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        write_comma(w, i);
        write_text(w, mapper->columns[i].read_open);
        write_of(w, "t", &mapper->columns[i]);
        write_text(w, mapper->columns[i].read_cast);
    }
}

/* The key's values as they are read; where they were sent they may still be text. */
static void write_keys(struct select_writer *w, const struct relation *relation, uint32_t index)
{
    for (uint32_t i = 0; i < relation_ends(relation).count; i++) {
        const struct column *c = own_column(relation, i);
        write_comma(w, index + i);
        write_text(w, c->read_open);
        write_key(w, OWN_KEY + i);
        write_text(w, c->write_cast);
        write_text(w, c->read_cast);
    }
}

/* "alias.column = k._1 AND ...", from the key's part `first` on. */
static void write_equal(struct select_writer *w, const char *alias, const struct mapper *mapper,
                        const uint32_t *columns, uint32_t count, uint32_t first, const struct relation *casts)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i)
            write_text(w, " AND ");
        write_of(w, alias, &mapper->columns[columns[i]]);
        write_text(w, " = ");
        write_key(w, first + i);
        if (casts)
            write_text(w, own_column(casts, i)->write_cast);
    }
}

static bool has_label(const struct relation *relation)
{
    return relation->foreign_key && relation->foreign_key->type;
}

/* The rows of the target are told by a label; of BELONGS_TO it is its own rows that are. */
static bool labels_target(const struct relation *relation)
{
    return has_label(relation) && relation->field->kind != HOWDAH_FIELD_BELONGS_TO;
}

static bool labels_own(const struct relation *relation)
{
    return has_label(relation) && relation->field->kind == HOWDAH_FIELD_BELONGS_TO;
}

static void write_literal(struct select_writer *w, const char *text)
{
    if (w->hashing)
        write_text(w, text);
    else
        literal_quote(text, &w->out);
}

/* Which of a polymorphic table's rows are meant. */
static void write_label(struct select_writer *w, const char *before, const struct relation *relation)
{
    const struct foreign_key *key = relation->foreign_key;
    write_text(w, before);
    write_of(w, "t", key->type);
    write_text(w, " = ");
    write_literal(w, key->label);
}

/* What a relation's rows have to be besides belonging to the key. */
static void write_filter(struct select_writer *w, const char *before, const struct relation *relation)
{
    if (labels_target(relation))
        write_label(w, before, relation);
    if (!relation->field->where)
        return;
    write_text(w, labels_target(relation) ? " AND " : before);
    write_text(w, "(");
    write_text(w, relation->field->where);
    write_text(w, ")");
}

static void write_order(struct select_writer *w, const struct relation *relation)
{
    const struct mapper *target = relation->target;
    write_text(w, " ORDER BY ");
    if (relation->field->order_by)
        write_text(w, relation->field->order_by);
    for (uint32_t i = 0; !relation->field->order_by && i < target->key_count; i++) {
        write_comma(w, i);
        write_of(w, "t", &target->columns[target->key[i]]);
    }
}

/* --- where the keys come from --- */

static void write_arrays(struct select_writer *w, const struct relation *relation)
{
    uint32_t count = relation_ends(relation).count;
    write_text(w, "unnest(");
    for (uint32_t i = 0; i < count; i++) {
        const struct column *c = own_column(relation, i);
        const struct select_parameter *parameter =
            arena_copy(w->arena, &(struct select_parameter){.oid = c->parameter_oid, .cast = ""}, sizeof(*parameter));
        write_comma(w, i);
        write_text(w, "(SELECT ");
        if (parameter)
            write_parameter(w, parameter);
        else
            w->failed = true;
        write_text(w, "::");
        write_text(w, c->item_type);
        write_text(w, "[])");
    }
    write_text(w, ") AS k(");
    for (uint32_t i = 0; i < count; i++) {
        write_text(w, i ? ", _" : "_");
        write_number(w, OWN_KEY + i);
    }
    write_text(w, ")");
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

/* The columns by which `relation` goes, of the rows of the source before it. */
static void write_own_columns(struct select_writer *w, const struct relation *relation, bool distinct)
{
    write_text(w, distinct ? "SELECT DISTINCT " : "SELECT ");
    for (uint32_t i = 0; i < relation_ends(relation).count; i++) {
        write_comma(w, i);
        write_of(w, "t", own_column(relation, i));
        write_as(w, OWN_KEY + i);
    }
    write_text(w, " FROM ");
}

static void write_root(struct select_writer *w, const struct select *root, const struct relation *relation)
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
    write_text(w, " AS t WHERE (");
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        write_comma(w, i);
        write_of(w, "t", &mapper->columns[mapper->key[i]]);
    }
    write_text(w, ") IN (");
    write_select(w, root, SELECT_KEYS);
    write_text(w, ")");
    if (labels_own(relation))
        write_label(w, " AND ", relation);
    write_text(w, ") AS k");
}

/* --- from the keys to the target's rows --- */

static void write_join_open(struct select_writer *w, const struct relation *relation)
{
    uint32_t own = relation_ends(relation).count;
    const struct foreign_key *to = relation->join_target;
    if (!relation->join)
        return;
    write_text(w, "(SELECT ");
    for (uint32_t i = 0; i < own; i++) {
        write_comma(w, i);
        write_key(w, OWN_KEY + i);
    }
    for (uint32_t i = 0; i < to->count; i++) {
        write_text(w, ", ");
        write_of(w, "j", &relation->join->columns[to->columns[i]]);
        write_as(w, OWN_KEY + own + i);
    }
    write_text(w, " FROM ");
}

static void write_join_close(struct select_writer *w, const struct relation *relation)
{
    struct relation_ends ends = relation_ends(relation);
    if (!relation->join)
        return;
    write_text(w, " JOIN ");
    write_text(w, relation->join->quoted);
    write_text(w, " AS j ON ");
    write_equal(w, "j", relation->join, ends.others, ends.count, OWN_KEY, relation);
    write_text(w, ") AS k");
}

static void write_target(struct select_writer *w, const struct relation *relation)
{
    struct relation_ends ends = relation_ends(relation);
    const struct foreign_key *to = relation->join_target;
    write_text(w, " JOIN ");
    write_text(w, relation->target->quoted);
    write_text(w, " AS t ON ");
    if (relation->join)
        write_equal(w, "t", relation->target, to->targets, to->count, OWN_KEY + ends.count, NULL);
    else
        write_equal(w, "t", relation->target, ends.others, ends.count, OWN_KEY, relation);
}

/* The first few rows of each key: a sub-select for each, in which the keys are known already. */
static void write_lateral(struct select_writer *w, const struct relation_request *r, const struct relation *relation)
{
    struct relation_ends ends = relation_ends(relation);
    const struct foreign_key *to = relation->join_target;
    write_text(w, " CROSS JOIN LATERAL (SELECT t.* FROM ");
    write_text(w, relation->target->quoted);
    write_text(w, " AS t WHERE ");
    if (relation->join) {
        write_text(w, "(");
        for (uint32_t i = 0; i < to->count; i++) {
            write_comma(w, i);
            write_of(w, "t", &relation->target->columns[to->targets[i]]);
        }
        write_text(w, ") IN (SELECT ");
        for (uint32_t i = 0; i < to->count; i++) {
            write_comma(w, i);
            write_of(w, "j", &relation->join->columns[to->columns[i]]);
        }
        write_text(w, " FROM ");
        write_text(w, relation->join->quoted);
        write_text(w, " AS j WHERE ");
        write_equal(w, "j", relation->join, ends.others, ends.count, OWN_KEY, relation);
        write_text(w, ")");
    } else {
        write_equal(w, "t", relation->target, ends.others, ends.count, OWN_KEY, relation);
    }
    write_filter(w, " AND ", relation);
    write_order(w, relation);
    write_text(w, " LIMIT ");
    write_parameter(w, r->most);
    write_text(w, ") AS t");
}

/* --- the whole --- */

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
    if (r->form != RELATION_TOP)
        write_filter(w, " WHERE ", relation);
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

/* The text stands inside out: what comes last on the path is outermost. */
void relation_write(struct select_writer *w, const void *arg)
{
    const struct relation_request *r = arg;
    const struct relation *last = r->path[r->depth - 1];
    for (uint32_t i = r->depth; i-- > 0;) {
        const struct relation *relation = r->path[i];
        if (relation == last && i == r->depth - 1)
            write_head(w, r, relation);
        else {
            write_text(w, "(");
            write_own_columns(w, r->path[i + 1], repeats(relation, r->path[i + 1]));
        }
        if (r->form != RELATION_TOP || i < r->depth - 1)
            write_join_open(w, relation);
    }
    if (r->root)
        write_root(w, r->root, r->path[0]);
    else
        write_arrays(w, r->path[0]);
    for (uint32_t i = 0; i < r->depth; i++) {
        const struct relation *relation = r->path[i];
        if (r->form == RELATION_TOP && i == r->depth - 1) {
            write_lateral(w, r, relation);
            continue;
        }
        write_join_close(w, relation);
        write_target(w, relation);
        if (i == r->depth - 1)
            continue;
        write_filter(w, " WHERE ", relation);
        bool filtered = labels_target(relation) || relation->field->where;
        if (labels_own(r->path[i + 1]))
            write_label(w, filtered ? " AND " : " WHERE ", r->path[i + 1]);
        write_text(w, ") AS k");
    }
    write_tail(w, r, last);
}
