/* Keys that change: of rows that others refer to, by their primary key or by another unique value. What refers to them
 * follows: objects of the session in memory, and in the database all rows, by ON UPDATE CASCADE where the model declares
 * it, else by one UPDATE in the statement that changes the keys, whether the session has the rows or not. */
#include "claims.h"
#include "foreign_key.h"
#include "object.h"
#include "snapshot.h"
#include "work.h"

#include "base/error.h"
#include "base/hash.h"

/* Rows of one table whose keys change, found by their old keys. */
struct moved {
    struct work *w;
    const struct foreign_key *key; /* that refers to them */
    uint32_t *changes;
    uint32_t *next; /* by place in `changes`: the next one of the same hash */
    uint32_t count;
    uint32_t *places;
    uint32_t mask;
    struct follow *follow; /* NULL where the database follows itself */
};

/* --- the new keys themselves --- */

/* Another object has the new key, and keeps it. */
static bool check_holder(struct work *w, const struct change *change)
{
    const struct mapper *mapper = change->mapper;
    const struct entry *holder = identity_find(&w->s->map, mapper, change->image);
    const struct change *other = holder ? work_change_of(w, holder) : NULL;
    if (!holder || holder == change->entry || holder->state == ENTRY_DETACHED ||
        (other && (other->operation == HOWDAH_OPERATION_DELETE || change_rekeys(mapper, other))))
        return true;
    work_refuse(w, HOWDAH_STATUS_UNIQUE, change, mapper->columns[mapper->key[0]].field->name,
                "another object of the session has this primary key");
    w->s->error.other = entry_object(mapper, holder);
    return false;
}

static bool writes_target(const struct change *change, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (column_in(change->columns, key->targets[i]))
            return true;
    return false;
}

/* --- which rows --- */

static uint32_t hash_target(const struct foreign_key *key, const void *object)
{
    return (uint32_t)columns_hash(key->target->columns, key->targets, key->count, 0, object);
}

/* A new object that takes over the row of a deleted one writes all of it but the key: what differs is what moves. */
static bool moves_taken_row(const struct work *w, const struct change *change, const struct foreign_key *key)
{
    const struct entry *deleted = identity_find(&w->s->map, key->target, change->image);
    return !columns_equal(key->target->columns, key->targets, key->count, change->image, change->old) && deleted &&
           foreign_key_is_known(w->s, key, deleted);
}

static bool moves(const struct work *w, const struct change *change, const struct foreign_key *key)
{
    if (change->mapper != key->target || change->operation != HOWDAH_OPERATION_UPDATE || change->extra->follow ||
        !writes_target(change, key))
        return false;
    return change->entry->state == ENTRY_LOADED ||
           (change->entry->state == ENTRY_NEW && moves_taken_row(w, change, key));
}

static bool find_moved(struct moved *m, uint32_t changes)
{
    struct work *w = m->w;
    uint32_t count = 0, size = 4;
    for (uint32_t i = 0; i < changes; i++)
        count += moves(w, &w->changes[i], m->key);
    if (count == 0)
        return true;
    while (size < 2 * (uint64_t)count)
        size *= 2;
    m->mask = size - 1;
    m->changes = arena_allocate_array(&w->arena, count, sizeof(*m->changes));
    m->next = arena_allocate_array(&w->arena, count, sizeof(*m->next));
    m->places = arena_allocate_array(&w->arena, size, sizeof(*m->places));
    if (!m->changes || !m->next || !m->places)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < size; i++)
        m->places[i] = NONE;
    for (uint32_t i = 0; i < changes; i++) {
        if (!moves(w, &w->changes[i], m->key))
            continue;
        uint32_t *place = &m->places[hash_target(m->key, w->changes[i].old) & m->mask];
        m->changes[m->count] = i;
        m->next[m->count] = *place;
        *place = m->count++;
    }
    return true;
}

/* The row that an object refers to, if its key changes. */
static const struct change *moved_target(const struct moved *m, const void *object)
{
    const struct foreign_key *key = m->key;
    if (!foreign_key_read(m->w->s, key, key->owner, object))
        return NULL;
    uint32_t at = m->places[hash_target(key, m->w->s->key_object) & m->mask];
    for (; at != NONE; at = m->next[at]) {
        const struct change *change = &m->w->changes[m->changes[at]];
        if (foreign_key_refers_to(key, key->owner, object, change->old))
            return change;
    }
    return NULL;
}

/* --- what follows --- */

/* A new key that is yet to be made can't be followed: nobody knows it when this is planned. */
static bool check_known(const struct moved *m, const struct change *target)
{
    const struct foreign_key *key = m->key;
    for (uint32_t i = 0; i < key->count; i++)
        if (work_defers(m->w, target, key->targets[i]))
            return work_refuse(m->w, HOWDAH_STATUS_INVALID, target,
                               target->mapper->columns[key->targets[i]].field->name,
                               "is to be the key of a new object, and rows of %s refer to it: flush that object first",
                               key->owner->quoted);
    return true;
}

/* A row that others refer to by what follows would draw them along, and theirs: the database can do it, we can't. */
static bool check_chain(struct work *w, const struct foreign_key *key, const struct change *change)
{
    const struct mapper *owner = key->owner;
    for (uint32_t i = 0; i < key->count; i++) {
        bool referenced = owner->key_referenced && owner->columns[key->columns[i]].key;
        for (uint32_t n = 0; n < owner->index_count; n++)
            for (uint32_t c = 0; c < owner->indexes[n].count; c++)
                referenced |= owner->indexes[n].referenced && owner->indexes[n].columns[c] == key->columns[i];
        if (referenced)
            return work_refuse(w, HOWDAH_STATUS_INVALID, change, change->mapper->columns[key->targets[0]].field->name,
                               "rows of %s refer to it by columns that others refer to in turn: declare .on_update = "
                               "ON_UPDATE_CASCADE on these foreign keys",
                               owner->quoted);
    }
    return true;
}

/* The program has set a pointer to another row, which gets the key that this one gives up. */
static bool points_elsewhere(struct moved *m, const struct change *change, const struct change *target)
{
    const struct relation *relation = m->key->relation;
    const void *pointer = relation ? object_pointer(relation, change->image) : NULL;
    return pointer && pointer != object_pointer(relation, change->old) &&
           slabs_find(&m->w->s->slabs, pointer) != target->entry;
}

/* Whether the transaction may have written the row by the time its change does, if that writes anything: in a flush, when
 * its foreign keys were cleared, or when its unique values were parked. */
static bool may_be_written_before(const struct work *w, const struct change *change)
{
    if (column_set_is_empty(change->columns, column_words(change->mapper)) && !change->extra->formulas)
        return false;
    bool may = w->s->transaction != TRANSACTION_NONE || change->cleared != NONE;
    for (uint32_t i = 0; !may && change->mapper->has_unique && i < change->mapper->index_count; i++) {
        const struct table_index *index = &change->mapper->indexes[i];
        may = index->unique && !index->primary && !index->deferrable && change_touches(change, index);
    }
    return may;
}

/* An object with a change of its own: its image follows, and where nobody else does it, the change writes it. So it does
 * where another foreign key makes it part of the statement that changes the key, or may do so: of a row that the
 * transaction has written before, the server checks all foreign keys at the end of that statement, before it cascades. */
static bool follow_change(struct moved *m, struct change *change, const struct change *target)
{
    struct work *w = m->w;
    const struct foreign_key *key = m->key;
    if (!foreign_key_equal(key, key->owner, change->image, change->old))
        return true; /* it refers to something else from now on */
    bool elsewhere = points_elsewhere(m, change, target);
    if (!elsewhere && !foreign_key_assign(key, key->owner, &w->s->arena, change->image, target->image))
        return !session_no_memory(w->s);
    if (change->fate != FATE_WRITTEN ||
        (!m->follow && !elsewhere && !change->follows && !may_be_written_before(w, change)))
        return true;
    change->follows |= m->follow != NULL;
    uint64_t *set = arena_copy(&w->arena, change->columns, column_words(key->owner) * sizeof(*set));
    if (!set)
        return !session_no_memory(w->s);
    bool counted = !key->owner->version || !column_set_is_empty(set, column_words(key->owner));
    for (uint32_t i = 0; i < key->count; i++)
        column_put(set, key->columns[i]);
    change->columns = set;
    return counted ||
           integer_set(key->owner->version, change->image, key_read_integer(key->owner->version, change->old) + 1);
}

/* A clean object: only its memory follows, when all is written. */
static bool follow_clean(struct moved *m, struct entry *entry, const struct change *target)
{
    struct work *w = m->w;
    const struct mapper *mapper = m->key->owner;
    struct follower *followers =
        work_grow(w, w->followers, w->follower_count, &w->follower_capacity, sizeof(*followers));
    void *row = followers ? arena_copy(&w->arena, entry_snapshot(mapper, entry), mapper->model->size) : NULL;
    if (!row || !foreign_key_assign(m->key, mapper, &w->s->arena, row, target->image))
        return !session_no_memory(w->s);
    w->followers = followers;
    followers[w->follower_count++] = (struct follower){.entry = entry, .key = m->key, .row = row};
    return true;
}

static bool follow_entry(struct moved *m, struct entry *entry)
{
    const struct mapper *mapper = m->key->owner;
    if (entry->state != ENTRY_LOADED && entry->state != ENTRY_DELETED)
        return true;
    const struct change *target = moved_target(m, entry_snapshot(mapper, entry));
    struct change *change = target ? work_change_of(m->w, entry) : NULL;
    if (!target)
        return true;
    if (!check_known(m, target))
        return false;
    if (change && change->fate == FATE_WRITTEN && m->follow) /* one statement must not touch a row twice */
        m->follow->kept[m->follow->kept_count++] = entry_snapshot(mapper, entry);
    if (entry->state == ENTRY_DELETED)
        return true;
    return change ? follow_change(m, change, target) : follow_clean(m, entry, target);
}

static bool follow_entries(struct moved *m)
{
    const struct slabs *slabs = &m->w->s->slabs;
    uint32_t index = m->key->owner->index;
    const struct slab *slab = index < slabs->chain_count ? slabs->chains[index].first : NULL;
    for (; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            if (!follow_entry(m, slab_entry(slab, i)))
                return false;
    return true;
}

/* --- what the database does --- */

/* For each row whose key changes one that stands for those that refer to it. */
static bool add_follow_changes(struct moved *m)
{
    struct work *w = m->w;
    for (uint32_t i = 0; i < m->count; i++) {
        struct change *follow = work_new_change(w, m->key->target);
        if (!follow)
            return false;
        *follow = w->changes[m->changes[i]];
        follow->columns = work_no_columns;
        struct change_extra *extra = work_extra(w, follow);
        if (!extra)
            return false;
        extra->follow = m->follow;
        follow->deferrals = follow->cleared = NONE;
    }
    return true;
}

/* Whether one look at the moved rows serves both foreign keys. */
static bool same_targets(const struct foreign_key *a, const struct foreign_key *b)
{
    return a->target == b->target && a->count == b->count &&
           memcmp(a->targets, b->targets, a->count * sizeof(*a->targets)) == 0;
}

static bool follows_here(const struct foreign_key *key)
{
    return key->on_update != HOWDAH_ON_UPDATE_CASCADE;
}

/* All foreign keys of the table that follow with this one. */
static bool make_follow(struct moved *m, uint32_t changes)
{
    struct work *w = m->w;
    const struct mapper *owner = m->key->owner;
    struct follow *follow = m->follow = ARENA_NEW(&w->arena, struct follow);
    size_t room = ((size_t)changes + 1) * owner->foreign_key_count;
    if (!follow || !(follow->kept = arena_allocate_array(&w->arena, room, sizeof(*follow->kept))) ||
        !(follow->keys = arena_allocate_array(&w->arena, owner->foreign_key_count, sizeof(*follow->keys))))
        return !session_no_memory(w->s);
    for (uint32_t k = 0; k < owner->foreign_key_count; k++) {
        const struct foreign_key *key = &owner->foreign_keys[k];
        if (!follows_here(key) || !same_targets(key, m->key))
            continue;
        follow->keys[follow->key_count++] = key;
        if (!check_chain(w, key, &w->changes[m->changes[0]]))
            return false;
    }
    return true;
}

/* A row can be touched only once by a statement: it can't follow two tables. */
static bool check_alone(struct work *w, const struct foreign_key *key, const struct foreign_key *earlier,
                        const struct change *change)
{
    return !earlier ||
           work_refuse(w, HOWDAH_STATUS_INVALID, change, change->mapper->columns[key->targets[0]].field->name,
                       "rows of %s refer to it, and to rows of %s whose keys change, too: declare .on_update = "
                       "ON_UPDATE_CASCADE on these foreign keys, or change one of the keys after a flush",
                       key->owner->quoted, earlier->target->quoted);
}

static bool follow_key(struct work *w, const struct foreign_key *key, uint32_t changes,
                       const struct foreign_key **earlier)
{
    struct moved m = {.w = w, .key = key};
    if (!find_moved(&m, changes))
        return false;
    if (m.count == 0)
        return true;
    if (!follows_here(key))
        return follow_entries(&m);
    if (!check_alone(w, key, *earlier, &w->changes[m.changes[0]]) || !make_follow(&m, changes))
        return false;
    for (uint32_t i = 0; i < m.count; i++)
        if (!check_known(&m, &w->changes[m.changes[i]]))
            return false;
    *earlier = key;
    for (uint32_t k = 0; k < m.follow->key_count; k++) {
        m.key = m.follow->keys[k];
        if (!follow_entries(&m))
            return false;
    }
    return add_follow_changes(&m);
}

/* Whether an earlier foreign key of the table has taken this one along. */
static bool is_taken_along(const struct mapper *mapper, uint32_t k)
{
    for (uint32_t i = 0; i < k; i++)
        if (follows_here(&mapper->foreign_keys[i]) && follows_here(&mapper->foreign_keys[k]) &&
            same_targets(&mapper->foreign_keys[i], &mapper->foreign_keys[k]))
            return true;
    return false;
}

/* By the foreign keys that we follow, or by those that the database does. */
static bool follow_keys(struct work *w, const struct mapper *mapper, bool here, uint32_t changes)
{
    const struct foreign_key *earlier = NULL;
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        if (follows_here(key) == here && w->moves[key->target->index] && !is_taken_along(mapper, k) &&
            !follow_key(w, key, changes, &earlier))
            return false;
    }
    return true;
}

static bool follow_mapper(struct work *w, const struct mapper *mapper, uint32_t changes)
{
    return follow_keys(w, mapper, true, changes) && follow_keys(w, mapper, false, changes);
}

static bool touches_reference(const struct mapper *mapper, const struct change *change)
{
    for (uint32_t i = 0; i < mapper->index_count; i++)
        if ((mapper->indexes[i].referenced || (mapper->indexes[i].primary && mapper->key_referenced)) &&
            change_touches(change, &mapper->indexes[i]))
            return true;
    return false;
}

/* --- keys that the server computes --- */

static bool computes_target(const struct change *change, const struct foreign_key *key)
{
    for (uint32_t i = 0; key->target == change->mapper && i < key->count; i++)
        if (formulas_find(change->extra->formulas, &change->mapper->columns[key->targets[i]]))
            return true;
    return false;
}

static bool check_follower(struct work *w, const struct change *change, const struct foreign_key *key,
                           const struct mapper *owner, const struct entry *entry)
{
    bool new = entry->state == ENTRY_NEW, lives = new || entry->state == ENTRY_LOADED;
    const void *row = new ? entry_object(owner, entry) : entry_snapshot(owner, entry);
    if (!lives || foreign_key_is_null(key, owner, row) || !foreign_key_refers_to(key, owner, row, change->old))
        return true;
    work_refuse(
        w, HOWDAH_STATUS_INVALID, change, change->mapper->columns[key->targets[0]].field->name,
        "another object of the session, of %s, refers to it, and can't follow to a key that only the server knows: evict that "
        "one, or set the key to a value",
        owner->model->name);
    w->s->error.other = entry_object(owner, entry);
    return false;
}

static bool check_followers(struct work *w, const struct change *change, const struct foreign_key *key,
                            const struct mapper *owner)
{
    const struct slabs *slabs = &w->s->slabs;
    if (!computes_target(change, key) || owner->index >= slabs->chain_count)
        return true;
    for (const struct slab *slab = slabs->chains[owner->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            if (!check_follower(w, change, key, owner, slab_entry(slab, i)))
                return false;
    return true;
}

/* What refers to the row: the database follows where the foreign key says so, and refuses else. */
static bool check_computed(struct work *w, const struct change *change)
{
    const struct catalog *catalog = &w->s->db->catalog;
    for (uint32_t i = 0; i < catalog->mapper_count; i++) {
        const struct mapper *owner = &catalog->mappers[i];
        for (uint32_t k = 0; k < owner->foreign_key_count; k++)
            if (!check_followers(w, change, &owner->foreign_keys[k], owner))
                return false;
        for (const struct foreign_key *key = owner->typed_keys; key; key = key->next_typed)
            if (!check_followers(w, change, key, owner))
                return false;
    }
    return true;
}

/* Neighbours most often have the same columns: what these are is looked at once. */
static bool check_run(struct work *w, struct change_run run)
{
    const uint64_t *moves_nothing = NULL;
    for (const struct change *change = &w->changes[run.first], *end = &w->changes[run.end]; change < end; change++) {
        bool computed = change->extra != &work_no_extra && change->extra->formulas;
        if (change->columns == moves_nothing && !computed)
            continue;
        if (change->operation != HOWDAH_OPERATION_UPDATE)
            continue;
        bool rekeys = change_rekeys(run.mapper, change), moves = touches_reference(run.mapper, change);
        w->moves[run.mapper->index] |= moves;
        if ((rekeys && !check_holder(w, change)) || (computed && !check_computed(w, change)))
            return false;
        if (!rekeys && !moves)
            moves_nothing = change->columns;
    }
    return true;
}

bool work_rekey(struct work *w)
{
    bool any = false;
    uint32_t changes = w->change_count;
    for (uint32_t i = 0; i < w->run_count; i++) {
        const struct mapper *mapper = w->runs[i].mapper;
        if (work_has(w, mapper, HOWDAH_OPERATION_UPDATE) && !check_run(w, w->runs[i]))
            return false;
        any |= w->moves[mapper->index];
    }
    for (uint32_t i = 0; any && i < w->s->db->catalog.mapper_count; i++)
        if (!follow_mapper(w, &w->s->db->catalog.mappers[i], changes))
            return false;
    return true;
}
