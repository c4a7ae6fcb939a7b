/* Collect: every entry that differs from its row takes part. They are found first and counted, a table after the other,
 * and then become changes. */
#include "join_row.h"
#include "marks.h"
#include "snapshot.h"
#include "work.h"

/* Neighbours in a group that take part, all of one state. */
struct span {
    struct entry *first;
    uint32_t count;
};

/* Spans that were found. */
struct found {
    struct found *next;
    uint32_t count, capacity;
    struct span spans[];
};

struct findings {
    struct work *w;
    struct found *first, *last;
    uint32_t count; /* of entries */
};

static const uint8_t operations[ENTRY_STATES] = {[ENTRY_NEW] = HOWDAH_OPERATION_INSERT,
                                                 [ENTRY_LOADED] = HOWDAH_OPERATION_UPDATE,
                                                 [ENTRY_DELETED] = HOWDAH_OPERATION_DELETE};

/* --- finding --- */

/* Room for `count` more, side by side. */
static struct found *room_for(struct findings *c, uint32_t count)
{
    enum { FIRST = 16, MOST = 1024, GROWTH = 4 };
    struct found *last = c->last;
    if (last && count <= last->capacity - last->count)
        return last;
    uint32_t capacity = !last ? FIRST : last->capacity < MOST ? last->capacity * GROWTH : MOST;
    size_t size = sizeof(*last) + (size_t)capacity * sizeof(*last->spans);
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

/* Whether a loaded entry takes part. */
static bool takes_part(struct work *w, const struct mapper *mapper, const struct entry *entry)
{
    if (entry->read_only) {
        w->passes_over = true;
        return false;
    }
    return w->s->write_all || entry->placed || (entry->marked && marks_send(w->s, entry)) ||
           !snapshot_clean(mapper, entry_object(mapper, entry), entry_snapshot(mapper, entry));
}

/* The end of the neighbours that are like the first one: of one state, and that they take part or not. */
static struct entry *end_of_span(struct work *w, const struct mapper *mapper, struct entry *first,
                                 const struct entry *end, bool *ret_takes_part)
{
    struct entry *entry = first + 1;
    const uint8_t state = first->state;
    const bool part = state == ENTRY_LOADED ? takes_part(w, mapper, first) : state != ENTRY_DETACHED;
    *ret_takes_part = part;
    if (state == ENTRY_LOADED)
        while (entry < end && entry->state == ENTRY_LOADED && takes_part(w, mapper, entry) == part)
            entry++;
    else
        while (entry < end && entry->state == state)
            entry++;
    return entry;
}

static bool find_in_group(struct findings *c, const struct mapper *mapper, struct entry *group, uint32_t count)
{
    struct work *w = c->w;
    if (!w->s->write_all && !w->s->placed && is_clean(mapper, group, count))
        return true;
    struct found *room = room_for(c, count);
    if (!room)
        return false;
    struct span *span = &room->spans[room->count];
    for (struct entry *entry = group, *end = group + count, *first; entry < end;) {
        bool part;
        first = entry;
        entry = end_of_span(w, mapper, first, end, &part);
        if (!part)
            continue;
        *span++ = (struct span){first, (uint32_t)(entry - first)};
        c->count += (uint32_t)(entry - first);
    }
    room->count = (uint32_t)(span - room->spans);
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

/* Not in line: who copies it many times copies it whole then, and doesn't put it together each time. */
__attribute__((noinline)) struct change work_initial_change(const struct mapper *mapper,
                                                            enum howdah_operation operation)
{
    return (struct change){.mapper = mapper,
                           .columns = work_no_columns,
                           .extra = &work_no_extra,
                           .batch = NONE,
                           .deferrals = NONE,
                           .cleared = NONE,
                           .operation = (uint8_t)operation};
}

/* The changes from `first` on are those of a span. */
static void fill_changes(struct work *w, const struct mapper *mapper, uint32_t first, struct span span)
{
    const enum howdah_operation operation = (enum howdah_operation)operations[span.first->state];
    const bool is_image = operation == HOWDAH_OPERATION_DELETE, is_old = operation != HOWDAH_OPERATION_INSERT;
    const struct change like = work_initial_change(mapper, operation);
    const size_t size = mapper->model->size;
    char *snapshot = entry_snapshot(mapper, span.first);
    struct change *change = &w->changes[first];
    for (struct entry *entry = span.first, *end = entry + span.count; entry < end; entry++, change++) {
        *change = like;
        change->entry = entry;
        change->image = is_image ? snapshot : NULL;
        change->old = is_old ? snapshot : NULL;
        entry->change = first++;
        snapshot += size;
    }
    w->inserts[mapper->index] += operation == HOWDAH_OPERATION_INSERT ? span.count : 0;
    w->deletes[mapper->index] += operation == HOWDAH_OPERATION_DELETE ? span.count : 0;
    work_set(w, mapper, operation);
}

struct change_extra *work_extra(struct work *w, struct change *change)
{
    struct change_extra *extra = arena_copy(&w->arena, change->extra, sizeof(*extra));
    if (extra)
        change->extra = extra;
    else
        session_no_memory(w->s);
    return extra;
}

struct change *work_add_change(struct work *w, const struct mapper *mapper, struct entry *entry,
                               enum howdah_operation operation)
{
    struct change *change = work_new_change(w, mapper);
    void *snapshot = entry_snapshot(mapper, entry);
    if (!change)
        return NULL;
    *change = work_initial_change(mapper, operation);
    change->entry = entry;
    change->image = operation == HOWDAH_OPERATION_DELETE ? snapshot : NULL;
    change->old = operation == HOWDAH_OPERATION_INSERT ? NULL : snapshot;
    entry->change = (uint32_t)(change - w->changes);
    work_set(w, mapper, operation);
    return change;
}

static bool make_changes(struct work *w, const struct findings *c)
{
    uint32_t run = 0, first = 0;
    w->changes = arena_allocate_array(&w->arena, c->count, sizeof(*w->changes));
    if (!w->changes)
        return !session_no_memory(w->s);
    w->change_count = w->change_capacity = c->count;
    for (const struct found *found = c->first; found; found = found->next)
        for (uint32_t i = 0; i < found->count; i++) {
            run += first == w->runs[run].end;
            fill_changes(w, w->runs[run].mapper, first, found->spans[i]);
            first += found->spans[i].count;
        }
    return true;
}

bool work_collect(struct work *w)
{
    struct findings c = {.w = w};
    if (!join_rows_find_objects(w->s))
        return false;
    for (uint32_t i = 0; i < w->s->slabs.chain_count; i++)
        if (!find_in_table(&c, i))
            return false;
    return c.count == 0 || make_changes(w, &c);
}
