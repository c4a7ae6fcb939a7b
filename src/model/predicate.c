#include "predicate.h"

#include "base/ascii.h"

#include <string.h>

static const struct column *read_column(const struct mapper *mapper, const char *text, size_t length)
{
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const char *name = mapper->columns[i].name;
        if (strlen(name) == length && strncmp(name, text, length) == 0)
            return &mapper->columns[i];
    }
    return NULL;
}

bool predicate_read(const struct mapper *mapper, const char *text, struct predicate *ret)
{
    static const struct {
        const char *before, *after;
        enum predicate_kind kind;
    } forms[] = {
        {"", " IS NOT NULL", PREDICATE_NOT_NULL},
        {"", " IS NULL", PREDICATE_NULL},
        {"NOT ", "", PREDICATE_FALSE},
        {"", "", PREDICATE_TRUE},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        const char *name, *end;
        if (!ascii_begins(text, forms[i].before, &name))
            continue;
        size_t length = strlen(name), after = strlen(forms[i].after);
        if (length <= after || !ascii_begins(name + length - after, forms[i].after, &end))
            continue;
        const struct column *c = read_column(mapper, name, length - after);
        bool boolean = forms[i].kind == PREDICATE_TRUE || forms[i].kind == PREDICATE_FALSE;
        if (!c || (boolean && (c->codec->type != HOWDAH_TYPE_BOOL || c->shape == SHAPE_ARRAY || *c->write_cast)))
            continue;
        *ret = (struct predicate){c, forms[i].kind};
        return true;
    }
    return false;
}

bool predicate_holds(const struct predicate *predicate, const void *object)
{
    bool null = column_is_null(predicate->column, object), value = false;
    if (predicate->kind == PREDICATE_NULL || predicate->kind == PREDICATE_NOT_NULL)
        return null == (predicate->kind == PREDICATE_NULL);
    memcpy(&value, column_field(predicate->column, object), sizeof(value));
    return !null && value == (predicate->kind == PREDICATE_TRUE);
}
