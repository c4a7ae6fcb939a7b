/* What a relation goes by, and the pieces of text that all its statements have. */
#include "relation_parts.h"

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

/* --- pieces --- */

const struct column *own_column(const struct relation *relation, uint32_t part)
{
    return &relation->mapper->columns[relation_ends(relation).columns[part]];
}

void write_number(struct select_writer *w, uint32_t number)
{
    const char digits[] = {(char)('0' + number / 10), (char)('0' + number % 10)};
    write_bytes(w, digits + (number < 10), number < 10 ? 1 : 2);
}

void write_key(struct select_writer *w, uint32_t number)
{
    write_text(w, "k._");
    write_number(w, number);
}

void write_as(struct select_writer *w, uint32_t number)
{
    write_text(w, " AS _");
    write_number(w, number);
}

void write_comma(struct select_writer *w, uint32_t index)
{
    if (index)
        write_text(w, ", ");
}

void write_of(struct select_writer *w, const char *alias, const struct column *column)
{
    write_text(w, alias);
    write_text(w, ".");
    write_text(w, column->quoted);
}

void write_columns(struct select_writer *w, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        write_comma(w, i);
        write_text(w, mapper->columns[i].read_open);
        write_of(w, "t", &mapper->columns[i]);
        write_text(w, mapper->columns[i].read_cast);
    }
}

void write_keys(struct select_writer *w, const struct relation *relation, uint32_t index)
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

void write_equal(struct select_writer *w, const char *alias, const struct mapper *mapper, const uint32_t *columns,
                 uint32_t count, uint32_t first, const struct relation *casts)
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

bool has_label(const struct relation *relation)
{
    return relation->foreign_key && relation->foreign_key->type;
}

bool labels_target(const struct relation *relation)
{
    return has_label(relation) && relation->field->kind != HOWDAH_FIELD_BELONGS_TO;
}

bool labels_own(const struct relation *relation)
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

void write_label(struct select_writer *w, const char *before, const struct relation *relation)
{
    const struct foreign_key *key = relation->foreign_key;
    write_text(w, before);
    write_of(w, "t", key->type);
    write_text(w, " = ");
    write_literal(w, key->label);
}

bool write_filter(struct select_writer *w, const char *before, const struct relation *relation)
{
    if (labels_target(relation))
        write_label(w, before, relation);
    if (!relation->field->where)
        return labels_target(relation);
    write_text(w, labels_target(relation) ? " AND " : before);
    write_text(w, "(");
    write_text(w, relation->field->where);
    write_text(w, ")");
    return true;
}

void write_order(struct select_writer *w, const struct relation *relation)
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
