#include "claims.h"

#include "base/hash.h"
#include "foreign_key.h"
#include "marks.h"
#include "model/predicate.h"

bool change_touches(const struct change *change, const struct table_index *index)
{
    for (uint32_t i = 0; i < index->count; i++)
        if (column_in(change->columns, index->columns[i]))
            return true;
    return false;
}

bool change_computes(const struct change *change, const struct table_index *index)
{
    for (uint32_t i = 0; change->extra->formulas && i < index->whole; i++)
        if (formulas_find(change->extra->formulas, &change->mapper->columns[index->columns[i]]))
            return true;
    return false;
}

static bool writes_key(const struct mapper *mapper, const uint64_t *columns)
{
    for (uint32_t i = 0; i < mapper->key_count; i++)
        if (column_in(columns, mapper->key[i]))
            return true;
    return false;
}

bool change_rekeys(const struct mapper *mapper, const struct change *change)
{
    return change->operation == HOWDAH_OPERATION_UPDATE &&
           (writes_key(mapper, change->columns) || change_computes(change, &mapper->indexes[0]));
}

bool index_has(const struct mapper *mapper, const struct table_index *index, const void *object)
{
    return !columns_any_null(mapper->columns, index->columns, index->count, object) &&
           (!index->where || predicate_holds(index->where, object));
}

bool index_is_known(const struct table_index *index)
{
    return !index->field->where || index->where;
}

bool change_gives_up(const struct change *change, const struct table_index *index)
{
    return index_has(change->mapper, index, change->old) &&
           (change_touches(change, index) || change_computes(change, index) ||
            !index_has(change->mapper, index, change->image));
}

bool change_takes(const struct change *change, const struct table_index *index)
{
    return index_has(change->mapper, index, change->image) && !change_computes(change, index) &&
           (change_touches(change, index) || !index_has(change->mapper, index, change->old));
}

static uint32_t hash_of(const struct mapper *mapper, const struct table_index *index, const void *object)
{
    uint64_t seed = hash_combine((uint64_t)(uintptr_t)index, mapper->index);
    return (uint32_t)columns_hash(mapper->columns, index->columns, index->count, seed, object);
}

/* --- collecting --- */

/* Whether the server makes one of the values, or a part waits for a generated key: nobody else can have it, as far as the
 * client can know. */
static bool is_unknown(const struct work *w, const struct change *change, const struct table_index *index)
{
    for (uint32_t i = 0; i < index->whole; i++)
        if ((change->operation == HOWDAH_OPERATION_INSERT && !column_in(change->columns, index->columns[i])) ||
            work_defers(w, change, index->columns[i]))
            return true;
    return change_computes(change, index);
}

/* Whether nobody knows what the row had in the index. */
static bool was_unloaded(const struct work *w, const struct change *change, const struct table_index *index)
{
    const uint64_t *unloaded = marks_set(w->s, change->entry, MARK_UNLOADED);
    for (uint32_t i = 0; unloaded && i < index->whole; i++)
        if (column_in(unloaded, index->columns[i]))
            return true;
    return false;
}

static bool add_claim(struct work *w, struct claims *c, enum claim_kind kind, const struct table_index *index,
                      const struct change *change, const void *object)
{
    const struct mapper *mapper = change_mapper(w, change);
    bool unknown = kind == CLAIM_GIVES ? is_unknown(w, change, index) : was_unloaded(w, change, index);
    if (unknown || !index_has(mapper, index, object))
        return true;
    struct claim *claims = work_grow(w, c->claims, c->count, &c->capacity, sizeof(*claims));
    if (!claims)
        return false;
    c->claims = claims;
    claims[c->count++] = (struct claim){.index = index,
                                        .hash = hash_of(mapper, index, object),
                                        .change = (uint32_t)(change - w->changes),
                                        .kind = (uint8_t)kind,
                                        .loaded = object != change->old && object != change->image};
    return true;
}

/* What its statement finds; and what it has before the database moves it along. */
static bool give_up(struct work *w, struct claims *c, const struct table_index *index, const struct change *change)
{
    const struct mapper *mapper = change_mapper(w, change);
    const void *loaded = w->moving_count ? change_loaded(change) : change->old;
    bool moved =
        loaded != change->old && !columns_equal(mapper->columns, index->columns, index->count, loaded, change->old);
    if (index->primary) /* what it was loaded with the identity map knows */
        return !moved || add_claim(w, c, CLAIM_GIVES_UP, index, change, change->old);
    return add_claim(w, c, CLAIM_GIVES_UP, index, change, change->old) &&
           (!moved || add_claim(w, c, CLAIM_GIVES_UP, index, change, loaded));
}

static bool claim(struct work *w, struct claims *c, const struct table_index *index, const struct change *change)
{
    bool update = change->operation == HOWDAH_OPERATION_UPDATE;
    if (update && !change_touches(change, index) && !change_computes(change, index) &&
        !(index->where && change_gives_up(change, index)))
        return true;
    bool gives = index->referenced || index->primary, gives_up = change->operation != HOWDAH_OPERATION_INSERT;
    if (gives && change->operation != HOWDAH_OPERATION_DELETE &&
        !add_claim(w, c, CLAIM_GIVES, index, change, change->image))
        return false;
    return !gives_up || give_up(w, c, index, change);
}

/* Of the primary key: of rows whose key changes, also before they are deleted, and of new rows that are not in the identity
 * map, since a row whose key changes has their place. */
static bool claim_key(struct work *w, struct claims *c, const struct mapper *mapper, const struct change *change)
{
    bool new = change->operation == HOWDAH_OPERATION_INSERT && !change->entry->mapped;
    bool moved = change->operation == HOWDAH_OPERATION_DELETE && w->moving_count;
    if (!w->rekeys[mapper->index] || !(new || moved || change_rekeys(mapper, change)))
        return true;
    return claim(w, c, &mapper->indexes[0], change);
}

/* Where nothing of a table is taken, nobody asks what is given up. */
static bool is_asked_for(const struct work *w, const struct mapper *mapper, const struct table_index *index)
{
    return index->unique && !index->primary && index_is_known(index) &&
           (index->referenced || w->deletes[mapper->index] || w->updates[mapper->index]);
}

static bool any_is_asked_for(const struct work *w, const struct mapper *mapper)
{
    uint32_t i = 0;
    while (i < mapper->index_count && !is_asked_for(w, mapper, &mapper->indexes[i]))
        i++;
    return i < mapper->index_count;
}

static bool claim_all(struct work *w, struct claims *c, const struct change *change)
{
    const struct mapper *mapper = change_mapper(w, change);
    if (!claim_key(w, c, mapper, change))
        return false;
    for (uint32_t i = 0; mapper->has_unique && i < mapper->index_count; i++)
        if (is_asked_for(w, mapper, &mapper->indexes[i]) && !claim(w, c, &mapper->indexes[i], change))
            return false;
    return true;
}

static bool make_places(struct work *w, struct claims *c)
{
    uint32_t size = 16;
    while (size < 2 * (uint64_t)c->count && size < UINT32_MAX / 2)
        size *= 2;
    c->mask = size - 1;
    c->places = arena_allocate_array(&w->arena, size, sizeof(*c->places));
    if (!c->places)
        return !session_no_memory(w->s);
    for (uint32_t i = 0; i < size; i++)
        c->places[i] = NONE;
    for (uint32_t i = c->count; i-- > 0;) { /* so that a place's claims come in the order of the changes */
        uint32_t *place = &c->places[c->claims[i].hash & c->mask];
        c->claims[i].next = *place;
        *place = i;
    }
    return true;
}

bool claims_collect(struct work *w, struct claims *ret)
{
    struct claims c = {.w = w};
    for (const struct change_run *run = w->runs; run && run < w->runs + w->run_count; run++) {
        bool any = any_is_asked_for(w, run->mapper) || w->rekeys[run->mapper->index];
        for (uint32_t i = run->first; any && i < run->end; i++)
            if (w->changes[i].batch != NONE && !claim_all(w, &c, &w->changes[i]))
                return false;
    }
    if (c.count && !make_places(w, &c))
        return false;
    *ret = c;
    return true;
}

/* --- rows that go along with others --- */

static bool is_plain_unique(const struct table_index *index)
{
    return index->unique && !index->primary && index_is_known(index);
}

/* What such rows give up, where anything of their tables is written. */
static bool collect_along(struct work *w, struct claims *c)
{
    for (const struct change_run *run = w->runs; run && run < w->runs + w->run_count; run++) {
        const struct mapper *mapper = run->mapper;
        bool any = work_has(w, mapper, HOWDAH_OPERATION_DELETE) && mapper->has_unique &&
                   (work_has(w, mapper, HOWDAH_OPERATION_INSERT) || work_has(w, mapper, HOWDAH_OPERATION_UPDATE));
        for (uint32_t i = run->first; any && i < run->end; i++)
            for (uint32_t n = 0; change_goes_along(&w->changes[i]) && n < mapper->index_count; n++)
                if (is_plain_unique(&mapper->indexes[n]) &&
                    !add_claim(w, c, CLAIM_GIVES_UP, &mapper->indexes[n], &w->changes[i], w->changes[i].old))
                    return false;
    }
    return c->count == 0 || make_places(w, c);
}

static bool write_it(struct work *w, struct change *change)
{
    if (!change_goes_along(change))
        return true;
    change->fate = FATE_WRITTEN;
    w->deletes[change->mapper->index]++;
    return work_add_to_batch(w, change);
}

static bool write_whom_it_follows(struct work *w, const struct claims *c, const struct change *change)
{
    const struct mapper *mapper = change->mapper;
    bool insert = change->operation == HOWDAH_OPERATION_INSERT;
    for (uint32_t n = 0; mapper->has_unique && n < mapper->index_count; n++) {
        const struct table_index *index = &mapper->indexes[n];
        if (!is_plain_unique(index) || (insert ? change_computes(change, index) : !change_takes(change, index)))
            continue;
        const struct claim *claim = claims_find(c, CLAIM_GIVES_UP, mapper, index, change->image);
        for (; claim; claim = claims_next(c, claim, mapper, change->image))
            if (!write_it(w, &w->changes[claim->change]))
                return false;
    }
    return true;
}

/* The same for the primary key: who has it is in the identity map. */
static bool write_whose_key_it_takes(struct work *w, const struct change *change)
{
    if (!change_rekeys(change->mapper, change))
        return true;
    const struct entry *holder = identity_find(&w->s->map, change->mapper, change->image);
    struct change *other = holder ? work_change_of(w, holder) : NULL;
    return !other || write_it(w, other);
}

/* The database would clear its foreign key before it is written, and it is found only as it was. */
static bool write_what_clears_it(struct work *w, const struct change *change)
{
    const struct mapper *mapper = change->mapper;
    for (uint32_t k = 0; change->old && change_looks_back(change) && k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        bool clears = key->on_delete == HOWDAH_ON_DELETE_SET_NULL || key->on_delete == HOWDAH_ON_DELETE_SET_DEFAULT;
        const struct entry *holder = clears ? foreign_key_holder(w->s, key, mapper, change_loaded(change), true) : NULL;
        struct change *other = holder ? work_change_of(w, holder) : NULL;
        if (other && !write_it(w, other))
            return false;
    }
    return true;
}

bool claims_write_followers(struct work *w)
{
    struct claims c = {.w = w};
    if (!collect_along(w, &c))
        return false;
    for (uint32_t r = 0; r < w->run_count; r++)
        for (uint32_t i = w->runs[r].first; i < w->runs[r].end; i++) {
            const struct change *change = &w->changes[i];
            if (change->batch == NONE || change->extra->follow)
                continue;
            if (!write_what_clears_it(w, change))
                return false;
            if (change->operation == HOWDAH_OPERATION_DELETE)
                continue;
            if (!write_whose_key_it_takes(w, change) || (c.count && !write_whom_it_follows(w, &c, change)))
                return false;
        }
    return true;
}

/* --- finding --- */

static const void *row_of(const struct claims *claims, const struct claim *claim)
{
    const struct change *change = &claims->w->changes[claim->change];
    return claim->kind == CLAIM_GIVES ? change->image : claim->loaded ? change_loaded(change) : change->old;
}

static const struct claim *search(const struct claims *claims, uint32_t at, uint32_t hash, enum claim_kind kind,
                                  const struct mapper *mapper, const struct table_index *index, const void *object)
{
    for (; at != NONE; at = claims->claims[at].next) {
        const struct claim *claim = &claims->claims[at];
        if (claim->hash == hash && claim->kind == kind && claim->index == index &&
            columns_equal(mapper->columns, index->columns, index->count, row_of(claims, claim), object))
            return claim;
    }
    return NULL;
}

const struct claim *claims_find(const struct claims *claims, enum claim_kind kind, const struct mapper *mapper,
                                const struct table_index *index, const void *object)
{
    if (!claims->count || !index_has(mapper, index, object))
        return NULL;
    uint32_t hash = hash_of(mapper, index, object);
    return search(claims, claims->places[hash & claims->mask], hash, kind, mapper, index, object);
}

const struct claim *claims_next(const struct claims *claims, const struct claim *claim, const struct mapper *mapper,
                                const void *object)
{
    return search(claims, claim->next, claim->hash, (enum claim_kind)claim->kind, mapper, claim->index, object);
}
