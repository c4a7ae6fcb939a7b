/* Statements that fetch rows by their keys. */
#include "statement_text.h"

void render_find(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    put_returned(t, key, key->by_columns ? "SELECT " : "SELECT ROW(", "t.");
    buffer_printf(&t->out, "%s FROM %s AS t WHERE ", key->by_columns ? "" : ")", mapper->quoted);
    for (uint32_t i = 0; i < (key->by ? 1 : mapper->key_count); i++) {
        const struct column *c = key->by ? key->by : &mapper->columns[mapper->key[i]];
        buffer_printf(&t->out, "%st.%s = ", i ? " AND " : "", c->quoted);
        put_parameter(t, c->item_oid);
        buffer_text(&t->out, c->write_cast);
    }
    buffer_text(&t->out, lock_clause(key->lock));
}

bool statement_numbers_rows(const struct mapper *mapper)
{
    return !mapper->integer_key || *mapper->integer_key->write_cast;
}

void render_find_many(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    put_returned(t, key, "SELECT ", "t.");
    if (!statement_numbers_rows(mapper)) {
        buffer_printf(&t->out, " FROM %s AS t", mapper->quoted);
        put_any_key(t, mapper->integer_key);
        return;
    }
    buffer_text(&t->out, ", u.ord FROM ");
    put_rows(t, mapper->key_count, true);
    put_key_arrays(t, mapper);
    put_rows_end(t, mapper->key_count, true);
    buffer_printf(&t->out, " JOIN %s AS t ON ", mapper->quoted);
    put_few(t);
    put_key_condition(t, mapper);
}
