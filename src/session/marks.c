#include "marks.h"

/* One entry's columns: as many words for each mark. It stays when it is empty, so that what was marked before can be
 * marked again without memory. */
struct marks {
    struct map_node node;
    const struct entry *entry;
    uint64_t columns[];
};

static uint32_t hash_of(const struct entry *entry)
{
    return hash_integer((uintptr_t)entry);
}

static bool match(const struct map_node *node, const void *entry)
{
    return ((const struct marks *)(const void *)node)->entry == entry;
}

static struct marks *find(const struct howdah_session *s, const struct entry *entry)
{
    return (void *)map_find(&s->marks, hash_of(entry), match, entry);
}

static struct marks *make(struct howdah_session *s, const struct entry *entry)
{
    size_t sets = MARKS * column_words(entry_mapper(s, entry)) * sizeof(uint64_t);
    struct marks *marks = find(s, entry);
    if (marks)
        return marks;
    marks = arena_allocate_zero(&s->arena, sizeof(*marks) + sets, _Alignof(struct marks));
    if (!marks || !map_add(&s->marks, &marks->node, hash_of(entry)))
        return NULL;
    marks->entry = entry;
    return marks;
}

static uint64_t *set_of(struct marks *marks, enum mark mark, uint32_t words)
{
    return marks->columns + mark * words;
}

/* What the entry and the session say about it, in step with the sets. Not in line: every change of a set ends here. */
__attribute__((noinline)) static void settle(struct howdah_session *s, struct entry *entry, struct marks *marks,
                                             bool was_assigned)
{
    uint32_t words = column_words(entry_mapper(s, entry));
    bool assigned = !column_set_is_empty(set_of(marks, MARK_ASSIGNED, words), words);
    entry->marked = !column_set_is_empty(marks->columns, MARKS * words);
    s->assigned += assigned;
    s->assigned -= was_assigned;
}

__attribute__((noinline)) static bool is_assigned(const struct howdah_session *s, const struct entry *entry)
{
    return marks_set(s, entry, MARK_ASSIGNED) != NULL;
}

bool marks_add(struct howdah_session *s, struct entry *entry, enum mark mark, uint32_t column)
{
    bool was_assigned = is_assigned(s, entry);
    struct marks *marks = make(s, entry);
    if (!marks)
        return false;
    column_put(set_of(marks, mark, column_words(entry_mapper(s, entry))), column);
    settle(s, entry, marks, was_assigned);
    return true;
}

bool marks_add_set(struct howdah_session *s, struct entry *entry, enum mark mark, const uint64_t *columns)
{
    bool was_assigned = is_assigned(s, entry);
    uint32_t words = column_words(entry_mapper(s, entry));
    struct marks *marks = make(s, entry);
    if (!marks)
        return false;
    for (uint32_t i = 0; i < words; i++)
        set_of(marks, mark, words)[i] |= columns[i];
    settle(s, entry, marks, was_assigned);
    return true;
}

const uint64_t *marks_look(const struct howdah_session *s, const struct entry *entry, enum mark mark)
{
    uint32_t words = column_words(entry_mapper(s, entry));
    const uint64_t *set = set_of(find(s, entry), mark, words);
    return column_set_is_empty(set, words) ? NULL : set;
}

void marks_drop(struct howdah_session *s, struct entry *entry, enum mark mark, uint32_t column)
{
    bool was_assigned = is_assigned(s, entry);
    if (!entry->marked)
        return;
    struct marks *marks = find(s, entry);
    column_drop(set_of(marks, mark, column_words(entry_mapper(s, entry))), column);
    settle(s, entry, marks, was_assigned);
}

void marks_drop_set(struct howdah_session *s, struct entry *entry, enum mark mark, const uint64_t *columns)
{
    bool was_assigned = is_assigned(s, entry);
    uint32_t words = column_words(entry_mapper(s, entry));
    if (!entry->marked)
        return;
    struct marks *marks = find(s, entry);
    for (uint32_t i = 0; i < words; i++)
        set_of(marks, mark, words)[i] &= ~columns[i];
    settle(s, entry, marks, was_assigned);
}

void marks_drop_all(struct howdah_session *s, struct entry *entry, enum mark mark)
{
    bool was_assigned = is_assigned(s, entry);
    uint32_t words = column_words(entry_mapper(s, entry));
    if (!entry->marked)
        return;
    struct marks *marks = find(s, entry);
    memset(set_of(marks, mark, words), 0, words * sizeof(uint64_t));
    settle(s, entry, marks, was_assigned);
}

bool marks_save(const struct howdah_session *s, const struct entry *entry, struct arena *arena, uint64_t **ret)
{
    size_t sets = MARKS * column_words(entry_mapper(s, entry)) * sizeof(uint64_t);
    uint64_t *saved = entry->marked ? arena_copy(arena, find(s, entry)->columns, sets) : NULL;
    *ret = saved;
    return saved || !entry->marked;
}

void marks_restore(struct howdah_session *s, struct entry *entry, const uint64_t *saved)
{
    bool was_assigned = is_assigned(s, entry);
    uint32_t words = column_words(entry_mapper(s, entry));
    marks_drop_all(s, entry, MARK_UNLOADED);
    if (!saved)
        return;
    struct marks *marks = find(s, entry);
    for (uint32_t i = 0; i < words; i++) {
        set_of(marks, MARK_UNLOADED, words)[i] = saved[MARK_UNLOADED * words + i];
        set_of(marks, MARK_ASSIGNED, words)[i] |= saved[MARK_ASSIGNED * words + i];
    }
    settle(s, entry, marks, was_assigned);
}
