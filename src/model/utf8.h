/* UTF-8, as strictly as the server reads it. */
#ifndef MODEL_UTF8_H
#define MODEL_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { UTF8_MAX = 4 };

/* The server takes no value of a gigabyte or more, and the wire's lengths have 31 bits. */
enum { VALUE_SIZE_MAX = 0x3fffffff };

/* No surrogates, no overlong forms, nothing above U+10FFFF. A NUL is valid. */
bool utf8_is_valid(const char *text, size_t size);
/* The same, byte by byte where it is not ASCII. */
bool utf8_is_well_formed(const char *text, size_t size);

/* Writes a code point of at most U+10FFFF; the number of bytes. */
size_t utf8_write(unsigned code, char to[UTF8_MAX]);

/* --- ASCII, as most text is: told word by word --- */

static inline uint64_t utf8_word(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof(word));
    return word;
}

/* Fewer bytes than a word has, none of them beyond the end. */
static inline uint64_t utf8_few_bytes(const char *at, size_t count)
{
    uint64_t word = 0;
    if (count >= sizeof(uint32_t)) { /* the first four and the last four, which may overlap */
        uint32_t first, last;
        memcpy(&first, at, sizeof(first));
        memcpy(&last, at + count - sizeof(last), sizeof(last));
        return first | (uint64_t)last << 32;
    }
    for (; count > 0; count--)
        word = word << 8 | (unsigned char)at[count - 1];
    return word;
}

/* The same as below, of more than 32 bytes; of those behind one that is not ASCII not all are looked at. */
uint64_t utf8_seen_in_many(const char *at, size_t size);

/* Bytes, one over another: the high bits are there if any byte of the text has one, and only then. */
static inline uint64_t utf8_seen(const char *at, size_t size)
{
    const size_t word = sizeof(uint64_t), pair = 2 * word;
    if (size < word)
        return utf8_few_bytes(at, size);
    if (size < pair)
        return utf8_word(at) | utf8_word(at + size - word);
    if (size <= 2 * pair)
        return utf8_word(at) | utf8_word(at + word) | utf8_word(at + size - pair) | utf8_word(at + size - word);
    return utf8_seen_in_many(at, size);
}

/* A bit of each byte that is not set in ASCII. */
#define UTF8_HIGH_BITS UINT64_C(0x8080808080808080)

static inline bool utf8_is_ascii(const char *at, size_t size)
{
    return !(utf8_seen(at, size) & UTF8_HIGH_BITS);
}

/* NULL, or why the text can't be sent. */
static inline const char *utf8_fault(const char *text, size_t size)
{
    if (size > VALUE_SIZE_MAX)
        return "is larger than 1 GB";
    return utf8_is_ascii(text, size) || utf8_is_well_formed(text, size) ? NULL : "is not valid UTF-8";
}

#endif
