#include "statements.h"

/* What is being rendered. */
struct text {
    struct buffer out;
    uint32_t *types;
    uint32_t parameters;
    const struct column **returned;     /* room for all columns and the key */
    const struct statement_part *parts; /* of a joint statement; NULL for one that stands alone */
    uint32_t part;                      /* that is being rendered */
};

static const char *separator(uint32_t index)
{
    return index ? ", " : "";
}

/* "$3", and remembers its type. */
static void put_parameter(struct text *t, uint32_t oid)
{
    t->types[t->parameters++] = oid;
    buffer_printf(&t->out, "$%u", t->parameters);
}

/* One argument of unnest: the column's values, or the keys under a setting's name. */
static void put_array(struct text *t, const struct column *c, bool by_name)
{
    enum { TEXT_OID = 25 };
    if (by_name) {
        buffer_text(&t->out, "(SELECT pg_catalog.current_setting(");
        put_parameter(t, TEXT_OID);
        buffer_text(&t->out, ")");
    } else {
        buffer_text(&t->out, "(SELECT ");
        put_parameter(t, c->parameter_oid);
    }
    buffer_printf(&t->out, "::%s[])", c->item_type);
}

/* "u.c3", cast to the column's type where that needs one. */
static void put_item(struct text *t, uint32_t position, const struct column *c)
{
    buffer_printf(&t->out, "u.c%u%s", position + 1, c->write_cast);
}

/* The end of unnest, and names for what it gives; with `ordered` also the rows' numbers. */
static void put_alias(struct text *t, uint32_t count, bool ordered)
{
    buffer_text(&t->out, ordered ? ") WITH ORDINALITY AS u(" : ") AS u(");
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(&t->out, "%sc%u", separator(i), i + 1);
    buffer_text(&t->out, ordered ? ", ord)" : ")");
}

/* In a joint statement columns are named by their number, and there is always one. */
static void put_joint_returned(struct text *t, const struct statement_key *key, const char *prefix)
{
    uint32_t count = statement_returned(key, t->returned);
    buffer_text(&t->out, count ? " RETURNING " : " RETURNING true AS c1");
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(&t->out, "%s%s%s%s%s AS c%u", separator(i), t->returned[i]->read_open, prefix,
                      t->returned[i]->quoted, t->returned[i]->read_cast, i + 1);
}

static void put_returned(struct text *t, const struct statement_key *key, const char *before, const char *prefix)
{
    uint32_t count = statement_returned(key, t->returned);
    if (t->parts) {
        put_joint_returned(t, key, prefix);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(&t->out, "%s%s%s%s%s", i ? ", " : before, t->returned[i]->read_open, prefix,
                      t->returned[i]->quoted, t->returned[i]->read_cast);
}

/* A condition on earlier parts of a joint statement: a count of their rows must be there before any row is written. */
static void put_gate(struct text *t, const char *before)
{
    for (uint32_t i = 0; t->parts && i < t->part; i++) {
        if (t->parts[i].rank + 1 != t->parts[t->part].rank)
            continue;
        buffer_printf(&t->out, "%s(SELECT pg_catalog.count(*) FROM w%u) >= 0", before, i);
        before = " AND ";
    }
}

uint32_t statement_returned(const struct statement_key *key, const struct column **ret_columns)
{
    const struct mapper *mapper = key->mapper;
    bool all = key->kind == STATEMENT_FIND || key->kind == STATEMENT_FIND_MANY;
    uint32_t count = 0, made = 0;
    if (key->kind == STATEMENT_DELETE || key->kind == STATEMENT_FOLLOW || key->parks)
        return 0;
    for (uint32_t i = 0; !all && i < mapper->key_count; i++)
        ret_columns[count++] = &mapper->columns[mapper->key[i]];
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        bool by_server = key->kind == STATEMENT_INSERT ? key->on_conflict || !column_in(key->columns, i)
                                                       : c->server_only || column_in(key->defaults, i);
        if (!all && !by_server)
            continue;
        made++;
        if (all || !c->key)
            ret_columns[count++] = c;
    }
    return made ? count : 0;
}

/* "t.key = u.c1 AND ..." */
static void put_key_condition(struct text *t, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        buffer_printf(&t->out, "%st.%s = ", i ? " AND " : "", c->quoted);
        put_item(t, i, c);
    }
}

static void put_key_arrays(struct text *t, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        buffer_text(&t->out, separator(i));
        put_array(t, &mapper->columns[mapper->key[i]], false);
    }
}

static void render_find(struct text *t, const struct statement_key *key)
{
    const struct mapper *mapper = key->mapper;
    put_returned(t, key, "SELECT ROW(", "t.");
    buffer_printf(&t->out, ") FROM %s AS t WHERE ", mapper->quoted);
    for (uint32_t i = 0; i < (key->by ? 1 : mapper->key_count); i++) {
        const struct column *c = key->by ? key->by : &mapper->columns[mapper->key[i]];
        buffer_printf(&t->out, "%st.%s = ", i ? " AND " : "", c->quoted);
        put_parameter(t, c->item_oid);
        buffer_text(&t->out, c->write_cast);
    }
    buffer_text(&t->out, lock_clause(key->lock));
}

/* Each row says which key it answers: keys may be equal to the server that the client takes for different ones. */
static void render_find_many(struct text *t, const struct statement_key *key)
{
    put_returned(t, key, "SELECT ", "t.");
    buffer_text(&t->out, ", u.ord FROM unnest(");
    put_key_arrays(t, key->mapper);
    put_alias(t, key->mapper->key_count, true);
    buffer_printf(&t->out, " JOIN %s AS t ON ", key->mapper->quoted);
    put_key_condition(t, key->mapper);
}

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

static void render_insert(struct text *t, const struct statement_key *key)
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
static void render_update(struct text *t, const struct statement_key *key)
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

static void render_delete(struct text *t, const struct statement_key *key)
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

/* The old keys and the new ones, and the end of unnest. */
static void put_moved(struct text *t, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < 2 * key->count; i++) {
        buffer_text(&t->out, separator(i));
        put_array(t, &key->target->columns[key->targets[i % key->count]], false);
    }
    put_alias(t, 2 * key->count, false);
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
static void render_follow(struct text *t, const struct statement_key *key)
{
    const struct foreign_key *first = key->follows[0];
    bool several = key->follow_count > 1;
    if (several) {
        buffer_text(&t->out, "WITH moved AS MATERIALIZED (SELECT u.* FROM unnest(");
        put_moved(t, first);
        buffer_text(&t->out, ") ");
    }
    buffer_printf(&t->out, "UPDATE %s AS t SET ", first->owner->quoted);
    put_follow_columns(t, key);
    if (several) {
        buffer_text(&t->out, " WHERE EXISTS (SELECT FROM moved AS u WHERE ");
    } else {
        buffer_text(&t->out, " FROM unnest(");
        put_moved(t, first);
        buffer_text(&t->out, " WHERE ");
    }
    for (uint32_t k = 0; k < key->follow_count; k++) {
        buffer_text(&t->out, k ? " OR " : "");
        put_follow_condition(t, key->follows[k]);
    }
    buffer_text(&t->out, several ? ") AND NOT EXISTS (SELECT FROM unnest(" : " AND NOT EXISTS (SELECT FROM unnest(");
    put_key_arrays(t, first->owner);
    put_alias(t, first->owner->key_count, false);
    buffer_text(&t->out, " WHERE ");
    put_key_condition(t, first->owner);
    buffer_byte(&t->out, ')');
    put_gate(t, " AND ");
    put_returned(t, key, " RETURNING ", "t.");
}

static void (*const renderers[])(struct text *, const struct statement_key *) = {
    [STATEMENT_FIND] = render_find,     [STATEMENT_FIND_MANY] = render_find_many, [STATEMENT_INSERT] = render_insert,
    [STATEMENT_UPDATE] = render_update, [STATEMENT_DELETE] = render_delete,       [STATEMENT_FOLLOW] = render_follow,
};

/* An UPDATE that finds no row is no error, and would not stop a COMMIT that is queued behind it. The count comes first in
 * the join, so that it is there also where no row is. */
static void render_guarded(struct text *t, const struct statement_key *key)
{
    enum { INT8_OID = 20 };
    buffer_text(&t->out, "WITH w AS (");
    renderers[key->kind](t, key);
    bool returns = statement_returned(key, t->returned) > 0;
    buffer_text(&t->out, returns ? ") SELECT w.* FROM (" : " RETURNING 1) ");
    buffer_text(&t->out, "SELECT CASE WHEN pg_catalog.count(*) = ");
    put_parameter(t, INT8_OID);
    buffer_text(&t->out, " THEN 1 ELSE pg_catalog.length(pg_catalog.current_setting('" STATEMENT_GUARD
                         "' || pg_catalog.count(*))) END AS n FROM w");
    if (returns)
        buffer_text(&t->out, ") AS g LEFT JOIN w ON g.n = 1");
}

/* Room for a statement of so many columns, keys and versions. */
static bool text_init(struct text *t, size_t columns, struct arena *arena)
{
    t->types = arena_allocate_array(arena, columns, sizeof(*t->types));
    t->returned = arena_allocate_array(arena, columns, sizeof(struct column *));
    buffer_init(&t->out, arena->allocator);
    return t->types && t->returned;
}

/* What a key needs at most: each column once, the key, the version, the number of rows. */
static size_t most_columns(const struct statement_key *key)
{
    return (size_t)key->mapper->column_count + 3 * KEY_PARTS_MAX + 2;
}

static const struct statement *take_statement(struct text *t, struct arena *arena)
{
    struct statement *statement = ARENA_NEW(arena, struct statement);
    const char *text = t->out.failed || !statement ? NULL : arena_copy_text(arena, t->out.data, t->out.size);
    buffer_done(&t->out);
    if (!text)
        return NULL;
    statement->text = text;
    statement->types = t->types;
    statement->parameters = (uint16_t)t->parameters;
    statement_seal(statement);
    return statement;
}

const struct statement *statement_render(const struct statement_key *key, struct arena *arena)
{
    struct text t = {0};
    if (!text_init(&t, most_columns(key), arena))
        return NULL;
    if (key->guarded)
        render_guarded(&t, key);
    else
        renderers[key->kind](&t, key);
    return take_statement(&t, arena);
}

const struct statement *statement_render_joint(const struct statement_part *parts, uint32_t count, struct arena *arena)
{
    struct text t = {.parts = parts};
    size_t columns = 0;
    for (uint32_t i = 0; i < count; i++)
        columns += most_columns(&parts[i].key);
    if (!text_init(&t, columns, arena))
        return NULL;
    for (t.part = 0; t.part < count; t.part++) {
        buffer_printf(&t.out, "%sw%u AS (", t.part ? ", " : "WITH ", t.part);
        renderers[parts[t.part].key.kind](&t, &parts[t.part].key);
        buffer_byte(&t.out, ')');
    }
    buffer_text(&t.out, " SELECT p.part");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t returned = statement_returned(&parts[i].key, t.returned);
        for (uint32_t c = 0; c < (returned ? returned : 1); c++)
            buffer_printf(&t.out, ", w%u.c%u", i, c + 1);
    }
    buffer_text(&t.out, " FROM (VALUES ");
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(&t.out, "%s(%u)", separator(i), i);
    buffer_text(&t.out, ") AS p(part)");
    for (uint32_t i = 0; i < count; i++)
        buffer_printf(&t.out, " LEFT JOIN w%u ON p.part = %u", i, i);
    return take_statement(&t, arena);
}
