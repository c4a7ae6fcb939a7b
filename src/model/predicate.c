#include "predicate.h"

static bool term_holds(const struct predicate_term *term, const void *object)
{
    bool null = column_is_null(term->column, object);
    if (!term->value)
        return null != term->not ;
    return !null && column_equal(term->column, term->value, object) != term->not ;
}

bool predicate_holds(const struct predicate *predicate, const void *object)
{
    for (uint32_t i = 0; i < predicate->count; i++)
        if (!term_holds(&predicate->terms[i], object))
            return false;
    return true;
}

bool predicate_wants_null(const struct predicate *predicate, const struct column *column)
{
    for (uint32_t i = 0; i < predicate->count; i++)
        if (predicate->terms[i].column == column && !predicate->terms[i].value && !predicate->terms[i].not )
            return true;
    return false;
}
