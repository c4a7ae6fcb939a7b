#include "join_row.h"

#include "foreign_key.h"
#include "snapshot.h"

#include "base/error.h"

struct join_probe {
    uint32_t mapper;
    const struct entry *object, *other;
};

static struct join_probe probe_of(const struct relation *relation, const struct entry *owner, const struct entry *other)
{
    bool first = relation->join->join_of == relation;
    return (struct join_probe){relation->join->index, first ? owner : other, first ? other : owner};
}

static uint32_t hash_of(const struct join_probe *probe)
{
    uint64_t hash = hash_combine(probe->mapper, (uintptr_t)probe->object);
    return (uint32_t)hash_combine(hash, (uintptr_t)probe->other);
}

static bool match(const struct map_node *node, const void *what)
{
    const struct join_link *link = (const void *)node;
    const struct join_probe *probe = what;
    return link->row->mapper == probe->mapper && link->object == probe->object && link->other == probe->other;
}

static struct join_link *find(const struct howdah_session *s, const struct join_probe *probe)
{
    return s->join_links ? (void *)map_find(&s->join_map, hash_of(probe), match, probe) : NULL;
}

enum join_state join_row_state(const struct howdah_session *s, const struct relation *relation,
                               const struct entry *owner, const struct entry *other)
{
    const struct join_probe probe = probe_of(relation, owner, other);
    const struct join_link *link = find(s, &probe);
    if (!link || link->row->state == ENTRY_DETACHED)
        return JOIN_AS_STORED;
    return link->row->state == ENTRY_DELETED ? JOIN_REMOVED : JOIN_ADDED;
}

struct join_link *join_row_of(const struct howdah_session *s, const struct relation *relation,
                              const struct entry *owner, const struct entry *other)
{
    const struct join_probe probe = probe_of(relation, owner, other);
    return find(s, &probe);
}

struct entry *join_row_owner(const struct join_link *link, const struct relation *relation)
{
    return relation->join->join_of == relation ? link->object : link->other;
}

struct entry *join_row_other(const struct join_link *link, const struct relation *relation)
{
    return relation->join->join_of == relation ? link->other : link->object;
}

/* --- entries --- */

static struct entry *add_entry(struct howdah_session *s, const struct mapper *join, const struct join_probe *probe)
{
    struct entry *row = slabs_add(&s->slabs, join);
    if (!row) {
        session_no_memory(s);
        return NULL;
    }
    const struct howdah_join_row link = {
        entry_object(join->foreign_keys[0].target, probe->object),
        entry_object(join->foreign_keys[1].target, probe->other),
    };
    memcpy(entry_object(join, row), &link, sizeof(link));
    return row;
}

/* A row that is in the table: its key is those of both sides. */
static bool fill_stored(struct howdah_session *s, const struct mapper *join, struct entry *row,
                        const struct join_probe *probe)
{
    const struct entry *sides[] = {probe->object, probe->other};
    for (uint32_t i = 0; i < 2; i++) {
        const struct foreign_key *key = &join->foreign_keys[i];
        if (!foreign_key_assign(key, join, &s->arena, entry_object(join, row), entry_snapshot(key->target, sides[i])))
            return !session_no_memory(s);
    }
    snapshot_take(join, entry_object(join, row), entry_snapshot(join, row));
    row->state = ENTRY_LOADED;
    return true;
}

static struct join_link *add_link(struct howdah_session *s, const struct mapper *join, const struct join_probe *probe,
                                  bool stored)
{
    struct join_link *link = find(s, probe);
    bool known = link != NULL;
    struct entry *row = add_entry(s, join, probe);
    if (!row || (stored && !fill_stored(s, join, row, probe)))
        goto failed;
    if (!link)
        link = ARENA_NEW(&s->pending, struct join_link);
    if (!link || (!known && !map_add(&s->join_map, &link->node, hash_of(probe)))) {
        session_no_memory(s);
        goto failed;
    }
    link->row = row;
    if (known)
        return link;
    link->object = (struct entry *)(uintptr_t)probe->object;
    link->other = (struct entry *)(uintptr_t)probe->other;
    link->next = s->join_links;
    s->join_links = link;
    return link;
failed:
    if (row)
        slabs_take_back(&s->slabs, row);
    return NULL;
}

bool join_row_add(struct howdah_session *s, const struct relation *relation, struct entry *owner, struct entry *other)
{
    const struct join_probe probe = probe_of(relation, owner, other);
    struct join_link *link = find(s, &probe);
    if (link && link->row->state != ENTRY_DETACHED)
        return entry_move(link->row, EVENT_ADD);
    return add_link(s, relation->join, &probe, false) != NULL;
}

bool join_row_remove(struct howdah_session *s, const struct relation *relation, struct entry *owner,
                     struct entry *other)
{
    const struct join_probe probe = probe_of(relation, owner, other);
    struct join_link *link = find(s, &probe);
    bool pending = link && link->row->state != ENTRY_DETACHED;
    if (!pending && (owner->state == ENTRY_NEW || other->state == ENTRY_NEW))
        return true; /* what has no row is in no table */
    if (!pending && !(link = add_link(s, relation->join, &probe, true)))
        return false;
    entry_move(link->row, EVENT_DELETE);
    if (link->row->state == ENTRY_DETACHED)
        identity_remove(&s->map, link->row);
    return true;
}

bool join_row_is_dead(const struct howdah_session *s, const struct mapper *join, const struct entry *row)
{
    struct howdah_join_row link;
    memcpy(&link, entry_object(join, row), sizeof(link));
    const struct entry *sides[] = {slabs_find(&s->slabs, link.object), slabs_find(&s->slabs, link.other)};
    for (uint32_t i = 0; i < 2; i++)
        if (!sides[i] || sides[i]->state == ENTRY_DELETED || sides[i]->row_deleted)
            return true; /* but one that was evicted is an error of the commit */
    return false;
}

void join_row_name(struct howdah_session *s, const struct mapper *join, const struct entry *row)
{
    struct howdah_join_row link = {NULL, NULL};
    if (row)
        memcpy(&link, entry_object(join, row), sizeof(link));
    s->error.object = link.object;
    s->error.other = link.other;
    error_attach(&s->error, &s->error.model, join->join_of->mapper->model->name);
    error_attach(&s->error, &s->error.field, join->join_of->field->name);
}

void join_rows_forget(struct howdah_session *s)
{
    for (const struct join_link *link = s->join_links; link; link = link->next) {
        if (link->row->state != ENTRY_DETACHED)
            entry_move(link->row, EVENT_EVICT);
        identity_remove(&s->map, link->row);
    }
    s->join_links = NULL;
    map_clear(&s->join_map);
}
