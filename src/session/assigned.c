#include "assigned.h"

#include "sql/statements.h"

/* One entry's columns. */
struct assigned {
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
    return ((const struct assigned *)(const void *)node)->entry == entry;
}

static struct assigned *find(const struct howdah_session *s, const struct entry *entry)
{
    return entry->assigned_null ? (void *)map_find(&s->assigned, hash_of(entry), match, entry) : NULL;
}

bool assigned_add(struct howdah_session *s, struct entry *entry, uint32_t column)
{
    struct assigned *assigned = find(s, entry);
    if (!assigned) {
        size_t set = column_words(entry_mapper(s, entry)) * sizeof(uint64_t);
        assigned = arena_allocate_zero(&s->arena, sizeof(*assigned) + set, _Alignof(struct assigned));
        if (!assigned || !map_add(&s->assigned, &assigned->node, hash_of(entry)))
            return false;
        assigned->entry = entry;
        entry->assigned_null = true;
    }
    column_put(assigned->columns, column);
    return true;
}

bool assigned_has(const struct howdah_session *s, const struct entry *entry, uint32_t column)
{
    const struct assigned *assigned = find(s, entry);
    return assigned && column_in(assigned->columns, column);
}

void assigned_forget(struct howdah_session *s, struct entry *entry)
{
    struct assigned *assigned = find(s, entry);
    if (assigned)
        map_remove(&s->assigned, &assigned->node);
    entry->assigned_null = false;
}
