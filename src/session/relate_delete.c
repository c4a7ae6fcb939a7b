/* What becomes of objects that refer to deleted ones: deleted too, or their foreign keys become NULL, or it is refused. */
#include "cascade.h"
#include "foreign_key.h"
#include "owner.h"
#include "relate.h"

bool relate_delete(struct work *w, struct entry *entry, bool follows)
{
    struct change *change = work_change_of(w, entry);
    if (entry->state == ENTRY_NEW) {
        if (change)
            change->fate = FATE_DROPPED;
        w->drops |= change != NULL;
        return true;
    }
    if (!change && !(change = work_add_change(w, entry_mapper(w->s, entry), entry, HOWDAH_OPERATION_DELETE)))
        return false;
    change->operation = HOWDAH_OPERATION_DELETE;
    change->image = change->old;
    change->fate = follows ? FATE_FOLLOWS : FATE_WRITTEN;
    entry_move(entry, EVENT_DELETE);
    entry->cascaded = w->cascades = true;
    work_set(w, change->mapper, HOWDAH_OPERATION_DELETE);
    w->deletes[entry->mapper] += !follows;
    return true;
}

/* Entries whose children are still to be looked at. */
struct queue {
    struct entry **entries;
    uint32_t count, capacity;
};

static bool put(struct work *w, struct queue *queue, struct entry *entry)
{
    struct entry **entries = work_grow(w, queue->entries, queue->count, &queue->capacity, sizeof(*entries));
    if (!entries)
        return false;
    queue->entries = entries;
    entries[queue->count++] = entry;
    return true;
}

/* What the database would do to it by ON DELETE, but the row that it refers to stays, as a new object's. */
static bool is_left_alone(const struct change *owner, enum cascade_rule rule)
{
    return owner && owner->row_stays && (rule == CASCADE_FOLLOWS || rule == CASCADE_CLEARED);
}

/* Whether the row refers to the other one by what is in the tables: then ON DELETE finds it. */
static bool is_known_to_server(const struct work *w, const struct child *child, const struct entry *owner)
{
    const struct mapper *mapper = entry_mapper(w->s, child->entry);
    return child->entry->state == ENTRY_LOADED && owner->state != ENTRY_NEW &&
           foreign_key_refers_to(child->key, mapper, entry_snapshot(mapper, child->entry),
                                 entry_snapshot(child->key->target, owner));
}

static bool is_gone(const struct work *w, const struct entry *entry)
{
    const struct change *change = work_change_of(w, entry);
    return entry->state == ENTRY_DELETED || (change && change_goes(change));
}

/* One of several stays. */
static bool has_owner(const struct work *w, const struct child *child)
{
    const struct holder *owner = child->owners;
    while (owner && is_gone(w, owner->entry))
        owner = owner->next;
    return owner != NULL;
}

/* A new object that is dropped takes over no row after all: ON DELETE fires for that one. */
static bool give_row_back(struct work *w, struct queue *queue, const struct entry *dropped)
{
    const struct mapper *mapper = entry_mapper(w->s, dropped);
    const void *object = entry_object(mapper, dropped);
    if (dropped->state != ENTRY_NEW || !key_is_set(mapper, object))
        return true;
    struct entry *holder = identity_find(&w->s->map, mapper, object);
    struct change *change = holder ? work_change_of(w, holder) : NULL;
    if (!change || !change->row_stays)
        return true;
    change->row_stays = false;
    return put(w, queue, holder);
}

static bool delete_children_of(struct work *w, struct queue *queue, const struct family *family)
{
    for (const struct child *child = family ? family->first : NULL; child; child = child->next) {
        enum cascade_rule rule = cascade_rule_of(child->key, entry_mapper(w->s, child->entry));
        if (is_gone(w, child->entry) || has_owner(w, child) || (rule != CASCADE_DELETES && rule != CASCADE_FOLLOWS) ||
            is_left_alone(work_change_of(w, family->owner), rule))
            continue;
        if (!relate_delete(w, child->entry, rule == CASCADE_FOLLOWS && is_known_to_server(w, child, family->owner)) ||
            !put(w, queue, child->entry) || !give_row_back(w, queue, child->entry))
            return false;
    }
    return true;
}

static bool delete_children(struct work *w, const struct map *families)
{
    struct queue queue = {0};
    for (uint32_t i = 0; i < w->change_count; i++)
        if (change_goes(&w->changes[i]) && !put(w, &queue, w->changes[i].entry))
            return false;
    for (uint32_t i = 0; i < queue.count; i++) /* which grows */
        if (!delete_children_of(w, &queue, family_of(families, queue.entries[i])))
            return false;
    return true;
}

/* What a sweep does to its row is not all: it needs a statement of its own, which goes first and leaves the sweep nothing. */
static void write_after_all(struct work *w, struct change *change)
{
    change->fate = FATE_WRITTEN;
    for (uint32_t i = change->cleared; i != NONE; i = w->cleared[i].next)
        w->cleared[i].versioned = false;
}

bool relate_clear(struct work *w, struct entry *entry, const struct foreign_key *key, bool followed)
{
    struct change *change = work_change_of(w, entry);
    struct cleared *cleared = work_grow(w, w->cleared, w->cleared_count, &w->cleared_capacity, sizeof(*cleared));
    if (!cleared)
        return false;
    w->cleared = cleared;
    if (!change) {
        change = work_add_change(w, entry_mapper(w->s, entry), entry, HOWDAH_OPERATION_UPDATE);
        if (change && followed)
            change->fate = FATE_FOLLOWS;
    }
    if (!change)
        return false;
    if (!followed && change->fate == FATE_FOLLOWS)
        write_after_all(w, change);
    bool versioned = change->fate == FATE_FOLLOWS && cascade_rule_of(key, entry_mapper(w->s, entry)) == CASCADE_CLEARS;
    cleared[w->cleared_count] = (struct cleared){key, versioned, change->cleared};
    change->cleared = w->cleared_count++;
    return true;
}

static bool forbid(struct work *w, const struct change *change, const struct child *child)
{
    const struct mapper *mapper = entry_mapper(w->s, child->entry);
    const char *field = mapper->columns[child->key->columns[0]].field->name, *model = mapper->model->name;
    const struct relation *has = child->key->has;
    return work_refuse(
        w, HOWDAH_STATUS_FOREIGN_KEY, change, NULL,
        "can't be deleted: %s.%s of an object of the session refers to it and can't be NULL: delete that "
        "%s too, point it elsewhere, or give %s.%s .cascade = CASCADE_DELETE",
        model, field, model, has->mapper->model->name, has->field->name);
}

/* Whether it referred to that row before this commit; else the program has put it there, and is told by its own field. */
static bool did_refer(struct work *w, const struct child *child, const struct entry *owner)
{
    return child->entry->state == ENTRY_LOADED &&
           owner_of_row(w->s, child->key, entry_mapper(w->s, child->entry), child->entry) == owner;
}

static bool release_child(struct work *w, const struct change *change, const struct child *child)
{
    const struct mapper *mapper = entry_mapper(w->s, child->entry);
    if (is_gone(w, child->entry) || has_owner(w, child))
        return true;
    switch (cascade_rule_of(child->key, mapper)) {
    case CASCADE_CLEARS: /* no sweep goes before a row that stays, or that goes along with others */
        return relate_clear(w, child->entry, child->key,
                            change->fate == FATE_WRITTEN && !change->row_stays && sweep_covers(w, child->key));
    case CASCADE_CLEARED:
        return is_left_alone(change, CASCADE_CLEARED) || relate_clear(w, child->entry, child->key, true);
    case CASCADE_FORBIDS: return !did_refer(w, child, change->entry) || forbid(w, change, child);
    case CASCADE_IGNORES:
    case CASCADE_DELETES:
    case CASCADE_FOLLOWS: break;
    }
    return true;
}

static bool release_children(struct work *w, const struct map *families)
{
    uint32_t count = w->change_count; /* what is added from here on is not deleted */
    for (uint32_t i = 0; i < count; i++) {
        if (!change_goes(&w->changes[i]))
            continue;
        const struct family *family = family_of(families, w->changes[i].entry);
        for (const struct child *child = family ? family->first : NULL; child; child = child->next)
            if (!release_child(w, &w->changes[i], child))
                return false;
    }
    return true;
}

bool relate_families(struct work *w, const struct map *families)
{
    bool any = map_count(families) > 0;
    return (!any || (delete_children(w, families) && relate_along(w))) && work_sweep(w) &&
           (!any || release_children(w, families));
}
