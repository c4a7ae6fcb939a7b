/* Keys that change: of rows that others refer to, by their primary key or by another unique value. What refers to them
 * follows: objects of the session in memory, and in the database all rows, by ON UPDATE CASCADE where the model declares
 * it, else by one UPDATE in the statement that changes the keys, whether the session has the rows or not. */
#include "claims.h"
#include "foreign_key.h"
#include "key_path.h"
#include "moved.h"
#include "object.h"
#include "owner.h"
#include "snapshot.h"
#include "work.h"

#include "base/error.h"

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

/* These would have to follow in turn: the database can do it, we can't. A part of the key that stays, as a tenant, takes
 * nobody along. */
static bool check_chain(const struct moved *m, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++) {
        const struct moved_row *row =
            moved_is_referenced(key->owner, key->columns[i]) ? moved_by(m, key->targets[i]) : NULL;
        if (row)
            return work_refuse(m->w, HOWDAH_STATUS_INVALID, &m->w->changes[row->change],
                               key->target->columns[key->targets[i]].field->name,
                               "rows of %s refer to it by columns that others refer to in turn: declare .on_update = "
                               "ON_UPDATE_CASCADE on these foreign keys",
                               key->owner->quoted);
    }
    return true;
}

/* The program has set a pointer to another row, which gets the key that this one gives up. */
static bool points_elsewhere(struct moved *m, const struct change *change, const struct entry *target)
{
    const struct relation *relation = m->key->relation;
    const void *pointer = relation ? object_pointer(relation, change->image) : NULL;
    return pointer && pointer != object_pointer(relation, change->old) &&
           slabs_find(&m->w->s->slabs, pointer) != target;
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

/* Whether it matters when the row follows: it is found by the key that does, or others are to be. */
static bool is_told_by(const struct change *change, const struct foreign_key *key)
{
    return moved_draws_along(key) || change_looks_back(change) || foreign_key_is_in_key(key);
}

static bool write_reference(struct work *w, const struct foreign_key *key, struct change *change)
{
    const struct column *version = key->owner->version;
    uint64_t *set = arena_copy(&w->arena, change->columns, column_words(key->owner) * sizeof(*set));
    if (!set)
        return !session_no_memory(w->s);
    bool counted = !version || !column_set_is_empty(set, column_words(key->owner));
    for (uint32_t i = 0; i < key->count; i++)
        column_put(set, key->columns[i]);
    change->columns = set;
    return counted || integer_set(version, change->image, key_read_integer(version, change->old) + 1);
}

static bool add_moving(const struct moved *m, const struct change *change, uint32_t by, bool refers)
{
    struct work *w = m->w;
    struct moving *movings = work_grow(w, w->movings, w->moving_count, &w->moving_capacity, sizeof(*movings));
    if (!movings)
        return false;
    w->movings = movings;
    movings[w->moving_count++] = (struct moving){m->key, (uint32_t)(change - w->changes), by, refers};
    return true;
}

/* The database moves the row, and its statement goes behind: it finds the row as it is then. But for one that finds it
 * only as it was, which goes before. */
static bool move_along(struct moved *m, struct change *change, const struct moved_row *target)
{
    struct work *w = m->w;
    const struct foreign_key *key = m->key;
    if (!add_moving(m, change, target->change, false))
        return false;
    w->moves[key->owner->index] |= moved_draws_along(key);
    if (change_looks_back(change) || foreign_key_refers_to(key, key->owner, change->old, target->image))
        return true;
    bool deletes = change->operation == HOWDAH_OPERATION_DELETE;
    change->old = arena_copy(&w->arena, change->old, key->owner->model->size);
    if (!change->old || !foreign_key_assign(key, key->owner, &w->s->arena, change->old, target->image))
        return !session_no_memory(w->s);
    if (deletes)
        change->image = change->old;
    return true;
}

/* An object with a change of its own: its image follows, and where nobody else does it, the change writes it. So it does
 * where another foreign key makes it part of the statement that changes the key, or may do so: of a row that the
 * transaction has written before, the server checks all foreign keys at the end of that statement, before it cascades. */
static bool follow_change(struct moved *m, struct change *change, const struct moved_row *target)
{
    struct work *w = m->w;
    const struct foreign_key *key = m->key;
    const struct mapper *owner = key->owner;
    bool along = !m->follow && is_told_by(change, key);
    bool stays = foreign_key_equal(key, owner, change->image, change->old);
    bool said = !m->follow && !stays && foreign_key_refers_to(key, owner, change->image, target->image);
    bool empty = column_set_is_empty(change->columns, column_words(owner)) && !change->extra->formulas;
    if (said && change->fate == FATE_WRITTEN && !add_moving(m, change, target->change, true))
        return false;
    if (!stays && !along)
        return true; /* it refers to something else from now on */
    bool elsewhere = stays && points_elsewhere(m, change, target->entry);
    if (stays && !elsewhere && !foreign_key_assign(key, owner, &w->s->arena, change->image, target->image))
        return !session_no_memory(w->s);
    w->follows = true;
    if (change->fate != FATE_WRITTEN)
        return true;
    bool writes = m->follow || elsewhere || change->follows || may_be_written_before(w, change);
    if (!m->follow && (along || writes) && !change->follows && !move_along(m, change, target))
        return false;
    change->follows |= m->follow != NULL;
    return !(writes || (along && !empty && !change_looks_back(change))) || write_reference(w, key, change);
}

/* A clean object: only its memory follows, when all is written. Whatever it follows, its row is one. */
static bool follow_clean(struct moved *m, struct entry *entry, const struct moved_row *target)
{
    struct work *w = m->w;
    const struct mapper *mapper = m->key->owner;
    struct follower *followers =
        work_grow(w, w->followers, w->follower_count, &w->follower_capacity, sizeof(*followers));
    if (!followers)
        return false;
    w->followers = followers;
    const struct follower *other = work_follower_of(w, entry);
    void *row = other ? other->row : arena_copy(&w->arena, entry_snapshot(mapper, entry), mapper->model->size);
    if (!row || !foreign_key_assign(m->key, mapper, &w->s->arena, row, target->image))
        return !session_no_memory(w->s);
    w->moves[mapper->index] |= moved_draws_along(m->key);
    entry->change = w->follower_count;
    followers[w->follower_count++] =
        (struct follower){.entry = entry, .key = m->key, .row = row, .change = target->change};
    return true;
}

static bool follow_row(struct moved *m, struct entry *entry, struct change *change, const struct moved_row *target)
{
    if (m->w->changes[target->change].entry == target->entry && !check_known(m, &m->w->changes[target->change]))
        return false;
    if (entry->state == ENTRY_DELETED)
        return !change || change->fate != FATE_WRITTEN || change->taken_over || m->follow ||
               !is_told_by(change, m->key) || move_along(m, change, target);
    return change ? follow_change(m, change, target) : follow_clean(m, entry, target);
}

/* The row of an object, as it was: of a new one which takes it over, if it refers by a pointer; what it says by value is what
 * it refers to. */
static void *row_before(const struct moved *m, const struct entry *entry)
{
    if (entry->state == ENTRY_LOADED || entry->state == ENTRY_DELETED)
        return entry_snapshot(m->key->owner, entry);
    const struct change *change = entry->state == ENTRY_NEW ? work_change_of(m->w, entry) : NULL;
    bool points = change && change->old && m->key->relation && object_pointer(m->key->relation, change->image);
    return points ? (void *)(uintptr_t)change->old : NULL;
}

static bool follow_entry(struct moved *m, struct entry *entry)
{
    void *row = row_before(m, entry);
    const struct moved_row *target = row ? moved_target(m, row) : NULL;
    if (target && m->path && !key_path_moves(m->w, m->path, row))
        return true;
    struct change *change = target ? work_change_of(m->w, entry) : NULL;
    if (change && change->fate == FATE_WRITTEN && m->follow) /* one statement must not touch a row twice */
        m->follow->kept[m->follow->kept_count++] = row;
    for (; target; target = moved_again(m, target))
        if (!follow_row(m, entry, change, target))
            return false;
    return true;
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
        *follow = w->changes[m->rows[i].change];
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
        if (!moved_here(key) || !same_targets(key, m->key))
            continue;
        follow->keys[follow->key_count++] = key;
        if (!check_chain(m, key))
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

static bool follow_here(struct work *w, const struct foreign_key *key, uint32_t changes,
                        const struct foreign_key **earlier)
{
    struct moved m = {.w = w, .key = key};
    if (!moved_find(&m, changes))
        return false;
    if (m.count == 0)
        return true;
    if (!check_alone(w, key, *earlier, &w->changes[m.rows[0].change]) || !make_follow(&m, changes))
        return false;
    for (uint32_t i = 0; i < m.count; i++)
        if (!check_known(&m, &w->changes[m.rows[i].change]))
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
        if (moved_here(&mapper->foreign_keys[i]) && moved_here(&mapper->foreign_keys[k]) &&
            same_targets(&mapper->foreign_keys[i], &mapper->foreign_keys[k]))
            return true;
    return false;
}

static bool follow_mapper(struct work *w, const struct mapper *mapper, uint32_t changes)
{
    const struct foreign_key *earlier = NULL;
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        if (moved_here(key) && w->moves[key->target->index] && !is_taken_along(mapper, k) &&
            !follow_here(w, key, changes, &earlier))
            return false;
    }
    return true;
}

/* What the change is to refer to, by a pointer or by session_link; NULL: it goes by the value, or nothing is said. */
static const struct entry *said_target(const struct moved *m, const struct change *change)
{
    const struct howdah_session *s = m->w->s;
    const struct relation *relation = m->key->relation;
    const void *pointer = relation ? object_pointer(relation, change->image) : NULL;
    const struct placed *placed = change->entry->placed ? placed_find(s, change->entry, m->key) : NULL;
    if (pointer && (!change->old || pointer != object_pointer(relation, change_loaded(change))))
        return slabs_find(&s->slabs, pointer);
    return placed && (placed->said || placed->by_link) ? placed->owner : NULL;
}

/* Every statement that moves it. */
static bool wait_for_all(const struct moved *m, const struct change *change, const struct entry *target)
{
    for (const struct moved_row *row = moved_of(m, target); row; row = moved_again(m, row))
        if (!add_moving(m, change, row->change, true))
            return false;
    return true;
}

/* What is to refer to a row that is moved along, or refers to such a one in turn, goes behind that, with the new key. */
static bool refer_along(const struct moved *m, struct change *change)
{
    struct work *w = m->w;
    const struct foreign_key *key = m->key;
    const struct entry *target = said_target(m, change);
    const struct change *made = target ? work_change_of(w, target) : NULL;
    const struct follower *follower = target && !made ? work_follower_of(w, target) : NULL;
    const void *row = made ? made->image : follower ? follower->row : NULL;
    if (!row || (made && (made->deferrals != NONE || made->operation == HOWDAH_OPERATION_DELETE)) ||
        foreign_key_waits(key, row) || foreign_key_is_null(key, key->owner, change->image) ||
        foreign_key_refers_to(key, key->owner, change->image, row))
        return true;
    w->moves[key->owner->index] |= moved_draws_along(key);
    if (!foreign_key_assign(key, key->owner, &w->s->arena, change->image, row))
        return !session_no_memory(w->s);
    return (!made || add_moving(m, change, (uint32_t)(made - w->changes), true)) && wait_for_all(m, change, target);
}

static bool refer_all_along(const struct moved *m, uint32_t changes)
{
    for (uint32_t i = 0; i < changes; i++) {
        struct change *change = &m->w->changes[i];
        if (change->mapper == m->key->owner && change->operation != HOWDAH_OPERATION_DELETE &&
            change->fate == FATE_WRITTEN && !refer_along(m, change))
            return false;
    }
    return true;
}

/* What the database moves along. */
static bool follow_along(struct work *w, const struct key_path *path, uint32_t changes)
{
    const struct foreign_key *key = path->key;
    struct moved m = {.w = w, .key = key, .path = path->head ? path : NULL};
    if (!w->moves[key->target->index])
        return true;
    if (!moved_find(&m, changes))
        return false;
    if (m.count && !moved_here(key) && !follow_entries(&m))
        return false;
    return path->head || refer_all_along(&m, changes);
}

/* A longer one tells by the values that the program has left alone, and not by those that a shorter one has put in since. */
static bool is_longer(const struct key_path *by, const struct key_path *path)
{
    return by->head && !path->head && by->key->owner == path->key->owner;
}

/* Another one is to go before, which moves what this one refers to. */
static bool has_to_wait(const struct key_path *first, const struct key_path *path)
{
    for (const struct key_path *by = first; by; by = by->next) {
        bool leads = !moved_here(by->key) && moved_leads_on(by->key, path->key);
        if (by != path && !by->done && (leads || is_longer(by, path)))
            return true;
    }
    return false;
}

/* Those that need not wait; of those that go round one that has to, where nothing else is left. */
static bool follow_round(struct work *w, struct key_path *first, uint32_t changes, bool stuck, bool *any)
{
    *any = false;
    for (struct key_path *path = first; path; path = path->next) {
        if (path->done || (!stuck && has_to_wait(first, path)))
            continue;
        path->done = *any = true;
        stuck = false;
        if (!follow_along(w, path, changes))
            return false;
    }
    return true;
}

/* From level to level; where these go round, from anywhere. */
static bool follow_all_along(struct work *w, uint32_t changes)
{
    struct key_path *first;
    bool any = true;
    if (!key_paths_collect(w, &first))
        return false;
    for (bool stuck = false; any || !stuck;) {
        stuck = !any;
        if (!follow_round(w, first, changes, stuck, &any))
            return false;
    }
    return true;
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
    for (uint32_t i = 0; i < key->count; i++)
        if (formulas_find(change->extra->formulas, &change->mapper->columns[key->targets[i]]))
            return true;
    return false;
}

static bool check_follower(struct work *w, const struct change *change, const struct foreign_key *key,
                           const struct entry *entry)
{
    const struct mapper *owner = key->owner;
    bool new = entry->state == ENTRY_NEW, lives = new || entry->state == ENTRY_LOADED;
    const void *row = new ? entry_object(owner, entry) : entry_snapshot(owner, entry);
    if (!lives || foreign_key_is_null(key, owner, row) || !foreign_key_refers_to(key, owner, row, change->old))
        return true;
    work_refuse(w, HOWDAH_STATUS_INVALID, change, change->mapper->columns[key->targets[0]].field->name,
                "an object of %s refers to it, and can't follow to a key that only the server knows: evict that "
                "one, or set the key to a value",
                owner->model->name);
    w->s->error.other = entry_object(owner, entry);
    return false;
}

static bool check_followers(struct work *w, const struct change *change, const struct foreign_key *key)
{
    const struct slabs *slabs = &w->s->slabs;
    uint32_t index = key->owner->index;
    const struct slab *slab = index < slabs->chain_count ? slabs->chains[index].first : NULL;
    for (; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            if (!check_follower(w, change, key, slab_entry(slab, i)))
                return false;
    return true;
}

/* What refers to the row: the database follows where the foreign key says so, and refuses else. */
static bool check_computed(struct work *w, const struct change *change)
{
    for (const struct foreign_key *key = change->mapper->incoming; key; key = key->next_incoming)
        if (computes_target(change, key) && !check_followers(w, change, key))
            return false;
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
    return !any || follow_all_along(w, changes);
}
