/* The UPDATE of rows that follow the changed keys of rows that they refer to. */
#include "statement_text.h"

/* Rows of the old keys and the new ones. */
static void put_moved(struct text *t, const struct foreign_key *key)
{
    put_rows(t, 2 * key->count, false);
    for (uint32_t i = 0; i < 2 * key->count; i++) {
        buffer_text(&t->out, separator(i));
        put_array(t, &key->target->columns[key->targets[i % key->count]], false);
    }
    put_rows_end(t, 2 * key->count, false);
}

/* "t.fk = u.c1 AND ...": the row refers to a moved one. */
static void put_follow_condition(struct text *t, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++) {
        buffer_printf(&t->out, "%st.%s = ", i ? " AND " : "", key->owner->columns[key->columns[i]].quoted);
        put_item(t, i, &key->target->columns[key->targets[i]]);
    }
}

/* Where a row may follow by several foreign keys, each looks for its own moved row, or stays. */
static void put_follow_columns(struct text *t, const struct statement_key *key)
{
    for (uint32_t k = 0, count = 0; k < key->follow_count; k++)
        for (uint32_t i = 0; i < key->follows[k]->count; i++) {
            const struct foreign_key *follows = key->follows[k];
            const struct column *c = &follows->owner->columns[follows->columns[i]];
            const struct column *to = &follows->target->columns[follows->targets[i]];
            buffer_printf(&t->out, "%s%s = ", separator(count++), c->quoted);
            if (key->follow_count == 1) {
                put_item(t, follows->count + i, to);
                continue;
            }
            buffer_text(&t->out, "coalesce((SELECT ");
            put_item(t, follows->count + i, to);
            buffer_text(&t->out, " FROM moved AS u WHERE ");
            put_follow_condition(t, follows);
            buffer_printf(&t->out, "), t.%s)", c->quoted);
        }
}

/* Parameters: the old keys and the new ones; then the primary keys of rows that are written otherwise. */
void render_follow(struct text *t, const struct statement_key *key)
{
    const struct foreign_key *first = key->follows[0];
    bool several = key->follow_count > 1;
    if (several) {
        buffer_text(&t->out, "WITH moved AS MATERIALIZED (SELECT u.* FROM ");
        put_moved(t, first);
        buffer_text(&t->out, ") ");
    }
    buffer_printf(&t->out, "UPDATE %s AS t SET ", first->owner->quoted);
    put_follow_columns(t, key);
    if (several) {
        buffer_text(&t->out, " WHERE EXISTS (SELECT FROM moved AS u WHERE ");
    } else {
        buffer_text(&t->out, " FROM ");
        put_moved(t, first);
        buffer_text(&t->out, " WHERE ");
    }
    for (uint32_t k = 0; k < key->follow_count; k++) {
        buffer_text(&t->out, k ? " OR " : "");
        put_follow_condition(t, key->follows[k]);
    }
    buffer_text(&t->out, several ? ") AND NOT EXISTS (SELECT FROM " : " AND NOT EXISTS (SELECT FROM ");
    put_rows(t, first->owner->key_count, false);
    put_key_arrays(t, first->owner);
    put_rows_end(t, first->owner->key_count, false);
    buffer_text(&t->out, " WHERE ");
    put_key_condition(t, first->owner);
    buffer_byte(&t->out, ')');
    put_gate(t, " AND ");
    put_returned(t, key, " RETURNING ", "t.");
}
