#include "syntax.h"

#include <string.h>
#include <strings.h>

#define DIGITS  "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool only(const char *text, size_t length, const char *allowed)
{
    return strspn(text, allowed) >= length;
}

static const char *name_fault(const char *text, const char *allowed, const char *allowed_fault)
{
    if (!*text || !strchr(DIGITS LETTERS, *text))
        return "must begin with a letter or a digit";
    if (strlen(text) > NAME_LENGTH_MAX)
        return "is longer than 255 bytes";
    return only(text, strlen(text), allowed) ? NULL : allowed_fault;
}

const char *package_name_fault(const char *text)
{
    return name_fault(text, DIGITS LETTERS "-+._", "may hold only letters, digits and - + . _");
}

const char *architecture_fault(const char *text)
{
    return name_fault(text, DIGITS LETTERS "-", "may hold only letters, digits and -");
}

const char *version_fault(const char *text)
{
    int64_t epoch = 0;
    const char *colon = strchr(text, ':');
    if (colon) {
        char digits[12] = "";
        if ((size_t)(colon - text) < sizeof digits)
            memcpy(digits, text, (size_t)(colon - text));
        if (!number_read(digits, &epoch) || epoch > INT32_MAX)
            return "must have a number before its first colon";
        text = colon + 1;
    }

    const char *hyphen = strrchr(text, '-');
    size_t upstream = hyphen ? (size_t)(hyphen - text) : strlen(text);
    if (upstream == 0)
        return "must not be empty";
    if (!only(text, upstream, DIGITS LETTERS ".+-~:"))
        return "may hold only letters, digits and . + - ~ :";
    if (hyphen && !hyphen[1])
        return "must not end with a hyphen";
    if (hyphen && !only(hyphen + 1, strlen(hyphen + 1), DIGITS LETTERS ".+~"))
        return "may hold only letters, digits and . + ~ after its last hyphen";
    return NULL;
}

bool number_read(const char *text, int64_t *ret)
{
    int64_t number = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        int digit = *text - '0';
        if (number > (INT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *ret = number;
    return true;
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *found = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return found ? (int)(found - digits) : -1;
}

bool hex_read(const char *text, unsigned char *ret_bytes, size_t size)
{
    if (strlen(text) != size * 2)
        return false;
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        ret_bytes[i] = (unsigned char)(high * 16 + low);
    }
    return true;
}

bool label_read(const Enum *labels, const char *text, int *ret_value)
{
    for (size_t i = 0; labels->labels[i].label; i++) {
        if (strcasecmp(labels->labels[i].label, text) == 0) {
            *ret_value = labels->labels[i].value;
            return true;
        }
    }
    return false;
}

/* The length of the character that `bytes` begin with, 0 if it is none. */
static size_t utf8_character(const unsigned char *bytes, size_t size)
{
    unsigned char first = bytes[0];
    if (first < 0x80)
        return 1;
    size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] < 0x80 || bytes[i] > 0xbf)
            return 0;
    }
    bool overlong = (first == 0xe0 && bytes[1] < 0xa0) || (first == 0xf0 && bytes[1] < 0x90);
    bool surrogate = first == 0xed && bytes[1] > 0x9f;
    bool too_great = first == 0xf4 && bytes[1] > 0x8f;
    return overlong || surrogate || too_great ? 0 : length;
}

bool utf8_valid(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    while (size > 0) {
        size_t length = utf8_character(bytes, size);
        if (length == 0)
            return false;
        bytes += length;
        size -= length;
    }
    return true;
}
