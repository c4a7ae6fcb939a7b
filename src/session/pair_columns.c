/* Which columns of an image are sent. */
#include "marks.h"
#include "foreign_key.h"
#include "object.h"
#include "pair.h"
#include "snapshot.h"

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

static bool is_unset_identity(const struct column *c, const void *object)
{
    return c->shape == SHAPE_PLAIN ? key_read_integer(c, object) == 0 : column_is_unset_key(c, object);
}

/* What may not change in a row: NULL, or why. */
static const char *refusal(const struct column *c)
{
    return c->server_only ? "is made by the server and can't be assigned" : NULL;
}

static bool is_computed(const struct change *change, const struct column *c)
{
    return change->formulas && formulas_find(change->formulas, c);
}

/* An INSERT sends all that is set; what is not is the server's to make. */
static bool choose_inserted(struct work *w, struct change *change, const struct column *c, uint64_t *set)
{
    if (c->server_only)
        return is_unassigned(c, change->image) ||
               work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name, "%s", refusal(c));
    if (c->identity && is_unset_identity(c, change->image)) {
        change->draws |= c->key && !is_computed(change, c); /* another one is simply left to the server */
        return true;
    }
    bool deferred = work_defers(w, change, c->index);
    if (!deferred && c->unset_on_insert && column_is_null(c, change->image) &&
        !marks_has(w->s, change->entry, MARK_ASSIGNED, c->index))
        return true;
    if (!deferred && c->key && column_is_unset_key(c, change->image) && !is_computed(change, c))
        return work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name, "the primary key is not set");
    column_put(set, c->index);
    return true;
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
    if (snapshot_has_field(c, change->image, change->old))
        return true;
    if (c->shape != SHAPE_ARRAY && !column_equal(c, change->image, change->old))
        return false;
    return pair_take_back(w, c, change, change->old);
}

static const char *fault_of_key(const struct column *c, const void *image)
{
    bool unset = column_is_null(c, image) || column_is_unset_key(c, image);
    return unset ? "is part of the primary key of a row and can't be unset" : NULL;
}

static bool refuse_column(struct work *w, const struct change *change, const struct column *c, const char *why)
{
    return work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name, "%s", why);
}

/* An UPDATE sends what differs. */
static bool choose_updated(struct work *w, struct change *change, const struct column *c, uint64_t *set)
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
        return choose_updated(w, change, c, set);
    if (!deferred && !assigned && !(w->s->write_all && is_written_anyway(change, c)))
        return true;
    return refusal(c) ? refuse_column(w, change, c, refusal(c)) : put_updated(w, change, c, true, set);
}

static bool choose_for_insert(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    if (mapper->version)
        integer_set(mapper->version, change->image, 1);
    if (change->entry->marked && !pair_formulas(w, change))
        return false;
    column_set_copy(set, mapper->always_sent, column_words(mapper));
    for (uint32_t i = 0; i < mapper->looked_at_count; i++)
        if (!choose_inserted(w, change, &mapper->columns[mapper->looked_at[i]], set))
            return false;
    if (change->formulas)
        pair_drop_computed(change, set);
    return true;
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

/* All columns of a word of a set. */
static uint64_t columns_of_word(const struct mapper *mapper, uint32_t word)
{
    uint32_t left = mapper->column_count - word * 64;
    return left < 64 ? ((uint64_t)1 << left) - 1 : UINT64_MAX;
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

static bool choose_for_update(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    bool anyway = change->deferrals != NONE || w->s->write_all || marks_set(w->s, change->entry, MARK_ASSIGNED);
    uint32_t words = column_words(mapper);
    if (change->entry->marked && !pair_formulas(w, change))
        return false;
    change->arrays_kept = true;
    snapshot_differing(mapper, change->image, change->old, w->differing);
    for (uint32_t i = 0; i < words; i++) {
        uint64_t left = anyway ? columns_of_word(mapper, i) : w->differing[i];
        w->differing[i] = 0;
        for (set[i] = 0; left; left &= left - 1) {
            const struct column *c = &mapper->columns[i * 64 + (uint32_t)__builtin_ctzll(left)];
            if (anyway ? !choose_anyway(w, change, c, set) : !choose_updated(w, change, c, set))
                return false;
        }
    }
    if (mapper->relation_count)
        put_handed_over(w, mapper, change, set);
    put_whole_keys(mapper, set);
    if (change->formulas)
        pair_drop_computed(change, set);
    bool changes = change->formulas || !column_set_is_empty(set, column_words(mapper));
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
    if (c->server_only && !is_unassigned(c, change->image))
        return work_refuse(w, HOWDAH_STATUS_INVALID, change, c->field->name, "%s", refusal(c));
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
    uint32_t words = column_words(mapper);
    uint64_t *defaults = arena_allocate_zero(&w->arena, words * sizeof(*defaults), _Alignof(uint64_t));
    if (!defaults)
        return !session_no_memory(w->s);
    memset(set, 0, words * sizeof(*set));
    if (change->entry->marked && !pair_formulas(w, change))
        return false;
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

static inline bool take_set(struct work *w, const struct mapper *mapper, struct change *change)
{
    change->columns = keep_set(w, w->set, column_words(mapper));
    return change->columns || !session_no_memory(w->s);
}

bool pair_inserted(struct work *w, const struct mapper *mapper, struct change *change)
{
    return choose_for_insert(w, mapper, change, w->set) && take_set(w, mapper, change);
}

bool pair_updated(struct work *w, const struct mapper *mapper, struct change *change)
{
    bool new = change->entry->state == ENTRY_NEW;
    return (new ? choose_for_row(w, mapper, change, w->set) : choose_for_update(w, mapper, change, w->set)) &&
           take_set(w, mapper, change) && (!mapper->optimistic || new || pair_checks(w, change, change->entry));
}
