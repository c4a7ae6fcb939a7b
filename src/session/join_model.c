#include "join_model.h"

#include "foreign_key.h"
#include "member.h"
#include "object.h"
#include "owner.h"

/* --- what a row leads to --- */

bool join_model_sides(struct howdah_session *s, const struct mapper *join, const struct entry *row,
                      struct join_sides *ret)
{
    bool known = true;
    for (uint32_t i = 0; i < 2; i++) {
        ret->entries[i] = NULL;
        known &= owner_now(s, join->sides[i], join->modelled, row, &ret->entries[i]) == OWNER_KNOWN;
    }
    return known;
}

bool join_model_sides_of_row(struct howdah_session *s, const struct mapper *join, const struct entry *row,
                             struct join_sides *ret)
{
    for (uint32_t i = 0; i < 2; i++)
        ret->entries[i] = owner_of_row(s, join->sides[i], join->modelled, row);
    return ret->entries[0] && ret->entries[1];
}

/* --- finding --- */

/* Whether the primary key is what leads to both sides, and nothing else. */
static bool is_key(const struct mapper *join)
{
    const struct mapper *model = join->modelled;
    for (uint32_t i = 0; i < model->key_count; i++) {
        bool found = false;
        for (uint32_t side = 0; side < 2; side++)
            for (uint32_t k = 0; k < join->sides[side]->count; k++)
                found |= join->sides[side]->columns[k] == model->key[i];
        if (!found)
            return false;
    }
    return true;
}

static bool put_keys(const struct mapper *join, const struct join_sides *sides, struct arena *arena, void *object)
{
    for (uint32_t i = 0; i < 2; i++) {
        const struct foreign_key *key = join->sides[i];
        const struct entry *side = sides->entries[i];
        const void *row =
            side->state == ENTRY_NEW ? entry_object(key->target, side) : entry_snapshot(key->target, side);
        bool waits = side->state == ENTRY_NEW && foreign_key_waits(key, row);
        if (!waits && !foreign_key_assign(key, join->modelled, arena, object, row))
            return false;
    }
    return true;
}

/* Nothing but what leads to both sides, as far as that is known yet. */
static void *make_struct(struct howdah_session *s, const struct mapper *join, const struct join_sides *sides)
{
    const struct howdah_model *model = join->modelled->model;
    void *object = arena_allocate_zero(&s->scratch, model->size, model->alignment);
    if (object && put_keys(join, sides, &s->scratch, object))
        return object;
    session_no_memory(s);
    return NULL;
}

static bool is_of(struct howdah_session *s, const struct mapper *join, const struct entry *row,
                  const struct join_sides *sides)
{
    struct join_sides now;
    bool known = row->state == ENTRY_DELETED ? join_model_sides_of_row(s, join, row, &now)
                                             : join_model_sides(s, join, row, &now);
    return known && now.entries[0] == sides->entries[0] && now.entries[1] == sides->entries[1];
}

static struct entry *search(struct howdah_session *s, const struct mapper *join, const struct join_sides *sides)
{
    for (const struct slab *slab = s->slabs.chains[join->modelled->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++) {
            struct entry *row = slab_entry(slab, i);
            if (row->state != ENTRY_DETACHED && is_of(s, join, row, sides))
                return row;
        }
    return NULL;
}

struct entry *join_model_find(struct howdah_session *s, const struct mapper *join, const struct join_sides *sides,
                              bool thorough)
{
    const struct mapper *model = join->modelled;
    bool stored = sides->entries[0]->state != ENTRY_NEW && sides->entries[1]->state != ENTRY_NEW;
    if (!s->slabs.chains[model->index].first)
        return NULL;
    if (!stored || !is_key(join))
        return thorough ? search(s, join, sides) : NULL;
    const void *object = make_struct(s, join, sides);
    struct entry *row = object ? identity_find(&s->map, model, object) : NULL;
    return row && row->state != ENTRY_DETACHED && is_of(s, join, row, sides) ? row : NULL;
}

/* --- adding --- */

static bool is_part(const struct mapper *join, const struct column *c)
{
    for (uint32_t side = 0; side < 2; side++)
        for (uint32_t i = 0; i < join->sides[side]->count; i++)
            if (join->sides[side]->columns[i] == c->index)
                return true;
    return false;
}

/* A field that a link knows nothing of, and that can't be left out; NULL: there is none. */
static const struct column *needed(const struct mapper *join, const void *object)
{
    const struct mapper *model = join->modelled;
    for (uint32_t i = 0; i < model->column_count; i++) {
        const struct column *c = &model->columns[i];
        bool made = c->server_only || c->identity || c->uuid_v7 || c->version || c->unset_on_insert || c->nullable;
        if (!made && !is_part(join, c) && column_is_null(c, object))
            return c;
    }
    return NULL;
}

bool join_model_may_add(struct howdah_session *s, const struct relation *relation, const struct entry *owner)
{
    const struct howdah_model *model = relation->mapper->model, *by = relation->join->modelled->model;
    const char *field = relation->field->name;
    const void *object = arena_allocate_zero(&s->scratch, by->size, by->alignment);
    const struct column *c = object ? needed(relation->join, object) : NULL;
    if (!object)
        return !session_no_memory(s);
    if (!c)
        return true;
    session_fail(s, HOWDAH_STATUS_NOT_NULL, model->name, field, entry_object(relation->mapper, owner),
                 "%s.%s: a row of its join table needs %s.%s, which a link doesn't say: add the %s itself instead",
                 model->name, field, by->name, c->field->name, by->name);
    return false;
}

struct entry *join_model_add(struct howdah_session *s, const struct relation *relation, const struct join_sides *sides)
{
    const struct mapper *join = relation->join;
    const struct entry *owner = sides->entries[join->join_of == relation ? 0 : 1];
    void *object = join_model_may_add(s, relation, owner) ? make_struct(s, join, sides) : NULL;
    for (uint32_t i = 0; object && i < 2; i++)
        object_set_pointer(join->sides[i]->relation, object, entry_object(join->sides[i]->target, sides->entries[i]));
    return object ? object_add_new(s, join->modelled, object) : NULL;
}

/* --- the collections of both sides --- */

bool join_model_show(struct howdah_session *s, const struct mapper *join, struct entry *row, bool is_there)
{
    struct join_sides sides;
    void *object = entry_object(join->modelled, row);
    if (is_there && row->state == ENTRY_NEW)
        return owner_follow(s, join->modelled, row);
    if (!join_model_sides(s, join, row, &sides))
        return true;
    for (uint32_t i = 0; i < 2; i++)
        for (const struct relation *has = join->sides[i]->has; has; has = has->next_has) {
            if (has->field->where && is_there)
                continue; /* whether it fits is the server's to say */
            if (is_there ? !member_add(s, has, sides.entries[i], object, false)
                         : !member_remove(s, has, sides.entries[i], object))
                return false;
        }
    return true;
}
