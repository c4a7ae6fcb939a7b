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

/* Whether it differs, of what most columns are. */
static inline bool choose_ordinary(struct work *w, struct change *change, const struct column *c, uint64_t *set)
{
    const void *now = column_field(c, change->image), *before = column_field(c, change->old);
    const char *text, *old_text;
    if (c->ordinary == ORDINARY_VALUE) {
        if (!c->codec->equal(c->field, now, before))
            column_put(set, c->index);
        return true;
    }
    memcpy(&text, now, sizeof(text));
    memcpy(&old_text, before, sizeof(old_text));
    if (text == old_text)
        return true;
    if (!text || !old_text || (*text == *old_text && strcmp(text, old_text) == 0))
        return pair_choose(w, change, c, set);
    column_put(set, c->index);
    text = arena_copy_text(&w->s->arena, text, strlen(text));
    if (!text)
        return !session_no_memory(w->s);
    memcpy(column_field(c, change->image), &text, sizeof(text));
    return true;
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
    if (change->extra->formulas)
        pair_drop_computed(change, set);
    return true;
}

/* Of the columns of a word of the set those that differ. */
static inline bool choose_in_word(struct work *w, struct change *change, const struct column *columns, uint64_t left,
                                  uint64_t *set)
{
    for (; left; left &= left - 1) {
        const struct column *c = &columns[__builtin_ctzll(left)];
        if (c->ordinary ? !choose_ordinary(w, change, c, set) : !pair_choose(w, change, c, set))
            return false;
    }
    return true;
}

bool pair_differing(struct work *w, const struct mapper *mapper, struct change *change, uint64_t *set)
{
    uint64_t *differing = w->differing;
    snapshot_differing(mapper, change->image, change->old, differing);
    for (uint32_t i = 0; i < mapper->words; i++) {
        uint64_t left = differing[i];
        differing[i] = 0;
        if (!choose_in_word(w, change, &mapper->columns[i * 64], left, set))
            return false;
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

static inline bool take_set(struct work *w, const struct mapper *mapper, struct change *change)
{
    change->columns = keep_set(w, w->set, column_words(mapper));
    return change->columns || !session_no_memory(w->s);
}

bool pair_inserted(struct work *w, const struct mapper *mapper, struct change *change)
{
    return choose_for_insert(w, mapper, change, w->set) && take_set(w, mapper, change);
}

/* New objects that take over a row, and those of which the session knows more than that they differ. */
static inline bool is_special(const struct work *w, const struct change *change)
{
    const struct entry *entry = change->entry;
    return entry->state == ENTRY_NEW || entry->marked || change->deferrals != NONE || w->s->write_all;
}

bool pair_updated(struct work *w, const struct mapper *mapper, struct change *change)
{
    uint64_t *set = w->set;
    column_set_clear(set, mapper->words);
    if (is_special(w, change)) {
        if (!pair_special(w, mapper, change, set))
            return false;
    } else {
        change->arrays_kept = true;
        if (!pair_differing(w, mapper, change, set) ||
            (!mapper->updates_plainly && !pair_complete(w, mapper, change, set)))
            return false;
    }
    return take_set(w, mapper, change) &&
           (!mapper->optimistic || change->entry->state == ENTRY_NEW || pair_checks(w, change, change->entry));
}
