#include "utf8.h"

/* Well-formed sequences by their first byte: how many bytes follow, and the range of the second one (The Unicode
 * Standard, table 3-7). The third and fourth are 80 to BF. */
struct lead {
    unsigned char first, last, more, low, high;
};

static const struct lead leads[] = {
    {0xC2, 0xDF, 1, 0x80, 0xBF}, {0xE0, 0xE0, 2, 0xA0, 0xBF}, {0xE1, 0xEC, 2, 0x80, 0xBF}, {0xED, 0xED, 2, 0x80, 0x9F},
    {0xEE, 0xEF, 2, 0x80, 0xBF}, {0xF0, 0xF0, 3, 0x90, 0xBF}, {0xF1, 0xF3, 3, 0x80, 0xBF}, {0xF4, 0xF4, 3, 0x80, 0x8F},
};

/* The size of the sequence of several bytes that begins at `at`; 0 if there is none. */
static size_t sequence(const unsigned char *at, size_t left)
{
    const struct lead *lead = leads, *end = leads + sizeof(leads) / sizeof(*leads);
    while (lead < end && (*at < lead->first || *at > lead->last))
        lead++;
    if (lead == end || left <= lead->more || at[1] < lead->low || at[1] > lead->high)
        return 0;
    for (size_t i = 2; i <= lead->more; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    }
    return (size_t)lead->more + 1;
}

bool utf8_is_well_formed(const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text, *end = at + size;
    while (at < end) {
        size_t left = (size_t)(end - at);
        if (left >= sizeof(uint64_t) && utf8_is_ascii((const char *)at, sizeof(uint64_t))) {
            at += sizeof(uint64_t);
            continue;
        }
        size_t step = *at < 0x80 ? 1 : sequence(at, left);
        if (!step)
            return false;
        at += step;
    }
    return true;
}

static inline uint64_t seen_in_pairs(const char *at)
{
    const size_t word = sizeof(uint64_t);
    return utf8_word(at) | utf8_word(at + word) | utf8_word(at + 2 * word) | utf8_word(at + 3 * word);
}

uint64_t utf8_seen_in_many(const char *at, size_t size)
{
    const size_t step = 4 * sizeof(uint64_t);
    const char *last = at + size - step; /* which may overlap those before */
    uint64_t seen = seen_in_pairs(last);
    for (; at < last && !(seen & UTF8_HIGH_BITS); at += step)
        seen |= seen_in_pairs(at);
    return seen;
}

bool utf8_is_valid(const char *text, size_t size)
{
    return utf8_is_ascii(text, size) || utf8_is_well_formed(text, size);
}

size_t utf8_write(unsigned code, char to[UTF8_MAX])
{
    size_t more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char marks[UTF8_MAX] = {0, 0xC0, 0xE0, 0xF0};
    for (size_t i = more; i > 0; i--, code >>= 6)
        to[i] = (char)(0x80 | (code & 0x3F));
    to[0] = (char)(marks[more] | code);
    return more + 1;
}
