/* BELONGS_TO pointers of objects, and whether they agree with the foreign key beside them. */
#include "foreign_key.h"
#include "object.h"

static bool is_stale(const struct howdah_session *s, const struct relation *relation, const void *object)
{
    const void *target = relation->field->kind == HOWDAH_FIELD_BELONGS_TO ? object_pointer(relation, object) : NULL;
    return target && (!slabs_find(&s->slabs, target) ||
                      !foreign_key_refers_to(relation->foreign_key, relation->mapper, object, target));
}

void object_forget_stale_pointers(struct howdah_session *s, const struct mapper *mapper, void *object)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++)
        if (is_stale(s, &mapper->relations[i], object))
            object_set_pointer(&mapper->relations[i], object, NULL);
}

void object_mend_pointers(struct howdah_session *s, const struct mapper *mapper, void *object)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (!is_stale(s, relation, object))
            continue;
        const struct entry *target = foreign_key_holder(s, relation->foreign_key, mapper, object, true);
        bool known = target && target->state == ENTRY_LOADED;
        object_set_pointer(relation, object, known ? entry_object(relation->target, target) : NULL);
    }
}

void object_follow_row(struct howdah_session *s, const struct mapper *mapper, void *object, void *row)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (!is_stale(s, relation, row) || object_pointer(relation, object) != object_pointer(relation, row))
            continue; /* what the program has put there, or taken from there, it is to decide */
        object_set_pointer(relation, object, NULL);
        object_set_pointer(relation, row, NULL);
    }
}

bool object_key_waits(const struct mapper *mapper, const void *object)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO || !object_pointer(relation, object))
            continue;
        const struct foreign_key *key = relation->foreign_key;
        for (uint32_t part = 0; part < key->count; part++)
            if (mapper->columns[key->columns[part]].key && foreign_key_is_unset(key, mapper, object))
                return true;
    }
    return false;
}
