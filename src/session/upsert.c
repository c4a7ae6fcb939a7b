/* INSERT ... ON CONFLICT: structs that become rows at once, and the rows objects of the session. */
#include "claims.h"
#include "direct.h"
#include "foreign_key.h"
#include "key_index.h"
#include "object.h"
#include "returned.h"
#include "work.h"

#include "base/error.h"

#include <howdah/write.h>

#define NO_SUCH_INDEX "42P10"
#define NOT_IN_STATE  "55000"

/* Structs for which the same columns are sent: one statement. */
struct group {
    struct group *next;
    uint64_t *columns;
    void **images;
    uint32_t *inputs; /* where each stands among the structs that were given */
    uint32_t count;
    uint32_t expected; /* the image whose row should come next */
    bool guessed;      /* which is all that is known of a row */
    const struct statement *statement;
    struct returned returned;
};

struct upsert {
    struct howdah_session *s;
    const struct mapper *mapper;
    enum howdah_on_conflict action;
    const struct column *conflict[KEY_PARTS_MAX];
    uint32_t conflict_count;
    const struct table_index *index; /* which these fields are of, if the model knows one */
    size_t count;
    struct group *groups;
    struct returned_row **rows; /* by input; NULL: none came back */
};

static bool refuse(struct upsert *u, enum howdah_status status, const struct column *c, const char *what)
{
    return !session_refuse(u->s, status, u->mapper, c ? c->field->name : NULL, NULL, what);
}

/* --- what is sent --- */

static bool read_conflict(struct upsert *u, const size_t *fields, size_t count)
{
    if (!fields || count == 0 || count > KEY_PARTS_MAX)
        return refuse(u, HOWDAH_STATUS_INVALID, NULL, "an upsert takes 1 to 8 fields that decide what a conflict is");
    for (size_t i = 0; i < count; i++) {
        u->conflict[i] = mapper_column_at(u->mapper, fields[i]);
        if (!u->conflict[i])
            return refuse(u, HOWDAH_STATUS_INVALID, NULL, "a field of the conflict is no column");
    }
    u->conflict_count = (uint32_t)count;
    return true;
}

static bool is_made_of(const struct table_index *index, const struct upsert *u)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < index->count; i++)
        for (uint32_t k = 0; k < u->conflict_count; k++)
            found += u->conflict[k]->index == index->columns[i];
    return index->unique && index->count == u->conflict_count && found == index->count;
}

/* An index of all rows, or the only one of some of them. Where the model knows none, the server may. */
static bool choose_index(struct upsert *u)
{
    uint32_t partial = 0, deferrable = 0;
    for (uint32_t i = 0; i < u->mapper->index_count; i++) {
        const struct table_index *index = &u->mapper->indexes[i];
        if (!is_made_of(index, u))
            continue;
        if (!index->deferrable && (index->primary || !index->field->where)) {
            u->index = index;
            return true;
        }
        deferrable += index->deferrable;
        partial += !index->deferrable;
        u->index = index;
    }
    if (partial > 1)
        return refuse(u, HOWDAH_STATUS_INVALID, u->conflict[0],
                      "several partial unique indexes are of these fields: say which by session_execute");
    if (deferrable && !partial)
        return refuse(u, HOWDAH_STATUS_INVALID, u->conflict[0], "is .deferrable, and can't decide what a conflict is");
    return true;
}

static bool is_conflict(const struct upsert *u, const struct column *c)
{
    uint32_t i = 0;
    while (i < u->conflict_count && u->conflict[i] != c)
        i++;
    return i < u->conflict_count;
}

static bool is_all_zero(const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        if (at[i])
            return false;
    return true;
}

/* A pointer to an object fills in the foreign key. */
static bool take_pointer(struct upsert *u, const struct relation *relation, void *image)
{
    const struct foreign_key *key = relation->foreign_key;
    const struct entry *target = slabs_find(&u->s->slabs, object_pointer(relation, image));
    const struct column *c = &u->mapper->columns[key->columns[0]];
    if (!target || target->mapper != relation->target->index || target->state != ENTRY_LOADED)
        return refuse(u, HOWDAH_STATUS_INVALID, c,
                      "its pointer leads to no object of this session whose row is there: commit or flush that first");
    if (!foreign_key_is_known(u->s, key, target))
        return refuse(u, HOWDAH_STATUS_INVALID, c, "its pointer's object has no key loaded: find it first");
    const void *row = entry_snapshot(relation->target, target);
    if (!foreign_key_is_unset(key, u->mapper, image) && !foreign_key_refers_to(key, u->mapper, image, row))
        return refuse(u, HOWDAH_STATUS_INVALID, c, "pointer and value refer to different rows: set one of them");
    return foreign_key_assign(key, u->mapper, &u->s->scratch, image, row) || !session_no_memory(u->s);
}

static bool take_relations(struct upsert *u, void *image)
{
    for (uint32_t i = 0; i < u->mapper->relation_count; i++) {
        const struct relation *relation = &u->mapper->relations[i];
        const struct howdah_field *field = relation->field;
        bool pointer = field->kind == HOWDAH_FIELD_BELONGS_TO;
        if (is_all_zero((const char *)image + field->offset, field->size))
            continue;
        if (!pointer)
            return !session_refuse(u->s, HOWDAH_STATUS_INVALID, u->mapper, field->name, NULL,
                                   "an upsert writes one table: leave it out");
        if (!take_pointer(u, relation, image))
            return false;
    }
    return true;
}

/* Whether the column is sent; false in *ret_good: the struct can't be. */
static bool is_sent(struct upsert *u, const struct column *c, const void *image, bool *ret_good)
{
    const char *why;
    size_t bytes = 0;
    if (c->server_only) {
        *ret_good = is_all_zero(column_field(c, image), c->size) ||
                    refuse(u, HOWDAH_STATUS_INVALID, c, "is made by the server and can't be assigned");
        return false;
    }
    bool unset = column_is_unset_key(c, image);
    if ((c->identity && unset) || (c->unset_on_insert && column_is_null(c, image)))
        return false;
    if (c->key && unset)
        *ret_good = refuse(u, HOWDAH_STATUS_INVALID, c, "the primary key is not set");
    else if ((why = column_check(c, image, &bytes)))
        *ret_good = refuse(u, column_is_null(c, image) ? HOWDAH_STATUS_NOT_NULL : HOWDAH_STATUS_INVALID, c, why);
    return true;
}

static bool choose_columns(struct upsert *u, const void *image, uint64_t *columns)
{
    bool good = true;
    memset(columns, 0, column_words(u->mapper) * sizeof(*columns));
    for (uint32_t i = 0; i < u->mapper->column_count && good; i++)
        if (is_sent(u, &u->mapper->columns[i], image, &good))
            column_put(columns, i);
    for (uint32_t i = 0; i < u->conflict_count && good; i++)
        if (!column_in(columns, u->conflict[i]->index))
            good = refuse(u, HOWDAH_STATUS_INVALID, u->conflict[i], "is not set, but decides what a conflict is");
    return good;
}

/* The row as it is sent. */
static void *make_image(struct upsert *u, const void *value)
{
    void *image = arena_allocate(&u->s->scratch, u->mapper->model->size, u->mapper->model->alignment);
    if (!image) {
        session_no_memory(u->s);
        return NULL;
    }
    memcpy(image, value, u->mapper->model->size);
    if (u->mapper->version)
        integer_set(u->mapper->version, image, 1);
    return object_make_keys(u->s, u->mapper, image) && take_relations(u, image) ? image : NULL;
}

/* --- groups --- */

static struct group *group_for(struct upsert *u, const uint64_t *columns)
{
    size_t size = column_words(u->mapper) * sizeof(*columns);
    struct arena *arena = &u->s->scratch;
    for (struct group *group = u->groups; group; group = group->next)
        if (memcmp(group->columns, columns, size) == 0)
            return group;
    struct group *group = ARENA_NEW(arena, struct group);
    if (!group || !(group->columns = arena_copy(arena, columns, size)) ||
        !(group->images = arena_allocate_array(arena, u->count, sizeof(*group->images))) ||
        !(group->inputs = arena_allocate_array(arena, u->count, sizeof(*group->inputs)))) {
        session_no_memory(u->s);
        return NULL;
    }
    group->next = u->groups;
    u->groups = group;
    return group;
}

/* --- structs with one key --- */

/* The conflicts that the structs so far may have: their numbers are kept by that of their key. */
struct seen {
    struct key_index keys;
    uint32_t *inputs;
};

static bool seen_init(struct upsert *u, struct seen *ret)
{
    struct arena *arena = &u->s->scratch;
    uint32_t columns[KEY_PARTS_MAX];
    for (uint32_t i = 0; i < u->conflict_count; i++)
        columns[i] = u->conflict[i]->index;
    ret->inputs = arena_allocate_array(arena, u->count, sizeof(*ret->inputs));
    return (ret->inputs && key_index_init(&ret->keys, arena, u->mapper, columns, u->conflict_count, u->count)) ||
           !session_no_memory(u->s);
}

/* Whether the row can be in the way of another one; where only the server can tell, it does. */
static bool may_collide(const struct upsert *u, const void *image)
{
    for (uint32_t i = 0; i < u->conflict_count; i++)
        if (column_is_null(u->conflict[i], image))
            return false;
    return !u->index || (index_is_known(u->index) && index_has(u->mapper, u->index, image));
}

/* No row can be written twice by one statement. */
static bool see(struct upsert *u, struct seen *seen, uint32_t input, const void *image)
{
    const char *model = u->mapper->model->name, *field = u->conflict[0]->field->name;
    if (u->action == HOWDAH_ON_CONFLICT_IGNORE || !may_collide(u, image))
        return true;
    uint32_t known = seen->keys.count, key = key_index_add(&seen->keys, image);
    if (key == known) {
        seen->inputs[key] = input;
        return true;
    }
    session_fail(u->s, HOWDAH_STATUS_INVALID, model, field, NULL,
                 "%s.%s: structs %u and %u of the upsert have the same key: a row can be written only once", model,
                 field, seen->inputs[key], input);
    return false;
}

static bool sort_in(struct upsert *u, const void *values)
{
    struct seen seen;
    uint64_t *columns = arena_allocate_array(&u->s->scratch, column_words(u->mapper) + 1, sizeof(*columns));
    if (!columns)
        return !session_no_memory(u->s);
    if (!seen_init(u, &seen))
        return false;
    for (size_t i = 0; i < u->count; i++) {
        void *image = make_image(u, (const char *)values + i * u->mapper->model->size);
        struct group *group = image && choose_columns(u, image, columns) ? group_for(u, columns) : NULL;
        if (!group || !see(u, &seen, (uint32_t)i, image))
            return false;
        group->inputs[group->count] = (uint32_t)i;
        group->images[group->count++] = image;
    }
    return true;
}

/* --- the statement --- */

static void put_update(struct upsert *u, const struct group *group, struct buffer *out)
{
    const struct mapper *mapper = u->mapper;
    const char *before = " DO UPDATE SET ";
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        if (!column_in(group->columns, i) || c->key || c->version || is_conflict(u, c))
            continue;
        buffer_printf(out, "%s%s = excluded.%s", before, c->quoted, c->quoted);
        before = ", ";
    }
    if (mapper->version)
        buffer_printf(out, "%s%s = t.%s + 1", before, mapper->version->quoted, mapper->version->quoted);
    else if (*before == ' ') /* nothing to set; but the row shall come back */
        buffer_printf(out, "%s%s = excluded.%s", before, u->conflict[0]->quoted, u->conflict[0]->quoted);
}

static bool render(struct upsert *u, struct group *group)
{
    struct howdah_session *s = u->s;
    struct buffer clause;
    buffer_init(&clause, &s->db->allocator);
    for (uint32_t i = 0; i < u->conflict_count; i++)
        buffer_printf(&clause, "%s%s", i ? ", " : " ON CONFLICT (", u->conflict[i]->quoted);
    buffer_text(&clause, ")");
    if (u->index && !u->index->primary && u->index->field->where)
        buffer_printf(&clause, " WHERE (%s)", u->index->field->where);
    if (u->action == HOWDAH_ON_CONFLICT_IGNORE)
        buffer_text(&clause, " DO NOTHING");
    else
        put_update(u, group, &clause);
    const struct statement_key key = {.kind = STATEMENT_INSERT,
                                      .mapper = u->mapper,
                                      .columns = group->columns,
                                      .on_conflict = buffer_cstring(&clause)};
    const struct column **returned =
        arena_allocate_array(&s->scratch, u->mapper->column_count + KEY_PARTS_MAX, sizeof(*returned));
    group->statement = key.on_conflict && returned ? statement_render(&key, &s->scratch) : NULL;
    uint32_t count = returned ? statement_returned(&key, returned) : 0;
    buffer_done(&clause);
    if (!group->statement)
        return !session_no_memory(s);
    return returned_init(&group->returned, s, u->mapper, returned, count);
}

/* --- running --- */

static struct group *group_at(const struct upsert *u, size_t number)
{
    struct group *group = u->groups;
    while (number--)
        group = group->next;
    return group;
}

static enum howdah_status bind(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    const struct upsert *u = arg;
    struct group *group = group_at(u, step->number);
    struct parameters *p = &u->s->parameters;
    /* a statement that is run again begins anew */
    group->expected = 0;
    group->guessed = false;
    returned_drop(&group->returned);
    if (!parameters_begin(p, u->mapper->column_count + 1))
        return HOWDAH_STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < u->mapper->column_count; i++)
        if (column_in(group->columns, i))
            parameters_add_fields(p, &u->mapper->columns[i], group->images, group->count);
    return parameters_bind(p, ret);
}

static bool is_of(const struct upsert *u, const void *image, const void *values)
{
    for (uint32_t i = 0; i < u->conflict_count; i++)
        if (!column_equal(u->conflict[i], image, values))
            return false;
    return true;
}

/* Rows come back in the order in which they were sent, but nobody has promised it: the fields of the conflict tell.
 * Where the server has another value for them, only the order is left. */
static uint32_t image_of(const struct upsert *u, struct group *group, const void *values)
{
    for (uint32_t i = 0; i < group->count; i++) {
        uint32_t at = (group->expected + i) % group->count;
        if (is_of(u, group->images[at], values))
            return at;
    }
    group->guessed = true;
    return group->expected % group->count;
}

static enum howdah_status take_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct upsert *u = arg;
    struct group *group = group_at(u, step->number);
    struct returned_row *row = returned_take_whole(&group->returned, cells, count);
    if (!row)
        return u->s->error.status;
    uint32_t at = image_of(u, group, row->values);
    group->expected = at + 1;
    u->rows[group->inputs[at]] = row;
    return HOWDAH_STATUS_OK;
}

/* The order tells nothing either, where rows are missing. */
static enum howdah_status check_told(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct upsert *u = arg;
    const struct group *group = group_at(u, step->number);
    if (group->guessed && done->affected != group->count)
        refuse(u, HOWDAH_STATUS_INVALID, u->conflict[0],
               "is kept as another value: give that one, so that rows can be told apart");
    return u->s->error.status;
}

static size_t count_groups(const struct upsert *u)
{
    size_t count = 0;
    for (const struct group *group = u->groups; group; group = group->next)
        count++;
    return count;
}

/* The server knows no such index, or only a deferrable one: also where the model does. */
static bool name_conflict(struct upsert *u)
{
    struct howdah_error *e = &u->s->error;
    const char *model = u->mapper->model->name, *field = u->conflict[0]->field->name;
    bool deferrable = e->constraint && strcmp(e->sqlstate, NOT_IN_STATE) == 0;
    if (!deferrable && strcmp(e->sqlstate, NO_SUCH_INDEX) != 0)
        return false;
    error_reopen(e);
    e->status = HOWDAH_STATUS_SCHEMA;
    error_attach(e, &e->field, field);
    error_message(e, "%s (%s.%s: a unique index of %s must be of these fields; or name the fields of another)",
                  e->message, model, field, u->mapper->quoted);
    error_finish(e);
    return false;
}

static bool run(struct upsert *u)
{
    struct howdah_session *s = u->s;
    size_t count = count_groups(u);
    struct pg_step *steps = arena_allocate_array(&s->scratch, count, sizeof(*steps));
    if (!steps)
        return !session_no_memory(s);
    for (size_t i = 0; i < count; i++) {
        if (!render(u, group_at(u, i)))
            return false;
        steps[i] = (struct pg_step){.statement = group_at(u, i)->statement,
                                    .bind = bind,
                                    .row = take_row,
                                    .done = check_told,
                                    .arg = u,
                                    .number = i};
    }
    return direct_write(s, DIRECT_LONE, u->mapper, steps, count) == HOWDAH_STATUS_OK || name_conflict(u);
}

/* --- the end --- */

/* The pointers that the program gave lead where the rows do. */
static void keep_pointers(const struct upsert *u, const void *value, const struct entry *entry)
{
    void *object = entry_object(u->mapper, entry);
    for (uint32_t i = 0; i < u->mapper->relation_count; i++) {
        const struct relation *relation = &u->mapper->relations[i];
        void *target = relation->field->kind == HOWDAH_FIELD_BELONGS_TO ? object_pointer(relation, value) : NULL;
        if (!target || object_pointer(relation, object) ||
            !foreign_key_refers_to(relation->foreign_key, u->mapper, object, target))
            continue;
        object_set_pointer(relation, object, target);
        object_set_pointer(relation, entry_snapshot(u->mapper, entry), target);
    }
}

static void finish(struct upsert *u, const void *values, void **objects)
{
    struct sibling_result result = {0};
    for (struct group *group = u->groups; group; group = group->next)
        returned_apply(&group->returned);
    for (size_t i = 0; i < u->count; i++) {
        struct entry *entry = u->rows[i] ? u->rows[i]->entry : NULL;
        objects[i] = entry ? entry_object(u->mapper, entry) : NULL;
        if (!entry)
            continue;
        keep_pointers(u, (const char *)values + i * u->mapper->model->size, entry);
        siblings_add(&u->s->siblings, &result, entry); /* without memory it stays alone */
    }
    objects[u->count] = NULL;
}

static void **upsert(struct upsert *u, const struct howdah_model *model, const size_t *fields, size_t field_count,
                     const void *values)
{
    struct howdah_session *s = u->s;
    u->mapper = session_mapper(s, model);
    if (!u->mapper || !read_conflict(u, fields, field_count) || !choose_index(u))
        return NULL;
    if (!values && u->count) {
        refuse(u, HOWDAH_STATUS_INVALID, NULL, "there is no struct to write");
        return NULL;
    }
    void **objects = u->count < UINT32_MAX ? arena_allocate_array(&s->arena, u->count + 1, sizeof(*objects)) : NULL;
    u->rows = objects
                  ? arena_allocate_zero(&s->scratch, (u->count + 1) * sizeof(struct returned_row *), _Alignof(void *))
                  : NULL;
    if (!u->rows) {
        session_no_memory(s);
        return NULL;
    }
    if (u->count && !(sort_in(u, values) && run(u)))
        return NULL;
    finish(u, values, objects);
    return objects;
}

void **howdah_session_upsert_objects(struct howdah_session *s, const struct howdah_model *model,
                                     enum howdah_on_conflict action, const size_t *fields, size_t field_count,
                                     const void *values, size_t count)
{
    struct upsert u = {.s = s, .action = action, .count = count};
    if (!session_enter(s)) {
        direct_refusal(s);
        return NULL;
    }
    void **objects = upsert(&u, model, fields, field_count, values);
    if (!objects)
        direct_not_done(s);
    arena_reset(&s->scratch);
    session_leave(s);
    return objects;
}

void *howdah_session_upsert_object(struct howdah_session *s, const struct howdah_model *model,
                                   enum howdah_on_conflict action, const size_t *fields, size_t field_count,
                                   const void *value)
{
    void **objects = howdah_session_upsert_objects(s, model, action, fields, field_count, value, 1);
    return objects ? objects[0] : NULL;
}
