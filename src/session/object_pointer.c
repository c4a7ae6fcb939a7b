/* BELONGS_TO pointers of objects, and whether they agree with the foreign key beside them. */
#include "foreign_key.h"
#include "object.h"

void object_forget_stale_pointers(struct howdah_session *s, const struct mapper *mapper, void *object)
{
    for (uint32_t i = 0; i < mapper->relation_count; i++) {
        const struct relation *relation = &mapper->relations[i];
        if (relation->field->kind != HOWDAH_FIELD_BELONGS_TO)
            continue;
        void *target = object_pointer(relation, object);
        if (target &&
            (!slabs_find(&s->slabs, target) || !foreign_key_refers_to(relation->foreign_key, mapper, object, target)))
            object_set_pointer(relation, object, NULL);
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
