/* Formulas of images: which of them stand. */
#include "formulas.h"
#include "pair.h"

/* What it refers to is deleted, and so the foreign key was made NULL in the image: but the server computes another. */
static bool is_cleared_column(const struct work *w, const struct change *change, const struct column *c)
{
    for (uint32_t at = change->cleared; at != NONE; at = w->cleared[at].next)
        for (uint32_t i = 0; i < w->cleared[at].key->count; i++)
            if (c->nullable && w->cleared[at].key->columns[i] == c->index)
                return true;
    return false;
}

/* The program has not assigned the field since, nor a pointer that decides it. */
static bool formula_stands(const struct work *w, const struct change *change, const struct column *c)
{
    const void *object = entry_object(change->mapper, change->entry);
    return formulas_make(w->s, change->entry, c) && !work_defers(w, change, c->index) &&
           (memcmp(column_field(c, object), column_field(c, change->image), c->size) == 0 ||
            is_cleared_column(w, change, c));
}

static bool take_formulas(struct work *w, struct change *change, const struct formula *formulas)
{
    struct change_extra *extra = formulas ? work_extra(w, change) : NULL;
    if (extra)
        extra->formulas = formulas;
    return extra || !formulas;
}

bool pair_formulas(struct work *w, struct change *change)
{
    const struct formula *at = formulas_pending(w->s, change->entry);
    const struct column *contested = formulas_contested(w->s, change->entry);
    const struct formula *first = NULL, **end = &first;
    if (contested)
        return work_refuse(w, HOWDAH_STATUS_INVALID, change, contested->field->name,
                           "its SQL was set for a value that was flushed, and that flush was undone: set it again");
    while (at && formula_stands(w, change, at->column))
        at = at->next;
    if (!at)
        return take_formulas(w, change, formulas_pending(w->s, change->entry));
    for (at = formulas_pending(w->s, change->entry); at; at = at->next) {
        if (!formula_stands(w, change, at->column))
            continue;
        struct formula *formula = arena_copy(&w->arena, at, sizeof(*at));
        if (!formula)
            return !session_no_memory(w->s);
        formula->next = NULL;
        *end = formula;
        end = &formula->next;
    }
    return take_formulas(w, change, first);
}

void pair_drop_computed(const struct change *change, uint64_t *set)
{
    for (const struct formula *formula = change->extra->formulas; formula; formula = formula->next) {
        column_drop(set, formula->column->index);
        if (change->old && change->cleared != NONE) /* what is new has nothing there, cleared or not */
            memcpy(column_field(formula->column, change->image), column_field(formula->column, change->old),
                   formula->column->size);
    }
}
