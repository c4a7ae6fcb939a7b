/* Which columns of an image are sent: what most rows and most columns ask for. The rest is pair_special.c's. */
#include "marks.h"
#include "pair.h"
#include "snapshot.h"

static bool is_unset_identity(const struct column *c, const void *object)
{
    return c->shape == SHAPE_PLAIN ? key_read_integer(c, object) == 0 : column_is_unset_key(c, object);
}

static bool is_computed(const struct change *change, const struct column *c)
{
    return change->extra->formulas && formulas_find(change->extra->formulas, c);
}

/* An INSERT sends all that is set; what is not is the server's to make. */
static bool choose_inserted(struct work *w, struct change *change, const struct column *c, uint64_t *set)
{
    if (c->server_only)
        return pair_leaves_to_server(w, change, c);
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

/* --- what differs: a column of several changes after the other. Those whose values don't are dropped from the sets --- */

/* `set` is the word of it that has the column. */
static bool choose_again(struct work *w, struct change *change, const struct column *c, uint64_t *set)
{
    set -= c->index / 64;
    column_drop(set, c->index);
    return pair_choose(w, change, c, set);
}

static bool choose_any(struct work *w, const struct column *c, struct change *changes, uint32_t count)
{
    const uint32_t words = changes->mapper->words;
    const uint64_t bit = (uint64_t)1 << c->index % 64;
    uint64_t *set = w->set + c->index / 64;
    for (struct change *change = changes, *end = changes + count; change < end; change++, set += words)
        if ((*set & bit) && !choose_again(w, change, c, set))
            return false;
    return true;
}

static bool choose_values(struct work *w, const struct column *c, struct change *changes, uint32_t count)
{
    const uint32_t words = changes->mapper->words;
    const uint64_t bit = (uint64_t)1 << c->index % 64;
    uint64_t *set = w->set + c->index / 64;
    for (struct change *change = changes, *end = changes + count; change < end; change++, set += words)
        if ((*set & bit) && c->codec->equal(c->field, column_field(c, change->image), column_field(c, change->old)))
            *set &= ~bit;
    return true;
}

static inline bool choose_text(struct work *w, struct change *change, const struct column *c, uint64_t *set)
{
    const char *text, *before;
    memcpy(&text, column_field(c, change->image), sizeof(text));
    memcpy(&before, column_field(c, change->old), sizeof(before));
    if (!text || !before)
        return choose_again(w, change, c, set);
    bool same = *text == *before && strcmp(text, before) == 0;
    if (same)
        column_drop(set - c->index / 64, c->index);
    text = same ? before : arena_copy_text(&w->s->arena, text, strlen(text));
    if (!text)
        return !session_no_memory(w->s);
    memcpy(column_field(c, change->image), &text, sizeof(text));
    return true;
}

static bool choose_texts(struct work *w, const struct column *c, struct change *changes, uint32_t count)
{
    const uint32_t words = changes->mapper->words;
    const uint64_t bit = (uint64_t)1 << c->index % 64;
    uint64_t *set = w->set + c->index / 64;
    for (struct change *change = changes, *end = changes + count; change < end; change++, set += words)
        if ((*set & bit) && !choose_text(w, change, c, set))
            return false;
    return true;
}

static inline bool choose_column(struct work *w, const struct column *c, struct change *changes, uint32_t count)
{
    switch (c->ordinary) {
    case ORDINARY_NOT: break;
    case ORDINARY_VALUE: return choose_values(w, c, changes, count);
    case ORDINARY_TEXT: return choose_texts(w, c, changes, count);
    }
    return choose_any(w, c, changes, count);
}

bool pair_differing(struct work *w, const struct mapper *mapper, struct change *changes, uint32_t count)
{
    const uint32_t words = mapper->words, end = words * count;
    const uint64_t *sets = w->set;
    snapshot_differing(mapper, changes->image, changes->old, count, w->set);
    for (uint32_t word = 0; word < words; word++) {
        uint64_t any = sets[word];
        for (uint32_t i = word + words; i < end; i += words)
            any |= sets[i];
        for (; any; any &= any - 1) {
            const struct column *c = &mapper->columns[word * 64 + (uint32_t)__builtin_ctzll(any)];
            if (!choose_column(w, c, changes, count))
                return false;
        }
    }
    return true;
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

static inline bool take_set(struct work *w, const struct mapper *mapper, struct change *change, const uint64_t *set)
{
    change->columns = keep_set(w, set, column_words(mapper));
    change->pairing = PAIRING_DONE;
    return change->columns || !session_no_memory(w->s);
}

bool pair_inserted(struct work *w, const struct mapper *mapper, struct change *changes, uint32_t count)
{
    const uint32_t words = mapper->words;
    uint64_t *set = w->set;
    if (changes->entry->marked && !pair_formulas(w, changes)) /* alone */
        return false;
    for (uint32_t i = 0; i < count; i++)
        column_set_copy(set + (size_t)i * words, mapper->always_sent, words);
    for (uint32_t i = 0; mapper->version && i < count; i++) /* before its column is asked whether it is unset */
        integer_set(mapper->version, changes[i].image, 1);
    for (uint32_t k = 0; k < mapper->looked_at_count; k++)
        for (uint32_t i = 0; i < count; i++)
            if (!choose_inserted(w, &changes[i], &mapper->columns[mapper->looked_at[k]], set + (size_t)i * words))
                return false;
    if (changes->extra->formulas) /* alone */
        pair_drop_computed(changes, set);
    for (struct change *change = changes, *end = changes + count; change < end; change++, set += words)
        if (!take_set(w, mapper, change, set))
            return false;
    return true;
}

/* New objects that take over a row, and those of which the session knows more than that they differ. */
static inline bool is_special(const struct work *w, const struct change *change)
{
    const struct entry *entry = change->entry;
    return entry->state == ENTRY_NEW || entry->marked || change->deferrals != NONE || w->s->write_all;
}

static inline bool settle_updated(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    return take_set(w, mapper, change, set) &&
           (!mapper->optimistic || change->entry->state == ENTRY_NEW || pair_checks(w, change, change->entry));
}

bool pair_updated(struct work *w, const struct mapper *mapper, struct change *changes, uint32_t count)
{
    const uint32_t words = mapper->words;
    uint64_t *set = w->set;
    memset(set, 0, (size_t)count * words * sizeof(*set));
    if (is_special(w, changes)) /* alone */
        return pair_special(w, mapper, changes, set) && settle_updated(w, mapper, changes, set);
    for (uint32_t i = 0; i < count; i++)
        changes[i].arrays_kept = true;
    if (!pair_differing(w, mapper, changes, count))
        return false;
    for (struct change *change = changes, *end = changes + count; change < end; change++, set += words)
        if ((!mapper->updates_plainly && !pair_complete(w, mapper, change, set)) ||
            !settle_updated(w, mapper, change, set))
            return false;
    return true;
}
