/* Formulas inside of statements. */
#include "statement_text.h"

#define DIGITS "0123456789"

void put_formula(struct text *t, const struct formula *formula, uint32_t *position)
{
    const struct scanned *scanned = &formula->format.scanned;
    size_t done = 0;
    for (uint32_t i = 0; i <= scanned->hole_count; i++) {
        size_t end = i < scanned->hole_count ? scanned->holes[i].at : scanned->size;
        buffer_append(&t->out, scanned->text + done, end - done);
        done = end;
        if (i == scanned->hole_count)
            break;
        const struct wire_value *value = &formula->format.values[i];
        if (formula_array_type(value))
            buffer_printf(&t->out, "u.%s%u", t->item, ++*position);
        else
            put_parameter(t, value->type);
    }
}

/* The end of the formula whose text begins here; NULL: it does not. */
static const char *skip_formula(const struct formula *formula, const char *at)
{
    const struct scanned *scanned = &formula->format.scanned;
    size_t done = 0;
    for (uint32_t i = 0;; i++) {
        size_t end = i < scanned->hole_count ? scanned->holes[i].at : scanned->size;
        if (strncmp(at, scanned->text + done, end - done) != 0)
            return NULL;
        at += end - done;
        done = end;
        if (i == scanned->hole_count)
            return *at == ')' ? at : NULL;
        at += strcspn(at, DIGITS); /* a parameter, or a column of the rows */
        at += strspn(at, DIGITS);
    }
}

const struct formula *formulas_at(const struct formula *formulas, const char *text, size_t place)
{
    enum { SELECT_SIZE = 8 }; /* of "(SELECT ", which stands for the formula in an INSERT */
    const char *at = text + place - 1;
    for (const char *begin = strchr(text, '('), *end; formulas && begin; begin = strchr(begin + 1, '(')) {
        end = skip_formula(formulas, begin + 1);
        if (!end)
            continue;
        if ((at >= begin && at <= end) || (at + SELECT_SIZE == begin && *at == '('))
            return formulas;
        formulas = formulas->next;
        begin = end;
    }
    return NULL;
}

void put_formula_arrays(struct text *t, const struct formula *formula, uint32_t count)
{
    for (; formula; formula = formula->next)
        for (uint32_t i = 0; i < formula->format.scanned.hole_count; i++) {
            const struct sqltype_known *type = formula_array_type(&formula->format.values[i]);
            if (!type)
                continue;
            buffer_text(&t->out, separator(count++));
            put_parameter(t, type->array_oid);
            buffer_printf(&t->out, "::%s[]", type->cast);
        }
}
