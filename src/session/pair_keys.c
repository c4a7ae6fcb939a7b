/* Foreign keys of images: pointers to objects become values, or wait for a key that is yet to be generated. */
#include "foreign_key.h"
#include "formulas.h"
#include "object.h"
#include "owner.h"
#include "pair.h"

static bool is_cleared(const struct work *w, const struct change *change, const struct foreign_key *key)
{
    uint32_t at = change->cleared;
    while (at != NONE && w->cleared[at].key != key)
        at = w->cleared[at].next;
    return at != NONE;
}

static bool defer(struct work *w, struct change *change, const struct deferral like)
{
    struct deferral *deferrals =
        work_grow(w, w->deferrals, w->deferral_count, &w->deferral_capacity, sizeof(*deferrals));
    struct change *target = &w->changes[like.target];
    if (!deferrals)
        return false;
    w->deferrals = deferrals;
    deferrals[w->deferral_count] = like;
    deferrals[w->deferral_count].next = change->deferrals;
    change->deferrals = w->deferral_count++;
    target->referenced = true;
    target->tells |= deferral_source(w, &like) != target->mapper->identity;
    return true;
}

/* What another new row waits for itself. */
static const struct deferral *find_deferral(const struct work *w, const struct change *change, uint32_t column)
{
    uint32_t at = change->deferrals;
    while (at != NONE && deferral_column(&w->deferrals[at]) != column)
        at = w->deferrals[at].next;
    return at == NONE ? NULL : &w->deferrals[at];
}

static const char *field_of(const struct foreign_key *key, const struct mapper *mapper)
{
    return key->relation ? key->relation->field->name : mapper->columns[key->columns[0]].field->name;
}

/* The server makes the key, or computes it, as it writes the row. */
static bool refuse_computed(struct work *w, const struct mapper *mapper, const struct change *change,
                            const struct foreign_key *key, const char *target)
{
    return work_refuse(w, HOWDAH_STATUS_INVALID, change, field_of(key, mapper),
                       "refers to the %s whose key the server is to compute: flush that one first", target);
}

/* One part of the key: it is known, or waits for what makes it. */
static bool take_part(struct work *w, const struct mapper *mapper, struct change *change, const struct foreign_key *key,
                      const struct change *target, uint32_t part)
{
    const struct column *to = &mapper->columns[key->columns[part]], *from = &key->target->columns[key->targets[part]];
    const struct deferral *handed_down = find_deferral(w, target, from->index);
    struct deferral deferral = {.key = key,
                                .target = target->entry->change,
                                .via = target->entry->change,
                                .part = (uint16_t)part,
                                .source = (uint16_t)from->index};
    if (handed_down) {
        deferral.source = handed_down->source;
        deferral.target = handed_down->target;
        return defer(w, change, deferral);
    }
    if (target->entry->state == ENTRY_NEW && foreign_key_part_waits(key, target->image, part))
        return from->server_only && target == change ? refuse_computed(w, mapper, change, key, "row itself,")
                                                     : defer(w, change, deferral);
    return foreign_key_copy(to, change->image, from, target->image, &w->s->arena) || !session_no_memory(w->s);
}

static bool take_parts(struct work *w, const struct mapper *mapper, struct change *change,
                       const struct foreign_key *key, const struct change *target)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (!take_part(w, mapper, change, key, target, i))
            return false;
    return true;
}

/* The entry that a pointer leads to, if it may be referred to. */
static struct entry *pointed_entry(struct work *w, const struct change *change, const struct relation *relation,
                                   const void *pointer)
{
    struct entry *target = slabs_find(&w->s->slabs, pointer);
    const char *field = relation->field->name, *model = relation->target->model->name;
    if (!target || target->mapper != relation->target->index)
        work_refuse(w, HOWDAH_STATUS_MISUSE, change, field, "the pointer is no %s of this session: find or add it here",
                    model);
    else if (target->state == ENTRY_DELETED || target->state == ENTRY_DETACHED)
        work_refuse(w, HOWDAH_STATUS_MISUSE, change, field, "refers to a %s %s: point it elsewhere",
                    target->state == ENTRY_DELETED ? "deleted" : "detached", model);
    else
        return target;
    return NULL;
}

/* The server is to compute what the foreign key would refer to. */
static bool waits_for_formula(const struct work *w, const struct foreign_key *key, const struct entry *target)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (formulas_make(w->s, target, &key->target->columns[key->targets[i]]))
            return true;
    return false;
}

static bool refuse_dropped(struct work *w, const struct mapper *mapper, const struct change *change,
                           const struct foreign_key *key)
{
    return work_refuse(w, HOWDAH_STATUS_MISUSE, change, field_of(key, mapper),
                       "refers to a new %s that goes with a deleted object, and is never written: point it elsewhere",
                       key->target->model->name);
}

/* The target decides; `value_counts` says that the value was chosen too, and then both must agree. */
static bool take_target(struct work *w, const struct mapper *mapper, struct change *change,
                        const struct foreign_key *key, const struct entry *target, bool value_counts)
{
    const char *why;
    struct change *made = work_change_of(w, target); /* it may be new, or its key may change */
    if (made && made->fate == FATE_DROPPED)
        return refuse_dropped(w, mapper, change, key);
    if (target->marked && waits_for_formula(w, key, target))
        return refuse_computed(w, mapper, change, key, key->target->model->name);
    const void *row = made ? made->image : entry_snapshot(key->target, target);
    if (!foreign_key_is_known(w->s, key, target))
        return work_refuse(w, HOWDAH_STATUS_INVALID, change, field_of(key, mapper),
                           "leads to the %s whose %s was not loaded: find that one first", key->target->model->name,
                           key->target->columns[key->targets[0]].field->name);
    bool agree = !value_counts || foreign_key_agrees(key, mapper, change->image, row, change->old == NULL) ||
                 (target->state == ENTRY_LOADED &&
                  foreign_key_refers_to(key, mapper, change->image, entry_snapshot(key->target, target)));
    if (!agree)
        return work_refuse(w, HOWDAH_STATUS_INVALID, change, field_of(key, mapper),
                           "pointer and value (%s) refer to different rows: set one of them",
                           mapper->columns[key->columns[0]].field->name);
    if (key->type && column_assign(key->type, howdah_value_text(key->label), &w->s->arena, change->image, &why))
        return !session_no_memory(w->s);
    if (made && (made->deferrals != NONE || (target->state == ENTRY_NEW && foreign_key_waits(key, row))))
        return take_parts(w, mapper, change, key, made);
    return foreign_key_assign(key, mapper, &w->s->arena, change->image, row) || !session_no_memory(w->s);
}

static bool take_pointer(struct work *w, const struct mapper *mapper, struct change *change,
                         const struct relation *relation, const void *pointer, bool value_counts)
{
    const struct entry *target = pointed_entry(w, change, relation, pointer);
    return target && take_target(w, mapper, change, relation->foreign_key, target, value_counts);
}

static bool pair_new(struct work *w, const struct mapper *mapper, struct change *change,
                     const struct relation *relation)
{
    const void *pointer = object_pointer(relation, change->image);
    if (!pointer)
        return true;
    return take_pointer(w, mapper, change, relation, pointer,
                        !foreign_key_is_unset(relation->foreign_key, mapper, change->image));
}

static bool pair_loaded(struct work *w, const struct mapper *mapper, struct change *change,
                        const struct relation *relation)
{
    const struct foreign_key *key = relation->foreign_key;
    const void *pointer = object_pointer(relation, change->image), *before = object_pointer(relation, change->old);
    bool value = !foreign_key_equal(key, mapper, change->image, change->old);
    bool label = foreign_key_applies(key, change->image) != foreign_key_applies(key, change->old);
    if (pointer == before || (!pointer && (value || label)))
        return true;
    if (pointer) /* a label alone chooses no row */
        return take_pointer(w, mapper, change, relation, pointer, value);
    if (foreign_key_clear(key, mapper, change->image))
        return true;
    return work_refuse(w, HOWDAH_STATUS_NOT_NULL, change, relation->field->name,
                       "is NULL, but its column can't be: point it to another %s", key->target->model->name);
}

static bool refuse_unlinked(struct work *w, const struct mapper *mapper, const struct change *change,
                            const struct foreign_key *key)
{
    const char *model = key->has->mapper->model->name, *field = key->has->field->name;
    return work_refuse(w, HOWDAH_STATUS_NOT_NULL, change, mapper->columns[key->columns[0]].field->name,
                       "was unlinked from %s.%s, but can't be NULL: link it to another %s, delete it, or give %s.%s "
                       ".delete_orphans",
                       model, field, model, model, field);
}

/* What session_link and session_unlink said where no field of the object could. */
static bool pair_placed(struct work *w, const struct mapper *mapper, struct change *change)
{
    struct owner_keys walk = {0};
    const struct foreign_key *key;
    struct entry *owner;
    while (change->entry->placed && (key = owner_next_key(mapper, &walk))) {
        const struct placed *placed = placed_find(w->s, change->entry, key);
        if (!placed || is_cleared(w, change, key))
            continue;
        enum whose whose = owner_now(w->s, key, mapper, change->entry, &owner);
        if (placed->by_link && placed->owner == owner && (owner->state == ENTRY_NEW || owner->state == ENTRY_LOADED) &&
            !take_target(w, mapper, change, key, owner, false))
            return false;
        bool stays = change->old && !foreign_key_is_null(key, mapper, change->image);
        if (!placed->owner && whose == OWNER_NONE && stays && foreign_key_applies(key, change->image))
            return refuse_unlinked(w, mapper, change, key);
    }
    return true;
}

bool pair_relations(struct work *w, const struct mapper *mapper, struct change *change)
{
    bool insert = change->operation == HOWDAH_OPERATION_INSERT;
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO)
            continue;
        if (insert ? !pair_new(w, mapper, change, relation) : !pair_loaded(w, mapper, change, relation))
            return false;
    }
    return pair_placed(w, mapper, change);
}
