#include "sweep_statements.h"

#include "base/buffer.h"

struct sweep_text {
    const struct sweep_path *path;
    struct buffer out;
    uint32_t types[KEY_PARTS_MAX];
    uint32_t parameters;
};

static const struct column *own(const struct sweep_text *t, uint32_t level, uint32_t part)
{
    return &t->path->mappers[level]->columns[t->path->keys[level]->columns[part]];
}

static const struct column *other(const struct foreign_key *key, uint32_t part)
{
    return &key->target->columns[key->targets[part]];
}

/* The keys of those that go, for one part. Said twice, a part has one parameter. */
static void put_array(struct sweep_text *t, uint32_t part)
{
    const struct column *c = other(t->path->keys[0], part);
    if (part == t->parameters)
        t->types[t->parameters++] = c->parameter_oid;
    buffer_printf(&t->out, "(SELECT $%u::%s[])", part + 1, c->item_type);
}

/* "t.column is one of the keys", or a comparison with all parts of them. */
static void put_in_keys(struct sweep_text *t, char alias, const struct column *const *columns)
{
    const struct foreign_key *key = t->path->keys[0];
    const struct column *first = other(key, 0);
    if (key->count == 1 && !*first->write_cast) {
        buffer_printf(&t->out, "%c.%s = ANY (", alias, columns[0]->quoted);
        put_array(t, 0);
        buffer_printf(&t->out, "::%s[])", first->item_type);
        return;
    }
    buffer_text(&t->out, "EXISTS (SELECT FROM unnest(");
    for (uint32_t i = 0; i < key->count; i++) {
        buffer_text(&t->out, i ? ", " : "");
        put_array(t, i);
    }
    buffer_text(&t->out, ") AS u(");
    for (uint32_t i = 0; i < key->count; i++)
        buffer_printf(&t->out, "%sc%u", i ? ", " : "", i + 1);
    buffer_text(&t->out, ") WHERE ");
    for (uint32_t i = 0; i < key->count; i++)
        buffer_printf(&t->out, "%s%c.%s = u.c%u%s", i ? " AND " : "", alias, columns[i]->quoted, i + 1,
                      other(key, i)->write_cast);
    buffer_byte(&t->out, ')');
}

static void put_type(struct sweep_text *t, char alias, const struct foreign_key *key)
{
    if (!key->type)
        return;
    buffer_printf(&t->out, " AND %c.%s = ", alias, key->type->quoted);
    literal_quote(key->label, &t->out);
}

/* "alias.fk = beside.key AND ..." */
static void put_join(struct sweep_text *t, char alias, uint32_t level, char beside)
{
    const struct foreign_key *key = t->path->keys[level];
    for (uint32_t i = 0; i < key->count; i++)
        buffer_printf(&t->out, "%s%c.%s = %c.%s", i ? " AND " : "", alias, own(t, level, i)->quoted, beside,
                      other(key, i)->quoted);
    put_type(t, alias, key);
}

/* From the rows that are swept down to those that go. */
static void put_condition(struct sweep_text *t)
{
    char alias = 't';
    uint32_t level = t->path->depth - 1, open = 0;
    for (; level > 0; level--, open++) {
        char next = (char)('a' + level);
        buffer_printf(&t->out, "EXISTS (SELECT FROM %s AS %c WHERE ", t->path->mappers[level - 1]->quoted, next);
        put_join(t, alias, level, next);
        buffer_text(&t->out, " AND ");
        alias = next;
    }
    const struct column *columns[KEY_PARTS_MAX];
    for (uint32_t i = 0; i < t->path->keys[0]->count; i++)
        columns[i] = own(t, 0, i);
    put_in_keys(t, alias, columns);
    put_type(t, alias, t->path->keys[0]);
    while (open-- > 0)
        buffer_byte(&t->out, ')');
}

static bool is_recursive(const struct sweep_path *path)
{
    return path->depth == 1 && path->keys[0]->target == path->mappers[0];
}

static void put_targets(struct sweep_text *t, const char *separator)
{
    const struct foreign_key *key = t->path->keys[0];
    for (uint32_t i = 0; i < key->count; i++)
        buffer_printf(&t->out, "%st.%s", i ? separator : "", other(key, i)->quoted);
}

/* All levels of a tree in one statement: so no row is left that refers to one that is gone. */
static void put_tree_delete(struct sweep_text *t, const char *table)
{
    const struct foreign_key *key = t->path->keys[0];
    buffer_text(&t->out, "WITH RECURSIVE d AS (SELECT ");
    put_targets(t, ", ");
    buffer_printf(&t->out, " FROM %s AS t WHERE ", table);
    put_condition(t);
    buffer_text(&t->out, " UNION SELECT ");
    put_targets(t, ", ");
    buffer_printf(&t->out, " FROM %s AS t JOIN d ON ", table);
    put_join(t, 't', 0, 'd');
    buffer_printf(&t->out, ") DELETE FROM %s AS t USING d WHERE ", table);
    for (uint32_t i = 0; i < key->count; i++)
        buffer_printf(&t->out, "%st.%s = d.%s", i ? " AND " : "", other(key, i)->quoted, other(key, i)->quoted);
}

static void put_clear(struct sweep_text *t, const char *table)
{
    const struct mapper *mapper = t->path->mappers[t->path->depth - 1];
    const struct foreign_key *key = t->path->keys[t->path->depth - 1];
    const struct column *targets[KEY_PARTS_MAX];
    buffer_printf(&t->out, "UPDATE %s AS t SET ", table);
    for (uint32_t i = 0; i < key->count; i++)
        buffer_printf(&t->out, "%s%s = NULL", i ? ", " : "", mapper->columns[key->columns[i]].quoted);
    if (mapper->version)
        buffer_printf(&t->out, ", %s = t.%s + 1", mapper->version->quoted, mapper->version->quoted);
    buffer_text(&t->out, " WHERE ");
    put_condition(t);
    if (!is_recursive(t->path))
        return;
    for (uint32_t i = 0; i < key->count; i++)
        targets[i] = other(key, i);
    buffer_text(&t->out, " AND NOT "); /* those that go themselves are left alone, and so their versions */
    put_in_keys(t, 't', targets);
}

const struct statement *sweep_render(const struct sweep_path *path, struct arena *arena)
{
    struct sweep_text t = {.path = path};
    const char *table = path->mappers[path->depth - 1]->quoted;
    struct statement *statement = ARENA_NEW(arena, struct statement);
    if (!statement)
        return NULL;
    buffer_init(&t.out, arena->allocator);
    if (!path->deletes) {
        put_clear(&t, table);
    } else if (is_recursive(path)) {
        put_tree_delete(&t, table);
    } else {
        buffer_printf(&t.out, "DELETE FROM %s AS t WHERE ", table);
        put_condition(&t);
    }
    statement->text = t.out.failed ? NULL : arena_copy_text(arena, t.out.data, t.out.size);
    statement->types = arena_copy(arena, t.types, t.parameters * sizeof(*t.types));
    statement->parameters = (uint16_t)t.parameters;
    buffer_done(&t.out);
    if (!statement->text || !statement->types)
        return NULL;
    statement_seal(statement);
    return statement;
}
