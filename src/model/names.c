#include "names.h"

#include "mapper.h"
#include "utf8.h"

#include <string.h>

/* Writes the text between two `mark`s, with each `mark` or `other` in it doubled, and a NUL, where it ends. */
static char *write_quoted(const char *text, char mark, char other, char *to)
{
    *to++ = mark;
    for (; *text; text++) {
        if (*text == mark || *text == other)
            *to++ = *text;
        *to++ = *text;
    }
    *to++ = mark;
    *to = '\0';
    return to;
}

static void append_quoted(const char *text, char mark, char other, struct buffer *out)
{
    size_t start = out->size, most = 2 * strlen(text) + 3;
    char *to = buffer_extend(out, most);
    if (to)
        out->size = start + (size_t)(write_quoted(text, mark, other, to) - to);
}

void identifier_quote(const char *identifier, struct buffer *out)
{
    append_quoted(identifier, '"', '"', out);
}

/* Backslashes mean themselves only in the E form whatever the setting; its blank keeps it apart from a word before. */
void literal_quote(const char *text, struct buffer *out)
{
    bool backslash = strchr(text, '\\') != NULL;
    if (backslash)
        buffer_text(out, " E");
    append_quoted(text, '\'', backslash ? '\\' : '\'', out);
}

/* A plain name needs no look at its bytes again. */
char *name_quote(const struct name *name, char *to)
{
    if (!name->plain)
        return write_quoted(name->text, '"', '"', to);
    *to++ = '"';
    memcpy(to, name->text, name->length);
    to += name->length;
    memcpy(to, "\"", sizeof("\""));
    return to + 1;
}

/* Of eight bytes: not 0 if one of them is not ASCII, or a quote. */
static uint64_t special_bytes(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
    uint64_t quotes = word ^ ones * '"'; /* zero where there is one */
    return (word | ((quotes - ones) & ~quotes)) & tops;
}

static uint64_t word_at(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof(word));
    return word;
}

/* Up to seven bytes as a word, each of them at least once. */
static uint64_t short_word(const char *text, size_t length)
{
    uint32_t low, high;
    if (length >= sizeof(low)) {
        memcpy(&low, text, sizeof(low));
        memcpy(&high, text + length - sizeof(high), sizeof(high));
        return low | (uint64_t)high << 32;
    }
    const unsigned char *bytes = (const unsigned char *)text;
    return length ? (uint64_t)bytes[0] | (uint64_t)bytes[length / 2] << 8 | (uint64_t)bytes[length - 1] << 16 : 0;
}

static uint64_t mix_word(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

/* The last word of a text may have bytes of the one before it. */
void name_measure(const char *text, size_t length, struct name *ret_name)
{
    uint64_t hash = length, special = 0, word;
    for (size_t at = 0; length - at > sizeof(word); at += sizeof(word)) {
        word = word_at(text + at);
        hash = mix_word(hash, word);
        special |= special_bytes(word);
    }
    word = length < sizeof(word) ? short_word(text, length) : word_at(text + length - sizeof(word));
    hash = mix_word(hash, word);
    hash = mix_word(hash, hash >> 32); /* names that end alike differ in the upper half only */
    special |= special_bytes(word);
    *ret_name = (struct name){text, length, hash, !special};
}

void name_look(const char *text, struct name *ret_name)
{
    text = text ? text : "";
    name_measure(text, strlen(text), ret_name);
}

const char *name_check_any(const struct name *name)
{
    if (name->length == 0)
        return "is empty";
    if (name->length >= NAME_SIZE)
        return "has more than 63 bytes";
    return name->plain || utf8_is_valid(name->text, name->length) ? NULL : "is not valid UTF-8";
}

const char *name_fault(const char *text)
{
    struct name name;
    name_look(text, &name);
    return name_check(&name);
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* The longest prefix of at most `room` bytes that ends between two characters of UTF-8. */
static size_t clip(const char *text, size_t room)
{
    while (room > 0 && continues_character(text[room]))
        room--;
    return room;
}

/* makeObjectName in PostgreSQL's src/backend/commands/indexcmds.c describes the rule. */
static void cut(const struct name *first, const struct name *second, size_t room, size_t *ret_first, size_t *ret_second)
{
    size_t a = first->length, b = second ? second->length : 0;
    while (a + b > room)
        --*(a > b ? &a : &b);
    *ret_first = clip(first->text, a);
    *ret_second = second ? clip(second->text, b) : 0;
}

size_t name_choose(const struct name *first, const struct name *second, const char *label, char ret_name[NAME_SIZE])
{
    size_t label_length = strlen(label), fixed = label_length + (second ? 2 : 1);
    size_t first_length = first->length, second_length = second ? second->length : 0;
    if (first_length + second_length + fixed >= NAME_SIZE)
        cut(first, second, NAME_SIZE - 1 - fixed, &first_length, &second_length);
    char *end = ret_name;
    memcpy(end, first->text, first_length);
    end += first_length;
    if (second) {
        *end++ = '_';
        memcpy(end, second->text, second_length);
        end += second_length;
    }
    *end++ = '_';
    memcpy(end, label, label_length + 1);
    return (size_t)(end - ret_name) + label_length;
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
