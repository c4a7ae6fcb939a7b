/* The frame of a unit of work: its phases in their order, and its memory. */
#include "work.h"

#include "base/error.h"
#include "join_row.h"
#include "role.h"

#include <stdarg.h>
#include <stdio.h>

const uint64_t work_no_columns[COLUMN_WORDS_MAX];
const struct change_extra work_no_extra;

enum { COUNTS = 4 }; /* for each table, of four bytes */

void *work_move(struct work *w, void *elements, uint32_t count, uint32_t *capacity, size_t size)
{
    uint32_t more = *capacity ? *capacity * 4 : 4; /* since what was is copied, and stays in the arena */
    void *grown = count > UINT32_MAX / 8 ? NULL : arena_allocate_array(&w->arena, more, size);
    if (!grown) {
        session_no_memory(w->s);
        return NULL;
    }
    if (count)
        memcpy(grown, elements, count * size);
    *capacity = more;
    return grown;
}

struct change *work_new_change(struct work *w, const struct mapper *mapper)
{
    struct change *changes = work_grow(w, w->changes, w->change_count, &w->change_capacity, sizeof(*changes));
    struct change_run *runs = work_grow(w, w->runs, w->run_count, &w->run_capacity, sizeof(*runs));
    if (!changes || !runs)
        return NULL;
    w->changes = changes;
    w->runs = runs;
    if (w->run_count == 0 || runs[w->run_count - 1].mapper != mapper)
        runs[w->run_count++] = (struct change_run){mapper, w->change_count, w->change_count};
    runs[w->run_count - 1].end++;
    return &changes[w->change_count++];
}

bool work_refuse(struct work *w, enum howdah_status status, const struct change *change, const char *field,
                 const char *format, ...)
{
    char message[600];
    const struct mapper *mapper = change_mapper(w, change);
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    session_refuse(w->s, status, mapper, field, entry_object(mapper, change->entry), message);
    if (mapper->join_of)
        join_row_name(w->s, mapper, change->entry);
    w->s->error.outcome = HOWDAH_OUTCOME_NOT_DONE;
    error_finish(&w->s->error);
    return false;
}

void work_free(struct howdah_session *s)
{
    struct work *w = s->work;
    s->work = NULL;
    if (!w)
        return;
    work_unrelate(w);
    struct arena arena = w->arena; /* the work itself lies in it */
    arena_done(&arena);
}

/* What is counted by table. */
static void divide_counts(struct work *w, uint32_t *counts, uint32_t mappers)
{
    w->inserts = counts;
    w->deletes = counts + mappers;
    w->updates = counts + 2 * mappers;
    w->rekeys = counts + 3 * mappers;
    w->moves = (bool *)(counts + COUNTS * mappers);
    w->operations = (uint8_t *)(w->moves + mappers);
}

static struct work *work_new(struct howdah_session *s)
{
    struct arena arena;
    uint32_t mappers = s->db->catalog.mapper_count;
    size_t counts = mappers * (COUNTS * sizeof(uint32_t) + sizeof(bool) + sizeof(uint8_t));
    arena_init(&arena, &s->db->allocator);
    arena.block_size *= 2; /* so that the work and what every work needs are one block */
    struct work *w = arena_allocate_zero(&arena, sizeof(*w) + counts, _Alignof(struct work));
    if (!w) {
        arena_done(&arena);
        session_no_memory(s);
        return NULL;
    }
    divide_counts(w, (uint32_t *)(w + 1), mappers);
    w->s = s;
    s->epoch++; /* the program may have written into any object */
    w->arena = arena;
    w->memory = arena_allocator(&w->arena);
    map_init(&w->batch_map, &w->memory);
    return w;
}

struct work *work_plan(struct howdah_session *s, bool commit)
{
    work_free(s);
    s->rights = role_rights(s);
    struct work *w = s->work = s->rights ? work_new(s) : NULL;
    if (!w)
        return NULL;
    bool planned = work_collect(w) && work_relate(w) && work_pair(w) && work_rekey(w) && work_find_heirs(w) &&
                   work_batch(w) && work_order(w) && work_spare(w) && work_check(w) && work_emit(w, commit, NULL);
    arena_reset(&s->scratch);
    if (planned)
        return w;
    work_free(s);
    return NULL;
}
