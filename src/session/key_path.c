#include "key_path.h"

#include "by_unique.h"
#include "foreign_key.h"
#include "identity_map.h"
#include "moved.h"

struct paths {
    struct work *w;
    struct key_path *first, **end;
    bool *reached; /* by mapper: its rows may be moved */
};

static bool add_path(struct paths *p, struct key_path path)
{
    struct key_path *added = arena_copy(&p->w->arena, &path, sizeof(path));
    if (!added)
        return !session_no_memory(p->w->s);
    *p->end = added;
    p->end = &added->next;
    return true;
}

/* All that refer to the table. */
static bool reach(struct paths *p, const struct mapper *mapper)
{
    if (p->reached[mapper->index])
        return true;
    p->reached[mapper->index] = true;
    for (const struct foreign_key *key = mapper->incoming; key; key = key->next_incoming)
        if (!key->type && !add_path(p, (struct key_path){.key = key, .last = key}))
            return false;
    return true;
}

static bool reach_all(struct paths *p)
{
    const struct catalog *catalog = &p->w->s->db->catalog;
    for (uint32_t i = 0; i < catalog->mapper_count; i++)
        if (p->w->moves[i] && !reach(p, &catalog->mappers[i]))
            return false;
    for (const struct key_path *path = p->first; path; path = path->next)
        if (moved_draws_along(path->key) && !reach(p, path->key->owner))
            return false;
    return true;
}

static bool same_columns(const struct foreign_key *a, const struct foreign_key *b)
{
    size_t size = a->count * sizeof(*a->columns);
    return a->owner == b->owner && a->target == b->target && a->count == b->count &&
           memcmp(a->columns, b->columns, size) == 0 && memcmp(a->targets, b->targets, size) == 0;
}

static bool is_there(const struct paths *p, const struct foreign_key *key)
{
    const struct key_path *path = p->first;
    while (path && !same_columns(path->key, key))
        path = path->next;
    return path != NULL;
}

static uint32_t part_to(const struct foreign_key *key, uint32_t target)
{
    uint32_t part = 0;
    while (part < key->count && key->targets[part] != target)
        part++;
    return part;
}

/* By columns that are in both, the first table refers to what the second one refers to. */
static bool lead_on(struct paths *p, const struct key_path *head, const struct foreign_key *last)
{
    struct foreign_key *key = arena_copy(&p->w->arena, last, sizeof(*last));
    if (!key)
        return !session_no_memory(p->w->s);
    key->owner = head->key->owner;
    key->name = head->key->name;
    key->relation = NULL;
    for (uint32_t i = 0; i < key->count; i++) {
        uint32_t part = part_to(head->key, last->columns[i]);
        if (part == head->key->count)
            return true;
        key->columns[i] = head->key->columns[part];
    }
    return is_there(p, key) || add_path(p, (struct key_path){.key = key, .last = last, .head = head});
}

static bool lead_all_on(struct paths *p)
{
    for (const struct key_path *head = p->first; head; head = head->next) {
        const struct mapper *between = head->key->target;
        for (uint32_t k = 0; !moved_here(head->last) && k < between->foreign_key_count; k++) {
            const struct foreign_key *last = &between->foreign_keys[k];
            if (!moved_here(last) && p->reached[last->target->index] && !lead_on(p, head, last))
                return false;
        }
    }
    return true;
}

bool key_paths_collect(struct work *w, struct key_path **ret)
{
    struct paths p = {.w = w, .end = &p.first};
    p.reached = arena_allocate_zero(&w->arena, w->s->db->catalog.mapper_count, sizeof(*p.reached));
    if (!p.reached)
        return !session_no_memory(w->s);
    if (!reach_all(&p) || !lead_all_on(&p))
        return false;
    *ret = p.first;
    return true;
}

static bool is_known(struct howdah_session *s, const struct key_path *path, const void *row)
{
    const struct foreign_key *last = path->head->last;
    if (!foreign_key_read(s, path->head->key, path->key->owner, row))
        return false;
    const struct entry *between = last->to_primary_key ? identity_find(&s->map, last->target, s->key_object)
                                                       : by_unique_find(s, last, s->key_object, true);
    return between && !foreign_key_is_unloaded(s, path->last, between);
}

bool key_path_moves(struct work *w, const struct key_path *path, const void *row)
{
    for (const struct key_path *part = path; part->head; part = part->head)
        if (is_known(w->s, part, row))
            return false;
    for (const struct key_path *part = path; part->head; part = part->head)
        w->moves[part->head->key->target->index] = true;
    return true;
}
