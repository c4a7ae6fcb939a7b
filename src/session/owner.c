#include "owner.h"

#include "cascade.h"
#include "foreign_key.h"
#include "marks.h"
#include "member.h"
#include "object.h"
#include "recall.h"
#include "relation_load.h"
#include "snapshot.h"

/* --- the journal --- */

struct placed_probe {
    const struct entry *child;
    const struct foreign_key *key;
};

static uint32_t hash_of(const struct entry *child, const struct foreign_key *key)
{
    return hash_integer((uintptr_t)child ^ (uintptr_t)key << 1);
}

static bool match(const struct map_node *node, const void *what)
{
    const struct placed *placed = (const void *)node;
    const struct placed_probe *probe = what;
    return placed->child == probe->child && placed->key == probe->key;
}

struct placed *placed_find(const struct howdah_session *s, const struct entry *child, const struct foreign_key *key)
{
    const struct placed_probe probe = {child, key};
    return child->placed ? (void *)map_find(&s->placed_map, hash_of(child, key), match, &probe) : NULL;
}

static void list_put(struct placed **list, struct placed *placed)
{
    placed->at = list;
    placed->next = *list;
    if (placed->next)
        placed->next->at = &placed->next;
    *list = placed;
}

struct placed *placed_put(struct howdah_session *s, struct entry *child, const struct foreign_key *key,
                          struct entry *owner)
{
    struct placed *placed = placed_find(s, child, key);
    if (!placed) {
        placed = ARENA_NEW(&s->pending, struct placed);
        if (!placed || !map_add(&s->placed_map, &placed->node, hash_of(child, key))) {
            session_no_memory(s);
            return NULL;
        }
        placed->child = child;
        placed->key = key;
        list_put(&s->placed, placed);
        child->placed = true;
    }
    if (placed->owner != owner)
        placed->via = NULL;
    placed->owner = owner;
    placed->by_link = placed->said = placed->keyed = placed->holds = false;
    return placed;
}

void placed_drop(struct howdah_session *s, struct placed *gone)
{
    *gone->at = gone->next;
    if (gone->next)
        gone->next->at = gone->at;
    map_remove(&s->placed_map, &gone->node);
}

void placed_forget(struct howdah_session *s)
{
    for (const struct placed *placed = s->placed; placed; placed = placed->next)
        placed->child->placed = false;
    s->placed = NULL;
    map_clear(&s->placed_map);
}

/* --- who it is --- */

uint64_t placed_value(const struct foreign_key *key, const struct mapper *mapper, const struct entry *child)
{
    return columns_hash(mapper->columns, key->columns, key->count, 0, entry_object(mapper, child));
}

const void *owner_key(const struct foreign_key *key, const struct entry *owner)
{
    return owner->state == ENTRY_NEW ? entry_object(key->target, owner) : entry_snapshot(key->target, owner);
}

static enum whose by_pointer(const struct howdah_session *s, const struct foreign_key *key, const void *pointer,
                             struct entry **ret)
{
    struct entry *entry = slabs_find(&s->slabs, pointer);
    bool good = entry && entry->mapper == key->target->index && entry->state != ENTRY_DETACHED;
    *ret = good ? entry : NULL;
    return good ? OWNER_KNOWN : OWNER_UNKNOWN;
}

static enum whose by_value(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                           const void *object, bool of_row, struct entry **ret)
{
    if (foreign_key_is_null(key, mapper, object) || !foreign_key_applies(key, object))
        return OWNER_NONE;
    struct entry *entry = foreign_key_holder(s, key, mapper, object, of_row);
    bool good = entry && entry->state != ENTRY_DETACHED;
    *ret = good ? entry : NULL;
    return good ? OWNER_KNOWN : OWNER_UNKNOWN;
}

static bool value_changed(const struct foreign_key *key, const struct mapper *mapper, const void *object,
                          const void *snapshot)
{
    return !foreign_key_equal(key, mapper, object, snapshot) ||
           foreign_key_applies(key, object) != foreign_key_applies(key, snapshot);
}

/* To whom the row refers. A pointer that was loaded for what the program had written over the foreign key says nothing of
 * it, nor does one to an object that was evicted, in whose place another may be. */
static enum whose of_row(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                         const struct entry *child, struct entry **ret)
{
    const void *snapshot = entry_snapshot(mapper, child);
    const void *pointer = key->relation ? object_pointer(key->relation, snapshot) : NULL;
    enum whose whose = pointer ? by_pointer(s, key, pointer, ret) : OWNER_UNKNOWN;
    bool is_its_own =
        pointer && (foreign_key_is_unloaded(s, key, child) ||
                    (whose == OWNER_KNOWN && foreign_key_refers_to(key, mapper, snapshot, owner_key(key, *ret))));
    return is_its_own ? whose : by_value(s, key, mapper, snapshot, true, ret);
}

enum whose owner_now(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                     const struct entry *child, struct entry **ret_owner)
{
    const void *object = entry_object(mapper, child), *snapshot = entry_snapshot(mapper, child);
    const void *pointer = key->relation ? object_pointer(key->relation, object) : NULL;
    const struct placed *placed = placed_find(s, child, key);
    *ret_owner = NULL;
    if (child->state == ENTRY_NEW) {
        if (pointer)
            return by_pointer(s, key, pointer, ret_owner);
        if (!foreign_key_is_unset(key, mapper, object))
            return by_value(s, key, mapper, object, false, ret_owner);
        *ret_owner = placed && placed->by_link ? placed->owner : NULL;
        return *ret_owner ? OWNER_KNOWN : OWNER_NONE;
    }
    if (pointer && pointer != object_pointer(key->relation, snapshot))
        return by_pointer(s, key, pointer, ret_owner);
    if (value_changed(key, mapper, object, snapshot))
        return by_value(s, key, mapper, object, false, ret_owner);
    bool unlinked =
        placed && placed->said && !placed->owner && !foreign_key_clears(key, mapper); /* no field can say it */
    if (unlinked || (placed && placed->by_link)) {
        *ret_owner = placed->owner;
        return placed->owner ? OWNER_KNOWN : OWNER_NONE;
    }
    if (key->relation && !pointer && object_pointer(key->relation, snapshot))
        return OWNER_NONE;
    return of_row(s, key, mapper, child, ret_owner);
}

bool owner_is_by_value(const struct foreign_key *key, const struct mapper *mapper, const struct entry *child)
{
    const void *object = entry_object(mapper, child), *snapshot = entry_snapshot(mapper, child);
    const void *pointer = key->relation ? object_pointer(key->relation, object) : NULL;
    if (child->state == ENTRY_NEW)
        return !pointer && !foreign_key_is_unset(key, mapper, object);
    return (!pointer || pointer == object_pointer(key->relation, snapshot)) &&
           value_changed(key, mapper, object, snapshot);
}

struct entry *owner_of_row(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                           const struct entry *child)
{
    struct entry *owner = NULL;
    if (child->state != ENTRY_NEW)
        of_row(s, key, mapper, child, &owner);
    return owner;
}

struct entry *owner_shown(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                          const struct entry *child)
{
    const struct placed *placed = placed_find(s, child, key);
    return placed ? placed->owner : owner_of_row(s, key, mapper, child);
}

/* The child is where its row says. The journal keeps it all the same: a flush may be undone that has written that. */
static void placed_settle(struct placed *placed, const struct mapper *mapper, struct entry *owner)
{
    if (placed->owner != owner)
        placed->via = NULL;
    placed->owner = owner;
    placed->by_link = false;
    placed->keyed = foreign_key_refers_to(placed->key, mapper, entry_snapshot(mapper, placed->child),
                                          owner_key(placed->key, owner));
}

void placed_go_back(struct howdah_session *s)
{
    for (struct placed *placed = s->placed, *next; placed; placed = next) {
        const struct mapper *mapper = entry_mapper(s, placed->child);
        bool stored = placed->child->state == ENTRY_LOADED || placed->child->state == ENTRY_DELETED;
        struct entry *owner = stored ? owner_of_row(s, placed->key, mapper, placed->child) : NULL;
        next = placed->next;
        if (owner)
            placed_settle(placed, mapper, owner);
        else
            placed_drop(s, placed);
    }
}

/* --- showing it --- */

bool owner_show(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                struct entry *child, struct entry *owner, const struct relation *via)
{
    struct entry *before = owner_shown(s, key, mapper, child);
    void *object = entry_object(mapper, child);
    bool undone = child->placed && (s->transaction != TRANSACTION_NONE || s->ended_by != HOWDAH_STATUS_OK);
    bool fresh = child->state == ENTRY_NEW && !undone && !placed_find(s, child, key); /* it was never shown anywhere */
    for (const struct relation *has = key->has; has; has = has->next_has) {
        if (before && before != owner && !member_remove(s, has, before, object))
            return false;
        if (owner && (has == via || !has->field->where) && !member_add(s, has, owner, object, fresh))
            return false;
    }
    struct placed *placed = placed_put(s, child, key, owner);
    if (placed && owner && via && via->field->where)
        placed->via = via;
    return placed != NULL;
}

const struct foreign_key *owner_next_key(const struct mapper *mapper, struct owner_keys *walk)
{
    while (walk->i < mapper->foreign_key_count) {
        const struct foreign_key *key = &mapper->foreign_keys[walk->i++];
        if (key->has)
            return key;
    }
    for (;;) {
        walk->typed = walk->in_typed ? walk->typed->next_typed : mapper->typed_keys;
        walk->in_typed = true;
        if (!walk->typed || walk->typed->has)
            return walk->typed;
    }
}

bool owner_may_move(struct howdah_session *s, const struct foreign_key *key, const struct entry *before,
                    const struct entry *owner)
{
    for (const struct relation *has = key->has; has; has = has->next_has) {
        if (!has->field->single_parent || !before || !owner || before == owner || before->state == ENTRY_DELETED)
            continue;
        return !session_refuse(s, HOWDAH_STATUS_MISUSE, has->mapper, has->field->name, entry_object(has->mapper, owner),
                               "is .single_parent, and another object has that one: unlink it there first");
    }
    return true;
}

/* A pointer that was loaded for what the program had written leads nowhere once it has written the row's value again. */
static void forget_pointer(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                           const struct entry *child)
{
    void *object = entry_object(mapper, child), *snapshot = entry_snapshot(mapper, child);
    void *pointer = key->relation && child->state == ENTRY_LOADED ? object_pointer(key->relation, object) : NULL;
    struct entry *shown, *owner = NULL;
    if (!pointer || pointer != object_pointer(key->relation, snapshot) ||
        value_changed(key, mapper, object, snapshot) || by_pointer(s, key, pointer, &shown) == OWNER_UNKNOWN)
        return;
    of_row(s, key, mapper, child, &owner);
    if (owner == shown)
        return;
    object_set_pointer(key->relation, object, NULL);
    object_set_pointer(key->relation, snapshot, NULL);
}

bool owner_follow(struct howdah_session *s, const struct mapper *mapper, struct entry *child)
{
    struct owner_keys walk = {0};
    const struct foreign_key *key;
    if (!recall(s, mapper, child))
        return false;
    while ((key = owner_next_key(mapper, &walk))) {
        struct entry *owner, *unknown;
        enum whose whose = owner_now(s, key, mapper, child, &owner);
        const struct placed *placed = placed_find(s, child, key);
        forget_pointer(s, key, mapper, child);
        bool by_link = placed && placed->by_link && placed->owner == owner;
        bool left = whose == OWNER_NONE && !placed && child->state != ENTRY_NEW &&
                    of_row(s, key, mapper, child, &unknown) == OWNER_UNKNOWN;
        const struct entry *before = owner_shown(s, key, mapper, child);
        if (owner == before && !left)
            continue;
        if (!owner_may_move(s, key, before, owner))
            return false;
        if (!owner_show(s, key, mapper, child, owner, NULL))
            return false;
        placed_find(s, child, key)->by_link = by_link;
    }
    return true;
}

bool owner_follow_seen(struct howdah_session *s, struct entry *child)
{
    const struct mapper *mapper = entry_mapper(s, child);
    struct owner_keys walk = {0};
    bool written = child->state == ENTRY_NEW || (child->state == ENTRY_LOADED && !child->read_only);
    if (!written || !owner_next_key(mapper, &walk) ||
        (child->state == ENTRY_LOADED && !child->placed &&
         snapshot_clean(mapper, entry_object(mapper, child), entry_snapshot(mapper, child))))
        return true;
    s->epoch++;
    return owner_follow(s, mapper, child);
}

bool owner_return(struct howdah_session *s, const struct mapper *mapper, struct entry *child)
{
    struct owner_keys walk = {0};
    const struct foreign_key *key;
    while ((key = owner_next_key(mapper, &walk))) {
        struct entry *owner = owner_shown(s, key, mapper, child);
        for (const struct relation *has = owner ? key->has : NULL; has; has = has->next_has) {
            bool shown = relation_is_many(has) || relation_is_absent(has, owner);
            if (shown && !has->field->where && !member_add(s, has, owner, entry_object(mapper, child), false))
                return false;
        }
    }
    return true;
}

void owners_look(struct howdah_session *s, const struct mapper *mapper, const struct entry *child, struct owners *ret)
{
    struct owner_keys walk = {0};
    ret->count = 0;
    while (ret->count < OWNERS_MAX && (ret->keys[ret->count] = owner_next_key(mapper, &walk))) {
        ret->shown[ret->count] = owner_shown(s, ret->keys[ret->count], mapper, child);
        ret->rows[ret->count] = owner_of_row(s, ret->keys[ret->count], mapper, child);
        ret->count++;
    }
}

/* Whether the program has put another object where this one stands by its row: it makes room, once that is written. */
static bool is_displaced(struct howdah_session *s, const struct relation *has, const struct entry *owner,
                         const void *item)
{
    const void *other = relation_is_many(has) ? NULL : object_pointer(has, entry_object(has->mapper, owner));
    const struct entry *entry = other && other != item ? slabs_find(&s->slabs, other) : NULL;
    struct entry *now;
    return entry && owner_now(s, has->foreign_key, has->target, entry, &now) == OWNER_KNOWN && now == owner &&
           owner_of_row(s, has->foreign_key, has->target, entry) != owner;
}

/* In a transaction of the program's the fields keep the way back: it may be rolled back. */
static bool set_member(struct howdah_session *s, const struct relation *has, struct entry *owner, void *item,
                       bool is_there)
{
    if (is_there && is_displaced(s, has, owner, item))
        return s->transaction != TRANSACTION_NONE || member_mend_memory(s, has, owner, item, true);
    if (s->transaction == TRANSACTION_NONE)
        return member_mend(s, has, owner, item, is_there);
    return is_there ? member_add(s, has, owner, item, false) : member_remove(s, has, owner, item);
}

/* The program has moved the child itself: only what a rollback leads back to is another. */
static bool mend_memories(struct howdah_session *s, const struct foreign_key *key, void *object, struct entry *before,
                          struct entry *owner)
{
    for (const struct relation *has = key->has; has && before != owner; has = has->next_has) {
        if (before && !member_mend_memory(s, has, before, object, false))
            return false;
        if (owner && !has->field->where && !member_mend_memory(s, has, owner, object, true))
            return false;
    }
    return true;
}

bool owners_changed(struct howdah_session *s, const struct mapper *mapper, struct entry *child,
                    const struct owners *before)
{
    void *object = entry_object(mapper, child);
    for (size_t i = 0; i < before->count; i++) {
        const struct foreign_key *key = before->keys[i];
        struct entry *shown = before->shown[i], *owner = owner_of_row(s, key, mapper, child);
        if (placed_find(s, child, key)) {
            if (s->transaction == TRANSACTION_NONE && !mend_memories(s, key, object, before->rows[i], owner))
                return false;
            continue;
        }
        if (shown == owner)
            continue;
        for (const struct relation *has = key->has; has; has = has->next_has) {
            if (shown && !set_member(s, has, shown, object, false))
                return false;
            if (owner && !has->field->where && !set_member(s, has, owner, object, true))
                return false;
        }
    }
    return true;
}

/* Over one key, once the row is known: where the child is, is in the row again, and the journal says nothing else. */
static bool mend_key(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                     struct entry *child, struct entry *before, struct entry *row_before)
{
    struct entry *owner = owner_of_row(s, key, mapper, child);
    void *object = entry_object(mapper, child);
    struct placed *placed = placed_find(s, child, key);
    if (placed && s->transaction == TRANSACTION_NONE && !mend_memories(s, key, object, row_before, owner))
        return false;
    for (const struct relation *has = key->has; has && before != owner; has = has->next_has) {
        if (before && !set_member(s, has, before, object, false))
            return false;
        if (owner && !has->field->where && !set_member(s, has, owner, object, true))
            return false;
    }
    if (placed && owner && s->transaction != TRANSACTION_NONE) {
        placed_settle(placed, mapper, owner);
        placed->said = false;
    } else if (placed) {
        placed_drop(s, placed);
    }
    if (key->relation && owner && owner != before && owner->state == ENTRY_LOADED) {
        object_set_pointer(key->relation, object, entry_object(key->target, owner));
        object_set_pointer(key->relation, entry_snapshot(mapper, child), entry_object(key->target, owner));
    }
    return true;
}

bool owner_mend(struct howdah_session *s, const struct mapper *mapper, struct entry *child, const void *row)
{
    struct owners before;
    void *object = entry_object(mapper, child);
    owners_look(s, mapper, child, &before);
    memcpy(object, row, mapper->model->size);
    snapshot_take(mapper, object, entry_snapshot(mapper, child));
    for (size_t i = 0; i < before.count; i++)
        if (!mend_key(s, before.keys[i], mapper, child, before.shown[i], before.rows[i]))
            return false;
    return true;
}

/* The child's fields say again what its row says; those of a new one nothing. */
static void reset_fields(const struct foreign_key *key, const struct mapper *mapper, struct entry *child)
{
    void *object = entry_object(mapper, child), *snapshot = entry_snapshot(mapper, child);
    bool is_new = child->state == ENTRY_NEW;
    for (uint32_t i = 0; i < key->count; i++) {
        const struct column *c = &mapper->columns[key->columns[i]];
        if (is_new)
            memset(column_field(c, object), 0, c->size);
        else
            memcpy(column_field(c, object), column_field(c, snapshot), c->size);
    }
    if (key->type && !is_new)
        memcpy(column_field(key->type, object), column_field(key->type, snapshot), key->type->size);
    if (key->relation)
        object_set_pointer(key->relation, object, is_new ? NULL : object_pointer(key->relation, snapshot));
}

static void forget_orphan(struct howdah_session *s, struct entry *child)
{
    entry_move(child, EVENT_DELETE);
    identity_remove(&s->map, child);
    child->row_deleted = s->deleted_some = true;
}

static bool is_referred_to(const struct mapper *mapper)
{
    bool any = mapper->key_referenced;
    for (uint32_t i = 0; i < mapper->index_count; i++)
        any |= mapper->indexes[i].referenced;
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        any |= mapper->relations[i].field->kind != HOWDAH_FIELD_BELONGS_TO; /* polymorphic ones, too */
    return any;
}

bool owner_drop_pending(struct howdah_session *s, const struct entry *owner)
{
    s->moves++;
    if (!is_referred_to(entry_mapper(s, owner)))
        return true;
    for (struct placed *placed = s->placed, *next; placed; placed = next) {
        struct entry *child = placed->child, *before = placed->owner;
        const struct foreign_key *key = placed->key;
        const struct mapper *mapper = entry_mapper(s, child);
        next = placed->next;
        bool alive = child->state == ENTRY_NEW || child->state == ENTRY_LOADED;
        if (!alive || !placed->said || (before != owner && owner_of_row(s, key, mapper, child) != owner))
            continue;
        reset_fields(key, mapper, child);
        if (!mend_key(s, key, mapper, child, before, owner_of_row(s, key, mapper, child)))
            return false;
        if (child->state == ENTRY_NEW && cascade_of_orphans(key))
            forget_orphan(s, child);
    }
    return true;
}
