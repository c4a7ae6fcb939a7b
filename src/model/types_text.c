/* Text inside a struct: the public function behind SET_TEXT. */
#include <howdah/types.h>

#include <string.h>

bool howdah_set_text(char *field, size_t size, const char *text)
{
    size_t length = text ? strnlen(text, size) : size;
    if (length >= size)
        return false;
    memmove(field, text, length); /* the text may be a part of the field */
    field[length] = '\0';
    return true;
}
