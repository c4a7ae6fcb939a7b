/* Which columns of an image are sent, where that takes more than a look at what differs: columns that are no plain values,
 * keys, versions, formulas, rows that are written whole or taken over. */
#include "foreign_key.h"
#include "marks.h"
#include "object.h"
#include "pair.h"
#include "snapshot.h"

/* What may not change in a row: NULL, or why. */
static const char *refusal(const struct column *c)
{
    return c->server_only ? "is made by the server and can't be assigned" : NULL;
}

static bool refuse_column(struct work *w, const struct change *change, const struct column *c, const char *why)
{
    return work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name, "%s", why);
}

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

bool pair_leaves_to_server(struct work *w, const struct change *change, const struct column *c)
{
    bool assigned = work_defers(w, change, c->index) || !is_unassigned(c, change->image);
    return !assigned || refuse_column(w, change, c, refusal(c));
}

static bool is_computed(const struct change *change, const struct column *c)
{
    return change->extra->formulas && formulas_find(change->extra->formulas, c);
}

/* Whether a session that writes loaded objects whole writes this column. */
static bool is_written_anyway(const struct change *change, const struct column *c)
{
    return !refusal(c) && !c->key && !c->version && (c->nullable || !column_is_null(c, change->image));
}

/* What an UPDATE sends of a column. */
static bool put_updated(struct work *w, struct change *change, const struct column *c, bool same, uint64_t *set)
{
    bool borrowed = c->codec->has_pointers || c->shape == SHAPE_ARRAY;
    column_put(set, c->index);
    if (c->shape == SHAPE_ARRAY)
        change->arrays_kept = false;
    return same || !borrowed || pair_own(w, c, change);
}

static bool is_same(struct work *w, const struct change *change, const struct column *c)
{
    return snapshot_has_field(c, change->image, change->old) || pair_take_back(w, c, change, change->old);
}

static const char *fault_of_key(const struct column *c, const void *image)
{
    bool unset = column_is_null(c, image) || column_is_unset_key(c, image);
    return unset ? "is part of the primary key of a row and can't be unset" : NULL;
}

/* An UPDATE sends what differs. */
bool pair_choose(struct work *w, struct change *change, const struct column *c, uint64_t *set)
{
    if (is_same(w, change, c))
        return true;
    const char *why = c->key ? fault_of_key(c, change->image) : NULL;
    why = why ? why : refusal(c);
    return why ? refuse_column(w, change, c, why) : put_updated(w, change, c, false, set);
}

/* And what is to be sent for another reason. */
static bool choose_anyway(struct work *w, struct change *change, const struct column *c, uint64_t *set)
{
    bool deferred = work_defers(w, change, c->index), same = deferred || is_same(w, change, c);
    bool assigned = marks_has(w->s, change->entry, MARK_ASSIGNED, c->index) && !c->version;
    if (!same)
        return pair_choose(w, change, c, set);
    if (!deferred && !assigned && !(w->s->write_all && is_written_anyway(change, c)))
        return true;
    return refusal(c) ? refuse_column(w, change, c, refusal(c)) : put_updated(w, change, c, true, set);
}

static bool count_version(struct work *w, const struct mapper *mapper, struct change *change)
{
    int64_t version = key_read_integer(mapper->version, change->old);
    return (version < INT64_MAX && integer_set(mapper->version, change->image, version + 1)) ||
           work_refuse(w, HOWDAH_STATUS_INVALID, change, mapper->version->field->name,
                       "the version has reached the end of its type: widen the column");
}

/* A pointer leads to another row than before, which gets the very key that the old one gives up: the foreign key is the same,
 * but has to be written between the two. */
static void put_handed_over(struct work *w, const struct mapper *mapper, const struct change *change, uint64_t *set)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        const struct foreign_key *key = relation->foreign_key;
        if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO)
            continue;
        const void *pointer = object_pointer(relation, change->image);
        if (!pointer || pointer == object_pointer(relation, change->old) ||
            !foreign_key_equal(key, mapper, change->image, change->old))
            continue;
        const struct entry *target = slabs_find(&w->s->slabs, pointer);
        bool same =
            !target || (target->state == ENTRY_NEW
                            ? key->to_primary_key /* it takes over the row of a deleted one */
                            : foreign_key_refers_to(key, mapper, change->old, entry_snapshot(key->target, target)));
        for (uint32_t c = 0; !same && c < key->count; c++)
            column_put(set, key->columns[c]);
    }
}

/* The database clears a foreign key whole, or moves it, when what it referred to goes or has another key: then the part that
 * the program has not changed is not what it was. */
static void put_whole_keys(const struct mapper *mapper, uint64_t *set)
{
    for (uint32_t k = 0; k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        if (key->count == 1)
            continue;
        bool acts = key->on_delete == HOWDAH_ON_DELETE_SET_NULL || key->on_delete == HOWDAH_ON_DELETE_SET_DEFAULT ||
                    key->on_update == HOWDAH_ON_UPDATE_CASCADE;
        bool written = false;
        for (uint32_t i = 0; acts && i < key->count; i++)
            written = written || column_in(set, key->columns[i]);
        for (uint32_t i = 0; written && i < key->count; i++)
            if (!mapper->columns[key->columns[i]].key)
                column_put(set, key->columns[i]);
    }
}

static bool choose_all(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (!choose_anyway(w, change, &mapper->columns[i], set))
            return false;
    return true;
}

bool pair_complete(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    if (mapper->relation_count)
        put_handed_over(w, mapper, change, set);
    put_whole_keys(mapper, set);
    if (change->extra->formulas)
        pair_drop_computed(change, set);
    bool changes = change->extra->formulas || !column_set_is_empty(set, mapper->words);
    if (!mapper->token || !changes || column_in(set, mapper->token->index))
        return true; /* or it is one that the program has set */
    return pair_knows_version(w, change) && (!mapper->version || count_version(w, mapper, change));
}

/* A new object takes over a row: all columns but the key are written, those that an INSERT would leave out too. */
static bool choose_taken_over(struct work *w, struct change *change, const struct column *c, uint64_t *set,
                              uint64_t *defaults)
{
    bool deferred = work_defers(w, change, c->index);
    bool unset = !deferred && ((c->identity && column_is_unset_key(c, change->image)) ||
                               (c->unset_on_insert && column_is_null(c, change->image) &&
                                !marks_has(w->s, change->entry, MARK_ASSIGNED, c->index)));
    if (c->server_only && !pair_leaves_to_server(w, change, c))
        return false;
    if (c->key || c->version || is_computed(change, c))
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
    uint32_t words = mapper->words;
    uint64_t *defaults = arena_allocate_zero(&w->arena, words * sizeof(*defaults), _Alignof(uint64_t));
    if (!defaults)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (!choose_taken_over(w, change, &mapper->columns[i], set, defaults))
            return false;
    bool any_default = !column_set_is_empty(defaults, words);
    struct change_extra *extra = any_default ? work_extra(w, change) : NULL;
    if (any_default && !extra)
        return false;
    if (any_default)
        extra->defaults = defaults;
    else if (column_set_is_empty(set, words) &&
             !mapper->join_of) /* there is nothing else to tell by that it is there */
        column_put(set, mapper->version ? mapper->version->index : mapper->key[0]);
    return !mapper->version || count_version(w, mapper, change);
}

bool pair_special(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    bool marked = change->entry->marked;
    bool anyway =
        change->deferrals != NONE || w->s->write_all || (marked && marks_set(w->s, change->entry, MARK_ASSIGNED));
    if (marked && !pair_formulas(w, change))
        return false;
    if (change->entry->state == ENTRY_NEW)
        return choose_for_row(w, mapper, change, set);
    change->arrays_kept = true;
    return (anyway ? choose_all(w, mapper, change, set) : pair_differing(w, mapper, change, 1)) &&
           pair_complete(w, mapper, change, set);
}
