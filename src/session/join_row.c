#include "join_row.h"

#include "foreign_key.h"
#include "join_model.h"
#include "member.h"
#include "snapshot.h"

#include "base/error.h"

struct join_probe {
    const struct mapper *join;
    const struct entry *object, *other;
};

static struct join_probe probe_of(const struct relation *relation, const struct entry *owner, const struct entry *other)
{
    bool first = relation->join->join_of == relation;
    return (struct join_probe){relation->join, first ? owner : other, first ? other : owner};
}

static uint32_t hash_of(const struct join_probe *probe)
{
    uint64_t hash = hash_combine(probe->join->index, (uintptr_t)probe->object);
    return (uint32_t)hash_combine(hash, (uintptr_t)probe->other);
}

static bool match(const struct map_node *node, const void *what)
{
    const struct join_link *link = (const void *)node;
    const struct join_probe *probe = what;
    return link->join == probe->join && link->object == probe->object && link->other == probe->other;
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
    memset(entry_snapshot(join, row), 0, join->model->size);
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

/* What is pending between the two is this row from now on. */
static struct join_link *put_link(struct howdah_session *s, const struct join_probe *probe, struct entry *row)
{
    struct join_link *link = find(s, probe);
    if (!link) {
        link = ARENA_NEW(&s->pending, struct join_link);
        if (!link || !map_add(&s->join_map, &link->node, hash_of(probe))) {
            session_no_memory(s);
            return NULL;
        }
        link->join = probe->join;
        link->object = (struct entry *)(uintptr_t)probe->object;
        link->other = (struct entry *)(uintptr_t)probe->other;
        link->next = s->join_links;
        s->join_links = link;
    }
    link->row = row;
    return link;
}

static struct join_link *add_link(struct howdah_session *s, const struct join_probe *probe, bool stored)
{
    struct entry *row = add_entry(s, probe->join, probe);
    struct join_link *link =
        row && (!stored || fill_stored(s, probe->join, row, probe)) ? put_link(s, probe, row) : NULL;
    if (row && !link)
        slabs_take_back(&s->slabs, row);
    return link;
}

/* --- linking --- */

static struct join_sides sides_of(const struct join_probe *probe)
{
    return (struct join_sides){{(struct entry *)(uintptr_t)probe->object, (struct entry *)(uintptr_t)probe->other}};
}

static bool add_object(struct howdah_session *s, const struct relation *relation, const struct join_probe *probe)
{
    const struct join_sides sides = sides_of(probe);
    struct entry *row = join_model_find(s, probe->join, &sides, false);
    if (!row && !(row = join_model_add(s, relation, &sides)))
        return false;
    entry_move(row, EVENT_ADD);
    return join_model_show(s, probe->join, row, true) && put_link(s, probe, row);
}

bool join_row_add(struct howdah_session *s, const struct relation *relation, struct entry *owner, struct entry *other)
{
    const struct join_probe probe = probe_of(relation, owner, other);
    struct join_link *link = find(s, &probe);
    if (!link || link->row->state == ENTRY_DETACHED)
        return probe.join->modelled ? add_object(s, relation, &probe) : add_link(s, &probe, false) != NULL;
    bool is_object = link->row->mapper != probe.join->index;
    return entry_move(link->row, EVENT_ADD) && (!is_object || join_model_show(s, probe.join, link->row, true));
}

/* The row that is to go where nothing is pending: an object of the session, or one that nobody has loaded. NULL: there is
 * none, since one of the two has no row in any table. False: the session has the error. */
static bool link_to_remove(struct howdah_session *s, const struct join_probe *probe, bool stored,
                           struct join_link **ret)
{
    const struct join_sides sides = sides_of(probe);
    struct entry *row = probe->join->modelled ? join_model_find(s, probe->join, &sides, true) : NULL;
    *ret = row ? put_link(s, probe, row) : stored ? add_link(s, probe, true) : NULL;
    return *ret || (!row && !stored);
}

bool join_row_remove(struct howdah_session *s, const struct relation *relation, struct entry *owner,
                     struct entry *other)
{
    const struct join_probe probe = probe_of(relation, owner, other);
    struct join_link *link = find(s, &probe);
    bool pending = link && link->row->state != ENTRY_DETACHED;
    bool stored = owner->state != ENTRY_NEW && other->state != ENTRY_NEW;
    if (!pending && !link_to_remove(s, &probe, stored, &link))
        return false;
    if (!link)
        return true;
    if (link->row->mapper != probe.join->index && !join_model_show(s, probe.join, link->row, false))
        return false;
    entry_move(link->row, EVENT_DELETE);
    if (link->row->state == ENTRY_DETACHED)
        identity_remove(&s->map, link->row);
    return true;
}

bool join_row_is_deleted(struct howdah_session *s, const struct relation *relation, const struct entry *owner,
                         const struct entry *other)
{
    const struct join_probe probe = probe_of(relation, owner, other);
    const struct join_sides sides = sides_of(&probe);
    const struct entry *row = probe.join->modelled ? join_model_find(s, probe.join, &sides, false) : NULL;
    return row && row->state == ENTRY_DELETED;
}

/* --- objects that the program adds and deletes itself --- */

static bool show_link(struct howdah_session *s, const struct join_probe *probe, bool is_there)
{
    const struct relation *ways[] = {probe->join->join_of, probe->join->join_of->inverse};
    const struct join_sides sides = sides_of(probe);
    for (uint32_t i = 0; i < 2; i++) {
        void *item = ways[i] ? entry_object(ways[i]->target, sides.entries[1 - i]) : NULL;
        if (!item || (ways[i]->field->where && is_there))
            continue; /* whether it fits is the server's to say */
        if (is_there ? !member_add(s, ways[i], sides.entries[i], item, false)
                     : !member_remove(s, ways[i], sides.entries[i], item))
            return false;
    }
    return true;
}

static bool follow_probe(struct howdah_session *s, const struct join_probe *probe, struct entry *row, bool is_there)
{
    const struct join_link *link = find(s, probe);
    bool ours = link && link->row == row, others = link && !ours && link->row->state != ENTRY_DETACHED;
    return others || ((ours || put_link(s, probe, row)) && show_link(s, probe, is_there));
}

/* Of a link alone: an object stays. */
static void forget_row(struct howdah_session *s, const struct join_link *link)
{
    if (link->row->mapper != link->join->index)
        return;
    if (link->row->state != ENTRY_DETACHED)
        entry_move(link->row, EVENT_EVICT);
    identity_remove(&s->map, link->row);
}

/* An object that has the row of a link which is to end: it came after that was said, and goes. */
static bool end_by_object(struct howdah_session *s, struct join_link *link, struct entry *row)
{
    if (link->row->mapper != link->join->index || link->row->state != ENTRY_DELETED)
        return true;
    if (!join_model_show(s, link->join, row, false))
        return false;
    forget_row(s, link);
    link->row = row;
    return entry_move(row, EVENT_DELETE);
}

/* Its row is where it was. */
static bool follow_stored(struct howdah_session *s, const struct join_probe *probe, struct entry *row)
{
    struct join_link *link = find(s, probe);
    if (!link)
        return true;
    return link->row == row ? show_link(s, probe, true) /* deleted and added again, if anything */
                            : end_by_object(s, link, row);
}

bool join_row_follow(struct howdah_session *s, const struct mapper *join, struct entry *row)
{
    struct join_sides now, before;
    bool is_now = join_model_sides(s, join, row, &now), was = join_model_sides_of_row(s, join, row, &before);
    const struct join_probe probe = {join, now.entries[0], now.entries[1]};
    const struct join_probe old = {join, before.entries[0], before.entries[1]};
    bool same = is_now && was && probe.object == old.object && probe.other == old.other;
    switch (row->state) {
    case ENTRY_NEW: return !is_now || follow_probe(s, &probe, row, true);
    case ENTRY_DELETED: return !was || follow_probe(s, &old, row, false);
    case ENTRY_LOADED: break;
    case ENTRY_DETACHED: return true;
    }
    if (same)
        return follow_stored(s, &old, row);
    return (!was || show_link(s, &old, false)) && (!is_now || show_link(s, &probe, true));
}

bool join_rows_drop(struct howdah_session *s, const struct entry *entry)
{
    for (struct join_link *link = s->join_links; link; link = link->next) {
        struct entry *row = link->row;
        const struct join_probe probe = {link->join, link->object, link->other};
        bool is_there = row->state == ENTRY_DELETED, is_object = row->mapper != link->join->index;
        if ((link->object != entry && link->other != entry) || (!is_there && row->state != ENTRY_NEW))
            continue;
        if (is_object && !join_model_show(s, link->join, row, is_there))
            return false;
        entry_move(row, is_there ? EVENT_ADD : EVENT_DELETE);
        if (row->state == ENTRY_DETACHED)
            identity_remove(&s->map, row);
        if (!show_link(s, &probe, is_there))
            return false;
    }
    return true;
}

static bool is_untouched(const struct howdah_session *s, const struct mapper *model, const struct entry *row)
{
    return row->state == ENTRY_DETACHED ||
           (row->state == ENTRY_LOADED && !s->join_links &&
            snapshot_clean(model, entry_object(model, row), entry_snapshot(model, row)));
}

bool join_rows_follow(struct howdah_session *s, const struct mapper *join)
{
    for (const struct slab *slab = s->slabs.chains[join->modelled->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++)
            if (!is_untouched(s, join->modelled, slab_entry(slab, i)) && !join_row_follow(s, join, slab_entry(slab, i)))
                return false;
    return true;
}

/* Whether links of that join table are to end whose rows no object was known for. */
static bool ends_rows(const struct howdah_session *s, const struct mapper *join)
{
    return join->join_of && join->modelled && s->slabs.chains[join->index].first &&
           s->slabs.chains[join->modelled->index].first;
}

bool join_rows_find_objects(struct howdah_session *s)
{
    const struct catalog *catalog = &s->db->catalog;
    for (uint32_t i = 0; s->join_links && i < s->slabs.chain_count; i++)
        if (ends_rows(s, &catalog->mappers[i]) && !join_rows_follow(s, &catalog->mappers[i]))
            return false;
    return true;
}

void join_row_sides(const struct howdah_session *s, const struct mapper *join, const struct entry *row,
                    const struct entry *ret_sides[2])
{
    struct howdah_join_row link;
    memcpy(&link, entry_object(join, row), sizeof(link));
    ret_sides[0] = slabs_find(&s->slabs, link.object);
    ret_sides[1] = slabs_find(&s->slabs, link.other);
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
    for (const struct join_link *link = s->join_links; link; link = link->next)
        forget_row(s, link);
    s->join_links = NULL;
    map_clear(&s->join_map);
}

void join_rows_go_back(struct howdah_session *s)
{
    struct join_link **at = &s->join_links;
    while (*at) {
        struct join_link *link = *at;
        if (link->row->state != ENTRY_NEW) {
            at = &link->next;
            continue;
        }
        *at = link->next;
        forget_row(s, link);
        map_remove(&s->join_map, &link->node);
    }
}
