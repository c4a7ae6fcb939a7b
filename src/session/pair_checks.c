/* Which old values a row must have, where its model has no version. */
#include "marks.h"
#include "pair.h"

/* All that was loaded, or of these the columns that are written. */
bool pair_checks(struct work *w, struct change *change, const struct entry *row)
{
    const struct mapper *mapper = change->mapper;
    uint32_t words = column_words(mapper);
    bool update = change->operation == HOWDAH_OPERATION_UPDATE;
    const uint64_t *only = update && mapper->optimistic == HOWDAH_OPTIMISTIC_DIRTY ? change->columns : NULL;
    const uint64_t *unloaded = marks_set(w->s, row, MARK_UNLOADED);
    uint64_t *set = arena_allocate_zero(&w->arena, words * sizeof(*set), _Alignof(uint64_t));
    if (!set)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (!mapper->columns[i].key && !column_in(unloaded, i) && (!only || column_in(only, i)))
            column_put(set, i);
    if (column_set_is_empty(set, words))
        return true;
    struct change_extra *extra = work_extra(w, change);
    if (extra)
        extra->checks = set;
    return extra;
}
