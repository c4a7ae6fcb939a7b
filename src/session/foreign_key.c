#include "foreign_key.h"

#include "by_unique.h"
#include "marks.h"

static const struct column *own(const struct foreign_key *key, const struct mapper *mapper, uint32_t part)
{
    return &mapper->columns[key->columns[part]];
}

static const struct column *other(const struct foreign_key *key, uint32_t part)
{
    return &key->target->columns[key->targets[part]];
}

bool foreign_key_is_null(const struct foreign_key *key, const struct mapper *mapper, const void *object)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (column_is_null(own(key, mapper, i), object))
            return true;
    return false;
}

static bool is_zero(const struct column *c, const void *object)
{
    static const unsigned char zeroes[64];
    size_t size = c->codec->size ? c->codec->size : 1; /* text in the struct: the empty one */
    return size <= sizeof(zeroes) && memcmp(column_field(c, object), zeroes, size) == 0;
}

bool foreign_key_is_unset(const struct foreign_key *key, const struct mapper *mapper, const void *object)
{
    for (uint32_t i = 0; i < key->count; i++) {
        const struct column *c = own(key, mapper, i);
        if (!column_is_null(c, object) && !is_zero(c, object))
            return false;
    }
    return true;
}

bool foreign_key_equal(const struct foreign_key *key, const struct mapper *mapper, const void *a, const void *b)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (!column_equal(own(key, mapper, i), a, b))
            return false;
    return true;
}

/* Text in a struct and text behind a pointer are one family; all else has one type on both sides. */
static bool same_text(const struct column *a, const void *object_a, const struct column *b, const void *object_b)
{
    return strcmp(column_value(a, object_a).as.text, column_value(b, object_b).as.text) == 0;
}

static bool part_refers_to(const struct column *a, const void *object, const struct column *b, const void *target)
{
    if (column_is_null(a, object) || column_is_null(b, target))
        return false;
    return a->codec == b->codec ? a->codec->equal(a->field, column_field(a, object), column_field(b, target))
                                : same_text(a, object, b, target);
}

bool foreign_key_refers_to(const struct foreign_key *key, const struct mapper *mapper, const void *object,
                           const void *target)
{
    return foreign_key_agrees(key, mapper, object, target, false) && foreign_key_applies(key, object);
}

bool foreign_key_agrees(const struct foreign_key *key, const struct mapper *mapper, const void *object,
                        const void *target, bool is_new)
{
    for (uint32_t i = 0; i < key->count; i++) {
        const struct column *a = own(key, mapper, i), *b = other(key, i);
        bool chosen = !is_new || (!column_is_null(a, object) && !is_zero(a, object));
        if (chosen && !part_refers_to(a, object, b, target))
            return false;
    }
    return true;
}

/* Whatever wraps the value. */
bool foreign_key_copy(const struct column *to, void *object, const struct column *from, const void *source,
                      struct arena *arena)
{
    const char *why;
    if (to->codec != from->codec || to->codec->size == 0)
        return column_assign(to, column_value(from, source), arena, object, &why) == HOWDAH_STATUS_OK &&
               column_copy(to, arena, object); /* text in the struct is borrowed */
    memcpy(column_field(to, object), column_field(from, source), to->codec->size);
    if (to->shape == SHAPE_NULLABLE)
        *((bool *)((char *)column_field(to, object) + to->valid_offset)) = true;
    return true;
}

bool foreign_key_part_waits(const struct foreign_key *key, const void *target, uint32_t part)
{
    const struct column *c = other(key, part);
    return c->server_only || (c->identity && column_is_unset_key(c, target));
}

bool foreign_key_waits(const struct foreign_key *key, const void *target)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (foreign_key_part_waits(key, target, i))
            return true;
    return false;
}

bool foreign_key_assign(const struct foreign_key *key, const struct mapper *mapper, struct arena *arena, void *object,
                        const void *target)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (!foreign_key_copy(own(key, mapper, i), object, other(key, i), target, arena))
            return false;
    return true;
}

bool foreign_key_is_known(const struct howdah_session *s, const struct foreign_key *key, const struct entry *target)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (marks_has(s, target, MARK_UNLOADED, key->targets[i]))
            return false;
    return true;
}

bool foreign_key_is_unloaded(const struct howdah_session *s, const struct foreign_key *key, const struct entry *entry)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (marks_has(s, entry, MARK_UNLOADED, key->columns[i]))
            return true;
    return false;
}

bool foreign_key_is_in_key(const struct foreign_key *key)
{
    uint32_t i = 0;
    while (i < key->count && !key->owner->columns[key->columns[i]].key)
        i++;
    return i < key->count;
}

bool foreign_key_clears(const struct foreign_key *key, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (own(key, mapper, i)->nullable)
            return true;
    return false;
}

void foreign_key_reset(const struct foreign_key *key, const struct mapper *mapper, void *object, const void *snapshot)
{
    for (uint32_t i = 0; i < key->count; i++) {
        const struct column *c = own(key, mapper, i);
        if (c->key)
            continue;
        if (snapshot)
            memcpy(column_field(c, object), column_field(c, snapshot), c->size);
        else
            memset(column_field(c, object), 0, c->size);
    }
}

bool foreign_key_clear(const struct foreign_key *key, const struct mapper *mapper, void *object)
{
    if (!foreign_key_clears(key, mapper))
        return false;
    for (uint32_t i = 0; i < key->count; i++)
        if (own(key, mapper, i)->nullable)
            column_set_null(own(key, mapper, i), object);
    return true;
}

bool foreign_key_applies(const struct foreign_key *key, const void *object)
{
    if (!key->type)
        return true;
    const char *label = column_value(key->type, object).as.text;
    return !column_is_null(key->type, object) && strcmp(label, key->label) == 0;
}

bool foreign_key_probe(const struct foreign_key *key, const struct mapper *mapper, struct arena *arena,
                       const void *object, void *ret)
{
    for (uint32_t i = 0; i < key->count; i++)
        if (!foreign_key_copy(other(key, i), ret, own(key, mapper, i), object, arena))
            return false;
    return true;
}

bool foreign_key_read(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                      const void *object)
{
    return !foreign_key_is_null(key, mapper, object) && foreign_key_applies(key, object) &&
           foreign_key_probe(key, mapper, &s->scratch, object, s->key_object);
}

struct entry *foreign_key_target(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                                 const void *object)
{
    if (!key->to_primary_key || !foreign_key_read(s, key, mapper, object))
        return NULL;
    return identity_find(&s->map, key->target, s->key_object);
}

struct entry *foreign_key_holder(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                                 const void *object, bool of_row)
{
    if (key->to_primary_key)
        return foreign_key_target(s, key, mapper, object);
    return foreign_key_read(s, key, mapper, object) ? by_unique_find(s, key, s->key_object, of_row) : NULL;
}
