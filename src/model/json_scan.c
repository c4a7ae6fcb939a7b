/* Whether a text is well-formed JSON (RFC 8259), as the server's parser decides it. */
#include "json.h"
#include "json_scan.h"

#include "digits.h"
#include "numeric.h"

#include <limits.h>
#include <string.h>

/* More than the server's parser takes with the default stack. A word holds so many levels. */
enum { DEPTH_MAX = 65536, LEVELS = 32 };

static const char malformed[] = "is not valid JSON", too_deep[] = "is nested too deeply";

/* The functions that scan take where something begins, and return where it ends; or NULL, with the fault set. */
struct scan {
    const char *fault;
    bool jsonb;
    bool ascii; /* so far */
};

/* Where in arrays and objects the scan is: a bit for each level, set for an object, the innermost lowest; above them is
 * what stands for no level. */
enum { OUTERMOST = 2 };
struct nest {
    uint64_t objects;
    uint64_t *outer; /* words that are full */
    size_t full, most;
};

static const char *fail(struct scan *s, const char *fault)
{
    s->fault = fault;
    return NULL;
}

static inline bool enter(struct nest *n, bool object)
{
    if (n->objects >> (LEVELS + 1)) {
        if (n->full == n->most)
            return false;
        n->outer[n->full++] = n->objects;
        n->objects = OUTERMOST;
    }
    n->objects = n->objects << 1 | object;
    return true;
}

static inline void leave(struct nest *n)
{
    n->objects >>= 1;
    if (n->objects == OUTERMOST && n->full)
        n->objects = n->outer[--n->full];
}

static inline bool is_nested(const struct nest *n)
{
    return n->objects != OUTERMOST;
}

static inline bool in_object(const struct nest *n)
{
    return n->objects & 1;
}

/* Behind white space, of which there is none in most places that may have some. */
static inline const char *skip_to(const char *at, char expected)
{
    return *at == expected ? at : json_skip_space(at);
}

/* Behind a comma or a colon: most often one space, or none. */
static inline const char *skip_gap(const char *at)
{
    if ((unsigned char)*at > ' ')
        return at;
    return *at == ' ' && (unsigned char)at[1] > ' ' ? at + 1 : json_skip_space(at);
}

/* The escape after \u; jsonb wants whole characters other than NUL. */
static const char *scan_unicode(struct scan *s, const char *at)
{
    int code = json_hex(at + 1);
    if (code < 0)
        return fail(s, malformed);
    at += 5;
    if (!s->jsonb)
        return at;
    if (code == 0)
        return fail(s, "has \\u0000, which jsonb can't hold");
    if (code < 0xD800 || code > 0xDFFF)
        return at;
    int low = code < 0xDC00 && at[0] == '\\' && at[1] == 'u' ? json_hex(at + 2) : -1;
    if (low < 0xDC00 || low > 0xDFFF)
        return fail(s, "has half of a surrogate pair, which jsonb can't hold");
    return at + 6;
}

static const char *scan_escape(struct scan *s, const char *at)
{
    if (*at == 'u')
        return scan_unicode(s, at);
    return *at && strchr("\"\\/bfnrt", *at) ? at + 1 : fail(s, malformed);
}

/* Bytes of a string that are more than themselves: its end, escapes, and those below a space, which must be escaped. And
 * those that are not ASCII, of which note is taken. */
#define EIGHT true, true, true, true, true, true, true, true
#define HALF  EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT, EIGHT
static const bool special[UCHAR_MAX + 1] = {
    EIGHT, EIGHT, EIGHT, EIGHT, ['"'] = true, ['\\'] = true, [0x80] = HALF, HALF};

static inline const char *skip_plain(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    for (;; at += 4) { /* of which none is looked at behind a special one */
        if (special[at[0]])
            return (const char *)at;
        if (special[at[1]])
            return (const char *)at + 1;
        if (special[at[2]])
            return (const char *)at + 2;
        if (special[at[3]])
            return (const char *)at + 3;
    }
}

/* The rest of a string, from a special byte on. */
static const char *scan_special(struct scan *s, const char *at)
{
    while (*at != '"') {
        bool ascii = (unsigned char)*at < 0x80;
        s->ascii &= ascii;
        if (!ascii)
            at++;
        else
            at = *at == '\\' ? scan_escape(s, at + 1) : fail(s, malformed);
        if (!at)
            return NULL;
        at = skip_plain(at);
    }
    return at + 1;
}

static inline const char *scan_string(struct scan *s, const char *at)
{
    at = skip_plain(at + 1);
    return *at == '"' ? at + 1 : scan_special(s, at);
}

/* Behind digits; where there is none, at itself. */
static const char *skip_digits(const char *at)
{
    while (is_digit(*at))
        at++;
    return at;
}

/* e+10, or nothing; NULL if no digits follow. */
static const char *skip_exponent(const char *at)
{
    if (*at != 'e' && *at != 'E')
        return at;
    at++;
    if (*at == '+' || *at == '-')
        at++;
    return is_digit(*at) ? skip_digits(at) : NULL;
}

static const char *scan_number(struct scan *s, const char *start)
{
    const char *at = start + (*start == '-');
    if (!is_digit(*at))
        return fail(s, malformed);
    at = *at == '0' ? at + 1 : skip_digits(at);
    if (*at == '.') {
        if (!is_digit(at[1]))
            return fail(s, malformed);
        at = skip_digits(at + 1);
    }
    const char *mantissa_end = at;
    at = skip_exponent(at);
    if (!at)
        return fail(s, malformed);
    size_t length = (size_t)(at - start);
    if (!s->jsonb || (at == mantissa_end && length <= NUMERIC_SCALE_MAX))
        return at; /* it has too few digits to be out of range */
    struct numeric number;
    numeric_read(start, length, &number);
    return numeric_fits(&number) ? at : fail(s, "has a number out of range for jsonb");
}

static const char *scan_word(struct scan *s, const char *at)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t length = strlen(words[i]);
        if (strncmp(at, words[i], length) == 0)
            return at + length;
    }
    return fail(s, malformed);
}

/* "key": */
static inline const char *scan_key(struct scan *s, const char *at)
{
    at = *at == '"' ? scan_string(s, at) : fail(s, malformed);
    if (!at)
        return NULL;
    at = skip_to(at, ':');
    return *at == ':' ? skip_gap(at + 1) : fail(s, malformed);
}

/* Up to the next key or value: closes what ends here, and passes a comma. Or behind all that was open. */
static inline const char *scan_after_value(struct scan *s, struct nest *n, const char *at)
{
    for (; is_nested(n); leave(n)) {
        at = skip_to(at, ',');
        if (*at == ',')
            return skip_gap(at + 1);
        if (*at++ != (in_object(n) ? '}' : ']'))
            return fail(s, malformed);
    }
    return at;
}

/* The beginning of an array or object, which may end at once. */
static inline const char *scan_open(struct scan *s, struct nest *n, const char *at)
{
    bool object = *at == '{';
    if (!enter(n, object))
        return fail(s, too_deep);
    at = skip_gap(at + 1);
    return *at == (object ? '}' : ']') ? scan_after_value(s, n, at) : at;
}

static inline const char *scan_value(struct scan *s, struct nest *n, const char *at)
{
    if (*at == '"')
        at = scan_string(s, at);
    else if (is_digit(*at) || *at == '-')
        at = scan_number(s, at);
    else if (*at == '{' || *at == '[')
        return scan_open(s, n, at);
    else
        at = scan_word(s, at);
    return at ? scan_after_value(s, n, at) : NULL;
}

static struct json_look look_deep(const char *text, bool jsonb);

/* Each step begins behind white space. Few texts have more levels than one word holds, and room for all of them is large. */
static struct json_look look(const char *text, bool jsonb, size_t most, uint64_t *outer)
{
    struct scan s = {.jsonb = jsonb, .ascii = true};
    struct nest n = {.objects = OUTERMOST, .most = most, .outer = outer};
    const char *at = skip_gap(text);
    do {
        if (in_object(&n))
            at = scan_key(&s, at);
        if (at)
            at = scan_value(&s, &n, at);
    } while (at && is_nested(&n));
    at = at ? skip_to(at, '\0') : NULL;
    if (at && *at)
        at = fail(&s, malformed);
    if (s.fault == too_deep && !outer)
        return look_deep(text, jsonb);
    return (struct json_look){s.fault, at && s.ascii ? (size_t)(at - text) : 0};
}

static struct json_look look_deep(const char *text, bool jsonb)
{
    uint64_t outer[DEPTH_MAX / LEVELS - 1];
    return look(text, jsonb, sizeof(outer) / sizeof(*outer), outer);
}

struct json_look json_look(const char *text, bool jsonb)
{
    return look(text, jsonb, 0, NULL);
}

const char *json_fault(const char *text, bool jsonb)
{
    return json_look(text, jsonb).fault;
}
