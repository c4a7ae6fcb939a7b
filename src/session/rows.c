#include "rows.h"

#include "base/buffer.h"
#include "base/error.h"
#include "model/text.h"

#include <stdio.h>

/* A plain struct's mapper, compiled by a session that met it first. */
struct plain {
    struct plain *next;
    const struct mapper *mapper;
};

/* --- mappers --- */

static const struct mapper *compile_plain(struct howdah_session *s, const struct howdah_model *model)
{
    const struct mapper *mapper = NULL;
    struct buffer faults;
    buffer_init(&faults, &s->db->allocator);
    struct plain *plain = ARENA_NEW(&s->arena, struct plain);
    enum howdah_status status =
        plain ? mapper_compile_plain(&s->arena, model, &faults, &mapper) : HOWDAH_STATUS_NO_MEMORY;
    const char *text = buffer_cstring(&faults);
    if (status == HOWDAH_STATUS_NO_MEMORY || !text)
        session_no_memory(s);
    else if (status)
        session_fail(s, status, model->name, NULL, NULL, "%.*s", (int)strcspn(text, "\n"), text);
    buffer_done(&faults);
    if (!mapper || s->error.status != HOWDAH_STATUS_OK)
        return NULL;
    *plain = (struct plain){s->plains, mapper};
    s->plains = plain;
    return mapper;
}

const struct mapper *session_row_mapper(struct howdah_session *s, const struct howdah_model *model)
{
    const struct mapper *mapper = model ? catalog_find(&s->db->catalog, model) : NULL;
    if (mapper)
        return mapper;
    for (const struct plain *plain = s->plains; plain; plain = plain->next)
        if (plain->mapper->model == model)
            return plain->mapper;
    if (!model || model->table)
        return session_mapper(s, model); /* which says why not */
    return compile_plain(s, model);
}

/* --- columns that are cast to text --- */

enum { CAST_NAME = 32 };

/* Labels of enums are read as they are. */
static bool is_cast(const struct column *c)
{
    return (*c->read_open || *c->read_cast) && c->codec->type != HOWDAH_TYPE_ENUM;
}

/* Nobody else's, and short enough not to be cut. */
static void cast_name(const struct column *c, char ret_name[CAST_NAME])
{
    snprintf(ret_name, CAST_NAME, "howdah as text %u", (unsigned)c->index);
}

const char row_casts_end[] = "\n) AS r"; /* on a line of its own: the statement may end in a comment */

bool row_casts(const struct mapper *mapper, struct arena *arena, const char **ret_before)
{
    struct buffer text;
    *ret_before = NULL;
    buffer_init(&text, arena->allocator);
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        char name[CAST_NAME];
        cast_name(c, name);
        if (is_cast(c))
            buffer_printf(&text, "%s, %sr.%s%s AS \"%s\"", text.size ? "" : "SELECT r.*", c->read_open, c->quoted,
                          c->read_cast, name);
    }
    bool any = text.size > 0;
    buffer_text(&text, " FROM (");
    if (any)
        *ret_before = buffer_copy_text(&text, arena);
    bool good = !any || *ret_before;
    buffer_done(&text);
    return good;
}

/* --- columns --- */

static bool fail(struct howdah_session *s, const struct mapper *mapper, const struct column *c,
                 enum howdah_status status, const char *what, const char *remedy)
{
    const char *model = mapper->model->name, *field = c->field->name;
    session_fail(s, status, model, field, NULL, "%s.%s: column %s %s%s", model, field, c->name, what, remedy);
    return false;
}

static const char missing[] = "is not in the result", select_it[] = ": select it, or name an expression so";
static const char doubled[] = "is twice in the result", rename_one[] = ": give one of them another name";

/* The server names the column as in r.ip where there is none, and as "ip" where there are two. */
void row_casts_blame(struct howdah_session *s, const struct mapper *mapper)
{
    bool none = strcmp(s->error.sqlstate, "42703") == 0, two = strcmp(s->error.sqlstate, "42702") == 0;
    for (uint32_t i = 0; (none || two) && i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        const char *named =
            is_cast(c) ? text_join(&s->scratch, none ? "r." : "\"", c->name, none ? "" : "\"", NULL) : NULL;
        if (!named || !strstr(s->error.message, named))
            continue;
        error_clear(&s->error);
        fail(s, mapper, c, HOWDAH_STATUS_SCHEMA, none ? missing : doubled, none ? select_it : rename_one);
        return;
    }
}

/* Where a column of that name is in the result: its place, or `count`. False if there are two. */
static bool find(const char *name, const struct pg_column *columns, size_t count, size_t *ret)
{
    *ret = count;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(columns[i].name, name) != 0)
            continue;
        if (*ret != count)
            return false;
        *ret = i;
    }
    return true;
}

/* What a program can do about a column of another type. */
static const char *cast_for(const struct column *c)
{
    return *c->read_cast ? ": cast it to text in the statement" : ": cast it in the statement";
}

static bool place(struct howdah_session *s, struct row_map *map, const struct column *c,
                  const struct pg_column *columns, size_t count, enum row_columns which)
{
    const char *why = "";
    char cast[CAST_NAME];
    size_t at;
    cast_name(c, cast);
    if (!find(which == ROW_COLUMNS_CAST && is_cast(c) ? cast : c->name, columns, count, &at))
        return fail(s, map->mapper, c, HOWDAH_STATUS_SCHEMA, doubled, rename_one);
    if (at == count)
        return which == ROW_COLUMNS_SOME || fail(s, map->mapper, c, HOWDAH_STATUS_SCHEMA, missing, select_it);
    if (column_accepts(c, columns[at].type, &s->scratch, &why))
        return fail(s, map->mapper, c, HOWDAH_STATUS_SCHEMA, why, cast_for(c));
    map->columns[map->count] = c;
    map->places[map->count++] = (uint32_t)at;
    return true;
}

bool row_map_make(struct howdah_session *s, const struct mapper *mapper, const struct pg_column *columns, size_t count,
                  enum row_columns which, struct arena *arena, struct row_map *ret)
{
    size_t most = mapper->column_count ? mapper->column_count : 1;
    *ret = (struct row_map){.mapper = mapper,
                            .columns = arena_allocate_array(arena, most, sizeof(*ret->columns)),
                            .places = arena_allocate_array(arena, most, sizeof(*ret->places)),
                            .cells = arena_allocate_array(arena, most, sizeof(*ret->cells))};
    if (!ret->columns || !ret->places || !ret->cells)
        return !session_no_memory(s);
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (!place(s, ret, &mapper->columns[i], columns, count, which))
            return false;
    return true;
}

bool row_map_take(const struct row_map *map, const struct cell *cells, size_t count)
{
    for (uint32_t i = 0; i < map->count; i++) {
        if (map->places[i] >= count)
            return false;
        map->cells[i] = cells[map->places[i]];
    }
    return true;
}
