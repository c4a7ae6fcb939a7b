#include "add_related.h"

#include "collection.h"
#include "link.h"
#include "object.h"

/* A struct of the program's, and what became of it. */
struct added {
    struct map_node node;
    struct added *next;
    const void *source;
    struct entry *entry;
};

struct pair {
    struct pair *next;
    const struct relation *relation;
    struct entry *owner, *other;
};

/* One call. All lies in the scratch arena. */
struct adding {
    struct howdah_session *s;
    struct map map; /* of the added by source */
    struct added *first, **last;
    struct pair *pairs, **last_pair; /* to be linked, in their order, once all are there */
};

static bool is_belongs_to(const struct relation *relation)
{
    return relation->field->kind == HOWDAH_FIELD_BELONGS_TO;
}

bool has_related(const struct mapper *mapper, const void *object)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        bool given = relation_is_many(relation)
                         ? collection_get(relation, object).items || collection_get(relation, object).count
                         : object_pointer(relation, object) != NULL;
        if (given && (!is_belongs_to(relation) || (relation->field->cascade & HOWDAH_CASCADE_ADD)))
            return true;
    }
    return false;
}

/* --- what was added --- */

static bool match(const struct map_node *node, const void *source)
{
    return ((const struct added *)(const void *)node)->source == source;
}

static struct entry *find_added(const struct adding *a, const void *source)
{
    struct map_node *node = map_find(&a->map, hash_integer((uintptr_t)source), match, source);
    return node ? ((struct added *)(void *)node)->entry : NULL;
}

static bool note_added(struct adding *a, const void *source, struct entry *entry)
{
    struct added *added = ARENA_NEW(&a->s->scratch, struct added);
    if (!added || !map_add(&a->map, &added->node, hash_integer((uintptr_t)source)))
        return !session_no_memory(a->s);
    added->source = source;
    added->entry = entry;
    *a->last = added;
    a->last = &added->next;
    return true;
}

static bool fail(const struct adding *a, const struct relation *relation, const char *why)
{
    return !session_refuse(a->s, HOWDAH_STATUS_MISUSE, relation->mapper, relation->field->name, NULL, why);
}

/* The object behind a pointer in a relation's field; NULL and no error where the commit will see to it. */
static bool find_item(struct adding *a, const struct relation *relation, const void *item, struct entry **ret)
{
    struct entry *entry = slabs_find(&a->s->slabs, item);
    bool cascades = relation->field->cascade & HOWDAH_CASCADE_ADD;
    *ret = entry ? entry : find_added(a, item);
    if (!entry && !*ret && is_belongs_to(relation) && !cascades)
        return true;
    if (!*ret && !cascades)
        return fail(a, relation, "holds what is no object of this session: add that first, or give it CASCADE_ADD");
    if (!*ret)
        return (*ret = object_add_new(a->s, relation->target, item)) && note_added(a, item, *ret);
    if ((*ret)->mapper != relation->target->index)
        return fail(a, relation, "holds an object of another model");
    if (!is_belongs_to(relation) && ((*ret)->state == ENTRY_DETACHED || (*ret)->state == ENTRY_DELETED))
        return fail(a, relation, "holds an object that is deleted or detached");
    return true;
}

static bool add_pair(struct adding *a, const struct relation *relation, struct entry *owner, struct entry *other)
{
    struct pair *pair = ARENA_NEW(&a->s->scratch, struct pair);
    if (!pair)
        return !session_no_memory(a->s);
    *pair = (struct pair){NULL, relation, owner, other};
    *a->last_pair = pair;
    a->last_pair = &pair->next;
    return true;
}

/* --- one object's relations --- */

static bool take_pointer(struct adding *a, const struct relation *relation, struct entry *owner)
{
    void *object = entry_object(relation->mapper, owner), *snapshot = entry_snapshot(relation->mapper, owner);
    void *pointer = object_pointer(relation, object);
    struct entry *entry;
    if (!pointer)
        return true;
    if (!find_item(a, relation, pointer, &entry))
        return false;
    if (is_belongs_to(relation)) {
        object_set_pointer(relation, object, entry ? entry_object(relation->target, entry) : pointer);
        object_set_pointer(relation, snapshot, object_pointer(relation, object));
        return true;
    }
    object_set_pointer(relation, object, NULL);
    object_set_pointer(relation, snapshot, NULL);
    return add_pair(a, relation, owner, entry);
}

static bool take_items(struct adding *a, const struct relation *relation, struct entry *owner)
{
    static const struct collection empty = {NULL, 0, true};
    void *object = entry_object(relation->mapper, owner);
    const struct collection given = collection_get(relation, object);
    struct entry *entry;
    if (given.count && !given.items)
        return fail(a, relation, "says how many items it has, but not where they are");
    collection_put(relation, object, entry_snapshot(relation->mapper, owner), &empty);
    for (size_t i = 0; i < given.count; i++) {
        if (!given.items[i])
            return fail(a, relation, "holds a NULL");
        if (!find_item(a, relation, given.items[i], &entry) || !add_pair(a, relation, owner, entry))
            return false;
    }
    return true;
}

static bool take_relations(struct adding *a, struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(a->s, entry);
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (!(relation_is_many(relation) ? take_items : take_pointer)(a, relation, entry))
            return false;
    }
    return true;
}

static bool link_pairs(const struct adding *a)
{
    for (const struct pair *pair = a->pairs; pair; pair = pair->next)
        if (!link_objects(a->s, pair->relation, pair->owner, pair->other))
            return false;
    return true;
}

static void give_up(const struct adding *a)
{
    for (const struct added *added = a->first; added; added = added->next) {
        identity_remove(&a->s->map, added->entry);
        entry_move(added->entry, EVENT_DELETE);
    }
}

bool add_related(struct howdah_session *s, struct entry *entry, const void *source)
{
    struct adding a = {.s = s};
    a.last = &a.first;
    a.last_pair = &a.pairs;
    map_init(&a.map, &s->db->allocator);
    bool good = note_added(&a, source, entry);
    if (!good)
        entry_move(entry, EVENT_DELETE);
    for (const struct added *added = a.first; good && added; added = added->next) /* which grows */
        good = take_relations(&a, added->entry);
    good = good && link_pairs(&a);
    if (!good)
        give_up(&a);
    map_clear(&a.map);
    arena_reset(&s->scratch);
    return good;
}
