/* session_link, session_unlink, session_replace: both sides of a relation are changed in memory at once, and written by the
 * next commit. No I/O. */
#include "link.h"

#include "displace.h"
#include "foreign_key.h"
#include "join_model.h"
#include "join_row.h"
#include "marks.h"
#include "member.h"
#include "object.h"
#include "owner.h"
#include "places.h"
#include "recall.h"
#include "relation_load.h"

#include <howdah/relation.h>

/* What a call is about. */
struct linking {
    struct howdah_session *s;
    const struct relation *relation;
    struct entry *owner;
};

static bool is_belongs_to(const struct relation *relation)
{
    return relation->field->kind == HOWDAH_FIELD_BELONGS_TO;
}

static bool fail(const struct linking *l, enum howdah_status status, const char *why)
{
    const struct relation *relation = l->relation;
    return !session_refuse(l->s, status, relation->mapper, relation->field->name,
                           entry_object(relation->mapper, l->owner), why);
}

/* --- the other object --- */

static struct entry *find_other(const struct linking *l, const void *object)
{
    struct entry *other = object ? slabs_find(&l->s->slabs, object) : NULL;
    if (!object)
        fail(l, HOWDAH_STATUS_INVALID, "NULL can't be linked");
    else if (!other)
        fail(l, HOWDAH_STATUS_MISUSE, "that pointer is no object of this session: find or add it here");
    else if (other->mapper != l->relation->target->index)
        fail(l, HOWDAH_STATUS_INVALID, "holds objects of another model than that one's");
    else if (other->state == ENTRY_DETACHED)
        fail(l, HOWDAH_STATUS_MISUSE, "that object was deleted, evicted or rolled back");
    else if (other->state == ENTRY_DELETED)
        fail(l, HOWDAH_STATUS_MISUSE, "that object is marked deleted: add it again first");
    else
        return other;
    return NULL;
}

/* --- over a foreign key: the child's fields say whose it is --- */

/* The value as it was, or as it is in a new object: what the pointer says decides. */
static void reset_value(const struct foreign_key *key, const struct mapper *mapper, const struct entry *child)
{
    const void *snapshot = child->state == ENTRY_NEW ? NULL : entry_snapshot(mapper, child);
    foreign_key_reset(key, mapper, entry_object(mapper, child), snapshot);
}

static bool set_type(struct howdah_session *s, const struct foreign_key *key, void *object)
{
    const char *why;
    return !key->type ||
           column_assign(key->type, howdah_value_text(key->label), &s->arena, object, &why) == HOWDAH_STATUS_OK ||
           !session_no_memory(s);
}

/* A part of a new owner's key is the key of another object, to which it points or was linked: it is filled in by a commit. */
static bool is_handed_down(const struct howdah_session *s, const struct entry *owner, const struct mapper *mapper,
                           uint32_t column)
{
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        bool pointed = key->relation && object_pointer(key->relation, entry_object(mapper, owner));
        for (uint32_t i = 0; i < key->count; i++)
            if (key->columns[i] == column && (pointed || placed_find(s, owner, key)))
                return true;
    }
    return false;
}

/* Whether the owner has a key to refer to already. */
static bool has_key(const struct howdah_session *s, const struct foreign_key *key, const struct entry *owner)
{
    const void *object = entry_object(key->target, owner);
    for (uint32_t i = 0; i < key->count; i++) {
        const struct column *c = &key->target->columns[key->targets[i]];
        if (column_is_null(c, object) || column_is_unset_key(c, object) ||
            (owner->state == ENTRY_NEW && is_handed_down(s, owner, key->target, c->index)))
            return false;
    }
    return owner->state != ENTRY_NEW || !foreign_key_waits(key, object);
}

/* What the child's own fields say from now on. */
static bool set_fields(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                       struct entry *child, struct entry *owner)
{
    void *object = entry_object(mapper, child);
    if (key->relation)
        object_set_pointer(key->relation, object, owner ? entry_object(key->target, owner) : NULL);
    if (!owner) {
        if (!foreign_key_clear(key, mapper, object))
            reset_value(key, mapper, child);
        return true;
    }
    if (!set_type(s, key, object))
        return false;
    if (!has_key(s, key, owner)) {
        reset_value(key, mapper, child);
        return true;
    }
    return foreign_key_assign(key, mapper, &s->arena, object, owner_key(key, owner)) || !session_no_memory(s);
}

/* What a polymorphic child belonged to by another label. */
static bool leave_others(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                         struct entry *child)
{
    for (const struct foreign_key *other = mapper->typed_keys; other; other = other->next_typed) {
        if (other == key || other->type != key->type)
            continue;
        if (owner_shown(s, other, mapper, child) && !owner_show(s, other, mapper, child, NULL, NULL))
            return false;
        if (other->relation)
            object_set_pointer(other->relation, entry_object(mapper, child), NULL);
    }
    return true;
}

/* The child becomes the owner's, or nobody's. `via` is the relation that the program named, of either side. */
static bool place(const struct linking *l, struct entry *child, struct entry *owner)
{
    struct howdah_session *s = l->s;
    const struct foreign_key *key = l->relation->foreign_key;
    const struct mapper *mapper = is_belongs_to(l->relation) ? l->relation->mapper : l->relation->target;
    const struct entry *before = owner_shown(s, key, mapper, child);
    if (child->read_only)
        return fail(l, HOWDAH_STATUS_MISUSE, "the object whose foreign key would change is read only");
    if (!owner_may_move(s, key, before, owner))
        return false;
    if (key->type && owner && !leave_others(s, key, mapper, child))
        return false;
    if (!owner_show(s, key, mapper, child, owner, l->relation) || !set_fields(s, key, mapper, child, owner))
        return false;
    struct placed *placed = placed_find(s, child, key);
    placed->said = true;
    placed->keyed = owner && has_key(s, key, owner);
    placed->value = placed_value(key, mapper, child);
    placed->by_link = owner && !key->relation && !placed->keyed;
    return true;
}

static bool holds_key(struct howdah_session *s, const struct placed *placed)
{
    const struct mapper *mapper = entry_mapper(s, placed->child);
    return foreign_key_refers_to(placed->key, mapper, entry_object(mapper, placed->child),
                                 owner_key(placed->key, placed->owner));
}

void links_before_undoing(struct howdah_session *s)
{
    for (struct placed *placed = s->placed; placed; placed = placed->next)
        placed->holds = placed->keyed && holds_key(s, placed);
}

void links_after_undoing(struct howdah_session *s)
{
    for (struct placed *placed = s->placed; placed; placed = placed->next) {
        const struct entry *child = placed->child;
        bool alive = child->state == ENTRY_NEW || child->state == ENTRY_LOADED;
        bool known = placed->owner && has_key(s, placed->key, placed->owner);
        if (!placed->holds || !alive || (known && holds_key(s, placed)))
            continue;
        if (!known)
            reset_value(placed->key, entry_mapper(s, child), child);
        placed->keyed = false;
        placed->by_link = !placed->key->relation;
    }
}

/* --- by kind --- */

/* A side shows the link, and nothing says that it ends. */
static bool is_shown(const struct linking *l, struct entry *other)
{
    const struct relation *relation = l->relation, *inverse = relation->inverse;
    void *object = entry_object(relation->mapper, l->owner), *item = entry_object(relation->target, other);
    bool shown = member_has(l->s, relation, l->owner, item) || (inverse && member_has(l->s, inverse, other, object));
    return shown && join_row_state(l->s, relation, l->owner, other) != JOIN_REMOVED &&
           !join_row_is_deleted(l->s, relation, l->owner, other);
}

static bool link_join(const struct linking *l, struct entry *other)
{
    const struct relation *relation = l->relation, *inverse = relation->inverse;
    void *object = entry_object(relation->mapper, l->owner), *item = entry_object(relation->target, other);
    if (is_shown(l, other))
        return true;
    return join_row_add(l->s, relation, l->owner, other) && member_add(l->s, relation, l->owner, item, false) &&
           (!inverse || member_add(l->s, inverse, other, object, false));
}

static bool is_loaded(const struct relation *relation, const struct entry *owner)
{
    return relation && collection_get(relation, entry_object(relation->mapper, owner)).loaded;
}

/* A side that is loaded does not show the link. */
static bool is_missing(const struct linking *l, struct entry *other)
{
    const struct relation *relation = l->relation, *inverse = relation->inverse;
    void *object = entry_object(relation->mapper, l->owner), *item = entry_object(relation->target, other);
    bool here = is_loaded(relation, l->owner) && !relation->field->where, there = is_loaded(inverse, other);
    return (here && !member_has(l->s, relation, l->owner, item)) ||
           (there && !member_has(l->s, inverse, other, object));
}

static bool unlink_join(const struct linking *l, struct entry *other)
{
    const struct relation *relation = l->relation, *inverse = relation->inverse;
    void *object = entry_object(relation->mapper, l->owner), *item = entry_object(relation->target, other);
    bool missing = is_missing(l, other);
    if (missing &&
        relation->join->modelled) { /* by what the program has added of the model it may be there all the same */
        if (!join_rows_follow(l->s, relation->join))
            return false;
        missing = is_missing(l, other);
    }
    if (missing)
        return true; /* it is not linked */
    return join_row_remove(l->s, relation, l->owner, other) && member_remove(l->s, relation, l->owner, item) &&
           (!inverse || member_remove(l->s, inverse, other, object));
}

/* The one that a HAS_ONE holds makes room; where it isn't loaded, with the commit. Which one a filtered relation means is
 * the server's to say. */
static bool displace(const struct linking *l, const struct entry *other)
{
    void *held = object_pointer(l->relation, entry_object(l->relation->mapper, l->owner));
    if (!held && l->owner->state == ENTRY_LOADED && !l->relation->field->where &&
        !relation_is_loaded(l->s, l->relation, l->owner) && !displace_note(l->s, l->relation, l->owner))
        return false;
    struct entry *entry = held ? slabs_find(&l->s->slabs, held) : NULL;
    return !entry || entry == other || entry->state == ENTRY_DETACHED || place(l, entry, NULL);
}

/* The same from the other side. */
static bool displace_other(const struct linking *l, struct entry *other)
{
    const struct relation *inverse = l->relation->inverse;
    const struct linking there = {l->s, inverse, other};
    return !inverse || inverse->field->kind != HOWDAH_FIELD_HAS_ONE || displace(&there, l->owner);
}

static bool link_one(const struct linking *l, struct entry *other)
{
    switch (l->relation->field->kind) {
    case HOWDAH_FIELD_MANY_TO_MANY: return link_join(l, other);
    case HOWDAH_FIELD_BELONGS_TO: return displace_other(l, other) && place(l, l->owner, other);
    case HOWDAH_FIELD_HAS_ONE: return displace(l, other) && place(l, other, l->owner);
    default: return place(l, other, l->owner);
    }
}

/* Whether nobody knows to whom the child belongs: its foreign key was not loaded, and not set. */
static bool is_unknown(const struct linking *l, const struct mapper *mapper, const struct entry *child)
{
    const struct foreign_key *key = l->relation->foreign_key;
    const void *object = entry_object(mapper, child), *snapshot = entry_snapshot(mapper, child);
    bool unloaded = false;
    for (uint32_t i = 0; i < key->count; i++)
        unloaded |= marks_has(l->s, child, MARK_UNLOADED, key->columns[i]);
    return unloaded && foreign_key_equal(key, mapper, object, snapshot) && !placed_find(l->s, child, key);
}

/* Whether the child's fields lead to that owner. A value of a unique column is compared: the session finds objects by their
 * primary keys alone. */
static bool is_owner(const struct linking *l, const struct mapper *mapper, const struct entry *child,
                     const struct entry *owner)
{
    const struct foreign_key *key = l->relation->foreign_key;
    struct entry *now;
    enum whose whose = owner_now(l->s, key, mapper, child, &now);
    if (whose != OWNER_UNKNOWN || key->to_primary_key)
        return whose == OWNER_KNOWN && now == owner;
    return foreign_key_refers_to(key, mapper, entry_object(mapper, child), owner_key(key, owner));
}

static bool unlink_one(const struct linking *l, struct entry *other)
{
    const struct relation *relation = l->relation;
    if (relation->join)
        return unlink_join(l, other);
    bool belongs = is_belongs_to(relation);
    struct entry *child = belongs ? l->owner : other, *owner = belongs ? other : l->owner;
    const struct mapper *mapper = belongs ? relation->mapper : relation->target;
    if (!recall(l->s, mapper, child))
        return false;
    if (is_unknown(l, mapper, child))
        return fail(l, HOWDAH_STATUS_MISUSE,
                    "the foreign key of that object was not loaded: session_load_columns first");
    return !is_owner(l, mapper, child, owner) || place(l, child, NULL);
}

bool link_objects(struct howdah_session *s, const struct relation *relation, struct entry *owner, struct entry *other)
{
    const struct linking l = {s, relation, owner};
    return link_one(&l, other);
}

/* --- replacing --- */

/* What is not linked yet has to be linkable, before anything changes. */
static bool check_item(const struct linking *l, void *item)
{
    const struct relation *relation = l->relation;
    struct entry *other = find_other(l, item);
    if (!other || is_belongs_to(relation))
        return other != NULL;
    if (relation->foreign_key) {
        const struct entry *before = owner_shown(l->s, relation->foreign_key, relation->target, other);
        return owner_may_move(l->s, relation->foreign_key, before, l->owner);
    }
    return !relation->join->modelled || is_shown(l, other) || join_model_may_add(l->s, relation, l->owner);
}

static bool check_items(const struct linking *l, void *const *items, size_t count)
{
    if (count && !items)
        return fail(l, HOWDAH_STATUS_INVALID, "NULL can't be linked");
    if (count > 1 && !relation_is_many(l->relation))
        return fail(l, HOWDAH_STATUS_INVALID, "holds one object at most");
    for (size_t i = 0; i < count; i++)
        if (!check_item(l, items[i]))
            return false;
    return true;
}

static bool remove_one(const struct linking *l, void *item)
{
    struct entry *entry = slabs_find(&l->s->slabs, item);
    return !entry || entry->state == ENTRY_DETACHED || unlink_one(l, entry);
}

/* Those items of a collection that are not wanted. */
static bool remove_items(const struct linking *l, const struct places *wanted)
{
    const struct collection collection = collection_get(l->relation, entry_object(l->relation->mapper, l->owner));
    void **old = arena_copy(&l->s->scratch, collection.items, collection.count * sizeof(*old));
    bool good = old || !collection.count;
    if (!good)
        session_no_memory(l->s);
    members_leave(l->s, l->owner);
    for (size_t i = 0; good && i < collection.count; i++)
        good = places_find(wanted, old[i]) || remove_one(l, old[i]);
    members_close_up(l->s);
    return good;
}

/* What is there and is not wanted leaves. */
static bool remove_others(const struct linking *l, void *const *items, size_t count)
{
    const struct howdah_allocator *allocator = &l->s->db->allocator;
    struct places wanted = {0};
    if (!relation_is_many(l->relation)) {
        void *held = object_pointer(l->relation, entry_object(l->relation->mapper, l->owner));
        return !held || (count && held == items[0]) || remove_one(l, held);
    }
    if (!places_fill(&wanted, allocator, items, count))
        return !session_no_memory(l->s);
    bool good = remove_items(l, &wanted);
    places_done(&wanted, allocator);
    return good;
}

static bool replace(const struct linking *l, void *const *items, size_t count)
{
    if (!is_belongs_to(l->relation) && !relation_is_loaded(l->s, l->relation, l->owner))
        return fail(l, HOWDAH_STATUS_MISUSE,
                    "is not loaded, so that what it holds can't be told from what it should: load it first");
    if (!check_items(l, items, count))
        return false;
    void *const *wanted =
        count ? arena_copy(&l->s->scratch, items, count * sizeof(*wanted)) : NULL; /* may be its own */
    if (count && !wanted)
        return !session_no_memory(l->s);
    items = wanted;
    if (!remove_others(l, items, count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!link_one(l, slabs_find(&l->s->slabs, items[i])))
            return false;
    if (count == 0 && is_belongs_to(l->relation)) /* also where the pointer was not loaded */
        return place(l, l->owner, NULL);
    return true;
}

/* --- the calls --- */

static const struct relation *find_relation(const struct mapper *mapper, size_t offset)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (mapper->relations[i].field->offset == offset)
            return &mapper->relations[i];
    return NULL;
}

static bool begin(struct linking *l, struct howdah_session *s, void *object, size_t offset, const char *verb)
{
    l->s = s;
    s->moves++;
    l->owner = session_entry(s, object, verb);
    if (!l->owner)
        return false;
    const struct mapper *mapper = entry_mapper(s, l->owner);
    l->relation = find_relation(mapper, offset);
    if (!l->relation) {
        session_fail(s, HOWDAH_STATUS_MISUSE, mapper->model->name, NULL, object,
                     "%s: the field at offset %zu is no relation", mapper->model->name, offset);
        return false;
    }
    if (l->owner->state != ENTRY_DELETED)
        return true;
    return fail(l, HOWDAH_STATUS_MISUSE, "the object that has it is marked deleted: add it again first");
}

enum howdah_status howdah_session_link_field(struct howdah_session *s, void *object, size_t offset, void *other)
{
    struct linking l;
    if (!session_enter(s))
        return session_refusal(s);
    if (begin(&l, s, object, offset, "link to a field of")) {
        struct entry *entry = find_other(&l, other);
        if (entry)
            link_one(&l, entry);
    }
    arena_reset(&s->scratch);
    enum howdah_status status = s->error.status;
    session_leave(s);
    return status;
}

enum howdah_status howdah_session_unlink_field(struct howdah_session *s, void *object, size_t offset, void *other)
{
    struct linking l;
    if (!session_enter(s))
        return session_refusal(s);
    if (begin(&l, s, object, offset, "unlink from a field of")) {
        struct entry *entry = find_other(&l, other);
        if (entry)
            unlink_one(&l, entry);
    }
    arena_reset(&s->scratch);
    enum howdah_status status = s->error.status;
    session_leave(s);
    return status;
}

enum howdah_status howdah_session_replace_field(struct howdah_session *s, void *object, size_t offset,
                                                void *const *items, size_t count)
{
    struct linking l;
    if (!session_enter(s))
        return session_refusal(s);
    if (begin(&l, s, object, offset, "replace a field of"))
        replace(&l, items, count);
    arena_reset(&s->scratch);
    enum howdah_status status = s->error.status;
    session_leave(s);
    return status;
}
