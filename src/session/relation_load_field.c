/* session_load: a relation of one object, and with it of all that came with that object. */
#include "fill.h"
#include "owner.h"
#include "relation_load.h"
#include "transaction.h"

#include <howdah/relation.h>

/* --- who needs it --- */

/* Whether a sibling's field is to be filled, too. New objects have no row that anything refers to yet. */
static bool needs(const struct relation_load *load, const struct entry *entry)
{
    return entry->state == ENTRY_LOADED && !relation_is_loaded(load->s, load->relation, entry);
}

/* --- the statement --- */

static enum howdah_status bind_keys(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct relation_load *load = arg;
    struct parameters *p = &load->s->parameters;
    (void)step;
    if (!parameters_begin(p, KEY_PARTS_MAX))
        return HOWDAH_STATUS_NO_MEMORY;
    relation_load_add_keys(load, p);
    return parameters_bind(p, ret);
}

static enum howdah_status take_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct relation_load *load = arg;
    return relation_load_row(load, step, cells, count) ? HOWDAH_STATUS_OK : load->s->error.status;
}

static bool ask(struct relation_load *load)
{
    struct howdah_session *s = load->s;
    const struct relation_request request = {.form = RELATION_ROWS, .path = &load->relation, .depth = 1};
    struct select_statement prepared;
    if (!load->asked_count)
        return true;
    if (select_statement_get(&s->db->texts, load->arena, load->arena, relation_write, &request, &prepared) !=
        HOWDAH_STATUS_OK)
        return !session_no_memory(s);
    struct pg_step step = {.statement = prepared.statement,
                           .many = relation_is_many(load->relation),
                           .bind = bind_keys,
                           .row = take_row,
                           .arg = load};
    enum howdah_status status = transaction_read(s, &step);
    if (status == HOWDAH_STATUS_SCHEMA)
        session_name_relation(s, load->relation);
    return status == HOWDAH_STATUS_OK;
}

/* Where the session has the target of a BELONGS_TO, that is the answer, and its siblings can wait. */
static bool answer_alone(struct relation_load *load, struct entry **entry)
{
    return load->relation->field->kind == HOWDAH_FIELD_BELONGS_TO && relation_load_begin(load, entry, 1) &&
           load->asked_count == 0 && relation_load_finish(load);
}

static bool load_all(struct relation_load *load, struct entry *entry)
{
    size_t count;
    struct entry **sources = relation_load_siblings(load, entry, needs, &count);
    if (!sources)
        return !session_no_memory(load->s);
    return relation_load_begin(load, sources, count) && ask(load) && relation_load_finish(load);
}

/* --- the call --- */

static enum howdah_status refuse(struct howdah_session *s, const struct relation *relation, void *object)
{
    const char *model = relation->mapper->model->name, *field = relation->field->name;
    return session_fail(s, HOWDAH_STATUS_MISUSE, model, field, object,
                        "%s.%s must not be loaded one by one (LAZY_RAISE): ask for it with the query, by "
                        "query_with(q, %s, %s)",
                        model, field, model, field);
}

static enum howdah_status load_relation(struct howdah_session *s, const struct relation *relation, struct entry *entry)
{
    struct arena arena;
    struct relation_load load;
    arena_init(&arena, &s->db->allocator);
    relation_load_init(&load, s, relation, RELATION_ROWS, &arena);
    if (!answer_alone(&load, &entry) && s->error.status == HOWDAH_STATUS_OK) {
        relation_load_done(&load);
        relation_load_init(&load, s, relation, RELATION_ROWS, &arena);
        load_all(&load, entry);
    }
    relation_load_done(&load);
    arena_done(&arena);
    arena_reset(&s->scratch);
    return s->error.status;
}

/* Nobody knows the column's value and the program has set none, or it is out of date. */
static bool is_missing(const struct howdah_session *s, const struct entry *entry, const struct column *c)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    if (entry->expired && !c->key)
        return true;
    return marks_has(s, entry, MARK_UNLOADED, c->index) &&
           column_equal(c, entry_object(mapper, entry), entry_snapshot(mapper, entry));
}

static bool lacks_key(const struct howdah_session *s, const struct relation *relation, const struct entry *entry)
{
    const struct relation_ends ends = relation_ends(relation);
    const struct column *type = relation->field->kind == HOWDAH_FIELD_BELONGS_TO ? relation->foreign_key->type : NULL;
    bool lacks = false;
    for (uint32_t i = 0; i < ends.count; i++)
        lacks |= is_missing(s, entry, &relation->mapper->columns[ends.columns[i]]);
    return entry->state == ENTRY_LOADED && (lacks || (type && is_missing(s, entry, type)));
}

bool relation_fill_key(struct howdah_session *s, const struct relation *relation, struct entry *entry)
{
    return entry_is_ready(entry) || !lacks_key(s, relation, entry) || fill_load(s, entry);
}

static enum howdah_status load_field(struct howdah_session *s, void *object, size_t offset)
{
    struct entry *entry = session_entry(s, object, "load a relation of");
    const struct relation *relation = entry ? relation_find(s, entry_mapper(s, entry), offset) : NULL;
    if (!relation)
        return s->error.status;
    if (relation_is_many(relation) && collection_is_edited(relation, object, entry_snapshot(relation->mapper, entry)))
        return session_refuse(s, HOWDAH_STATUS_MISUSE, relation->mapper, relation->field->name, object,
                              "the collection was edited by hand, which is not for programs to do");
    if (!owner_follow_seen(s, entry) || !relation_fill_key(s, relation, entry))
        return s->error.status;
    if (relation_is_loaded(s, relation, entry))
        return HOWDAH_STATUS_OK;
    if (relation->field->lazy == HOWDAH_LAZY_RAISE)
        return refuse(s, relation, object);
    return load_relation(s, relation, entry);
}

enum howdah_status howdah_session_load_field(struct howdah_session *s, void *object, size_t offset)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = load_field(s, object, offset);
    session_leave(s);
    return status;
}

bool howdah_session_is_loaded_field(struct howdah_session *s, const void *object, size_t offset)
{
    if (!session_enter(s))
        return false;
    const struct entry *entry = session_entry(s, object, "ask what is loaded of");
    const struct column *c = entry ? mapper_column_at(entry_mapper(s, entry), offset) : NULL;
    const struct relation *relation = entry && !c ? relation_find(s, entry_mapper(s, entry), offset) : NULL;
    bool loaded = c          ? c->key || !(entry->expired || marks_has(s, entry, MARK_UNLOADED, c->index))
                  : relation ? relation_is_loaded(s, relation, entry)
                             : false;
    session_leave(s);
    return loaded;
}
