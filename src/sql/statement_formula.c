/* Formulas inside of statements. */
#include "statement_text.h"

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
