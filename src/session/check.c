/* Check: what the client can know to be refused is never sent. Column by column, as rows are encoded. */
#include "cascade.h"
#include "claims.h"
#include "marks.h"
#include "work.h"

static bool check_column(struct work *w, const struct batch *batch, const struct column *c)
{
    const char *why;
    for (uint32_t i = 0; i < batch->count; i++) {
        i += (uint32_t)column_check_all(c, batch->images + i, batch->count - i, batch->bytes + i, &why);
        const struct change *change = i < batch->count ? &w->changes[batch->changes[i]] : NULL;
        if (!change || work_defers(w, change, c->index))
            continue;
        enum howdah_status status = column_is_null(c, change->image) ? HOWDAH_STATUS_NOT_NULL : HOWDAH_STATUS_INVALID;
        return work_refuse(w, status, change, c->field->name, "%s", why);
    }
    return true;
}

/* An object is told by its key: that of its row can't be another one, which the type has made of it. */
static bool check_key_column(struct work *w, const struct batch *batch, const struct column *c)
{
    for (uint32_t i = 0; c->keeps != KEEPS_ALL && c->keeps != KEEPS_UNKNOWN && i < batch->count; i++) {
        const struct change *change = &w->changes[batch->changes[i]];
        if (!work_defers(w, change, c->index) && !column_is_kept(c, change->image))
            return work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name,
                               "a primary key that %s would round or cut: set it to what the row is to have",
                               c->field->sql_type);
    }
    return true;
}

static bool check_keys(struct work *w, const struct batch *batch)
{
    const struct mapper *mapper = batch->mapper;
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        if (column_in(batch->columns, c->index) && !check_key_column(w, batch, c))
            return false;
    }
    return true;
}

static bool check_batch(struct work *w, struct batch *batch)
{
    const struct mapper *mapper = batch->mapper;
    batch->bytes = arena_allocate_zero(&w->arena, batch->count * sizeof(*batch->bytes), sizeof(*batch->bytes));
    if (!batch->bytes)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < mapper->checked_count; i++) {
        const struct column *c = &mapper->columns[mapper->checked[i]];
        bool drawn = batch->draws && c == mapper->identity;
        if (column_in(batch->columns, c->index) && !drawn && !check_column(w, batch, c))
            return false;
    }
    return check_keys(w, batch);
}

/* --- what others refer to --- */

/* Whether rows that refer to a deleted one by that index are written by statements of ours. */
static bool is_followed(const struct mapper *mapper, const struct table_index *index)
{
    for (const struct foreign_key *key = mapper->incoming; key; key = key->next_incoming) {
        enum cascade_rule rule = key->index == index ? cascade_rule_of(key, key->owner) : CASCADE_IGNORES;
        if (rule == CASCADE_DELETES || rule == CASCADE_FOLLOWS || rule == CASCADE_CLEARS)
            return true;
    }
    return false;
}

/* What refers to a row by values that were not loaded can't be found by them. */
static bool check_unloaded(struct work *w, const struct change *change, const uint64_t *unloaded)
{
    const struct mapper *mapper = change->mapper;
    for (uint32_t i = 0; i < mapper->index_count; i++) {
        const struct table_index *index = &mapper->indexes[i];
        bool goes = index->referenced && (change->operation == HOWDAH_OPERATION_DELETE ? is_followed(mapper, index)
                                                                                       : change_touches(change, index));
        for (uint32_t c = 0; goes && c < index->count; c++)
            if (column_in(unloaded, index->columns[c]))
                return work_refuse(w, HOWDAH_STATUS_INVALID, change, mapper->columns[index->columns[c]].field->name,
                                   "was not loaded, but other rows refer to it: find the object first");
    }
    return true;
}

bool work_check(struct work *w)
{
    for (uint32_t i = 0; map_count(&w->s->marks) && i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        const uint64_t *unloaded = change->old ? marks_set(w->s, change->entry, MARK_UNLOADED) : NULL;
        if (unloaded && change->batch != NONE && !check_unloaded(w, change, unloaded))
            return false;
    }
    for (uint32_t i = 0; i < w->batch_count; i++)
        if (w->batches[i]->operation != HOWDAH_OPERATION_DELETE && !w->batches[i]->follow &&
            !check_batch(w, w->batches[i]))
            return false;
    return true;
}
