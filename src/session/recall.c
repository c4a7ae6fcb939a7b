#include "recall.h"

#include "foreign_key.h"
#include "object.h"
#include "owner.h"

/* What the program has written since the call. */
struct written {
    bool pointer, value;
};

static const void *row_of(const struct mapper *mapper, const struct entry *child)
{
    return child->state == ENTRY_NEW ? NULL : entry_snapshot(mapper, child);
}

/* Whether the value is another than the call has left. */
static bool value_is_written(const struct placed *placed, const struct mapper *mapper)
{
    const struct foreign_key *key = placed->key;
    const void *object = entry_object(mapper, placed->child), *row = row_of(mapper, placed->child);
    if (placed->keyed)
        return !foreign_key_refers_to(key, mapper, object, owner_key(key, placed->owner));
    if (!placed->owner && foreign_key_clears(key, mapper))
        return !foreign_key_is_null(key, mapper, object);
    return row ? !foreign_key_equal(key, mapper, object, row) : !foreign_key_is_unset(key, mapper, object);
}

static struct written find_written(const struct placed *placed, const struct mapper *mapper)
{
    const struct relation *relation = placed->key->relation;
    const void *now = relation ? object_pointer(relation, entry_object(mapper, placed->child)) : NULL;
    const void *put = placed->owner && relation ? entry_object(placed->key->target, placed->owner) : NULL;
    return (struct written){now != put, value_is_written(placed, mapper)};
}

/* Where it is, is what its row says, until the fields are looked at. */
static bool undo(struct howdah_session *s, const struct mapper *mapper, struct placed *placed)
{
    struct entry *child = placed->child;
    const struct foreign_key *key = placed->key;
    if (!owner_show(s, key, mapper, child, owner_of_row(s, key, mapper, child), NULL))
        return false;
    placed_drop(s, placed);
    return true;
}

/* What a polymorphic child has left by the same call. */
static bool undo_others(struct howdah_session *s, const struct mapper *mapper, struct entry *child,
                        const struct foreign_key *key)
{
    for (const struct foreign_key *other = mapper->typed_keys; other; other = other->next_typed) {
        struct placed *placed = other != key && other->type == key->type ? placed_find(s, child, other) : NULL;
        if (placed && !placed->owner && !undo(s, mapper, placed))
            return false;
    }
    return true;
}

/* The field that the program has left alone says what it said before the call. */
static void reset_field(const struct foreign_key *key, const struct mapper *mapper, struct entry *child,
                        struct written written)
{
    void *object = entry_object(mapper, child);
    const void *row = row_of(mapper, child);
    if (!written.value)
        foreign_key_reset(key, mapper, object, row);
    if (!written.value && key->type && row)
        memcpy(column_field(key->type, object), column_field(key->type, row), key->type->size);
    if (!written.pointer && key->relation)
        object_set_pointer(key->relation, object, row ? object_pointer(key->relation, row) : NULL);
}

/* The new object to which the call has linked the child has another key by now. */
static bool follow_owner(struct howdah_session *s, const struct mapper *mapper, struct placed *placed)
{
    const struct foreign_key *key = placed->key;
    void *object = entry_object(mapper, placed->child);
    if (!placed->keyed || placed->owner->state != ENTRY_NEW || !value_is_written(placed, mapper) ||
        placed_value(key, mapper, placed->child) != placed->value)
        return true;
    if (!foreign_key_assign(key, mapper, &s->arena, object, owner_key(key, placed->owner)))
        return !session_no_memory(s);
    placed->value = placed_value(key, mapper, placed->child);
    return true;
}

bool recall(struct howdah_session *s, const struct mapper *mapper, struct entry *child)
{
    struct owner_keys walk = {0};
    const struct foreign_key *key;
    if (!child->placed || (child->state != ENTRY_NEW && child->state != ENTRY_LOADED))
        return true;
    while ((key = owner_next_key(mapper, &walk))) {
        struct placed *placed = placed_find(s, child, key);
        if (placed && placed->said && !follow_owner(s, mapper, placed))
            return false;
        const struct written written = placed && placed->said ? find_written(placed, mapper) : (struct written){0};
        if (!written.pointer && !written.value)
            continue;
        if (!undo(s, mapper, placed) || (key->type && !undo_others(s, mapper, child, key)))
            return false;
        reset_field(key, mapper, child, written);
    }
    return true;
}
