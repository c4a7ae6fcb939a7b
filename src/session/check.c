/* Check: what the client can know to be refused is never sent. Column by column, as rows are encoded. */
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
    return true;
}

bool work_check(struct work *w)
{
    for (uint32_t i = 0; i < w->batch_count; i++)
        if (w->batches[i]->operation != HOWDAH_OPERATION_DELETE && !w->batches[i]->follow &&
            !check_batch(w, w->batches[i]))
            return false;
    return true;
}
