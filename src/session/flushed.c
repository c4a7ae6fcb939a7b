/* What flushes in the program's transaction changed, and the way back. */
#include "collection.h"
#include "foreign_key.h"
#include "formulas.h"
#include "link.h"
#include "marks.h"
#include "object.h"
#include "role.h"
#include "snapshot.h"
#include "transaction.h"

/* An entry as it was before a flush changed it. */
struct flushed {
    struct flushed *older;
    struct entry *entry;
    enum entry_state state;
    const struct formula *formulas; /* that were pending */
    void *object;                   /* copies of both structs */
    void *snapshot;
    uint64_t *marks;
    bool expired;
};

bool transaction_remember(struct howdah_session *s, struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    struct flushed *flushed = ARENA_NEW(&s->flushed_arena, struct flushed);
    if (!flushed)
        return false;
    bool deleted = entry->state == ENTRY_DELETED; /* no image is made of it, and its deletion may be taken back */
    if (deleted)
        object_own(s, mapper, entry);
    flushed->object = arena_copy(&s->flushed_arena, entry_object(mapper, entry), mapper->model->size);
    flushed->snapshot = arena_copy(&s->flushed_arena, entry_snapshot(mapper, entry), mapper->model->size);
    if (!flushed->object || !flushed->snapshot || !marks_save(s, entry, &s->flushed_arena, &flushed->marks))
        return false;
    flushed->entry = entry;
    flushed->expired = entry->expired;
    flushed->formulas = formulas_pending(s, entry);
    flushed->state = entry->cascaded ? ENTRY_LOADED : entry->state;
    flushed->older = s->flushed;
    s->flushed = flushed;
    return true;
}

const struct flushed *transaction_next_flushed(const struct howdah_session *s, const struct flushed *at,
                                               struct entry **ret_entry, const void **ret_before)
{
    const struct flushed *next = at ? at->older : s->flushed;
    if (next) {
        *ret_entry = next->entry;
        *ret_before = next->state == ENTRY_LOADED || next->state == ENTRY_DELETED ? next->snapshot : NULL;
    }
    return next;
}

bool transaction_remember_read(struct howdah_session *s, struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    uint32_t words = column_words(mapper);
    if (!transaction_remember(s, entry))
        return false;
    struct flushed *flushed = s->flushed;
    if (flushed->state != ENTRY_LOADED && flushed->state != ENTRY_DELETED)
        return true;
    object_forget_stale_pointers(s, mapper, flushed->snapshot); /* loaded for what the program had written */
    snapshot_restore(mapper, flushed->object, flushed->snapshot);
    if (flushed->marks)
        memset(&flushed->marks[MARK_ASSIGNED * words], 0, words * sizeof(*flushed->marks));
    flushed->formulas = NULL;
    return true;
}

bool transaction_remember_made(struct howdah_session *s, struct entry *entry)
{
    if (!transaction_remember(s, entry))
        return false;
    s->flushed->state = ENTRY_DETACHED;
    return true;
}

/* Whether the field goes back to what it was before the flush: text and items that the program had put there were
 * copied then, and the session's copy stays, since the program's may be gone. */
static bool goes_back(const struct column *c, const struct flushed *flushed)
{
    if (!c->codec->has_pointers && c->shape != SHAPE_ARRAY)
        return true;
    return column_is_null(c, flushed->object) ||
           memcmp(column_field(c, flushed->object), column_field(c, flushed->snapshot), c->size) == 0;
}

/* Pointer and value go back together; where the program has written one of them since, the other says nothing more. */
static void unfill_reference(const struct mapper *mapper, const struct relation *relation,
                             const struct flushed *flushed)
{
    void *object = entry_object(mapper, flushed->entry), *row = entry_snapshot(mapper, flushed->entry);
    bool pointed = object_pointer(relation, object) != object_pointer(relation, row);
    bool valued = !foreign_key_equal(relation->foreign_key, mapper, object, row);
    const void *before = valued ? flushed->snapshot : flushed->object;
    if (!pointed)
        object_set_pointer(relation, object, object_pointer(relation, before));
    else if (!valued)
        foreign_key_reset(relation->foreign_key, mapper, object,
                          flushed->state == ENTRY_NEW ? NULL : flushed->snapshot);
}

/* What the flush put into the object is taken back, but for what the program changed since. */
static void unfill_object(const struct mapper *mapper, const struct flushed *flushed)
{
    void *object = entry_object(mapper, flushed->entry), *row = entry_snapshot(mapper, flushed->entry);
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (mapper->relations[i].field->kind == HOWDAH_FIELD_BELONGS_TO)
            unfill_reference(mapper, &mapper->relations[i], flushed);
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const struct column *c = &mapper->columns[i];
        if (snapshot_has_field(c, object, row) && goes_back(c, flushed))
            memcpy(column_field(c, object), column_field(c, flushed->object), c->size);
    }
}

/* The state to which an undone flush leads: that from before it, but for what the program did since. */
static enum entry_state undone_state(const struct entry *entry, const struct flushed *flushed)
{
    if (entry->state == ENTRY_DETACHED && !entry->row_deleted)
        return ENTRY_DETACHED; /* evicted */
    if (entry->state == ENTRY_DELETED)
        return flushed->state == ENTRY_NEW ? ENTRY_DETACHED : ENTRY_DELETED;
    if (entry->state == ENTRY_LOADED && flushed->state == ENTRY_DELETED)
        return ENTRY_LOADED; /* its deletion was taken back */
    return flushed->state;
}

/* Back into the identity map, from where a new object with the same key had driven it. */
static void take_place(struct howdah_session *s, const struct mapper *mapper, struct entry *entry)
{
    struct entry *holder = identity_find(&s->map, mapper, entry_snapshot(mapper, entry));
    if (holder)
        identity_remove(&s->map, holder);
    identity_add_prepared(&s->map, mapper, entry); /* the flush has prepared the map */
}

/* Of a new object that had taken over a row all was known that it had. */
static void restore_collection(const struct relation *relation, struct entry *entry, const struct flushed *flushed)
{
    void *object = entry_object(relation->mapper, entry), *snapshot = entry_snapshot(relation->mapper, entry);
    struct collection before = collection_get(relation, flushed->object);
    if (before.loaded && !collection_get(relation, object).loaded)
        collection_put(relation, object, snapshot, &before);
}

/* Collections, and what HAS_ONE points to, stay as the program sees them: pending links are in them still. */
static void restore_snapshot(const struct mapper *mapper, struct entry *entry, const struct flushed *flushed)
{
    char *snapshot = entry_snapshot(mapper, entry), *row = flushed->snapshot;
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct howdah_field *field = mapper->relations[i].field;
        if (flushed->state == ENTRY_NEW && relation_is_many(&mapper->relations[i]))
            restore_collection(&mapper->relations[i], entry, flushed);
        if (field->kind != HOWDAH_FIELD_BELONGS_TO)
            memcpy(row + field->offset, snapshot + field->offset, field->size);
    }
    memcpy(snapshot, row, mapper->model->size);
}

/* What was added and deleted again in between is forgotten: nothing can refer to it. */
static void forget_lost_pointers(struct howdah_session *s, const struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        const struct entry *target = NULL;
        if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO)
            target = slabs_find(&s->slabs, object_pointer(relation, entry_object(mapper, entry)));
        if (target && target->state == ENTRY_DETACHED && target->unwritten)
            object_set_pointer(relation, entry_object(mapper, entry), NULL);
    }
}

static void unflush(struct howdah_session *s, struct flushed *until)
{
    struct flushed *last = s->flushed;
    links_before_undoing(s);
    for (struct flushed *flushed = s->flushed; flushed != until; flushed = flushed->older) {
        struct entry *entry = flushed->entry;
        const struct mapper *mapper = entry_mapper(s, entry);
        enum entry_state state = undone_state(entry, flushed);
        bool dropped = state == ENTRY_DETACHED && entry->state == ENTRY_DELETED; /* as if it had never been added */
        if (!entry->row_deleted)
            unfill_object(mapper, flushed);
        if (state == ENTRY_DETACHED || (state == ENTRY_NEW && !key_is_set(mapper, flushed->snapshot)))
            identity_remove(&s->map, entry);
        if (!key_equal(mapper, entry_snapshot(mapper, entry), flushed->snapshot))
            identity_remove(&s->map, entry); /* its key was changed, or drawn */
        restore_snapshot(mapper, entry, flushed);
        entry->state = (uint8_t)state; /* back on the way it came: no move of the table */
        entry->row_deleted = dropped;  /* collections may hold it */
        s->deleted_some |= dropped;
        entry->unwritten = state == ENTRY_DETACHED && (flushed->state == ENTRY_NEW || flushed->state == ENTRY_DETACHED);
        entry->expired = flushed->expired;
        marks_restore(s, entry, flushed->marks);
        formulas_unflush(s, entry, flushed->formulas, flushed->object, flushed->snapshot);
        if (!entry->mapped && (state == ENTRY_LOADED || state == ENTRY_DELETED))
            take_place(s, mapper, entry);
    }
    for (struct flushed *flushed = last; flushed != until; flushed = flushed->older)
        forget_lost_pointers(s, flushed->entry);
    links_after_undoing(s);
    s->flushed = until;
}

void transaction_wrote(struct howdah_session *s)
{
    for (uint32_t i = 0; !s->wrote && i < s->slabs.chain_count; i++)
        s->slabs.chains[i].written = slab_end(&s->slabs.chains[i]);
    s->wrote = true;
}

/* Those that were made behind that place. */
static void expire_behind(const struct slab_chain *chain, struct slab_place place)
{
    const struct slab *slab = place.last ? place.last : chain->first;
    for (uint32_t n = place.count; slab && !slab->mapper->join_of; slab = slab->next, n = 0)
        for (; n < slab->count; n++) {
            struct entry *entry = slab_entry(slab, n);
            entry->expired |= entry->state == ENTRY_LOADED || entry->state == ENTRY_DELETED;
        }
}

void transaction_undo(struct howdah_session *s, const struct savepoint *until)
{
    role_forget(s);
    unflush(s, until ? until->flushed : NULL);
    for (uint32_t i = 0; s->wrote && i < s->slabs.chain_count; i++)
        expire_behind(&s->slabs.chains[i], until && until->wrote ? until->read[i] : s->slabs.chains[i].written);
    s->wrote = until && until->wrote;
}

void transaction_forget_deleted(struct howdah_session *s)
{
    for (struct flushed *flushed = s->flushed; flushed; flushed = flushed->older)
        if (flushed->entry->state == ENTRY_DETACHED)
            identity_remove(&s->map, flushed->entry);
}
