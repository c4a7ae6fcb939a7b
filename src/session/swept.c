#include "swept.h"

#include "foreign_key.h"
#include "returned.h"

/* --- asking --- */

/* Whether the row may be reached by the sweep, and what that does to it is not known to the plan. Its version is, where it
 * refers to a row that goes; its xmin is not. */
static bool is_in_reach(const struct work *w, const struct sweep_path *path, const struct entry *entry)
{
    const struct mapper *mapper = path->mappers[path->depth - 1];
    const struct foreign_key *key = path->keys[path->depth - 1];
    const struct change *change = work_change_of(w, entry);
    bool direct = path->depth == 1 && !path->trees[0] && !path->trees[1];
    if (entry->state != ENTRY_LOADED || (change && change->operation == HOWDAH_OPERATION_DELETE))
        return false;
    if (foreign_key_is_unloaded(w->s, key, entry))
        return true;
    return !foreign_key_is_null(key, mapper, entry_snapshot(mapper, entry)) &&
           (!direct || (mapper->token && mapper->token->xmin));
}

/* The next entry in reach of those from *at on in the slab, or in one behind it. */
static struct entry *next_in_reach(const struct work *w, const struct sweep_path *path, const struct slab **slab,
                                   uint32_t *at)
{
    for (; *slab; *slab = (*slab)->next, *at = 0)
        while (*at < (*slab)->count) {
            struct entry *entry = slab_entry(*slab, (*at)++);
            if (is_in_reach(w, path, entry))
                return entry;
        }
    return NULL;
}

static bool any_is_in_reach(const struct work *w, const struct sweep_path *path)
{
    const struct mapper *mapper = path->mappers[path->depth - 1];
    const struct slab *slab = w->s->slabs.chains[mapper->index].first;
    uint32_t at = 0;
    return !mapper->join_of && next_in_reach(w, path, &slab, &at);
}

/* The key; and of a row that stays the foreign key, and the version. Returns how many. */
static uint32_t choose_columns(const struct sweep_path *path, const struct column **columns)
{
    const struct mapper *mapper = path->mappers[path->depth - 1];
    const struct foreign_key *key = path->keys[path->depth - 1];
    uint32_t count = 0;
    for (uint32_t i = 0; i < mapper->key_count; i++)
        columns[count++] = &mapper->columns[mapper->key[i]];
    for (uint32_t i = 0; !path->deletes && i < key->count; i++)
        columns[count++] = &mapper->columns[key->columns[i]];
    if (!path->deletes && mapper->token)
        columns[count++] = mapper->token;
    return count;
}

bool swept_ask(struct work *w, struct sweep *sweep)
{
    struct sweep_path *path = &sweep->path;
    const struct column **columns;
    if (!any_is_in_reach(w, path))
        return true;
    columns = arena_allocate_array(&w->arena, 2 * KEY_PARTS_MAX + 1, sizeof(*columns));
    sweep->returned = ARENA_NEW(&w->arena, struct returned);
    if (!columns || !sweep->returned)
        return !session_no_memory(w->s);
    path->returned = columns;
    path->returned_count = choose_columns(path, columns);
    return returned_init(sweep->returned, w->s, path->mappers[path->depth - 1], columns, path->returned_count);
}

/* --- taking --- */

/* What the row's own statement writes later is in its image. */
static void keep_written(const struct work *w, const struct returned *returned, const struct returned_row *row,
                         uint32_t chunk)
{
    const struct change *change = work_change_of(w, row->entry);
    if (!change || change->batch == NONE || w->batches[change->batch]->first_chunk < chunk)
        return;
    for (uint32_t i = returned->mapper->key_count; i < returned->count; i++) {
        const struct column *c = returned->columns[i];
        if (column_in(change->columns, c->index))
            memcpy(column_field(c, row->values), column_field(c, change->image), c->size);
    }
}

bool swept_take(struct work *w, struct sweep *sweep, uint32_t chunk, const struct cell *cells, size_t count)
{
    struct returned_row *row = NULL;
    if (!sweep->returned)
        return true;
    if (sweep->path.deletes)
        return returned_take_deleted(sweep->returned, cells, count);
    if (!returned_take(sweep->returned, cells, count, &row))
        return false;
    if (row)
        keep_written(w, sweep->returned, row, chunk);
    return true;
}

void swept_restart(struct work *w)
{
    for (struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next) {
        sweep->affected = sweep->told = 0;
        if (sweep->returned)
            returned_drop(sweep->returned);
    }
}

void swept_ignore(struct work *w)
{
    for (struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next)
        sweep->returned = NULL;
}

void swept_expire(struct work *w)
{
    for (const struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next) {
        const struct slab *slab = sweep->returned ? w->s->slabs.chains[sweep->returned->mapper->index].first : NULL;
        uint32_t at = 0;
        for (struct entry *entry; (entry = next_in_reach(w, &sweep->path, &slab, &at));)
            entry->expired = true;
    }
}

void swept_apply(struct work *w)
{
    for (struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next) {
        if (!sweep->returned)
            continue;
        returned_apply(sweep->returned);
        returned_drop(sweep->returned); /* statements for parts of a ring share it */
    }
}
