/* numeric: text here, groups of four decimal digits on the wire. */
#include "codec_table.h"

#include "digits.h"
#include "numeric.h"

#include "base/hash.h"

/* The wire: four 16-bit numbers, then as many groups as the first one says. `weight` is the power of 10,000 of the
 * first group; `scale` counts the digits after the point that are to be shown. */
enum { HEADER = 8, GROUP = 4, GROUP_MAX = 9999 };
enum wire_sign {
    WIRE_POSITIVE = 0x0000,
    WIRE_NEGATIVE = 0x4000,
    WIRE_NAN = 0xC000,
    WIRE_INFINITY = 0xD000,
    WIRE_MINUS_INFINITY = 0xF000
};

static struct numeric numeric_at(const void *value)
{
    struct numeric n;
    const char *text = text_at(value);
    numeric_read(text, strlen(text), &n);
    return n;
}

/* --- to the wire --- */

static char *put(char *to, int64_t number)
{
    uint16_t wire = network16((uint16_t)number);
    memcpy(to, &wire, sizeof(wire));
    return to + sizeof(wire);
}

/* Room for the groups follows; NULL if there is none. */
static char *append_header(struct buffer *out, int64_t groups, int64_t weight, enum wire_sign sign, int64_t scale)
{
    char *to = buffer_extend(out, HEADER + (size_t)groups * 2);
    return to ? put(put(put(put(to, groups), weight), sign), scale) : NULL;
}

static void append_finite(const struct numeric *n, struct buffer *out)
{
    enum wire_sign sign = n->negative ? WIRE_NEGATIVE : WIRE_POSITIVE;
    /* The first group may begin with zeros: `place` is where in it the first digit stands. */
    int64_t weight = (n->weight >= 0 ? n->weight : n->weight - (GROUP - 1)) / GROUP;
    unsigned place = (unsigned)(weight * GROUP + (GROUP - 1) - n->weight), group = 0;
    char *to = n->count ? append_header(out, (int64_t)(place + n->count + GROUP - 1) / GROUP, weight, sign, n->scale)
                        : append_header(out, 0, 0, sign, n->scale);
    const char *at = n->digits;
    for (size_t i = 0; to && i < n->count; i++) {
        group = group * 10 + numeric_next_digit(&at);
        if (++place == GROUP || i + 1 == n->count) {
            for (; place < GROUP; place++)
                group *= 10;
            to = put(to, group);
            place = group = 0;
        }
    }
}

static void numeric_encode(const struct howdah_field *field, const void *value, struct buffer *out)
{
    (void)field;
    static const enum wire_sign signs[] = {
        [NUMERIC_MINUS_INFINITY] = WIRE_MINUS_INFINITY,
        [NUMERIC_INFINITY] = WIRE_INFINITY,
        [NUMERIC_NAN] = WIRE_NAN,
        [NUMERIC_NONE] = WIRE_NAN,
    };
    struct numeric n = numeric_at(value);
    if (n.kind == NUMERIC_FINITE)
        append_finite(&n, out);
    else
        append_header(out, 0, 0, signs[n.kind], 0);
}

/* --- from the wire --- */

struct wire_number {
    const unsigned char *groups;
    int count, weight, scale;
    bool negative;
};

static unsigned group_at(const struct wire_number *w, int index)
{
    return index >= 0 && index < w->count ? read_uint16(w->groups + 2 * index) : 0;
}

/* False if the bytes are none. */
static bool read_wire(const unsigned char *data, size_t size, enum wire_sign sign, struct wire_number *ret)
{
    struct wire_number w = {
        .groups = data + HEADER,
        .count = read_uint16(data),
        .weight = (int16_t)read_uint16(data + 2),
        .scale = read_uint16(data + 6),
        .negative = sign == WIRE_NEGATIVE,
    };
    if (size != HEADER + 2 * (size_t)w.count || w.scale > NUMERIC_SCALE_MAX)
        return false;
    if (sign != WIRE_POSITIVE && sign != WIRE_NEGATIVE)
        return false;
    for (int i = 0; i < w.count; i++) {
        if (group_at(&w, i) > GROUP_MAX)
            return false;
    }
    for (; w.count && !group_at(&w, 0); w.groups += 2, w.count--, w.weight--)
        ;
    w.negative = w.negative && w.count;
    *ret = w;
    return true;
}

static size_t text_size(const struct wire_number *w)
{
    size_t before = w->count && w->weight >= 0 ? (size_t)(w->weight + 1) * GROUP : 1;
    return w->negative + before + 1 + (size_t)w->scale + GROUP;
}

static char *write_group(char *to, unsigned group)
{
    to[0] = (char)('0' + group / 1000);
    to[1] = (char)('0' + group / 100 % 10);
    to[2] = (char)('0' + group / 10 % 10);
    to[3] = (char)('0' + group % 10);
    return to + GROUP;
}

/* As the server writes it: all digits before the point, `scale` of them after it. */
static void write_text(const struct wire_number *w, char *to)
{
    int fraction = w->count ? w->weight + 1 : 0; /* index of the first group after the point */
    if (w->negative)
        *to++ = '-';
    to = digits_write(to, fraction > 0 ? group_at(w, 0) : 0, 1);
    for (int i = 1; i < fraction; i++)
        to = write_group(to, group_at(w, i));
    if (w->scale)
        *to++ = '.';
    /* The last group may be cut: text_size has room for the whole of it. */
    char *end = to + w->scale;
    while (to < end)
        to = write_group(to, group_at(w, fraction++));
    *end = '\0';
}

static const char *word_of(enum wire_sign sign)
{
    return sign == WIRE_NAN              ? "NaN"
           : sign == WIRE_INFINITY       ? "Infinity"
           : sign == WIRE_MINUS_INFINITY ? "-Infinity"
                                         : NULL;
}

static enum howdah_status numeric_decode(const struct howdah_field *field, const unsigned char *data, size_t size,
                                         struct arena *arena, void *value)
{
    (void)field;
    if (size < HEADER)
        return HOWDAH_STATUS_INVALID;
    enum wire_sign sign = read_uint16(data + 4);
    const char *word = size == HEADER ? word_of(sign) : NULL;
    if (word) {
        memcpy(value, &word, sizeof(word));
        return HOWDAH_STATUS_OK;
    }
    struct wire_number w;
    if (!read_wire(data, size, sign, &w))
        return HOWDAH_STATUS_INVALID;
    char *text = arena_allocate(arena, text_size(&w), 1);
    if (!text)
        return HOWDAH_STATUS_NO_MEMORY;
    write_text(&w, text);
    memcpy(value, &text, sizeof(text));
    return HOWDAH_STATUS_OK;
}

/* --- the rest --- */

static int numeric_compare(const struct howdah_field *field, const void *a, const void *b)
{
    (void)field;
    struct numeric x = numeric_at(a), y = numeric_at(b);
    int order = numeric_order(&x, &y);
    if (order || x.kind != NUMERIC_NONE)
        return order;
    order = strcmp(text_at(a), text_at(b));
    return (order > 0) - (order < 0);
}

static bool numeric_equal(const struct howdah_field *field, const void *a, const void *b)
{
    const char *x = text_at(a), *y = text_at(b);
    return x == y || strcmp(x, y) == 0 || numeric_compare(field, a, b) == 0;
}

static uint64_t numeric_hash(const struct howdah_field *field, const void *value)
{
    (void)field;
    struct numeric n = numeric_at(value);
    return numeric_digest(&n);
}

static const char *numeric_check(const struct howdah_field *field, const void *value, size_t *bytes)
{
    (void)field;
    *bytes += strlen(text_at(value));
    struct numeric n = numeric_at(value);
    if (n.kind == NUMERIC_NONE)
        return "is not a number";
    return numeric_fits(&n) ? NULL : "has more digits than numeric can hold";
}

const struct codec codec_numeric = {
    .type = HOWDAH_TYPE_NUMERIC,
    .c_name = "PgNumeric",
    .sql_type = "numeric",
    .oid = 1700,
    .array_oid = 1231,
    .size = sizeof(struct howdah_numeric),
    .has_pointers = true,
    .encode = numeric_encode,
    .decode = numeric_decode,
    .equal = numeric_equal,
    .hash = numeric_hash,
    .compare = numeric_compare,
    .is_text = true,
    .check = numeric_check,
    .text = text_append,
};
