#include "displace.h"

#include "cascade.h"
#include "foreign_key.h"
#include "object.h"
#include "owner.h"
#include "relate.h"

#include "base/error.h"

struct displaced {
    struct displaced *next;
    const struct relation *relation;
    struct entry *owner;
};

bool displace_note(struct howdah_session *s, const struct relation *relation, struct entry *owner)
{
    struct displaced *displaced = ARENA_NEW(&s->pending, struct displaced);
    if (!displaced)
        return !session_no_memory(s);
    *displaced = (struct displaced){s->displaced, relation, owner};
    s->displaced = displaced;
    return true;
}

/* --- the owners of one relation --- */

struct vacancy {
    struct map_node node;
    struct vacancy *next;
    const struct entry *owner;
    const struct entry *item; /* that is theirs from now on */
    bool known;               /* the session has what was theirs */
};

struct vacancies {
    struct work *w;
    const struct relation *relation;
    const struct mapper *mapper; /* of the items */
    struct map map;
    struct vacancy *first;
    uint32_t count; /* that are not known */
};

static bool match(const struct map_node *node, const void *owner)
{
    return ((const struct vacancy *)(const void *)node)->owner == owner;
}

static struct vacancy *find(const struct vacancies *v, const struct entry *owner)
{
    return owner ? (void *)map_find(&v->map, hash_integer((uintptr_t)owner), match, owner) : NULL;
}

/* The object that the owner has now, if it is not the one of its row. */
static const struct entry *new_item(const struct vacancies *v, const struct entry *owner)
{
    struct howdah_session *s = v->w->s;
    const struct foreign_key *key = v->relation->foreign_key;
    const void *object = object_pointer(v->relation, entry_object(v->relation->mapper, owner));
    const struct entry *item = object ? slabs_find(&s->slabs, object) : NULL;
    struct entry *now;
    bool good = item && owner->state == ENTRY_LOADED && (item->state == ENTRY_NEW || item->state == ENTRY_LOADED) &&
                owner_now(s, key, v->mapper, item, &now) == OWNER_KNOWN && now == owner;
    return good && owner_of_row(s, key, v->mapper, item) != owner ? item : NULL;
}

static bool add_owner(struct vacancies *v, const struct entry *owner)
{
    const struct entry *item = find(v, owner) ? NULL : new_item(v, owner);
    if (!item)
        return true;
    struct vacancy *vacancy = ARENA_NEW(&v->w->arena, struct vacancy);
    if (!vacancy || !map_add(&v->map, &vacancy->node, hash_integer((uintptr_t)owner)))
        return !session_no_memory(v->w->s);
    vacancy->owner = owner;
    vacancy->item = item;
    vacancy->next = v->first;
    v->first = vacancy;
    v->count++;
    return true;
}

/* --- objects that the session has --- */

static bool is_nullable(const struct vacancies *v)
{
    return foreign_key_clears(v->relation->foreign_key, v->mapper);
}

static bool refuse(struct vacancies *v, struct entry *item)
{
    const char *model = v->relation->mapper->model->name, *field = v->relation->field->name;
    struct change *change = work_change_of(v->w, item);
    if (!change)
        change = work_add_change(v->w, v->mapper, item, HOWDAH_OPERATION_UPDATE);
    return change &&
           work_refuse(v->w, HOWDAH_STATUS_NOT_NULL, change,
                       v->mapper->columns[v->relation->foreign_key->columns[0]].field->name,
                       "was displaced from %s.%s, but can't be NULL: link it to another %s, delete it, or give "
                       "%s.%s .delete_orphans",
                       model, field, model, model, field);
}

/* It was the owner's, and is still, unless the program has put it elsewhere. */
static bool vacate(struct vacancies *v, struct vacancy *vacancy, struct entry *item)
{
    const struct foreign_key *key = v->relation->foreign_key;
    struct entry *now;
    v->count -= !vacancy->known;
    vacancy->known = true;
    if (item->state != ENTRY_LOADED || owner_now(v->w->s, key, v->mapper, item, &now) != OWNER_KNOWN ||
        now != vacancy->owner)
        return true;
    if (cascade_of_orphans(key))
        return relate_delete(v->w, item, false);
    return is_nullable(v) ? relate_clear(v->w, item, key, false) : refuse(v, item);
}

static bool vacate_known(struct vacancies *v)
{
    struct howdah_session *s = v->w->s;
    for (const struct slab *slab = s->slabs.chains[v->mapper->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++) {
            struct entry *item = slab_entry(slab, i);
            bool stored = item->state == ENTRY_LOADED || item->state == ENTRY_DELETED;
            const struct entry *owner = stored ? owner_of_row(s, v->relation->foreign_key, v->mapper, item) : NULL;
            struct vacancy *vacancy = find(v, owner);
            if (vacancy && vacancy->item != item && !vacate(v, vacancy, item))
                return false;
        }
    return true;
}

/* --- rows that nobody has loaded --- */

/* Where the foreign key can't be NULL, and is unique, the server refuses what has no room. */
static bool may_sweep(const struct vacancies *v)
{
    const struct foreign_key *key = v->relation->foreign_key;
    if (cascade_of_orphans(key) || is_nullable(v))
        return true;
    for (uint32_t i = 0; i < v->mapper->index_count; i++) {
        const struct table_index *index = &v->mapper->indexes[i];
        if (index->unique && !index->where && index->count == key->count &&
            memcmp(index->columns, key->columns, key->count * sizeof(*key->columns)) == 0)
            return false;
    }
    return true;
}

/* An object of which nobody knows whose its row is. */
static bool is_unknown(const struct vacancies *v, const struct entry *item)
{
    return (item->state == ENTRY_LOADED || item->state == ENTRY_DELETED) && item->marked &&
           foreign_key_is_unloaded(v->w->s, v->relation->foreign_key, item);
}

/* The commit deletes it, or gives it to somebody: its own statement does it, as it says what its row must be. */
static bool leaves_itself(const struct vacancies *v, const struct entry *item)
{
    struct entry *now;
    return item->state == ENTRY_DELETED ||
           owner_now(v->w->s, v->relation->foreign_key, v->mapper, item, &now) != OWNER_NONE;
}

/* Whether it would be STALE, now or when it is written next, if the statement for what nobody has loaded found its row. */
static bool is_at_risk(const struct vacancies *v, const struct entry *item)
{
    const struct column *token = v->mapper->token;
    bool counted = cascade_of_orphans(v->relation->foreign_key) || token;
    return counted &&
           (work_change_of(v->w, item) || (token && key_read_integer(token, entry_object(v->mapper, item)) != 0));
}

static bool refuse_unknown(struct vacancies *v, struct entry *item)
{
    const char *model = v->relation->mapper->model->name, *field = v->relation->field->name;
    struct change *change = work_change_of(v->w, item);
    if (!change)
        change = work_add_change(v->w, v->mapper, item, HOWDAH_OPERATION_UPDATE);
    if (!change)
        return false;
    work_refuse(v->w, HOWDAH_STATUS_INVALID, change,
                v->mapper->columns[v->relation->foreign_key->columns[0]].field->name,
                "was not loaded, so nobody knows whether it has to make room in %s.%s of another "
                "object (the error's .other): load it first, by session_load_columns",
                model, field);
    v->w->s->error.other = entry_object(v->relation->mapper, v->first->owner);
    error_finish(&v->w->s->error);
    return false;
}

/* The rows that the statement leaves alone. */
static bool find_spared(struct vacancies *v, struct sweep_rows *ret)
{
    struct work *w = v->w;
    uint32_t capacity = 0;
    for (const struct slab *slab = w->s->slabs.chains[v->mapper->index].first; slab; slab = slab->next)
        for (uint32_t i = 0; i < slab->count; i++) {
            struct entry *item = slab_entry(slab, i);
            if (!is_unknown(v, item))
                continue;
            bool spared = leaves_itself(v, item);
            void **rows = spared ? work_grow(w, ret->rows, ret->count, &capacity, sizeof(*rows)) : NULL;
            if (spared && !rows)
                return false;
            if (!spared && is_at_risk(v, item))
                return refuse_unknown(v, item);
            if (!spared)
                continue;
            ret->rows = rows;
            rows[ret->count++] = entry_snapshot(v->mapper, item);
        }
    return true;
}

static bool sweep_unknown(struct vacancies *v)
{
    struct work *w = v->w;
    struct sweep_rows owners = {0}, spared = {0};
    if (!v->count || !may_sweep(v))
        return true;
    owners.rows = arena_allocate_array(&w->arena, v->count, sizeof(*owners.rows));
    if (!owners.rows)
        return !session_no_memory(w->s);
    for (const struct vacancy *vacancy = v->first; vacancy; vacancy = vacancy->next)
        if (!vacancy->known)
            owners.rows[owners.count++] = entry_snapshot(v->relation->mapper, vacancy->owner);
    return find_spared(v, &spared) && sweep_owned(w, v->relation->foreign_key, v->mapper, owners, spared);
}

/* --- all of them --- */

static bool displace(struct vacancies *v, const struct displaced *displaced)
{
    bool good = true;
    map_init(&v->map, &v->w->s->db->allocator);
    for (; displaced && good; displaced = displaced->next)
        good = displaced->relation != v->relation || add_owner(v, displaced->owner);
    good = good && (!v->first || (vacate_known(v) && sweep_unknown(v)));
    map_clear(&v->map);
    return good;
}

bool work_displace(struct work *w)
{
    const struct catalog *catalog = &w->s->db->catalog;
    for (uint32_t i = 0; w->s->displaced && i < catalog->mapper_count; i++)
        for (uint32_t k = 0; k < catalog->mappers[i].relation_count; k++) {
            const struct relation *relation = &catalog->mappers[i].relations[k];
            struct vacancies v = {.w = w, .relation = relation, .mapper = relation->target};
            if (relation->field->kind == HOWDAH_FIELD_HAS_ONE && !displace(&v, w->s->displaced))
                return false;
        }
    return true;
}
