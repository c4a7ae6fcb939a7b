/* INSERT, UPDATE and DELETE of any number of rows. */
#include "statement_text.h"

/* "INSERT INTO table (columns)", or without any. */
static uint32_t put_target(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    uint32_t count = 0;
    buffer_printf(&t->out, "INSERT INTO %s%s", mapper->quoted, key->on_conflict ? " AS t" : "");
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (column_in(key->columns, i))
            buffer_printf(&t->out, "%s%s", count++ ? ", " : " (", mapper->columns[i].quoted);
    for (const struct formula *formula = key->formulas; formula; formula = formula->next)
        buffer_printf(&t->out, "%s%s", count++ ? ", " : " (", formula->column->quoted);
    if (count)
        buffer_byte(&t->out, ')');
    return count;
}

/* A sub-select, so that a formula has one value for a row, or none; and one that looks at the row, so that it is
 * computed for each of them. */
static void put_inserted(struct text *t, const struct statement_key *key)
{
    uint32_t count = 0, position;
    for (uint32_t i = 0; i < key->mapper->column_count; i++) {
        if (!column_in(key->columns, i))
            continue;
        buffer_text(&t->out, count ? ", " : " ");
        put_item(t, count++, &key->mapper->columns[i]);
    }
    position = count;
    for (const struct formula *formula = key->formulas; formula; formula = formula->next) {
        buffer_text(&t->out, count++ ? ", (SELECT (" : " (SELECT (");
        put_formula(t, formula, &position);
        buffer_text(&t->out, ") WHERE u.ord > 0)");
    }
}

/* Rows for which nothing is sent but their number. */
static void put_numbers(struct text *t, const char *alias)
{
    enum { INT8_OID = 20 };
    buffer_text(&t->out, " FROM pg_catalog.generate_series(1, ");
    put_parameter(t, INT8_OID);
    buffer_printf(&t->out, ")%s", alias);
}

void render_insert(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    const struct column *identity = mapper->identity;
    uint32_t columns = put_target(t, key), count = 0;
    /* keys of our own, drawn or chosen: also where the table was made GENERATED ALWAYS */
    bool overriding = identity && (column_in(key->columns, identity->index) || formulas_find(key->formulas, identity));
    buffer_text(&t->out, overriding ? " OVERRIDING SYSTEM VALUE SELECT" : " SELECT");
    put_inserted(t, key);
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        if (!column_in(key->columns, i))
            continue;
        buffer_text(&t->out, count++ ? ", " : " FROM unnest(");
        put_array(t, &mapper->columns[i], column_in(key->by_name, i));
    }
    if (!count && formulas_arrays(key->formulas))
        buffer_text(&t->out, " FROM unnest(");
    count = put_formula_arrays(t, key->formulas, count);
    if (count) /* the server gives out defaults in the order in which the rows were added */
        put_alias(t, count, "ord");
    else
        put_numbers(t, columns ? " AS u(ord)" : "");
    put_gate(t, " WHERE ");
    if (count)
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
    for (const struct formula *formula = key->formulas; formula; formula = formula->next) {
        buffer_printf(&t->out, "%s%s = (", separator(count++), formula->column->quoted);
        put_formula(t, formula, &position);
        buffer_byte(&t->out, ')');
    }
    if (mapper->version && !key->parks && !column_in(key->columns, mapper->version->index))
        buffer_printf(&t->out, "%s%s = t.%s + 1", separator(count), mapper->version->quoted, mapper->version->quoted);
}

/* The row is what it was: its version, or its xmin, or its values. They stand behind the key. */
static void put_old_condition(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    uint32_t position = mapper->key_count;
    if (mapper->token) {
        buffer_printf(&t->out, " AND t.%s = ", mapper->token->quoted);
        put_item(t, position++, mapper->token);
    }
    for (uint32_t i = 0; key->checks && i < mapper->column_count; i++) {
        if (!column_in(key->checks, i))
            continue;
        buffer_printf(&t->out, " AND t.%s IS NOT DISTINCT FROM ", mapper->columns[i].quoted);
        put_item(t, position++, &mapper->columns[i]);
    }
}

/* The arrays for it, behind those of the key. Returns how many there are with these. */
static uint32_t put_old_arrays(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    uint32_t count = mapper->key_count;
    put_key_arrays(t, mapper);
    if (mapper->token) {
        buffer_text(&t->out, ", ");
        put_array(t, mapper->token, false);
        count++;
    }
    for (uint32_t i = 0; key->checks && i < mapper->column_count; i++) {
        if (!column_in(key->checks, i))
            continue;
        buffer_text(&t->out, ", ");
        put_array(t, &mapper->columns[i], false);
        count++;
    }
    return count;
}

static uint32_t count_old(const struct statement_key *key)
{
    uint32_t count = key->mapper->key_count + (key->mapper->token ? 1 : 0);
    for (uint32_t i = 0; key->checks && i < key->mapper->column_count; i++)
        count += column_in(key->checks, i);
    return count;
}

/* The rows that unnest gives, of which there are `count` columns, and which of the table's they are. The planner takes ten
 * rows for an array that it doesn't know, and would read all of a small table for them. A range that holds every number lets it
 * expect one: it goes by the key's index, so that rows are locked in the order in which they were sent. */
static void put_joined(struct text *t, const struct statement_key *key, uint32_t count)
{
    const char *number = key->formulas ? "howdah_ord" : "ord"; /* the table may have a column of the shorter name */
    put_alias(t, count, number);
    buffer_printf(&t->out, " WHERE u.%s BETWEEN 1 AND %d AND ", number, INT32_MAX);
    put_key_condition(t, key->mapper);
    put_old_condition(t, key);
    put_gate(t, " AND ");
}

/* Parameters: the key, the version, what was, then what is set. */
void render_update(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    buffer_printf(&t->out, "UPDATE %s AS t SET ", mapper->quoted);
    put_assignments(t, key, count_old(key));
    buffer_text(&t->out, " FROM unnest(");
    uint32_t count = put_old_arrays(t, key);
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        if (!column_in(key->columns, i))
            continue;
        buffer_text(&t->out, ", ");
        put_array(t, &mapper->columns[i], column_in(key->by_name, i));
        count++;
    }
    count = put_formula_arrays(t, key->formulas, count);
    put_joined(t, key, count);
    put_returned(t, key, " RETURNING ", "t.");
}

void render_delete(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    const struct column *first = &mapper->columns[mapper->key[0]];
    if (count_old(key) == 1 && !*first->write_cast) {
        buffer_printf(&t->out, "DELETE FROM %s AS t WHERE t.%s = ANY (", mapper->quoted, first->quoted);
        put_array(t, first, false);
        buffer_printf(&t->out, "::%s[])", first->item_type); /* not ANY (SELECT ...): that compares with rows */
        put_gate(t, " AND ");
        put_returned(t, key, " RETURNING ", "t.");
        return;
    }
    buffer_printf(&t->out, "DELETE FROM %s AS t USING unnest(", mapper->quoted);
    put_joined(t, key, put_old_arrays(t, key));
    put_returned(t, key, " RETURNING ", "t.");
}
