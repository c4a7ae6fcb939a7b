#include "statement_text.h"

uint32_t statement_returned(const struct statement_key *key, const struct column **ret_columns)
{
    const struct mapper *mapper = key->mapper;
    bool all = key->kind == STATEMENT_FIND || key->kind == STATEMENT_FIND_MANY;
    bool compared = mapper->optimistic && key->kind != STATEMENT_FIND; /* with what the server made of it, next time */
    uint32_t count = 0, made = 0;
    bool plain = key->kind == STATEMENT_UPDATE && !key->defaults && !key->formulas && !compared &&
                 !mapper->server_makes && !key->adjusts;
    if (plain || key->kind == STATEMENT_DELETE || key->kind == STATEMENT_FOLLOW || key->parks)
        return 0;
    for (uint32_t i = 0; !all && i < mapper->key_count; i++)
        ret_columns[count++] = &mapper->columns[mapper->key[i]];
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        bool by_server = key->kind == STATEMENT_INSERT
                             ? key->on_conflict || !column_in(key->columns, i)
                             : c->server_only || column_in(key->defaults, i) || formulas_find(key->formulas, c);
        bool adjusted = key->adjusts && c->keeps != KEEPS_ALL && column_in(key->columns, i);
        if (!all && !by_server && !adjusted && !compared)
            continue;
        made++;
        if (all || !c->key)
            ret_columns[count++] = c;
    }
    return made || key->returns_keys ? count : 0;
}

static void (*const renderers[])(struct text *, const struct statement_key *) = {
    [STATEMENT_FIND] = render_find,     [STATEMENT_FIND_MANY] = render_find_many, [STATEMENT_INSERT] = render_insert,
    [STATEMENT_UPDATE] = render_update, [STATEMENT_DELETE] = render_delete,       [STATEMENT_FOLLOW] = render_follow,
};

enum { INT8_OID = 20 };

/* How many rows are there that a DELETE looks for, the arrays of whose keys begin behind so many parameters. All parts of a
 * statement see the rows as they were before it. */
static void put_there(struct text *t, const struct mapper *mapper, uint32_t before)
{
    buffer_printf(&t->out, " FROM %s AS t JOIN ", mapper->quoted);
    put_rows(t, mapper->key_count, false);
    for (uint32_t i = 0; i < mapper->key_count; i++)
        buffer_printf(&t->out, "%s$%u::%s[]", separator(i), before + i + 1, mapper->columns[mapper->key[i]].item_type);
    put_rows_end(t, mapper->key_count, false);
    buffer_text(&t->out, " ON ");
    put_key_condition(t, mapper);
}

static void put_expected(struct text *t, const struct statement_key *key)
{
    if (!key->forgiving) {
        put_parameter(t, INT8_OID);
        return;
    }
    buffer_text(&t->out, "(SELECT pg_catalog.count(*)");
    put_there(t, key->mapper, 0);
    buffer_byte(&t->out, ')');
}

static void render_forgiving(struct text *t, const struct statement_key *key)
{
    buffer_text(&t->out, "WITH w AS (");
    renderers[key->kind](t, key);
    buffer_text(&t->out, " RETURNING 1) SELECT");
    put_there(t, key->mapper, 0);
    buffer_text(&t->out, " OFFSET (SELECT pg_catalog.count(*) FROM w)");
}

/* The generated keys, in the order of the rows. */
static void put_list(struct text *t, const struct statement_key *key, const char *order)
{
    const char *name = key->mapper->identity->quoted;
    buffer_printf(&t->out, "pg_catalog.array_agg(w.%s::pg_catalog.int8", name);
    if (order)
        buffer_printf(&t->out, " ORDER BY w.%s%s", name, order);
    buffer_byte(&t->out, ')');
}

static void render_listed(struct text *t, const struct statement_key *key)
{
    buffer_text(&t->out, "WITH w AS (");
    renderers[key->kind](t, key);
    buffer_text(&t->out, ") SELECT ");
    put_list(t, key, NULL);
    buffer_text(&t->out, " FROM w");
}

/* Which is which goes by the order of keys that a sequence counts, up or down. */
static void put_ordered(struct text *t, const struct statement_key *key)
{
    buffer_text(&t->out, " AND ");
    put_list(t, key, NULL);
    buffer_text(&t->out, " IN (");
    put_list(t, key, "");
    buffer_text(&t->out, ", ");
    put_list(t, key, " DESC");
    buffer_byte(&t->out, ')');
}

/* An UPDATE that finds no row is no error, and would not stop a COMMIT that is queued behind it. The count comes first in
 * the join, so that it is there also where no row is. */
static void render_guarded(struct text *t, const struct statement_key *key)
{
    buffer_text(&t->out, "WITH w AS (");
    renderers[key->kind](t, key);
    bool returns = statement_returned(key, t->returned) > 0, rows = returns && !key->lists_keys;
    buffer_text(&t->out, rows ? ") SELECT w.* FROM (SELECT " : returns ? ") SELECT " : " RETURNING 1) SELECT ");
    if (key->lists_keys) {
        put_list(t, key, NULL);
        buffer_text(&t->out, ", ");
    }
    buffer_text(&t->out, "CASE WHEN pg_catalog.count(*) = ");
    put_expected(t, key);
    if (key->in_order)
        put_ordered(t, key);
    buffer_text(&t->out, " THEN 1 ELSE pg_catalog.length(pg_catalog.current_setting('" STATEMENT_GUARD
                         "' || pg_catalog.count(*))) END AS n FROM w");
    if (rows)
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

/* What a key needs at most: each column once, and what it was, the key, the version, the number of rows. */
static size_t most_columns(const struct statement_key *key)
{
    return (key->checks ? 2 : 1) * (size_t)key->mapper->column_count + 3 * KEY_PARTS_MAX + 2 +
           formulas_values(key->formulas);
}

static const struct statement *take_statement(struct text *t, struct arena *arena)
{
    struct statement *statement = ARENA_NEW(arena, struct statement);
    const char *text = statement ? buffer_copy_text(&t->out, arena) : NULL;
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
    name_items(&t, key);
    if (key->guarded)
        render_guarded(&t, key);
    else if (key->lists_keys)
        render_listed(&t, key);
    else if (key->forgiving)
        render_forgiving(&t, key);
    else
        renderers[key->kind](&t, key);
    return take_statement(&t, arena);
}

/* The part, and how many rows it is to write, if anybody can say: "n0". */
static void render_part(struct text *t)
{
    const struct statement_key *key = &t->parts[t->part].key;
    uint32_t before = t->parameters;
    buffer_printf(&t->out, "%sw%u AS (", t->part ? ", " : "WITH ", t->part);
    name_items(t, key);
    renderers[key->kind](t, key);
    buffer_byte(&t->out, ')');
    if (!key->guarded)
        return;
    buffer_printf(&t->out, ", n%u AS (SELECT ", t->part);
    if (key->forgiving) {
        buffer_text(&t->out, "pg_catalog.count(*) AS n");
        put_there(t, key->mapper, before);
    } else {
        put_parameter(t, INT8_OID);
        buffer_text(&t->out, "::pg_catalog.int8 AS n");
    }
    buffer_byte(&t->out, ')');
}

/* Fails if any part has not written as many rows as it should. It is looked at before the first row is. */
static void put_guard(struct text *t, uint32_t count)
{
    bool guarded = false;
    for (uint32_t i = 0; i < count; i++) {
        if (!t->parts[i].key.guarded)
            continue;
        buffer_text(&t->out, guarded ? "" : " WHERE (SELECT CASE");
        buffer_printf(&t->out,
                      " WHEN (SELECT pg_catalog.count(*) FROM w%u) <> (SELECT n FROM n%u) THEN pg_catalog.length("
                      "pg_catalog.current_setting('" STATEMENT_GUARD "%u_' || (SELECT pg_catalog.count(*) FROM w%u)))",
                      i, i, i, i);
        guarded = true;
    }
    buffer_text(&t->out, guarded ? " ELSE 1 END) = 1" : "");
}

/* The columns of all parts, with values in those of one of them: NULL in the others. Or of none: by the types. */
static void put_columns(struct text *t, uint32_t count, uint32_t chosen)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t returned = statement_returned(&t->parts[i].key, t->returned);
        for (uint32_t c = 0; c < (returned ? returned : 1); c++)
            if (chosen == count)
                buffer_printf(&t->out, ", (SELECT c%u FROM w%u)", c + 1, i);
            else if (chosen == i)
                buffer_printf(&t->out, ", c%u", c + 1);
            else
                buffer_text(&t->out, ", NULL");
    }
}

/* The rows of one part after those of another. Joins would tell the server to expect the product of all, and to compile what
 * it has planned for them; a first SELECT, which gives nothing, says the columns' types. */
const struct statement *statement_render_joint(const struct statement_part *parts, uint32_t count, struct arena *arena)
{
    struct text t = {.parts = parts};
    size_t columns = 0;
    for (uint32_t i = 0; i < count; i++)
        columns += most_columns(&parts[i].key);
    if (!text_init(&t, columns, arena))
        return NULL;
    for (t.part = 0; t.part < count; t.part++)
        render_part(&t);
    buffer_printf(&t.out, " SELECT %u", count);
    put_columns(&t, count, count);
    buffer_text(&t.out, " WHERE false");
    for (uint32_t i = 0; i < count; i++) {
        buffer_printf(&t.out, " UNION ALL SELECT %u", i);
        put_columns(&t, count, i);
        buffer_printf(&t.out, " FROM w%u", i);
        if (i == 0)
            put_guard(&t, count);
    }
    return take_statement(&t, arena);
}
