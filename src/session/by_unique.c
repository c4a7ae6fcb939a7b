#include "by_unique.h"

#include "foreign_key.h"

enum { SLOTS_FIRST = 64 };

struct by_unique {
    struct by_unique *next;
    const struct mapper *target;
    const uint32_t *columns;
    uint32_t column_count;
    struct slot {
        struct entry *entry; /* NULL: empty. As it was when it was put there */
        uint32_t hash;
    } * slots; /* open addressing; one object may have several */
    size_t mask, used;
    const struct slab *slab; /* the last one that is in it, */
    uint32_t done;           /* and how many of its entries */
    uint64_t epoch;          /* the session's, when all were looked at */
};

/* --- whose values are these --- */

static const void *values_of(const struct by_unique *index, const struct entry *entry)
{
    return entry->state == ENTRY_NEW ? entry_object(index->target, entry) : entry_snapshot(index->target, entry);
}

static bool has_nulls(const struct by_unique *index, const void *values)
{
    return columns_any_null(index->target->columns, index->columns, index->column_count, values);
}

static bool equal(const struct by_unique *index, const void *a, const void *b)
{
    return columns_equal(index->target->columns, index->columns, index->column_count, a, b);
}

static uint32_t hash_of(const struct by_unique *index, const void *values)
{
    return (uint32_t)columns_hash(index->target->columns, index->columns, index->column_count, 0, values);
}

/* How good an answer the object is; 0: none. One that stays with its values comes before one that takes them over, and this
 * before one that gives them up or goes. */
static int rank_of(const struct howdah_session *s, const struct foreign_key *key, const struct by_unique *index,
                   const struct entry *entry, const void *probe, bool of_row)
{
    if (entry->state == ENTRY_DETACHED || (of_row && entry->state == ENTRY_NEW))
        return 0;
    const void *values = values_of(index, entry);
    if (has_nulls(index, values) || !equal(index, values, probe) || !foreign_key_is_known(s, key, entry))
        return 0;
    if (entry->state == ENTRY_NEW)
        return 2;
    return entry->state == ENTRY_LOADED && equal(index, entry_object(index->target, entry), probe) ? 3 : 1;
}

/* --- the index --- */

static void put(struct by_unique *index, struct entry *entry)
{
    const void *values = values_of(index, entry);
    if (entry->state == ENTRY_DETACHED || has_nulls(index, values))
        return;
    uint32_t hash = hash_of(index, values);
    size_t at = hash & index->mask;
    while (index->slots[at].entry)
        at = (at + 1) & index->mask;
    index->slots[at] = (struct slot){entry, hash};
    index->used++;
}

/* All objects of the table anew. False if memory is out. */
static bool fill(struct howdah_session *s, struct by_unique *index)
{
    const struct slab *first = s->slabs.chains[index->target->index].first;
    size_t slots = SLOTS_FIRST, count = 0;
    for (const struct slab *slab = first; slab; slab = slab->next)
        count += slab->count;
    while (slots < count * 4)
        slots *= 2;
    if (!index->slots || index->mask + 1 != slots) {
        memory_free(&s->db->allocator, index->slots);
        index->slots = memory_allocate(&s->db->allocator, slots * sizeof(*index->slots));
        if (!index->slots)
            return false;
        index->mask = slots - 1;
    }
    memset(index->slots, 0, slots * sizeof(*index->slots));
    index->used = 0;
    index->slab = NULL;
    for (const struct slab *slab = first; slab; slab = slab->next) {
        for (uint32_t i = 0; i < slab->count; i++)
            put(index, slab_entry(slab, i));
        index->slab = slab;
        index->done = slab->count;
    }
    index->epoch = s->epoch;
    return true;
}

/* Those that have come since. False: there is no room for them. */
static bool catch_up(const struct howdah_session *s, struct by_unique *index)
{
    const struct slab *slab = index->slab ? index->slab : s->slabs.chains[index->target->index].first;
    for (; slab && index->slots; slab = slab->next) {
        for (uint32_t i = slab == index->slab ? index->done : 0; i < slab->count; i++) {
            if (index->used > index->mask / 2)
                return false;
            put(index, slab_entry(slab, i));
        }
        index->slab = slab;
        index->done = slab->count;
    }
    return index->slots != NULL;
}

static struct by_unique *index_of(struct howdah_session *s, const struct foreign_key *key)
{
    struct by_unique *index = s->by_unique;
    size_t size = key->count * sizeof(*key->targets);
    while (index && (index->target != key->target || index->column_count != key->count ||
                     memcmp(index->columns, key->targets, size) != 0))
        index = index->next;
    if (!index && (index = memory_allocate_zero(&s->db->allocator, sizeof(*index)))) {
        index->target = key->target;
        index->columns = key->targets;
        index->column_count = key->count;
        index->next = s->by_unique;
        s->by_unique = index;
    }
    return index;
}

/* --- looking --- */

struct looking {
    const struct howdah_session *s;
    const struct foreign_key *key;
    const struct by_unique *index;
    const void *probe;
    bool of_row;
    struct entry *best;
    int rank;
};

static void look_at(struct looking *l, struct entry *entry)
{
    int rank = rank_of(l->s, l->key, l->index, entry, l->probe, l->of_row);
    if (rank > l->rank && slabs_find(&l->s->slabs, entry_object(l->index->target, entry)) == entry) {
        l->best = entry;
        l->rank = rank;
    }
}

/* What it finds that goes, or gives its values up, may be followed by one that was put there with other values. */
static bool look_up(struct looking *l)
{
    const struct by_unique *index = l->index;
    uint32_t hash = hash_of(index, l->probe);
    for (size_t at = hash & index->mask; index->slots[at].entry; at = (at + 1) & index->mask)
        if (index->slots[at].hash == hash)
            look_at(l, index->slots[at].entry);
    return l->rank > (l->of_row ? 0 : 1);
}

static struct entry *walk(struct looking *l)
{
    for (const struct slab *slab = l->s->slabs.chains[l->key->target->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            look_at(l, slab_entry(slab, i));
    return l->best;
}

struct entry *by_unique_find(struct howdah_session *s, const struct foreign_key *key, const void *probe, bool of_row)
{
    const struct by_unique plain = {.target = key->target, .columns = key->targets, .column_count = key->count};
    struct by_unique *index = index_of(s, key);
    struct looking l = {.s = s, .key = key, .index = index ? index : &plain, .probe = probe, .of_row = of_row};
    if (!index || (!catch_up(s, index) && !fill(s, index)))
        return walk(&l);
    if (look_up(&l) || index->epoch == s->epoch)
        return l.best;
    if (!fill(s, index))
        return walk(&l);
    look_up(&l);
    return l.best;
}

void by_unique_free(struct howdah_session *s)
{
    while (s->by_unique) {
        struct by_unique *index = s->by_unique;
        s->by_unique = index->next;
        memory_free(&s->db->allocator, index->slots);
        memory_free(&s->db->allocator, index);
    }
}
