/* Collect: every entry that differs from its row takes part. They are found first and counted, a table after the other,
 * and then become changes. */
#include "marks.h"
#include "snapshot.h"
#include "work.h"

/* Entries that were found. */
struct found {
    struct found *next;
    uint32_t count, capacity;
    struct entry *entries[];
};

struct findings {
    struct work *w;
    struct found *first, *last;
    uint32_t count;
};

static const uint8_t operations[ENTRY_STATES] = {[ENTRY_NEW] = HOWDAH_OPERATION_INSERT,
                                                 [ENTRY_LOADED] = HOWDAH_OPERATION_UPDATE,
                                                 [ENTRY_DELETED] = HOWDAH_OPERATION_DELETE};

/* --- finding --- */

/* Room for `count` more, side by side. */
static struct found *room_for(struct findings *c, uint32_t count)
{
    enum { FIRST = 16, MOST = 4096, GROWTH = 4 };
    struct found *last = c->last;
    if (last && count <= last->capacity - last->count)
        return last;
    uint32_t capacity = !last ? FIRST : last->capacity < MOST ? last->capacity * GROWTH : MOST;
    size_t size = sizeof(*last) + (size_t)capacity * sizeof(*last->entries);
    struct found *room = arena_allocate(&c->w->arena, size, _Alignof(struct found));
    if (!room) {
        session_no_memory(c->w->s);
        return NULL;
    }
    *room = (struct found){.capacity = capacity};
    if (last)
        last->next = room;
    else
        c->first = room;
    return c->last = room;
}

/* Most often all entries of a group are clean, and one look tells; unless the program moved one to another owner. */
static bool is_clean(const struct mapper *mapper, const struct entry *group, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (group[i].state != ENTRY_LOADED || group[i].marked)
            return false;
    return snapshot_all_clean(mapper, entry_object(mapper, group), count);
}

/* Whether an entry takes part. */
static bool takes_part(const struct work *w, const struct mapper *mapper, const struct entry *entry)
{
    if (entry->state != ENTRY_LOADED)
        return entry->state != ENTRY_DETACHED;
    if (entry->read_only)
        return false;
    return w->s->write_all || entry->placed || (entry->marked && marks_send(w->s, entry)) ||
           !snapshot_clean(mapper, entry_object(mapper, entry), entry_snapshot(mapper, entry));
}

static bool find_in_group(struct findings *c, const struct mapper *mapper, struct entry *group, uint32_t count)
{
    const struct work *w = c->w;
    if (!w->s->write_all && !w->s->placed && is_clean(mapper, group, count))
        return true;
    struct found *room = room_for(c, count);
    if (!room)
        return false;
    uint32_t found = room->count;
    for (struct entry *entry = group, *end = group + count; entry < end; entry++)
        if (takes_part(w, mapper, entry))
            room->entries[found++] = entry;
    c->count += found - room->count;
    room->count = found;
    return true;
}

static bool find_in_slab(struct findings *c, const struct slab *slab)
{
    uint32_t size = slab->mapper->group, left = slab->count;
    for (uint32_t i = 0; left > 0; i++) {
        uint32_t count = left < size ? left : size;
        if (!find_in_group(c, slab->mapper, slab_group(slab, i), count))
            return false;
        left -= count;
    }
    return true;
}

static bool find_in_table(struct findings *c, uint32_t index)
{
    struct work *w = c->w;
    uint32_t first = c->count;
    for (const struct slab *slab = w->s->slabs.chains[index].first; slab; slab = slab->next)
        if (!find_in_slab(c, slab))
            return false;
    if (c->count == first)
        return true;
    struct change_run *runs = work_grow(w, w->runs, w->run_count, &w->run_capacity, sizeof(*runs));
    if (!runs)
        return false;
    w->runs = runs;
    runs[w->run_count++] = (struct change_run){&w->s->db->catalog.mappers[index], first, c->count};
    return true;
}

/* --- changes --- */

static struct change change_of(const struct mapper *mapper)
{
    return (struct change){
        .mapper = mapper, .columns = work_no_columns, .batch = NONE, .deferrals = NONE, .cleared = NONE};
}

static void take_part(struct change *change, struct entry *entry, enum howdah_operation operation)
{
    void *snapshot = entry_snapshot(change->mapper, entry);
    change->entry = entry;
    change->operation = (uint8_t)operation;
    change->image = operation == HOWDAH_OPERATION_DELETE ? snapshot : NULL;
    change->old = operation == HOWDAH_OPERATION_INSERT ? NULL : snapshot;
}

struct change *work_add_change(struct work *w, const struct mapper *mapper, struct entry *entry,
                               enum howdah_operation operation)
{
    struct change *change = work_new_change(w, mapper);
    if (!change)
        return NULL;
    *change = change_of(mapper);
    take_part(change, entry, operation);
    entry->change = (uint32_t)(change - w->changes);
    work_set(w, mapper, operation);
    return change;
}

/* The changes from `first` on are those of entries of one table. */
static void fill_changes(struct work *w, const struct mapper *mapper, uint32_t first, struct entry *const *entries,
                         uint32_t count)
{
    const struct change blank = change_of(mapper);
    uint32_t counts[HOWDAH_OPERATION_DELETE + 1] = {0};
    for (uint32_t i = 0; i < count; i++) {
        const enum howdah_operation operation = (enum howdah_operation)operations[entries[i]->state];
        w->changes[first + i] = blank;
        take_part(&w->changes[first + i], entries[i], operation);
        entries[i]->change = first + i;
        counts[operation]++;
    }
    w->inserts[mapper->index] += counts[HOWDAH_OPERATION_INSERT];
    w->deletes[mapper->index] += counts[HOWDAH_OPERATION_DELETE];
    for (enum howdah_operation i = HOWDAH_OPERATION_INSERT; i <= HOWDAH_OPERATION_DELETE; i++)
        if (counts[i])
            work_set(w, mapper, i);
}

static bool make_changes(struct work *w, const struct findings *c)
{
    const struct found *found = c->first;
    uint32_t place = 0;
    w->changes = arena_allocate_array(&w->arena, c->count, sizeof(*w->changes));
    if (!w->changes)
        return !session_no_memory(w->s);
    w->change_count = w->change_capacity = c->count;
    for (uint32_t run = 0, i = 0; i < c->count;) {
        run += i == w->runs[run].end;
        for (; place == found->count; place = 0)
            found = found->next;
        uint32_t here = found->count - place, left = w->runs[run].end - i, count = here < left ? here : left;
        fill_changes(w, w->runs[run].mapper, i, found->entries + place, count);
        place += count;
        i += count;
    }
    return true;
}

bool work_collect(struct work *w)
{
    struct findings c = {.w = w};
    for (uint32_t i = 0; i < w->s->slabs.chain_count; i++)
        if (!find_in_table(&c, i))
            return false;
    return c.count == 0 || make_changes(w, &c);
}
