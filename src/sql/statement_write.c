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
    buffer_text(&t->out, " FROM pg_catalog.generate_series(1, (SELECT ");
    put_parameter(t, INT8_OID);
    buffer_printf(&t->out, "))%s", alias);
}

static uint32_t count_columns(const struct mapper *mapper, const uint64_t *set)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < mapper->column_count; i++)
        count += column_in(set, i);
    return count;
}

/* The arrays of the columns that are sent or set, and of formulas, behind `count` others. */
static void put_new_arrays(struct text *t, const struct statement_key *key, uint32_t count)
{
    for (uint32_t i = 0; i < key->mapper->column_count; i++) {
        if (!column_in(key->columns, i))
            continue;
        buffer_text(&t->out, separator(count++));
        put_array(t, &key->mapper->columns[i], column_in(key->by_name, i));
    }
    put_formula_arrays(t, key->formulas, count);
}

static uint32_t count_new(const struct statement_key *key)
{
    return count_columns(key->mapper, key->columns) + formulas_arrays(key->formulas);
}

void render_insert(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    const struct column *identity = mapper->identity;
    uint32_t columns = put_target(t, key), count = count_new(key);
    /* keys of our own, drawn or chosen: also where the table was made GENERATED ALWAYS */
    bool overriding = identity && (column_in(key->columns, identity->index) || formulas_find(key->formulas, identity));
    buffer_text(&t->out, overriding ? " OVERRIDING SYSTEM VALUE SELECT" : " SELECT");
    put_inserted(t, key);
    bool numbered = count > 0 && (key->formulas || key->in_order);
    if (count > 0) {
        buffer_text(&t->out, " FROM ");
        put_rows(t, count, numbered);
        put_new_arrays(t, key, 0);
        put_rows_end(t, count, numbered);
    } else {
        put_numbers(t, columns ? " AS u(ord)" : "");
    }
    put_gate(t, " WHERE ");
    if (numbered)
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

/* The arrays for it, behind those of the key. */
static void put_old_arrays(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    put_key_arrays(t, mapper);
    if (mapper->token) {
        buffer_text(&t->out, ", ");
        put_array(t, mapper->token, false);
    }
    for (uint32_t i = 0; key->checks && i < mapper->column_count; i++) {
        if (!column_in(key->checks, i))
            continue;
        buffer_text(&t->out, ", ");
        put_array(t, &mapper->columns[i], false);
    }
}

static uint32_t count_old(const struct statement_key *key)
{
    return key->mapper->key_count + (key->mapper->token ? 1 : 0) + count_columns(key->mapper, key->checks);
}

/* The rows that are sent, of `count` columns, and which of the table's they are: by the key's index, so that rows are locked in
 * the order in which they were sent. */
static void put_joined(struct text *t, const struct statement_key *key, uint32_t count)
{
    put_rows_end(t, count, false);
    buffer_text(&t->out, " WHERE ");
    put_few(t);
    put_key_condition(t, key->mapper);
    put_old_condition(t, key);
    put_gate(t, " AND ");
}

/* Parameters: the key, the version, what was, then what is set. */
void render_update(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    buffer_printf(&t->out, "UPDATE %s AS t SET ", mapper->quoted);
    uint32_t old = count_old(key), count = old + count_new(key);
    put_assignments(t, key, old);
    buffer_text(&t->out, " FROM ");
    put_rows(t, count, false);
    put_old_arrays(t, key);
    put_new_arrays(t, key, old);
    put_joined(t, key, count);
    put_returned(t, key, " RETURNING ", "t.");
}

void render_delete(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    const struct column *first = &mapper->columns[mapper->key[0]];
    if (count_old(key) == 1 && !*first->write_cast) {
        buffer_printf(&t->out, "DELETE FROM %s AS t", mapper->quoted);
        put_any_key(t, first);
        put_gate(t, " AND ");
        put_returned(t, key, " RETURNING ", "t.");
        return;
    }
    uint32_t count = count_old(key);
    buffer_printf(&t->out, "DELETE FROM %s AS t USING ", mapper->quoted);
    put_rows(t, count, false);
    put_old_arrays(t, key);
    put_joined(t, key, count);
    put_returned(t, key, " RETURNING ", "t.");
}
