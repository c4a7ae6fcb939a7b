#include "names.h"

#include "mapper.h"
#include "utf8.h"

#include <string.h>

/* Appends `length` bytes between two `quote`s, with each `quote` or `other` among them doubled. */
static void quote_bytes(const char *text, size_t length, char quote, char other, struct buffer *out)
{
    size_t extra = 0;
    for (size_t i = 0; i < length; i++)
        extra += text[i] == quote || text[i] == other;
    char *to = buffer_extend(out, length + extra + 2);
    if (!to)
        return;
    *to++ = quote;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == quote || text[i] == other)
            *to++ = text[i];
        *to++ = text[i];
    }
    *to = quote;
}

void identifier_quote(const char *identifier, struct buffer *out)
{
    quote_bytes(identifier, strlen(identifier), '"', '"', out);
}

/* Backslashes mean themselves only in the E form whatever the setting; its blank keeps it apart from a word before. */
void literal_quote(const char *text, struct buffer *out)
{
    bool backslash = strchr(text, '\\') != NULL;
    if (backslash)
        buffer_text(out, " E");
    quote_bytes(text, strlen(text), '\'', backslash ? '\\' : '\'', out);
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

const char *name_fault(const char *name)
{
    if (!name || !*name)
        return "is empty";
    if (strnlen(name, NAME_SIZE) == NAME_SIZE)
        return "has more than 63 bytes";
    return utf8_is_valid(name, strlen(name)) ? NULL : "is not valid UTF-8";
}

/* The longest prefix of at most `room` bytes that ends between two characters of UTF-8. */
static size_t clip(const char *text, size_t room)
{
    while (room > 0 && continues_character(text[room]))
        room--;
    return room;
}

/* makeObjectName in PostgreSQL's src/backend/commands/indexcmds.c describes the rule. */
void name_choose(const char *first, const char *second, const char *label, char ret_name[NAME_SIZE])
{
    size_t first_length = strlen(first), second_length = second ? strlen(second) : 0, label_length = strlen(label);
    size_t room = NAME_SIZE - 1 - (label_length + 1) - (second ? 1 : 0);
    while (first_length + second_length > room)
        --*(first_length > second_length ? &first_length : &second_length);

    char *end = ret_name;
    first_length = clip(first, first_length);
    memcpy(end, first, first_length);
    end += first_length;
    if (second) {
        second_length = clip(second, second_length);
        *end++ = '_';
        memcpy(end, second, second_length);
        end += second_length;
    }
    *end++ = '_';
    memcpy(end, label, label_length + 1);
}

void name_list_add(char list[NAME_LIST_SIZE], const char *column)
{
    size_t length = strlen(list);
    if (length >= NAME_SIZE)
        return;
    if (length)
        list[length++] = '_';
    size_t room = strnlen(column, NAME_SIZE - 1);
    memcpy(list + length, column, room);
    list[length + room] = '\0';
}
