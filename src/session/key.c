#include "key.h"

bool key_take_value(struct howdah_session *s, const struct mapper *mapper, const struct column *c,
                    struct howdah_value value)
{
    const char *why = "can't be NULL here";
    enum howdah_status status = HOWDAH_STATUS_INVALID;
    if (value.type != HOWDAH_TYPE_NONE)
        status = column_assign(c, value, &s->scratch, s->key_object, &why);
    if (status == HOWDAH_STATUS_INVALID)
        session_fail(s, status, mapper->model->name, c->field->name, NULL, "%s.%s %s", mapper->model->name,
                     c->field->name, why);
    else if (status != HOWDAH_STATUS_OK)
        session_no_memory(s);
    return status == HOWDAH_STATUS_OK;
}

bool key_take(struct howdah_session *s, const struct mapper *mapper, const struct howdah_value *values, size_t parts)
{
    if (!values)
        return !session_refuse(s, HOWDAH_STATUS_INVALID, mapper, NULL, NULL, "no key was given");
    if (parts != mapper->key_count) {
        session_fail(s, HOWDAH_STATUS_INVALID, mapper->model->name, NULL, NULL,
                     "%s: %zu values were given for a primary key of %u: one for each part", mapper->model->name, parts,
                     mapper->key_count);
        return false;
    }
    for (uint32_t i = 0; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        if (!key_take_value(s, mapper, c, values[i]))
            return false;
        if (column_is_unset_key(c, s->key_object))
            return !session_refuse(s, HOWDAH_STATUS_INVALID, mapper, c->field->name, NULL,
                                   "the given key is unset (0); an object that was not committed yet has no key");
    }
    return true;
}
