#include "sweep_statements.h"

#include "rows.h"

#include <stdio.h>

enum { SWEEP_NAME = 16 };

struct sweep_text {
    const struct sweep_path *path;
    struct buffer out;
    uint32_t types[KEY_PARTS_MAX * (SWEEP_DEPTH_MAX + 2)];
    uint32_t parameters;
};

/* Columns that are compared with arrays of keys, each with the next parameter from the first one on. */
struct in_keys {
    char alias;
    const struct column *columns[KEY_PARTS_MAX];
    const struct column *keys[KEY_PARTS_MAX]; /* of which these are values */
    uint32_t count;
    uint32_t first;
};

static const struct column *own(const struct sweep_text *t, uint32_t level, uint32_t part)
{
    return &t->path->mappers[level]->columns[t->path->keys[level]->columns[part]];
}

static const struct column *other(const struct foreign_key *key, uint32_t part)
{
    return &key->target->columns[key->targets[part]];
}

static void put_array(struct sweep_text *t, const struct in_keys *in, uint32_t part)
{
    buffer_printf(&t->out, "$%u::%s[]", in->first + part + 1, in->keys[part]->item_type);
}

/* "t.column is one of the keys", or a comparison with all parts of them. */
static void put_in(struct sweep_text *t, const struct in_keys *in)
{
    const struct column *first = in->keys[0];
    if (in->count == 1 && !*first->write_cast) {
        buffer_printf(&t->out, "%c.%s = ANY ((SELECT ", in->alias, in->columns[0]->quoted);
        put_array(t, in, 0);
        buffer_printf(&t->out, ")::%s[])", first->item_type);
        return;
    }
    buffer_text(&t->out, "EXISTS (SELECT FROM ");
    rows_open(&t->out, "c", in->count, false);
    for (uint32_t i = 0; i < in->count; i++) {
        buffer_text(&t->out, i ? ", " : "");
        put_array(t, in, i);
    }
    rows_close(&t->out, "u", "c", in->count, false);
    buffer_text(&t->out, " WHERE ");
    for (uint32_t i = 0; i < in->count; i++)
        buffer_printf(&t->out, "%s%c.%s = u.c%u%s", i ? " AND " : "", in->alias, in->columns[i]->quoted, i + 1,
                      in->keys[i]->write_cast);
    buffer_byte(&t->out, ')');
}

/* The columns have what is known of one that goes; NULL: they are its own. */
static void put_in_keys(struct sweep_text *t, char alias, const struct column *const *columns)
{
    struct in_keys in = {.alias = alias};
    const uint32_t *keys = sweep_columns(t->path, &in.count);
    for (uint32_t i = 0; i < in.count; i++) {
        in.keys[i] = &sweep_mapper(t->path, 0)->columns[keys[i]];
        in.columns[i] = columns ? columns[i] : in.keys[i];
    }
    put_in(t, &in);
}

static bool is_spared(const struct sweep_text *t, uint32_t level)
{
    return t->path->spared >> level & 1;
}

/* "NOT (the row is one of those to be left out)". */
static void put_spared(struct sweep_text *t, char alias, uint32_t level)
{
    const struct mapper *mapper = sweep_mapper(t->path, level);
    struct in_keys in = {.alias = alias, .count = mapper->key_count};
    sweep_columns(t->path, &in.first);
    for (uint32_t i = 0; i < level; i++)
        in.first += is_spared(t, i) ? sweep_mapper(t->path, i)->key_count : 0;
    for (uint32_t i = 0; i < mapper->key_count; i++)
        in.columns[i] = in.keys[i] = &mapper->columns[mapper->key[i]];
    buffer_text(&t->out, "NOT ");
    put_in(t, &in);
}

/* The same after a word, where there are any. */
static void put_spared_after(struct sweep_text *t, const char *word, char alias, uint32_t level)
{
    if (!is_spared(t, level))
        return;
    buffer_text(&t->out, word);
    put_spared(t, alias, level);
}

/* The types of all arrays: of those that go, and of those that are left out. */
static void add_types(struct sweep_text *t)
{
    uint32_t count;
    const uint32_t *columns = sweep_columns(t->path, &count);
    for (uint32_t i = 0; i < count; i++)
        t->types[t->parameters++] = sweep_mapper(t->path, 0)->columns[columns[i]].parameter_oid;
    for (uint32_t level = 0; level <= t->path->depth; level++) {
        const struct mapper *mapper = sweep_mapper(t->path, level);
        for (uint32_t i = 0; is_spared(t, level) && i < mapper->key_count; i++)
            t->types[t->parameters++] = mapper->columns[mapper->key[i]].parameter_oid;
    }
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
        put_spared_after(t, " AND ", alias, level + 1);
        buffer_text(&t->out, " AND ");
        alias = next;
    }
    const struct column *columns[KEY_PARTS_MAX];
    for (uint32_t i = 0; i < t->path->keys[0]->count; i++)
        columns[i] = own(t, 0, i);
    put_in_keys(t, alias, columns);
    put_type(t, alias, t->path->keys[0]);
    put_spared_after(t, " AND ", alias, 1);
    while (open-- > 0)
        buffer_byte(&t->out, ')');
}

/* Those that go themselves are left to their own statement, and so are their versions. */
static void put_not_gone(struct sweep_text *t)
{
    buffer_text(&t->out, " AND NOT ");
    put_in_keys(t, 't', NULL);
}

/* --- with trees on the way: d0, d1 ... are the rows of each table that go --- */

/* The last one that is needed: the parents', or, of a tree that is deleted, its own. */
static uint32_t last_level(const struct sweep_path *path)
{
    return path->depth - !(path->deletes && path->trees[path->depth]);
}

static bool has_trees(const struct sweep_path *path)
{
    for (uint32_t level = 0; level <= last_level(path); level++)
        if (path->trees[level])
            return true;
    return false;
}

static bool is_target(const struct foreign_key *key, uint32_t column)
{
    uint32_t i = 0;
    while (i < key->count && key->targets[i] != column)
        i++;
    return i < key->count;
}

/* Whether others are told by the column to which rows of the level they refer: those of the next level, or of the tree. */
static bool is_referred_to(const struct sweep_path *path, uint32_t level, uint32_t column)
{
    const struct foreign_key *key;
    bool found = level < path->depth && is_target(path->keys[level], column);
    for (uint32_t k = 0;
         !found && k < 64 && path->trees[level] >> k && (key = sweep_loop(sweep_mapper(path, level), k)); k++)
        found = (path->trees[level] >> k & 1) && is_target(key, column);
    return found;
}

static void put_level_columns(struct sweep_text *t, uint32_t level)
{
    const struct mapper *mapper = sweep_mapper(t->path, level);
    for (uint32_t i = 0; i < mapper->key_count; i++)
        buffer_printf(&t->out, "%st.%s", i ? ", " : "", mapper->columns[mapper->key[i]].quoted);
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (!mapper->columns[i].key && is_referred_to(t->path, level, i))
            buffer_printf(&t->out, ", t.%s", mapper->columns[i].quoted);
}

/* "t refers to a row of the level above". */
static void put_parent(struct sweep_text *t, uint32_t level)
{
    const struct foreign_key *key = t->path->keys[level - 1];
    const struct column *columns[KEY_PARTS_MAX];
    if (level == 1 && !t->path->trees[0]) {
        for (uint32_t i = 0; i < key->count; i++)
            columns[i] = own(t, 0, i);
        put_in_keys(t, 't', columns);
        put_type(t, 't', key);
        put_spared_after(t, " AND ", 't', level);
        return;
    }
    buffer_printf(&t->out, "EXISTS (SELECT FROM d%u AS p WHERE ", level - 1);
    put_join(t, 't', level - 1, 'p');
    buffer_byte(&t->out, ')');
    put_spared_after(t, " AND ", 't', level);
}

static void put_loops(struct sweep_text *t, const struct mapper *mapper, uint64_t loops)
{
    const char *separator = "";
    const struct foreign_key *key;
    for (uint32_t k = 0; k < 64 && loops >> k && (key = sweep_loop(mapper, k)); k++) {
        if (!(loops >> k & 1))
            continue;
        buffer_printf(&t->out, "%s(", separator);
        for (uint32_t i = 0; i < key->count; i++)
            buffer_printf(&t->out, "%st.%s = p.%s", i ? " AND " : "", mapper->columns[key->columns[i]].quoted,
                          other(key, i)->quoted);
        put_type(t, 't', key);
        buffer_byte(&t->out, ')');
        separator = " OR ";
    }
}

/* The rows of a level beside `parents`: those of the level itself, or, to begin with, those that go. */
static void put_tree(struct sweep_text *t, uint32_t level, const char *parents)
{
    const struct mapper *mapper = sweep_mapper(t->path, level);
    buffer_text(&t->out, "SELECT ");
    put_level_columns(t, level);
    buffer_printf(&t->out, " FROM %s AS t JOIN %s AS p ON ", mapper->quoted, parents);
    put_loops(t, mapper, t->path->trees[level]);
}

/* Rows that go, at first. Of the tree that is deleted below them, which has them only where it leads back to them: those that
 * refer to them. */
static void put_first(struct sweep_text *t, uint32_t level)
{
    const struct mapper *mapper = sweep_mapper(t->path, level);
    if (level == 0 && sweep_is_tree(t->path)) {
        put_tree(t, level, mapper->quoted);
        buffer_text(&t->out, " WHERE ");
        put_in_keys(t, 'p', NULL);
        put_not_gone(t);
        put_spared_after(t, " AND ", 't', level);
        return;
    }
    buffer_text(&t->out, "SELECT ");
    put_level_columns(t, level);
    buffer_printf(&t->out, " FROM %s AS t WHERE ", mapper->quoted);
    if (level)
        put_parent(t, level);
    else
        put_in_keys(t, 't', NULL);
}

static void put_level(struct sweep_text *t, uint32_t level)
{
    char own[SWEEP_NAME];
    snprintf(own, sizeof(own), "d%u", level);
    buffer_printf(&t->out, "%s AS (", own);
    put_first(t, level);
    if (t->path->trees[level]) {
        buffer_text(&t->out, " UNION ");
        put_tree(t, level, own);
        put_spared_after(t, " WHERE ", 't', level);
    }
    buffer_byte(&t->out, ')');
}

static void put_levels(struct sweep_text *t)
{
    uint32_t first = sweep_first_level(t->path), last = last_level(t->path);
    for (uint32_t level = first; level <= last; level++) {
        buffer_text(&t->out, level == first ? "WITH RECURSIVE " : ", ");
        put_level(t, level);
    }
    buffer_byte(&t->out, ' ');
}

static void put_tree_condition(struct sweep_text *t)
{
    const struct mapper *mapper = t->path->mappers[t->path->depth - 1];
    if (!sweep_is_tree(t->path) && last_level(t->path) < t->path->depth) {
        put_parent(t, t->path->depth);
        return;
    }
    buffer_printf(&t->out, "EXISTS (SELECT FROM d%u AS p WHERE ", last_level(t->path));
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const char *name = mapper->columns[mapper->key[i]].quoted;
        buffer_printf(&t->out, "%st.%s = p.%s", i ? " AND " : "", name, name);
    }
    buffer_byte(&t->out, ')');
}

/* --- the statement --- */

static void put_clear(struct sweep_text *t, const char *table)
{
    const struct mapper *mapper = t->path->mappers[t->path->depth - 1];
    const struct foreign_key *key = t->path->keys[t->path->depth - 1];
    bool trees = has_trees(t->path);
    const char *comma = "";
    if (trees)
        put_levels(t);
    buffer_printf(&t->out, "UPDATE %s AS t SET ", table);
    for (uint32_t i = 0; i < key->count; i++) {
        if (!mapper->columns[key->columns[i]].nullable)
            continue; /* a part that stays, as a tenant */
        buffer_printf(&t->out, "%s%s = NULL", comma, mapper->columns[key->columns[i]].quoted);
        comma = ", ";
    }
    if (mapper->version)
        buffer_printf(&t->out, ", %s = t.%s + 1", mapper->version->quoted, mapper->version->quoted);
    buffer_text(&t->out, " WHERE ");
    if (trees)
        put_tree_condition(t);
    else
        put_condition(t);
    if (t->path->depth == 1 && key->target == mapper)
        put_not_gone(t);
}

static void put_swept(struct sweep_text *t)
{
    for (uint32_t i = 0; i < t->path->returned_count; i++) {
        const struct column *c = t->path->returned[i];
        buffer_printf(&t->out, "%s%st.%s%s", i ? ", " : " RETURNING ", c->read_open, c->quoted, c->read_cast);
    }
}

const struct statement *sweep_render(const struct sweep_path *path, struct arena *arena)
{
    struct sweep_text t = {.path = path};
    const char *table = path->mappers[path->depth - 1]->quoted;
    struct statement *statement = ARENA_NEW(arena, struct statement);
    if (!statement)
        return NULL;
    add_types(&t);
    buffer_init(&t.out, arena->allocator);
    if (!path->deletes) {
        put_clear(&t, table);
    } else if (has_trees(path)) {
        put_levels(&t);
        buffer_printf(&t.out, "DELETE FROM %s AS t WHERE ", table);
        put_tree_condition(&t);
    } else {
        buffer_printf(&t.out, "DELETE FROM %s AS t WHERE ", table);
        put_condition(&t);
    }
    put_swept(&t);
    statement->text = buffer_copy_text(&t.out, arena);
    statement->types = arena_copy(arena, t.types, t.parameters * sizeof(*t.types));
    statement->parameters = (uint16_t)t.parameters;
    buffer_done(&t.out);
    if (!statement->text || !statement->types)
        return NULL;
    statement_seal(statement);
    return statement;
}
