/* INSERT, UPDATE and DELETE of any number of rows. */
#include "statement_text.h"

/* Rows of nothing but defaults: only their number is sent. */
static void render_insert_defaults(struct text *t, const struct statement_key *key)
{
    enum { INT8_OID = 20 };
    buffer_printf(&t->out, "INSERT INTO %s SELECT FROM pg_catalog.generate_series(1, ", key->mapper->quoted);
    put_parameter(t, INT8_OID);
    buffer_text(&t->out, ")");
    put_gate(t, " WHERE ");
    put_returned(t, key, " RETURNING ", "");
}

void render_insert(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    uint32_t count = 0;
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        if (!column_in(key->columns, i))
            continue;
        if (count == 0)
            buffer_printf(&t->out, "INSERT INTO %s%s (", mapper->quoted, key->on_conflict ? " AS t" : "");
        buffer_printf(&t->out, "%s%s", separator(count++), mapper->columns[i].quoted);
    }
    if (count == 0) {
        render_insert_defaults(t, key);
        return;
    }
    /* keys of our own, drawn or chosen: also where the table was made GENERATED ALWAYS */
    bool overriding = mapper->identity && column_in(key->columns, mapper->identity->index);
    buffer_text(&t->out, overriding ? ") OVERRIDING SYSTEM VALUE SELECT " : ") SELECT ");
    for (uint32_t i = 0, at = 0; i < mapper->column_count; i++) {
        if (!column_in(key->columns, i))
            continue;
        buffer_text(&t->out, separator(at));
        put_item(t, at++, &mapper->columns[i]);
    }
    buffer_text(&t->out, " FROM unnest(");
    for (uint32_t i = 0, at = 0; i < mapper->column_count; i++) {
        if (!column_in(key->columns, i))
            continue;
        buffer_text(&t->out, separator(at++));
        put_array(t, &mapper->columns[i], column_in(key->by_name, i));
    }
    /* the server gives out defaults in the order in which the rows were added */
    put_alias(t, count, true);
    put_gate(t, " WHERE ");
    buffer_text(&t->out, " ORDER BY u.ord");
    if (key->on_conflict)
        buffer_text(&t->out, key->on_conflict);
    put_returned(t, key, " RETURNING ", "");
}

static void put_assignments(struct text *t, const struct statement_key *key, uint32_t position)
{
    const struct mapper *mapper = key->mapper;
    uint32_t count = 0;
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        if (!column_in(key->columns, i))
            continue;
        buffer_printf(&t->out, "%s%s = ", separator(count++), mapper->columns[i].quoted);
        put_item(t, position++, &mapper->columns[i]);
    }
    for (uint32_t i = 0; key->defaults && i < mapper->column_count; i++)
        if (column_in(key->defaults, i))
            buffer_printf(&t->out, "%s%s = DEFAULT", separator(count++), mapper->columns[i].quoted);
    if (mapper->version && !key->parks && !column_in(key->columns, mapper->version->index))
        buffer_printf(&t->out, "%s%s = t.%s + 1", separator(count), mapper->version->quoted, mapper->version->quoted);
}

static void put_version_condition(struct text *t, const struct mapper *mapper)
{
    if (!mapper->version)
        return;
    buffer_printf(&t->out, " AND t.%s = ", mapper->version->quoted);
    put_item(t, mapper->key_count, mapper->version);
}

/* Parameters: the key, the version, then what is set. */
void render_update(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    uint32_t position = mapper->key_count + (mapper->version ? 1 : 0), count = position;
    buffer_printf(&t->out, "UPDATE %s AS t SET ", mapper->quoted);
    put_assignments(t, key, position);
    buffer_text(&t->out, " FROM unnest(");
    put_key_arrays(t, mapper);
    if (mapper->version) {
        buffer_text(&t->out, ", ");
        put_array(t, mapper->version, false);
    }
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        if (!column_in(key->columns, i))
            continue;
        buffer_text(&t->out, ", ");
        put_array(t, &mapper->columns[i], column_in(key->by_name, i));
        count++;
    }
    put_alias(t, count, false);
    buffer_text(&t->out, " WHERE ");
    put_key_condition(t, mapper);
    put_version_condition(t, mapper);
    put_gate(t, " AND ");
    put_returned(t, key, " RETURNING ", "t.");
}

void render_delete(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    const struct column *first = &mapper->columns[mapper->key[0]];
    if (mapper->key_count == 1 && !mapper->version && !*first->write_cast) {
        buffer_printf(&t->out, "DELETE FROM %s AS t WHERE t.%s = ANY (", mapper->quoted, first->quoted);
        put_array(t, first, false);
        buffer_printf(&t->out, "::%s[])", first->item_type); /* not ANY (SELECT ...): that compares with rows */
        put_gate(t, " AND ");
        put_returned(t, key, " RETURNING ", "t.");
        return;
    }
    buffer_printf(&t->out, "DELETE FROM %s AS t USING unnest(", mapper->quoted);
    put_key_arrays(t, mapper);
    if (mapper->version) {
        buffer_text(&t->out, ", ");
        put_array(t, mapper->version, false);
    }
    put_alias(t, mapper->key_count + (mapper->version ? 1 : 0), false);
    buffer_text(&t->out, " WHERE ");
    put_key_condition(t, mapper);
    put_version_condition(t, mapper);
    put_gate(t, " AND ");
    put_returned(t, key, " RETURNING ", "t.");
}
