/* What the program has moved in memory: it writes plain fields, so that only a look at each object tells. */
#include "foreign_key.h"
#include "join_row.h"
#include "object.h"
#include "owner.h"
#include "recall.h"
#include "relation_load.h"
#include "snapshot.h"

static bool value_changed(const struct foreign_key *key, const struct mapper *mapper, const void *object,
                          const void *snapshot)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (!snapshot_has_field(&mapper->columns[key->columns[i]], object, snapshot))
            return !foreign_key_equal(key, mapper, object, snapshot);
    return key->type && !column_equal(key->type, object, snapshot);
}

static enum placement by_value(const struct foreign_key *key, const struct mapper *mapper, const void *object)
{
    bool refers = !foreign_key_is_null(key, mapper, object) && foreign_key_applies(key, object);
    return refers ? PLACED_BY_VALUE : PLACED_NOWHERE;
}

static enum placement placement_of_new(const struct foreign_key *key, const struct mapper *mapper, const void *object)
{
    if (key->relation && object_pointer(key->relation, object))
        return PLACED_BY_POINTER;
    return foreign_key_is_unset(key, mapper, object) ? PLACED_NOWHERE : by_value(key, mapper, object);
}

/* What session_link and session_unlink said where no field could. */
static bool by_link(const struct howdah_session *s, const struct foreign_key *key, const struct entry *entry,
                    enum placement *ret)
{
    const struct placed *placed = placed_find(s, entry, key);
    if (!placed || (placed->owner && !placed->by_link))
        return false;
    *ret = placed->owner ? PLACED_BY_LINK : PLACED_NOWHERE;
    return true;
}

enum placement placement_of(const struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                            const struct entry *entry)
{
    const void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    if (entry->state == ENTRY_NEW)
        return placement_of_new(key, mapper, object);
    if (entry->state != ENTRY_LOADED)
        return PLACED_NOWHERE;
    const void *pointer = key->relation ? object_pointer(key->relation, object) : NULL;
    const void *before = key->relation ? object_pointer(key->relation, snapshot) : NULL;
    if (pointer != before && pointer)
        return PLACED_BY_POINTER;
    if (value_changed(key, mapper, object, snapshot))
        return by_value(key, mapper, object);
    enum placement placement;
    if (by_link(s, key, entry, &placement))
        return placement;
    return pointer == before ? PLACED_BY_ROW : PLACED_NOWHERE;
}

/* The key of the parent that the program chose, among those that are loaded. */
static uint32_t key_of(const struct relation_load *load, const struct entry *entry, enum placement placement)
{
    struct howdah_session *s = load->s;
    const struct foreign_key *key = load->relation->foreign_key;
    const struct mapper *mapper = load->relation->target;
    const void *object = entry_object(mapper, entry);
    if (placement == PLACED_NOWHERE)
        return KEY_NONE;
    if (placement == PLACED_BY_VALUE)
        return foreign_key_probe(key, mapper, &s->scratch, object, s->key_object)
                   ? key_index_find(&load->index, s->key_object)
                   : KEY_NONE;
    const struct entry *parent = placement == PLACED_BY_LINK
                                     ? placed_find(s, entry, key)->owner
                                     : slabs_find(&s->slabs, object_pointer(key->relation, object));
    if (!parent || parent->state != ENTRY_LOADED || parent->mapper != load->relation->mapper->index)
        return KEY_NONE;
    return key_index_find(&load->index, entry_snapshot(load->relation->mapper, parent));
}

static bool add_move(struct relation_load *load, size_t *capacity, struct entry *entry, uint32_t key)
{
    if (load->move_count == *capacity) {
        size_t more = *capacity ? *capacity * 2 : 16;
        struct relation_move *moves = arena_allocate_array(load->arena, more, sizeof(*moves));
        if (!moves)
            return false;
        if (load->move_count)
            memcpy(moves, load->moves, load->move_count * sizeof(*moves));
        load->moves = moves;
        *capacity = more;
    }
    load->moves[load->move_count++] = (struct relation_move){entry, key};
    return true;
}

/* What a filtered relation holds is the server's to say, but for what the program linked by its name. */
static bool may_show(const struct relation_load *load, const struct entry *entry)
{
    const struct placed *placed = placed_find(load->s, entry, load->relation->foreign_key);
    return !load->relation->field->where || (placed && placed->via == load->relation);
}

/* A quick look, which most objects pass: the fields are as they came. */
static inline bool is_untouched(const struct foreign_key *key, const struct mapper *mapper, const struct entry *entry)
{
    const void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    if (entry->state != ENTRY_LOADED || entry->placed || key->type)
        return false;
    for (uint32_t i = 0; i < key->count; i++)
        if (!snapshot_has_field(&mapper->columns[key->columns[i]], object, snapshot))
            return false;
    return !key->relation || object_pointer(key->relation, object) == object_pointer(key->relation, snapshot);
}

/* What the program wrote into fields is shown by the other side from now on. */
static bool follow_move(struct relation_load *load, struct entry *entry, size_t *capacity)
{
    const struct mapper *mapper = load->relation->target;
    if (!recall(load->s, mapper, entry))
        return false;
    enum placement placement = placement_of(load->s, load->relation->foreign_key, mapper, entry);
    if (placement == PLACED_BY_ROW || entry->state == ENTRY_DELETED || entry->state == ENTRY_DETACHED)
        return true; /* rows are asked again as they come */
    uint32_t number = key_of(load, entry, placement);
    if (!owner_follow(load->s, mapper, entry))
        return false;
    return number == KEY_NONE || !may_show(load, entry) || add_move(load, capacity, entry, number);
}

/* Over a foreign key. */
static bool find_moved(struct relation_load *load, size_t *capacity)
{
    const struct mapper *mapper = load->relation->target;
    const struct foreign_key *key = load->relation->foreign_key;
    const struct slab *slab = load->s->slabs.chains[mapper->index].first;
    for (; slab; slab = slab->next)
        for (uint32_t group = 0; group * mapper->group < slab->count; group++) {
            struct entry *entry = slab_group(slab, group);
            uint32_t left = slab->count - group * mapper->group;
            for (const struct entry *end = entry + (left < mapper->group ? left : mapper->group); entry < end; entry++)
                if (!is_untouched(key, mapper, entry) && !follow_move(load, entry, capacity))
                    return false;
        }
    return true;
}

/* Over a join table. */
static bool find_links(struct relation_load *load, size_t *capacity)
{
    const struct relation *relation = load->relation;
    if (relation->join->modelled && !join_rows_follow(load->s, relation->join))
        return false;
    for (const struct join_link *link = load->s->join_links; link; link = link->next) {
        const struct entry *owner = join_row_owner(link, relation);
        struct entry *other = join_row_other(link, relation);
        bool added = link->join == relation->join && owner->state == ENTRY_LOADED &&
                     join_row_state(load->s, relation, owner, other) == JOIN_ADDED;
        if (!added || (other->state != ENTRY_NEW && other->state != ENTRY_LOADED))
            continue;
        uint32_t key = key_index_find(&load->index, entry_snapshot(relation->mapper, owner));
        if (key != KEY_NONE && !add_move(load, capacity, other, key))
            return false;
    }
    return true;
}

bool relation_load_moves(struct relation_load *load)
{
    size_t capacity = 0;
    load->s->epoch++;
    bool good = load->relation->join ? find_links(load, &capacity) : find_moved(load, &capacity);
    return good || !session_no_memory(load->s);
}
