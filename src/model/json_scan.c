/* Whether a text is well-formed JSON (RFC 8259), as the server's parser decides it. */
#include "json.h"
#include "json_scan.h"

#include "digits.h"
#include "numeric.h"

#include <string.h>

/* More than the server's parser takes with the default stack. */
enum { DEPTH_MAX = 65536 };

static const char malformed[] = "is not valid JSON";

struct scan {
    const char *at;
    bool jsonb;
    unsigned depth;
    unsigned char objects[DEPTH_MAX / 8]; /* a bit for each level: object or array; those below depth are set */
};

static bool in_object(const struct scan *s)
{
    unsigned level = s->depth - 1;
    return s->objects[level / 8] >> (level % 8) & 1;
}

static bool enter(struct scan *s, bool object)
{
    unsigned level = s->depth;
    if (level == DEPTH_MAX)
        return false;
    unsigned char bit = (unsigned char)(1 << (level % 8)), *byte = &s->objects[level / 8];
    *byte = (unsigned char)(object ? *byte | bit : *byte & ~bit);
    s->depth++;
    return true;
}

/* Reads the escape after \u; jsonb wants whole characters other than NUL. */
static const char *scan_unicode(struct scan *s)
{
    int code = json_hex(s->at + 1);
    if (code < 0)
        return malformed;
    s->at += 5;
    if (!s->jsonb)
        return NULL;
    if (code == 0)
        return "has \\u0000, which jsonb can't hold";
    if (code < 0xD800 || code > 0xDFFF)
        return NULL;
    int low = code < 0xDC00 && s->at[0] == '\\' && s->at[1] == 'u' ? json_hex(s->at + 2) : -1;
    if (low < 0xDC00 || low > 0xDFFF)
        return "has half of a surrogate pair, which jsonb can't hold";
    s->at += 6;
    return NULL;
}

static const char *scan_string(struct scan *s)
{
    for (s->at++; *s->at != '"';) {
        if ((unsigned char)*s->at < ' ')
            return malformed;
        if (*s->at++ != '\\')
            continue;
        const char *fault = NULL;
        if (*s->at == 'u')
            fault = scan_unicode(s);
        else if (*s->at && strchr("\"\\/bfnrt", *s->at))
            s->at++;
        else
            fault = malformed;
        if (fault)
            return fault;
    }
    s->at++;
    return NULL;
}

static bool scan_digits(struct scan *s)
{
    const char *start = s->at;
    while (is_digit(*s->at))
        s->at++;
    return s->at > start;
}

/* e+10, or nothing */
static bool scan_exponent(struct scan *s)
{
    if (*s->at != 'e' && *s->at != 'E')
        return true;
    s->at++;
    if (*s->at == '+' || *s->at == '-')
        s->at++;
    return scan_digits(s);
}

static const char *scan_number(struct scan *s)
{
    const char *start = s->at;
    if (*s->at == '-')
        s->at++;
    if (*s->at == '0')
        s->at++;
    else if (!scan_digits(s))
        return malformed;
    if (*s->at == '.') {
        s->at++;
        if (!scan_digits(s))
            return malformed;
    }
    const char *mantissa_end = s->at;
    if (!scan_exponent(s))
        return malformed;
    size_t length = (size_t)(s->at - start);
    if (!s->jsonb || (s->at == mantissa_end && length <= NUMERIC_SCALE_MAX))
        return NULL; /* it has too few digits to be out of range */
    struct numeric number;
    numeric_read(start, length, &number);
    return numeric_fits(&number) ? NULL : "has a number out of range for jsonb";
}

static const char *scan_word(struct scan *s)
{
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        size_t length = strlen(words[i]);
        if (strncmp(s->at, words[i], length) == 0) {
            s->at += length;
            return NULL;
        }
    }
    return malformed;
}

/* "key": */
static const char *scan_key(struct scan *s)
{
    s->at = json_skip_space(s->at);
    const char *fault = *s->at == '"' ? scan_string(s) : malformed;
    if (fault)
        return fault;
    s->at = json_skip_space(s->at);
    return *s->at++ == ':' ? NULL : malformed;
}

/* Up to the next place that wants a value: closes what ends here, and passes a comma, and a key after it. At the end
 * of the text, *ret_more is false. */
static const char *scan_after_value(struct scan *s, bool *ret_more)
{
    for (;;) {
        s->at = json_skip_space(s->at);
        if (!s->depth) {
            *ret_more = false;
            return *s->at ? malformed : NULL;
        }
        bool object = in_object(s);
        char c = *s->at++;
        if (c == ',')
            return object ? scan_key(s) : NULL;
        if (c != (object ? '}' : ']'))
            return malformed;
        s->depth--;
    }
}

/* The beginning of an array or object; *ret_empty if it ends at once, so that no value is wanted. */
static const char *scan_open(struct scan *s, bool *ret_empty)
{
    bool object = *s->at++ == '{';
    if (!enter(s, object))
        return "is nested too deeply";
    s->at = json_skip_space(s->at);
    *ret_empty = *s->at == (object ? '}' : ']');
    return object && !*ret_empty ? scan_key(s) : NULL;
}

static const char *scan_text(struct scan *s)
{
    const char *fault = NULL;
    for (bool more = true; more && !fault;) {
        bool value_ended = true;
        s->at = json_skip_space(s->at);
        if (*s->at == '{' || *s->at == '[')
            fault = scan_open(s, &value_ended);
        else if (*s->at == '"')
            fault = scan_string(s);
        else if (*s->at == '-' || is_digit(*s->at))
            fault = scan_number(s);
        else
            fault = scan_word(s);
        if (!fault && value_ended)
            fault = scan_after_value(s, &more);
    }
    return fault;
}

const char *json_fault(const char *text, bool jsonb)
{
    struct scan s;
    s.at = text;
    s.jsonb = jsonb;
    s.depth = 0;
    return scan_text(&s);
}
