#include "text.h"

#include "base/ascii.h"

#include <stdarg.h>
#include <string.h>

const char *text_join(struct arena *arena, const char *first, ...)
{
    va_list parts, again;
    size_t size = 1;
    va_start(parts, first);
    va_copy(again, parts);
    for (const char *part = first; part; part = va_arg(parts, const char *))
        size += strlen(part);
    va_end(parts);
    char *text = arena_allocate(arena, size, 1), *end = text;
    for (const char *part = first; text && part; part = va_arg(again, const char *)) {
        size_t length = strlen(part);
        memcpy(end, part, length);
        end += length;
    }
    va_end(again);
    if (text)
        *end = '\0';
    return text;
}

char *text_decimal(uint64_t number, char ret_text[DECIMAL_MAX])
{
    char digits[DECIMAL_MAX];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    for (size_t i = 0; i < count; i++)
        ret_text[i] = digits[count - 1 - i];
    ret_text[count] = '\0';
    return ret_text;
}

bool text_lists(const char *list, const char *word, size_t length)
{
    for (size_t size; *list; list += size + (list[size] == ',')) {
        size = strcspn(list, ",");
        if (size == length && memcmp(list, word, length) == 0)
            return true;
    }
    return false;
}

static bool is_of_name(char byte)
{
    char lower = ascii_lower(byte);
    return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
}

bool text_names(const char *message, const char *name)
{
    size_t length = strlen(name);
    const char *at = strstr(message, name);
    while (at && ((at > message && is_of_name(at[-1])) || is_of_name(at[length])))
        at = strstr(at + 1, name);
    return at;
}
