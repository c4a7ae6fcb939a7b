/* Finish: what was written becomes what is. Nothing here can fail: the transaction is committed already. */
#include "claims.h"
#include "foreign_key.h"
#include "formulas.h"
#include "marks.h"
#include "object.h"
#include "owner.h"
#include "pending.h"
#include "relation_answers.h"
#include "snapshot.h"
#include "transaction.h"
#include "work.h"

#include "base/error.h"

bool work_prepare_finish(struct work *w, bool committed)
{
    if (!map_prepare(&w->s->map))
        return !session_no_memory(w->s);
    for (uint32_t i = 0; !committed && i < w->change_count; i++)
        if (!change_is_extra(&w->changes[i]) && !transaction_remember(w->s, w->changes[i].entry))
            return !session_no_memory(w->s);
    for (uint32_t i = 0; !committed && i < w->follower_count; i++)
        if (!transaction_remember(w->s, w->followers[i].entry))
            return !session_no_memory(w->s);
    return true;
}

/* Foreign keys that the server filled in from settings: the client knows these keys by now, too. */
void work_settle(struct work *w, const struct mapper *mapper, const struct change *change)
{
    for (uint32_t d = change->deferrals; d != NONE; d = w->deferrals[d].next) {
        const struct foreign_key *key = w->deferrals[d].key;
        const void *target = w->changes[w->deferrals[d].target].image;
        /* an integer: it needs no memory */
        foreign_key_assign_part(key, mapper, &w->arena, change->image, target, foreign_key_generated_part(key));
    }
}

/* The object becomes its image: keys, what the server made, foreign keys, and memory of the session's own. */
static void fill_object(struct work *w, const struct mapper *mapper, const struct change *change)
{
    work_settle(w, mapper, change);
    memcpy(entry_object(mapper, change->entry), change->image, mapper->model->size);
    if (change_rekeys(mapper, change))
        identity_remove(&w->s->map, change->entry);
}

/* A clean object refers to what has another key now. */
static void follow(struct work *w, const struct follower *follower)
{
    const struct foreign_key *key = follower->key;
    const struct mapper *mapper = key->owner;
    void *object = entry_object(mapper, follower->entry), *snapshot = entry_snapshot(mapper, follower->entry);
    for (uint32_t i = 0; i < key->count; i++) {
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
    marks_drop_all(w->s, entry, MARK_ASSIGNED);
    formulas_forget(w->s, entry);
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (column_in(change->columns, i))
            marks_drop(w->s, entry, MARK_UNLOADED, i);
    for (uint32_t i = 0; batch && i < batch->returned_count; i++)
        marks_drop(w->s, entry, MARK_UNLOADED, batch->returned[i]->index);
    if (mapper->version && batch)
        marks_drop(w->s, entry, MARK_UNLOADED, mapper->version->index);
}

static void promote(struct work *w, const struct mapper *mapper, const struct change *change)
{
    struct entry *entry = change->entry;
    void *object = entry_object(mapper, entry);
    if (change->old && mapper->relation_count)
        object_forget_stale_pointers(w->s, mapper, object);
    snapshot_take(mapper, object, entry_snapshot(mapper, entry));
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

/* The row of a change is what was written. */
static void become(struct work *w, const struct change *change, bool committed)
{
    entry_move(change->entry, EVENT_WRITTEN);
    change->entry->row_deleted = change->operation == HOWDAH_OPERATION_DELETE;
    w->s->deleted_some |= change->entry->row_deleted;
    if (change->operation != HOWDAH_OPERATION_DELETE)
        promote(w, change_mapper(w, change), change);
    else if (committed || change->taken_over) /* until then it keeps its place in the map, should the flush be undone */
        identity_remove(&w->s->map, change->entry);
}

/* A key that the server computed may be another object's, whose row is gone or has another key by now; and a foreign key
 * may lead to another owner than before. */
static void become_computed(struct work *w, const struct change *change, bool committed)
{
    struct howdah_session *s = w->s;
    const struct mapper *mapper = change_mapper(w, change);
    struct entry *holder = change->entry->mapped ? NULL : identity_find(&s->map, mapper, change->image);
    struct owners before;
    if (holder)
        identity_remove(&s->map, holder);
    owners_look(s, mapper, change->entry, &before);
    become(w, change, committed);
    if (!owners_changed(s, mapper, change->entry, &before)) { /* it is written all the same */
        s->error.outcome = committed ? HOWDAH_OUTCOME_DONE : HOWDAH_OUTCOME_NONE;
        error_finish(&s->error);
    }
}

void work_finish(struct work *w, bool committed)
{
    uint64_t *const counts[] = {[HOWDAH_OPERATION_INSERT] = &w->s->written.inserted,
                                [HOWDAH_OPERATION_UPDATE] = &w->s->written.updated,
                                [HOWDAH_OPERATION_DELETE] = &w->s->written.deleted};
    for (uint32_t i = 0; i < w->change_count; i++)
        if (w->changes[i].operation != HOWDAH_OPERATION_DELETE && w->changes[i].fate != FATE_DROPPED &&
            !change_is_extra(&w->changes[i]))
            fill_object(w, change_mapper(w, &w->changes[i]), &w->changes[i]);
    /* Only now, since each may point to any other. */
    for (uint32_t i = 0; i < w->change_count; i++) {
        const struct change *change = &w->changes[i];
        if (change_is_extra(change))
            continue;
        if (change->fate == FATE_DROPPED) {
            drop(w->s, change->entry);
            continue;
        }
        if (change->batch != NONE)
            ++*counts[change->operation];
        if (change->formulas)
            become_computed(w, change, committed);
        else
            become(w, change, committed);
    }
    for (uint32_t i = 0; i < w->follower_count; i++)
        follow(w, &w->followers[i]);
    for (const struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next)
        *counts[sweep->path.deletes ? HOWDAH_OPERATION_DELETE : HOWDAH_OPERATION_UPDATE] += sweep->affected;
    answers_forget(w->s);
    if (committed) {
        relation_keep_provisional(w->s);
        pending_settle(w->s);
    }
}
