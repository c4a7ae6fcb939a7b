#include "moved.h"

#include "foreign_key.h"

#include "base/hash.h"

bool moved_is_referenced(const struct mapper *mapper, uint32_t column)
{
    if (mapper->key_referenced && mapper->columns[column].key)
        return true;
    for (uint32_t n = 0; n < mapper->index_count; n++)
        for (uint32_t c = 0; c < mapper->indexes[n].count; c++)
            if (mapper->indexes[n].referenced && mapper->indexes[n].columns[c] == column)
                return true;
    return false;
}

bool moved_draws_along(const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (moved_is_referenced(key->owner, key->columns[i]))
            return true;
    return false;
}

static bool writes_target(const struct change *change, const struct foreign_key *key)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (column_in(change->columns, key->targets[i]))
            return true;
    return false;
}

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

static bool add_moved(struct moved *m, struct moved_row row)
{
    struct moved_row *rows = work_grow(m->w, m->rows, m->count, &m->capacity, sizeof(*rows));
    if (!rows)
        return false;
    m->rows = rows;
    rows[m->count++] = row;
    return true;
}

bool moved_leads_on(const struct foreign_key *by, const struct foreign_key *key)
{
    for (uint32_t i = 0; by->owner == key->target && i < by->count; i++)
        for (uint32_t n = 0; n < key->count; n++)
            if (by->columns[i] == key->targets[n])
                return true;
    return false;
}

/* A row that follows by a part of what the key refers to, which may be the part that stays. */
static bool add_follower(struct moved *m, struct moved_row row)
{
    const struct foreign_key *key = m->key;
    return columns_equal(key->target->columns, key->targets, key->count, row.old, row.image) || add_moved(m, row);
}

/* Those that follow others in turn: objects without a change of their own, and such as write none of it, or go. */
static bool add_moved_along(struct moved *m)
{
    struct work *w = m->w;
    const struct mapper *mapper = m->key->target;
    for (uint32_t i = 0; i < w->follower_count; i++) {
        const struct follower *f = &w->followers[i];
        if (moved_leads_on(f->key, m->key) &&
            !add_follower(m, (struct moved_row){f->entry, entry_snapshot(mapper, f->entry), f->row, f->change, NONE}))
            return false;
    }
    for (uint32_t i = 0; i < w->moving_count; i++) {
        const struct moving *moving = &w->movings[i];
        const struct change *change = &w->changes[moving->change];
        if (!moving->refers && moved_leads_on(moving->key, m->key) && !writes_target(change, m->key) &&
            !add_follower(m, (struct moved_row){change->entry, change_loaded(change), change->image, moving->by, NONE}))
            return false;
    }
    return true;
}

bool moved_find(struct moved *m, uint32_t changes)
{
    struct work *w = m->w;
    uint32_t size = 4;
    for (uint32_t i = 0; i < changes; i++) {
        const struct change *change = &w->changes[i];
        if (moves(w, change, m->key) &&
            !add_moved(m, (struct moved_row){change->entry, change_loaded(change), change->image, i, NONE}))
            return false;
    }
    if (!add_moved_along(m))
        return false;
    if (m->count == 0)
        return true;
    while (size < 2 * (uint64_t)m->count)
        size *= 2;
    m->mask = size - 1;
    m->places = arena_allocate_array(&w->arena, size, sizeof(*m->places));
    if (!m->places)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < size; i++)
        m->places[i] = NONE;
    for (uint32_t i = 0; i < m->count; i++) {
        uint32_t *place = &m->places[hash_target(m->key, m->rows[i].old) & m->mask];
        m->rows[i].next = *place;
        *place = i;
    }
    return true;
}

const struct moved_row *moved_by(const struct moved *m, uint32_t column)
{
    const struct column *c = &m->key->target->columns[column];
    for (uint32_t i = 0; i < m->count; i++)
        if (!column_equal(c, m->rows[i].old, m->rows[i].image) ||
            formulas_find(m->w->changes[m->rows[i].change].extra->formulas, c))
            return &m->rows[i];
    return NULL;
}

const struct moved_row *moved_target(const struct moved *m, const void *object)
{
    const struct foreign_key *key = m->key;
    if (!foreign_key_read(m->w->s, key, key->owner, object))
        return NULL;
    uint32_t at = m->places[hash_target(key, m->w->s->key_object) & m->mask];
    while (at != NONE && !foreign_key_refers_to(key, key->owner, object, m->rows[at].old))
        at = m->rows[at].next;
    return at == NONE ? NULL : &m->rows[at];
}

/* From that place on. */
static const struct moved_row *find_entry(const struct moved *m, uint32_t at, const struct entry *entry)
{
    while (at != NONE && m->rows[at].entry != entry)
        at = m->rows[at].next;
    return at == NONE ? NULL : &m->rows[at];
}

const struct moved_row *moved_of(const struct moved *m, const struct entry *entry)
{
    const void *old = entry_snapshot(m->key->target, entry);
    return !m->count ? NULL : find_entry(m, m->places[hash_target(m->key, old) & m->mask], entry);
}

const struct moved_row *moved_again(const struct moved *m, const struct moved_row *row)
{
    return find_entry(m, row->next, row->entry);
}
