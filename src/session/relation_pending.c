/* How many rows collections that are not loaded will have more, or fewer, by what is pending in memory. */
#include "foreign_key.h"
#include "join_row.h"
#include "owner.h"
#include "recall.h"
#include "relation_load.h"

static uint32_t key_of(const struct relation_load *load, const struct entry *owner)
{
    bool asked = owner && owner->state == ENTRY_LOADED && owner->mapper == load->relation->mapper->index;
    return asked ? key_index_find(&load->index, entry_snapshot(load->relation->mapper, owner)) : KEY_NONE;
}

static void add(const struct relation_load *load, const struct entry *owner, int64_t rows, int64_t *counts)
{
    uint32_t key = key_of(load, owner);
    if (key != KEY_NONE)
        counts[key] += rows;
}

/* Which rows a filtered relation has is the server's to say, but for what was linked by its name. */
static bool may_count(const struct relation_load *load, const struct entry *entry)
{
    const struct placed *placed = placed_find(load->s, entry, load->relation->foreign_key);
    return !load->relation->field->where || (placed && placed->via == load->relation);
}

/* The key of an owner that the identity map can't find: the value is that of a unique column. */
static uint32_t key_by_value(const struct relation_load *load, const struct foreign_key *key, const void *object)
{
    struct howdah_session *s = load->s;
    bool read = !key->to_primary_key && foreign_key_read(s, key, load->relation->target, object);
    return read ? key_index_find(&load->index, s->key_object) : KEY_NONE;
}

static void count_entry(const struct relation_load *load, const struct entry *entry, int64_t *counts)
{
    const struct foreign_key *key = load->relation->foreign_key;
    const struct mapper *mapper = load->relation->target;
    bool stored = entry->state == ENTRY_LOADED || entry->state == ENTRY_DELETED;
    bool stays = entry->state == ENTRY_NEW || entry->state == ENTRY_LOADED;
    struct entry *before = stored ? owner_of_row(load->s, key, mapper, entry) : NULL, *now = NULL;
    enum whose whose = stays ? owner_now(load->s, key, mapper, entry, &now) : OWNER_NONE;
    uint32_t from = key_of(load, before), to = key_of(load, now);
    if (stored && !before)
        from = key_by_value(load, key, entry_snapshot(mapper, entry));
    if (whose == OWNER_UNKNOWN)
        to = key_by_value(load, key, entry_object(mapper, entry));
    if (from == to)
        return;
    if (to != KEY_NONE && may_count(load, entry))
        counts[to]++;
    if (from != KEY_NONE && !load->relation->field->where)
        counts[from]--;
}

/* A link to what is deleted goes with it. */
static void count_link(const struct relation_load *load, const struct join_link *link, int64_t *counts)
{
    const struct entry *other = join_row_other(link, load->relation);
    if (other->state != ENTRY_NEW && other->state != ENTRY_LOADED)
        return;
    int64_t rows = link->row->state == ENTRY_NEW ? 1 : link->row->state == ENTRY_DELETED ? -1 : 0;
    add(load, join_row_owner(link, load->relation), rows, counts);
}

bool relation_count_pending(const struct relation_load *load, int64_t *counts)
{
    struct howdah_session *s = load->s;
    const struct relation *relation = load->relation;
    memset(counts, 0, load->index.count * sizeof(*counts));
    s->epoch++;
    if (relation->join) {
        if (relation->join->modelled && !join_rows_follow(s, relation->join))
            return false;
        for (const struct join_link *link = s->join_links; link; link = link->next)
            if (link->join == relation->join)
                count_link(load, link, counts);
        return true;
    }
    for (const struct slab *slab = s->slabs.chains[relation->target->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++) {
            if (slab_entry(slab, i)->state == ENTRY_DETACHED)
                continue;
            if (!recall(s, relation->target, slab_entry(slab, i)))
                return false;
            count_entry(load, slab_entry(slab, i), counts);
        }
    return true;
}
