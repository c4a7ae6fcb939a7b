/* Finish: what was written becomes what is. Nothing here can fail: the transaction is committed already. */
#include "claims.h"
#include "foreign_key.h"
#include "formulas.h"
#include "marks.h"
#include "object.h"
#include "owner.h"
#include "pending.h"
#include "relation_answers.h"
#include "renewed.h"
#include "snapshot.h"
#include "swept.h"
#include "transaction.h"
#include "work.h"

#include "base/error.h"

bool work_prepare_finish(struct work *w, bool committed)
{
    size_t inserted = 0;
    if (!map_prepare(&w->s->map))
        return !session_no_memory(w->s);
    for (uint32_t i = 0; work_has_any(w, HOWDAH_OPERATION_INSERT) && i < w->s->db->catalog.mapper_count; i++)
        inserted += w->inserts[i];
    map_reserve(&w->s->map, inserted);
    for (uint32_t i = 0; !committed && i < w->change_count; i++)
        if (!change_is_extra(&w->changes[i]) && !transaction_remember(w->s, w->changes[i].entry))
            return !session_no_memory(w->s);
    for (uint32_t i = 0; !committed && i < w->follower_count; i++)
        if (!transaction_remember(w->s, w->followers[i].entry))
            return !session_no_memory(w->s);
    return work_keep_inherited(w);
}

/* Foreign keys that the server filled in from settings: the client knows these keys by now, too. */
void work_settle(struct work *w, const struct change *change)
{
    for (uint32_t d = change->deferrals; d != NONE; d = w->deferrals[d].next) {
        const struct deferral *deferral = &w->deferrals[d];
        /* an integer: it needs no memory; all else was filled in before */
        foreign_key_copy(&change->mapper->columns[deferral_column(deferral)], change->image,
                         deferral_source(w, deferral), w->changes[deferral->target].image, &w->arena);
    }
}

static bool has_row(const struct change *change)
{
    return change->operation != HOWDAH_OPERATION_DELETE && change->fate != FATE_DROPPED && !change_is_extra(change);
}

/* Objects become their images: keys, what the server made, foreign keys, and memory of the session's own. */
static void fill_objects(struct work *w, struct change_run run, uint32_t first, uint32_t end)
{
    const struct mapper *mapper = run.mapper;
    for (uint32_t i = first; w->deferral_count && i < end; i++)
        work_settle(w, &w->changes[i]);
    memcpy(entry_object(mapper, w->changes[first].entry), w->changes[first].image, (end - first) * mapper->model->size);
    for (uint32_t i = first; w->rekeys[mapper->index] && i < end; i++)
        if (change_rekeys(mapper, &w->changes[i]))
            identity_remove(&w->s->map, w->changes[i].entry);
}

/* The server may have sent arrays back. */
static bool returns(const struct work *w, const struct change *change)
{
    const struct batch *batch = change->batch == NONE ? NULL : w->batches[change->batch];
    return batch && batch->returned_count && !batch->lists_keys;
}

static void take_items(const struct work *w, const struct mapper *mapper, uint32_t first, uint32_t end, char *object)
{
    const size_t size = mapper->model->size;
    const bool any_returns = w->returns;
    const struct change *change = &w->changes[first];
    for (const struct change *last = &w->changes[end]; change < last; change++, object += size)
        if (!change->arrays_kept || (any_returns && returns(w, change)))
            snapshot_take_items(mapper, object);
}

/* And what they are is what their rows are. */
static void take_snapshots(struct work *w, struct change_run run, uint32_t first, uint32_t end)
{
    const struct mapper *mapper = run.mapper;
    char *objects = entry_object(mapper, w->changes[first].entry);
    for (uint32_t i = first; mapper->relation_count && i < end; i++)
        if (w->changes[i].old)
            object_mend_pointers(w->s, mapper, entry_object(mapper, w->changes[i].entry));
    memcpy(objects + mapper->group_bytes, objects, (end - first) * mapper->model->size);
    if (mapper->in_place_count)
        take_items(w, mapper, first, end, objects);
}

/* A computed key or owner is looked at before it becomes the row's. */
static void take_known_snapshots(struct work *w, struct change_run run, uint32_t first, uint32_t end)
{
    if (!w->changes[first].extra->formulas)
        take_snapshots(w, run, first, end);
}

typedef void for_stretch(struct work *w, struct change_run run, uint32_t first, uint32_t end);

/* Of the objects of a run, as many at once as lie side by side. */
static void for_stretches(struct work *w, struct change_run run, for_stretch *verb)
{
    const uint32_t end = work_has_images(w, run.mapper) ? run.end : run.first;
    for (uint32_t i = run.first, count; i < end; i += count) {
        count = 1;
        if (!has_row(&w->changes[i]))
            continue;
        count = w->changes[i].stretch;
        verb(w, run, i, i + count);
    }
}

/* A clean object refers to what has another key now, or is another object. */
static void follow(struct work *w, const struct follower *follower)
{
    const struct foreign_key *key = follower->key;
    const struct mapper *mapper = key->owner;
    void *object = entry_object(mapper, follower->entry), *snapshot = entry_snapshot(mapper, follower->entry);
    if (follower->pointer) {
        object_set_pointer(key->relation, object, follower->pointer);
        object_set_pointer(key->relation, snapshot, follower->pointer);
    }
    for (uint32_t i = 0; follower->row && i < key->count; i++) {
        const struct column *c = &mapper->columns[key->columns[i]];
        memcpy(column_field(c, object), column_field(c, follower->row), c->size);
        memcpy(column_field(c, snapshot), column_field(c, follower->row), c->size);
        if (c->key)
            identity_remove(&w->s->map, follower->entry);
    }
    if (!follower->entry->mapped)
        identity_add_prepared(&w->s->map, mapper, follower->entry);
}

/* What was sent, and what the server sent back, is known. */
static void settle_marks(struct work *w, const struct mapper *mapper, const struct change *change)
{
    const struct batch *batch = change->batch == NONE ? NULL : w->batches[change->batch];
    struct entry *entry = change->entry;
    uint64_t set[COLUMN_WORDS_MAX];
    marks_drop_all(w->s, entry, MARK_ASSIGNED);
    formulas_forget(w->s, entry);
    column_set_copy(set, change->columns, column_words(mapper));
    for (uint32_t i = 0; batch && i < batch->returned_count; i++)
        column_put(set, batch->returned[i]->index);
    if (mapper->version && batch)
        column_put(set, mapper->version->index);
    marks_drop_set(w->s, entry, MARK_UNLOADED, set);
}

static void promote(struct work *w, const struct mapper *mapper, const struct change *change)
{
    struct entry *entry = change->entry;
    if (!entry->mapped)
        identity_add_prepared(&w->s->map, mapper, entry);
    if (entry->marked)
        settle_marks(w, mapper, change);
    entry->absent = 0; /* a foreign key may lead elsewhere now */
}

/* An object that was added and is not to be written after all. */
static void drop(struct howdah_session *s, struct entry *entry)
{
    identity_remove(&s->map, entry);
    entry_move(entry, EVENT_DELETE);
    entry->row_deleted = true; /* should the flush be undone, it is new again; and collections drop it */
    s->deleted_some = true;
}

static inline void become_written(struct work *w, const struct change *change)
{
    if (entry_is_settled(change->entry)) {
        change->entry->absent = 0;
        return;
    }
    entry_move(change->entry, EVENT_WRITTEN);
    promote(w, change->mapper, change);
}

/* All of a stretch, or the one change; which is the last of them. Not in line: who walks over many deletes needs the registers. */
__attribute__((noinline)) static const struct change *become_written_together(struct work *w,
                                                                              const struct change *first)
{
    const struct change *end = first + (first->stretch ? first->stretch : 1);
    for (const struct change *change = first; change < end; change++)
        become_written(w, change);
    return end - 1;
}

static inline void become_deleted(struct work *w, const struct change *change, bool committed)
{
    struct entry *entry = change->entry;
    if (entry->state == ENTRY_DELETED)
        entry_move(entry, EVENT_WRITTEN);
    entry->row_deleted = true;
    if (committed || change->taken_over) /* until then it keeps its place in the map, should the flush be undone */
        identity_remove(&w->s->map, entry);
}

/* A key that the server computed may be another object's, whose row is gone or has another key by now; and a foreign key
 * may lead to another owner than before. */
static void become_computed(struct work *w, struct change_run run, uint32_t i, bool committed)
{
    const struct change *change = &w->changes[i];
    struct howdah_session *s = w->s;
    const struct mapper *mapper = change_mapper(w, change);
    struct entry *holder = change->entry->mapped ? NULL : identity_find(&s->map, mapper, change->image);
    struct owners before;
    if (holder)
        identity_remove(&s->map, holder);
    owners_look(s, mapper, change->entry, &before);
    take_snapshots(w, run, i, i + 1);
    become_written(w, change);
    if (!owners_changed(s, mapper, change->entry, &before)) { /* it is written all the same */
        s->error.outcome = committed ? HOWDAH_OUTCOME_DONE : HOWDAH_OUTCOME_NONE;
        error_finish(&s->error);
    }
}

static void finish_run(struct work *w, struct change_run run, bool committed)
{
    const struct change *changes = w->changes, *change = changes + run.first, *end = changes + run.end;
    for (; change < end; change++) {
        if (change->operation == HOWDAH_OPERATION_DELETE)
            become_deleted(w, change, committed);
        else if (change->fate == FATE_DROPPED)
            drop(w->s, change->entry);
        else if (change->extra->formulas && !change_is_extra(change))
            become_computed(w, run, (uint32_t)(change - changes), committed);
        else if (!change_is_extra(change))
            change = become_written_together(w, change);
    }
}

void work_finish(struct work *w, bool committed)
{
    uint64_t counts[HOWDAH_OPERATION_DELETE + 1] = {0};
    for (uint32_t i = 0; i < w->run_count; i++)
        for_stretches(w, w->runs[i], fill_objects);
    for (uint32_t i = 0; i < w->moving_count; i++)
        if (has_row(&w->changes[w->movings[i].change]))
            identity_remove(&w->s->map, w->changes[w->movings[i].change].entry);
    /* Only now, since each may point to any other. */
    for (uint32_t i = 0; i < w->run_count; i++) {
        for_stretches(w, w->runs[i], take_known_snapshots);
        finish_run(w, w->runs[i], committed);
        w->s->deleted_some |= work_has(w, w->runs[i].mapper, HOWDAH_OPERATION_DELETE);
    }
    for (uint32_t i = 0; i < w->follower_count; i++)
        follow(w, &w->followers[i]);
    swept_apply(w);
    renewed_apply(w, committed);
    work_forget_inherited(w);
    for (uint32_t i = 0; i < w->batch_count; i++)
        if (!w->batches[i]->parks && !w->batches[i]->follow)
            counts[w->batches[i]->operation] += w->batches[i]->count;
    for (const struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next)
        counts[sweep->path.deletes ? HOWDAH_OPERATION_DELETE : HOWDAH_OPERATION_UPDATE] += sweep->affected;
    w->s->written.inserted += counts[HOWDAH_OPERATION_INSERT];
    w->s->written.updated += counts[HOWDAH_OPERATION_UPDATE];
    w->s->written.deleted += counts[HOWDAH_OPERATION_DELETE];
    answers_forget(w->s);
    if (committed) {
        relation_keep_provisional(w->s);
        pending_settle(w->s);
    }
}
