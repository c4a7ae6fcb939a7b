#include "json_text.h"

#include <string.h>

/* RFC 8259, section 7: quotes, backslashes and control characters are escaped. */
static char *put_string(char *out, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    *out++ = '"';
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < ' ') {
            memcpy(out, "\\u00", 4);
            out[4] = digits[c >> 4];
            out[5] = digits[c & 15];
            out += 6;
            continue;
        }
        if (c == '"' || c == '\\')
            *out++ = '\\';
        *out++ = *text;
    }
    *out++ = '"';
    return out;
}

static size_t room_for(const char *text)
{
    return strlen(text) * 6 + 2;
}

const char *json_object(const struct stanza *stanza, bool (*wanted)(const struct field *), struct arena *arena)
{
    size_t room = sizeof "{}";
    for (size_t i = 0; i < stanza->field_count; i++) {
        const struct field *field = &stanza->fields[i];
        if (wanted(field))
            room += room_for(field->name) + room_for(field->value) + strlen(", : ");
    }

    char *object = arena_take(arena, room);
    char *out = object;
    *out++ = '{';
    for (size_t i = 0; i < stanza->field_count; i++) {
        const struct field *field = &stanza->fields[i];
        if (!wanted(field))
            continue;
        if (out > object + 1)
            *out++ = ',';
        out = put_string(out, field->name);
        *out++ = ':';
        out = put_string(out, field->value);
    }
    *out++ = '}';
    *out = '\0';
    return object;
}
