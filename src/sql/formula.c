#include "formula.h"

#include "base/hash.h"

#include <string.h>

const struct sqltype_known *formula_array_type(const struct wire_value *value)
{
    return value->type ? sqltype_of_oid(value->type) : NULL;
}

uint32_t formulas_values(const struct formula *formulas)
{
    uint32_t count = 0;
    for (; formulas; formulas = formulas->next)
        count += formulas->format.scanned.hole_count;
    return count;
}

uint32_t formulas_arrays(const struct formula *formulas)
{
    uint32_t count = 0;
    for (; formulas; formulas = formulas->next)
        for (uint32_t i = 0; i < formulas->format.scanned.hole_count; i++)
            count += formula_array_type(&formulas->format.values[i]) != NULL;
    return count;
}

const struct formula *formulas_find(const struct formula *formulas, const struct column *c)
{
    while (formulas && formulas->column != c)
        formulas = formulas->next;
    return formulas;
}

/* --- which ones are alike --- */

static bool same_value(const struct wire_value *a, const struct wire_value *b)
{
    if (a->type != b->type)
        return false;
    if (formula_array_type(a))
        return true;
    return a->size == b->size && (a->size <= 0 || memcmp(a->data, b->data, (size_t)a->size) == 0);
}

static bool alike(const struct formula *a, const struct formula *b)
{
    const struct scanned *x = &a->format.scanned, *y = &b->format.scanned;
    if (a->column != b->column || x->size != y->size || x->hole_count != y->hole_count ||
        memcmp(x->text, y->text, x->size) != 0)
        return false;
    for (uint32_t i = 0; i < x->hole_count; i++)
        if (x->holes[i].at != y->holes[i].at || !same_value(&a->format.values[i], &b->format.values[i]))
            return false;
    return true;
}

bool formulas_alike(const struct formula *a, const struct formula *b)
{
    for (; a != b; a = a->next, b = b->next)
        if (!a || !b || !alike(a, b))
            return false;
    return true;
}

uint64_t formulas_hash(uint64_t seed, const struct formula *formulas)
{
    for (; formulas; formulas = formulas->next) {
        seed = hash_combine(seed, formulas->column->index);
        seed = hash_bytes(seed, formulas->format.scanned.text, formulas->format.scanned.size);
    }
    return seed;
}

uint64_t formulas_text_hash(uint64_t seed, const struct formula *formulas)
{
    seed = formulas_hash(seed, formulas);
    for (; formulas; formulas = formulas->next)
        for (uint32_t i = 0; i < formulas->format.scanned.hole_count; i++)
            seed =
                hash_combine(hash_combine(seed, formulas->format.scanned.holes[i].at), formulas->format.values[i].type);
    return seed;
}
