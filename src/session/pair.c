/* Pair: each change gets the image of its row as it will be, with foreign keys filled in from pointers. What is sent of
 * it is a set of columns. */
#include "assigned.h"
#include "foreign_key.h"
#include "object.h"
#include "owner.h"
#include "snapshot.h"
#include "work.h"

/* --- images --- */

/* A field that is not the session's own memory any more, but has the value that it had: back to that memory. */
static bool take_back(struct work *w, const struct column *c, const struct change *change, const void *before)
{
    bool kept = c->shape != SHAPE_ARRAY || snapshot_is_unedited(c, before);
    if (!kept || !snapshot_equal(c, change->image, before, w->s->key_object))
        return false;
    if (c->codec->has_pointers || c->shape == SHAPE_ARRAY)
        memcpy(column_field(c, change->image), column_field(c, before), c->size);
    return true;
}

/* Puts memory of the session's own into a field of the image: the program's may go away after the commit. */
static bool own_field(struct work *w, const struct column *c, const struct change *change)
{
    return column_copy(c, &w->s->arena, change->image) || !session_no_memory(w->s);
}

/* Of a new object: what the program put into it after it was added. */
static bool own_fields(struct work *w, const struct mapper *mapper, const struct change *change, const void *added)
{
    for (uint32_t i = 0; i < mapper->pointer_count; i++) {
        const struct column *c = &mapper->columns[mapper->pointers[i]];
        if (!snapshot_has_field(c, change->image, added) && !take_back(w, c, change, added) && !own_field(w, c, change))
            return false;
    }
    return true;
}

/* What it refers to is deleted. */
static void clear_key(const struct mapper *mapper, const struct change *change, const struct cleared *cleared)
{
    foreign_key_clear(cleared->key, mapper, change->image);
    if (cleared->key->relation)
        object_set_pointer(cleared->key->relation, change->image, NULL);
    if (cleared->versioned && mapper->version)
        integer_set(mapper->version, change->image, key_read_integer(mapper->version, change->old) + 1);
}

static bool make_image(struct work *w, const struct mapper *mapper, struct change *change)
{
    void *object = entry_object(mapper, change->entry), *snapshot = entry_snapshot(mapper, change->entry);
    change->image = arena_allocate(&w->arena, mapper->model->size, _Alignof(max_align_t));
    if (!change->image)
        return !session_no_memory(w->s);
    memcpy(change->image, object, mapper->model->size);
    for (uint32_t at = change->cleared; at != NONE; at = w->cleared[at].next)
        clear_key(mapper, change, &w->cleared[at]);
    return change->old || snapshot_clean(mapper, object, snapshot) || own_fields(w, mapper, change, snapshot);
}

bool work_defers(const struct work *w, const struct change *change, uint32_t column)
{
    for (uint32_t d = change->deferrals; d != NONE; d = w->deferrals[d].next)
        if (w->deferrals[d].key->columns[foreign_key_generated_part(w->deferrals[d].key)] == column)
            return true;
    return false;
}

/* A part of the key is the key of an object that has none yet. */
static bool key_is_deferred(const struct work *w, const struct mapper *mapper, const struct change *change)
{
    for (uint32_t i = 0; change->deferrals != NONE && i < mapper->key_count; i++)
        if (work_defers(w, change, mapper->key[i]))
            return true;
    return false;
}

/* The row of an object that is deleted, and that a new one has the key of, stays: it becomes the new object's. What refers
 * to it is none the wiser, and no ON DELETE fires. */
static void take_over(struct work *w, struct change *change, const struct entry *holder)
{
    struct change *dropped = work_change_of(w, holder);
    if (!dropped || dropped->operation != HOWDAH_OPERATION_DELETE)
        return; /* flushed: the row is gone */
    dropped->taken_over = true;
    w->deletes[change->mapper->index]--;
    w->inserts[change->mapper->index]--;
    change->operation = HOWDAH_OPERATION_UPDATE;
    change->old = entry_snapshot(change->mapper, holder);
}

/* A new object whose key was set or changed after it was added: the identity map follows. */
static bool claim_key(struct work *w, const struct mapper *mapper, struct change *change)
{
    struct entry *entry = change->entry;
    void *snapshot = entry_snapshot(mapper, entry);
    if (entry->mapped ? key_equal(mapper, change->image, snapshot)
                      : !key_is_set(mapper, change->image) || key_is_deferred(w, mapper, change))
        return true;
    identity_remove(&w->s->map, entry);
    const struct entry *holder = identity_find(&w->s->map, mapper, change->image);
    if (holder && holder->state != ENTRY_DELETED && holder->state != ENTRY_DETACHED &&
        !entry_is_rekeyed(mapper, holder))
        return work_refuse(w, HOWDAH_STATUS_UNIQUE, change, mapper->columns[mapper->key[0]].field->name,
                           "another object of the session has this primary key");
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        memcpy(column_field(c, snapshot), column_field(c, change->image), c->size);
    }
    if (holder && holder->state == ENTRY_DELETED)
        take_over(w, change, holder);
    return holder || !key_is_set(mapper, snapshot) || identity_add(&w->s->map, mapper, entry) ||
           !session_no_memory(w->s);
}

/* --- foreign keys by pointer --- */

static bool is_cleared(const struct work *w, const struct change *change, const struct foreign_key *key)
{
    uint32_t at = change->cleared;
    while (at != NONE && w->cleared[at].key != key)
        at = w->cleared[at].next;
    return at != NONE;
}

/* The target's key is yet to be generated: what is known of it is filled in, the rest waits. */
static bool defer(struct work *w, const struct mapper *mapper, struct change *change, const struct foreign_key *key,
                  struct change *target)
{
    uint32_t generated = foreign_key_generated_part(key);
    for (uint32_t i = 0; i < key->count; i++)
        if (i != generated && !foreign_key_assign_part(key, mapper, &w->arena, change->image, target->image, i))
            return !session_no_memory(w->s);
    struct deferral *deferrals =
        work_grow(w, w->deferrals, w->deferral_count, &w->deferral_capacity, sizeof(*deferrals));
    if (!deferrals)
        return false;
    w->deferrals = deferrals;
    deferrals[w->deferral_count] = (struct deferral){key, target->entry->change, change->deferrals};
    change->deferrals = w->deferral_count++;
    target->referenced = true;
    return true;
}

/* The entry that a pointer leads to, if it may be referred to. */
static struct entry *pointed_entry(struct work *w, const struct change *change, const struct relation *relation,
                                   const void *pointer)
{
    struct entry *target = slabs_find(&w->s->slabs, pointer);
    const char *field = relation->field->name, *model = relation->target->model->name;
    if (!target || target->mapper != relation->target->index)
        work_refuse(w, HOWDAH_STATUS_MISUSE, change, field, "the pointer is no %s of this session: find or add it here",
                    model);
    else if (target->state == ENTRY_DELETED || target->state == ENTRY_DETACHED)
        work_refuse(w, HOWDAH_STATUS_MISUSE, change, field, "refers to a %s %s: point it elsewhere",
                    target->state == ENTRY_DELETED ? "deleted" : "detached", model);
    else
        return target;
    return NULL;
}

/* The target decides; `value_counts` says that the value was chosen too, and then both must agree. */
static bool take_target(struct work *w, const struct mapper *mapper, struct change *change,
                        const struct foreign_key *key, const struct entry *target, bool value_counts)
{
    const char *why;
    struct change *made = work_change_of(w, target); /* it may be new, or its key may change */
    const void *row = made ? made->image : entry_snapshot(key->target, target);
    bool agree = !value_counts || foreign_key_agrees(key, mapper, change->image, row, change->old == NULL) ||
                 (target->state == ENTRY_LOADED &&
                  foreign_key_refers_to(key, mapper, change->image, entry_snapshot(key->target, target)));
    if (!agree)
        return work_refuse(w, HOWDAH_STATUS_INVALID, change,
                           key->relation ? key->relation->field->name : mapper->columns[key->columns[0]].field->name,
                           "pointer and value (%s) refer to different rows: set one of them",
                           mapper->columns[key->columns[0]].field->name);
    if (key->type && column_assign(key->type, howdah_value_text(key->label), &w->s->arena, change->image, &why))
        return !session_no_memory(w->s);
    if (made && target->state == ENTRY_NEW && foreign_key_waits(key, row))
        return defer(w, mapper, change, key, made);
    return foreign_key_assign(key, mapper, &w->arena, change->image, row) || !session_no_memory(w->s);
}

static bool take_pointer(struct work *w, const struct mapper *mapper, struct change *change,
                         const struct relation *relation, const void *pointer, bool value_counts)
{
    const struct entry *target = pointed_entry(w, change, relation, pointer);
    return target && take_target(w, mapper, change, relation->foreign_key, target, value_counts);
}

static bool pair_new(struct work *w, const struct mapper *mapper, struct change *change,
                     const struct relation *relation)
{
    const void *pointer = object_pointer(relation, change->image);
    if (!pointer)
        return true;
    return take_pointer(w, mapper, change, relation, pointer,
                        !foreign_key_is_unset(relation->foreign_key, mapper, change->image));
}

static bool pair_loaded(struct work *w, const struct mapper *mapper, struct change *change,
                        const struct relation *relation)
{
    const struct foreign_key *key = relation->foreign_key;
    const void *pointer = object_pointer(relation, change->image), *before = object_pointer(relation, change->old);
    bool value_counts = !foreign_key_equal(key, mapper, change->image, change->old) ||
                        foreign_key_applies(key, change->image) != foreign_key_applies(key, change->old);
    if (pointer == before || (!pointer && value_counts))
        return true;
    if (pointer)
        return take_pointer(w, mapper, change, relation, pointer, value_counts);
    if (foreign_key_clear(key, mapper, change->image))
        return true;
    return work_refuse(w, HOWDAH_STATUS_NOT_NULL, change, relation->field->name,
                       "is NULL, but its column can't be: point it to another %s", key->target->model->name);
}

static bool refuse_unlinked(struct work *w, const struct mapper *mapper, const struct change *change,
                            const struct foreign_key *key)
{
    const char *model = key->has->mapper->model->name, *field = key->has->field->name;
    return work_refuse(w, HOWDAH_STATUS_NOT_NULL, change, mapper->columns[key->columns[0]].field->name,
                       "was unlinked from %s.%s, but can't be NULL: link it to another %s, delete it, or give %s.%s "
                       ".delete_orphans",
                       model, field, model, model, field);
}

/* What session_link and session_unlink said where no field of the object could. */
static bool pair_placed(struct work *w, const struct mapper *mapper, struct change *change)
{
    struct owner_keys walk = {0};
    const struct foreign_key *key;
    struct entry *owner;
    while (change->entry->placed && (key = owner_next_key(mapper, &walk))) {
        const struct placed *placed = placed_find(w->s, change->entry, key);
        if (!placed || is_cleared(w, change, key))
            continue;
        enum whose whose = owner_now(w->s, key, mapper, change->entry, &owner);
        if (placed->by_link && placed->owner == owner && (owner->state == ENTRY_NEW || owner->state == ENTRY_LOADED) &&
            !take_target(w, mapper, change, key, owner, false))
            return false;
        bool stays = change->old && !foreign_key_is_null(key, mapper, change->image);
        if (!placed->owner && whose == OWNER_NONE && stays && foreign_key_applies(key, change->image))
            return refuse_unlinked(w, mapper, change, key);
    }
    return true;
}

static bool pair_relations(struct work *w, const struct mapper *mapper, struct change *change)
{
    bool insert = change->operation == HOWDAH_OPERATION_INSERT;
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO)
            continue;
        if (insert ? !pair_new(w, mapper, change, relation) : !pair_loaded(w, mapper, change, relation))
            return false;
    }
    return pair_placed(w, mapper, change);
}

/* --- columns --- */

/* NULL or zero. The padding behind a value that can be NULL may be anything. */
static bool is_unassigned(const struct column *c, const void *object)
{
    const unsigned char *bytes = column_field(c, object);
    if (c->shape == SHAPE_NULLABLE)
        return column_is_null(c, object);
    for (size_t i = 0; i < c->size; i++)
        if (bytes[i])
            return false;
    return true;
}

/* What may not change in a row: NULL, or why. */
static const char *refusal(const struct column *c)
{
    return c->server_only ? "is made by the server and can't be assigned" : NULL;
}

/* An INSERT sends all that is set; what is not is the server's to make. */
static bool choose_inserted(struct work *w, struct change *change, const struct column *c, uint64_t *set)
{
    if (c->server_only)
        return is_unassigned(c, change->image) ||
               work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name, "%s", refusal(c));
    if (c->identity && column_is_unset_key(c, change->image)) {
        change->draws |= c->key; /* another one is simply left to the server */
        return true;
    }
    bool deferred = work_defers(w, change, c->index);
    if (!deferred && c->unset_on_insert && column_is_null(c, change->image) &&
        !assigned_has(w->s, change->entry, c->index))
        return true;
    if (!deferred && c->key && column_is_unset_key(c, change->image))
        return work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name, "the primary key is not set");
    column_put(set, c->index);
    return true;
}

/* Whether a session that writes loaded objects whole writes this column. */
static bool is_written_anyway(const struct change *change, const struct column *c)
{
    return !refusal(c) && !c->key && !c->version && (c->nullable || !column_is_null(c, change->image));
}

/* An UPDATE sends what differs. */
static bool choose_updated(struct work *w, struct change *change, const struct column *c, uint64_t *set)
{
    bool deferred = work_defers(w, change, c->index);
    bool same =
        !deferred && (snapshot_has_field(c, change->image, change->old) || take_back(w, c, change, change->old));
    const char *why = same ? NULL : refusal(c);
    if (!same && !deferred && c->key && (column_is_null(c, change->image) || column_is_unset_key(c, change->image)))
        why = "is part of the primary key of a row and can't be unset";
    if (why)
        return work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name, "%s", why);
    if (same && !(w->s->write_all && is_written_anyway(change, c)))
        return true;
    column_put(set, c->index);
    return deferred || same || own_field(w, c, change);
}

static bool choose_for_insert(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    if (mapper->version)
        integer_set(mapper->version, change->image, 1);
    memcpy(set, mapper->always_sent, column_words(mapper) * sizeof(*set));
    for (uint32_t i = 0; i < mapper->looked_at_count; i++)
        if (!choose_inserted(w, change, &mapper->columns[mapper->looked_at[i]], set))
            return false;
    return true;
}

static bool count_version(struct work *w, const struct mapper *mapper, struct change *change)
{
    int64_t version = key_read_integer(mapper->version, change->old);
    return (version < INT64_MAX && integer_set(mapper->version, change->image, version + 1)) ||
           work_refuse(w, HOWDAH_STATUS_INVALID, change, mapper->version->field->name,
                       "the version has reached the end of its type: widen the column");
}

static bool choose_for_update(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    const struct column *c = mapper->columns, *end = c + mapper->column_count;
    bool only_changes = change->deferrals == NONE && !w->s->write_all;
    memset(set, 0, column_words(mapper) * sizeof(*set));
    for (; c < end; c++) {
        if (only_changes && snapshot_has_field(c, change->image, change->old))
            continue; /* as most fields of most objects */
        if (!choose_updated(w, change, c, set))
            return false;
    }
    if (!mapper->version || column_set_is_empty(set, column_words(mapper)) || column_in(set, mapper->version->index))
        return true; /* or it is one that the program has set */
    return count_version(w, mapper, change);
}

/* A new object takes over a row: all columns but the key are written, those that an INSERT would leave out too. */
static bool choose_taken_over(struct work *w, struct change *change, const struct column *c, uint64_t *set,
                              uint64_t *defaults)
{
    bool deferred = work_defers(w, change, c->index);
    bool unset =
        !deferred &&
        ((c->identity && column_is_unset_key(c, change->image)) ||
         (c->unset_on_insert && column_is_null(c, change->image) && !assigned_has(w->s, change->entry, c->index)));
    if (c->server_only && !is_unassigned(c, change->image))
        return work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name, "%s", refusal(c));
    if (c->key || c->version)
        return true;
    if (c->field->server_default && (c->server_only || unset))
        column_put(defaults, c->index);
    else if (c->identity && unset)
        column_put(defaults, c->index);
    else if (!c->server_only)
        column_put(set, c->index);
    return true;
}

static bool choose_for_row(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    uint32_t words = column_words(mapper);
    uint64_t *defaults = arena_allocate_zero(&w->arena, words * sizeof(*defaults), _Alignof(uint64_t));
    if (!defaults)
        return !session_no_memory(w->s);
    memset(set, 0, words * sizeof(*set));
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (!choose_taken_over(w, change, &mapper->columns[i], set, defaults))
            return false;
    change->defaults = column_set_is_empty(defaults, words) ? NULL : defaults;
    return !mapper->version || count_version(w, mapper, change);
}

/* The set in memory of the work: that of the change before, if it is the same. */
static const uint64_t *keep_set(struct work *w, const uint64_t *set, uint32_t words)
{
    if (w->last_set_words == words && column_sets_equal(w->last_set, set, words))
        return w->last_set;
    w->last_set = arena_copy(&w->arena, set, words * sizeof(*set));
    w->last_set_words = w->last_set ? words : 0;
    return w->last_set;
}

static bool choose_columns(struct work *w, const struct mapper *mapper, struct change *change)
{
    uint64_t set[COLUMN_WORDS_MAX];
    bool new = change->entry->state == ENTRY_NEW;
    bool chosen = change->operation == HOWDAH_OPERATION_INSERT ? choose_for_insert(w, mapper, change, set)
                  : new                                        ? choose_for_row(w, mapper, change, set)
                                                               : choose_for_update(w, mapper, change, set);
    if (!chosen)
        return false;
    change->columns = keep_set(w, set, column_words(mapper));
    return change->columns || !session_no_memory(w->s);
}

/* --- the phase --- */

bool work_pair(struct work *w)
{
    for (uint32_t i = 0; i < w->change_count; i++)
        if (w->changes[i].operation != HOWDAH_OPERATION_DELETE && !make_image(w, w->changes[i].mapper, &w->changes[i]))
            return false;
    for (uint32_t i = 0; i < w->change_count; i++) {
        struct change *change = &w->changes[i];
        const struct mapper *mapper = change_mapper(w, change);
        if (change->operation == HOWDAH_OPERATION_DELETE || change->fate != FATE_WRITTEN)
            continue;
        bool insert = change->operation == HOWDAH_OPERATION_INSERT;
        if (!pair_relations(w, mapper, change) || (insert && !claim_key(w, mapper, change)) ||
            !choose_columns(w, mapper, change))
            return false;
        arena_reset(&w->s->scratch);
    }
    return true;
}
