/* The table of known types, and what follows from it: a value goes without a cast where the server can read the C
 * type's binary form as the column's type, or assigns it. An explicit cast never has a limit: `::varchar(3)` would cut
 * what is too long without a word, and `::char` and `::bit` are `(1)` (PostgreSQL manual, 8.3, 8.10).
 *
 * What remains: a domain over varchar(n) hides its limit, so that a cast to it cuts (a domain over text with a check
 * refuses); and one over inet comes back as its cast to text writes it, with the netmask. */
#include "sqltype.h"

#include "text.h"

#include "base/ascii.h"

#include <string.h>

static const struct sqltype_known known[] = {
    /* name, cast, OID, array's OID, family, assigned; in the order of strcmp */
    {"bigint", "bigint", 20, 1016, HOWDAH_TYPE_INT64, true},
    {"bigserial", "bigint", 20, 1016, HOWDAH_TYPE_INT64, true},
    {"bit", "bit varying", 1560, 1561, HOWDAH_TYPE_NONE, false},
    {"bit varying", "bit varying", 1562, 1563, HOWDAH_TYPE_NONE, false},
    {"bool", "boolean", 16, 1000, HOWDAH_TYPE_BOOL, false},
    {"boolean", "boolean", 16, 1000, HOWDAH_TYPE_BOOL, false},
    {"bpchar", "bpchar", 1042, 1014, HOWDAH_TYPE_TEXT, false},
    {"bytea", "bytea", 17, 1001, HOWDAH_TYPE_BYTES, false},
    {"char", "bpchar", 1042, 1014, HOWDAH_TYPE_TEXT, false},
    {"char varying", "varchar", 1043, 1015, HOWDAH_TYPE_TEXT, true},
    {"character", "bpchar", 1042, 1014, HOWDAH_TYPE_TEXT, false},
    {"character varying", "varchar", 1043, 1015, HOWDAH_TYPE_TEXT, true},
    {"date", "date", 1082, 1182, HOWDAH_TYPE_DATE, false},
    {"dec", "numeric", 1700, 1231, HOWDAH_TYPE_NUMERIC, false},
    {"decimal", "numeric", 1700, 1231, HOWDAH_TYPE_NUMERIC, false},
    {"double precision", "double precision", 701, 1022, HOWDAH_TYPE_DOUBLE, true},
    {"float", "double precision", 701, 1022, HOWDAH_TYPE_DOUBLE, true},
    {"float4", "real", 700, 1021, HOWDAH_TYPE_DOUBLE, true},
    {"float8", "double precision", 701, 1022, HOWDAH_TYPE_DOUBLE, true},
    {"int", "integer", 23, 1007, HOWDAH_TYPE_INT64, true},
    {"int2", "smallint", 21, 1005, HOWDAH_TYPE_INT64, true},
    {"int4", "integer", 23, 1007, HOWDAH_TYPE_INT64, true},
    {"int8", "bigint", 20, 1016, HOWDAH_TYPE_INT64, true},
    {"integer", "integer", 23, 1007, HOWDAH_TYPE_INT64, true},
    {"interval", "interval", 1186, 1187, HOWDAH_TYPE_INTERVAL, false},
    {"json", "json", 114, 199, HOWDAH_TYPE_JSON, false},
    {"jsonb", "jsonb", 3802, 3807, HOWDAH_TYPE_JSON, false},
    {"name", "name", 19, 1003, HOWDAH_TYPE_TEXT, false},
    {"national char", "bpchar", 1042, 1014, HOWDAH_TYPE_TEXT, false},
    {"national character", "bpchar", 1042, 1014, HOWDAH_TYPE_TEXT, false},
    {"nchar", "bpchar", 1042, 1014, HOWDAH_TYPE_TEXT, false},
    {"numeric", "numeric", 1700, 1231, HOWDAH_TYPE_NUMERIC, false},
    {"real", "real", 700, 1021, HOWDAH_TYPE_DOUBLE, true},
    {"serial", "integer", 23, 1007, HOWDAH_TYPE_INT64, true},
    {"smallint", "smallint", 21, 1005, HOWDAH_TYPE_INT64, true},
    {"smallserial", "smallint", 21, 1005, HOWDAH_TYPE_INT64, true},
    {"text", "text", 25, 1009, HOWDAH_TYPE_TEXT, false},
    {"time", "time", 1083, 1183, HOWDAH_TYPE_TIME, false},
    {"time with time zone", "timetz", 1266, 1270, HOWDAH_TYPE_NONE, false},
    {"time without time zone", "time", 1083, 1183, HOWDAH_TYPE_TIME, false},
    {"timestamp", "timestamp", 1114, 1115, HOWDAH_TYPE_TIMESTAMP, false},
    {"timestamp with time zone", "timestamptz", 1184, 1185, HOWDAH_TYPE_TIMESTAMP, false},
    {"timestamp without time zone", "timestamp", 1114, 1115, HOWDAH_TYPE_TIMESTAMP, false},
    {"timestamptz", "timestamptz", 1184, 1185, HOWDAH_TYPE_TIMESTAMP, false},
    {"timetz", "timetz", 1266, 1270, HOWDAH_TYPE_NONE, false},
    {"uuid", "uuid", 2950, 2951, HOWDAH_TYPE_UUID, false},
    {"varbit", "bit varying", 1562, 1563, HOWDAH_TYPE_NONE, false},
    {"varchar", "varchar", 1043, 1015, HOWDAH_TYPE_TEXT, true},
};

enum {
    KNOWN = sizeof(known) / sizeof(*known),
    BPCHAR_OID = 1042,
    TEXT_OID = 25,
    TEXT_ARRAY_OID = 1009,
    JSON_OID = 114,
    INT2_OID = 21,
    INT4_OID = 23,
    FLOAT4_OID = 700
};

static const struct sqltype_known *find_known(const char *name)
{
    size_t low = 0, high = KNOWN;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = strcmp(name, known[middle].name);
        if (order == 0)
            return &known[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const struct sqltype_known *sqltype_of_oid(uint32_t oid)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (known[i].oid == oid)
            return &known[i];
    return NULL;
}

const struct sqltype_known *sqltype_of_array(uint32_t array_oid)
{
    for (size_t i = 0; i < KNOWN; i++)
        if (known[i].array_oid == array_oid)
            return &known[i];
    return NULL;
}

bool sqltype_is_comparable(const char *name, size_t length)
{
    return !text_lists("box,circle,json,jsonpath,line,lseg,path,point,polygon,xml", name, length);
}

enum howdah_type sqltype_family(enum howdah_type type)
{
    switch (type) {
    case HOWDAH_TYPE_INT16:
    case HOWDAH_TYPE_INT32: return HOWDAH_TYPE_INT64;
    case HOWDAH_TYPE_FLOAT: return HOWDAH_TYPE_DOUBLE;
    case HOWDAH_TYPE_CHARS:
    case HOWDAH_TYPE_ENUM:
    case HOWDAH_TYPE_CODEC: return HOWDAH_TYPE_TEXT;
    default: return type;
    }
}

/* --- taking a type to pieces --- */

struct scan {
    const char *at;
    char *base; /* what was read of it so far */
    size_t length;
    bool after_word;
};

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static void skip_blanks(struct scan *s)
{
    while (is_blank(*s->at))
        s->at++;
}

/* Words are kept apart by one blank, and none stands at a dot. */
static void begin_word(struct scan *s)
{
    if (s->after_word)
        s->base[s->length++] = ' ';
    s->after_word = true;
}

static void read_word(struct scan *s)
{
    begin_word(s);
    for (; is_word(*s->at); s->at++) {
        char c = *s->at;
        s->base[s->length++] = ascii_lower(c);
    }
}

static const char *read_quoted(struct scan *s)
{
    begin_word(s);
    bool inside = false;
    do {
        inside = *s->at == '"' ? !inside : inside;
        s->base[s->length++] = *s->at++;
    } while (*s->at && (inside || *s->at == '"'));
    return inside ? "has a quote that is not closed" : NULL;
}

/* With the blanks around it. */
static uint32_t read_number(struct scan *s)
{
    uint32_t number = 0;
    for (skip_blanks(s); *s->at >= '0' && *s->at <= '9' && number < INT32_MAX / 10 - 1; s->at++)
        number = number * 10 + (uint32_t)(*s->at - '0');
    skip_blanks(s);
    return number;
}

/* A limit is dropped: it is no part of a cast. A number in it is remembered, or two. */
static const char *read_limit(struct scan *s, struct sqltype *type)
{
    const char *end = strchr(++s->at, ')');
    if (!end)
        return "has a parenthesis that is not closed";
    uint32_t limit = read_number(s);
    int32_t scale = 0;
    if (*s->at == ',') {
        s->at++;
        skip_blanks(s);
        bool negative = *s->at == '-';
        s->at += negative;
        scale = (int32_t)read_number(s) * (negative ? -1 : 1);
    }
    if (s->at == end) {
        type->limited = true;
        type->limit = limit;
        type->scale = scale;
    }
    s->at = end + 1;
    return NULL;
}

static const char *read_brackets(struct scan *s, struct sqltype *type)
{
    s->at++;
    while (is_blank(*s->at) || (*s->at >= '0' && *s->at <= '9'))
        s->at++;
    if (*s->at != ']')
        return "has a bracket that is not closed";
    s->at++;
    type->dimensions++;
    return NULL;
}

static const char *read_piece(struct scan *s, struct sqltype *type)
{
    if (*s->at == '(')
        return read_limit(s, type);
    if (*s->at == '[')
        return read_brackets(s, type);
    if (type->dimensions)
        return "goes on after its brackets";
    if (*s->at == '"')
        return read_quoted(s);
    if (*s->at == '.') {
        s->base[s->length++] = *s->at++;
        s->after_word = false;
        return NULL;
    }
    if (!is_word(*s->at))
        return "is no SQL type";
    read_word(s);
    return NULL;
}

static bool cut_ending(struct scan *s, const char *ending)
{
    size_t length = strlen(ending);
    if (s->length <= length || memcmp(s->base + s->length - length, ending, length) != 0)
        return false;
    s->length -= length;
    s->base[s->length] = '\0';
    return true;
}

/* What spelling leaves open: "integer array", "interval year to month", "pg_catalog.int8". */
static void recognize(struct scan *s, struct sqltype *type)
{
    static const char interval[] = "interval ";
    if (cut_ending(s, " array"))
        type->dimensions++;
    type->base = s->base;
    type->fields = strncmp(s->base, interval, sizeof(interval) - 1) == 0;
    if (type->fields)
        type->base = "interval";
    static const char catalog[] = "pg_catalog.";
    bool qualified = strncmp(type->base, catalog, sizeof(catalog) - 1) == 0;
    type->known = find_known(type->base + (qualified ? sizeof(catalog) - 1 : 0));
}

enum howdah_status sqltype_parse(const char *text, struct arena *arena, struct sqltype *ret, const char **ret_why)
{
    struct sqltype type = {0};
    struct scan s = {.at = text};
    s.base = arena_allocate_array(arena, strlen(text) + 1, 2); /* a blank may come before each byte */
    if (!s.base)
        return HOWDAH_STATUS_NO_MEMORY;
    const char *why = NULL;
    for (skip_blanks(&s); *s.at && !why; skip_blanks(&s))
        why = read_piece(&s, &type);
    s.base[s.length] = '\0';
    if (!why && s.length == 0)
        why = "is empty";
    if (why) {
        *ret_why = why;
        return HOWDAH_STATUS_INVALID;
    }
    recognize(&s, &type);
    *ret = type;
    return HOWDAH_STATUS_OK;
}

/* --- the way of a value --- */

/* How the column would travel if its type were the codec's own. */
static void set_own(struct column *c)
{
    const struct codec *codec = c->codec;
    c->wire = codec;
    c->oid = c->item_oid = codec->oid;
    c->item_type = codec->sql_type;
    c->parameter_oid = codec->array_oid;
    c->write_cast = c->read_open = c->read_cast = "";
    c->as_literal = false;
    c->limit = LIMIT_NONE;
    c->keeps = KEEPS_ALL;
    bool integer = codec->type == HOWDAH_TYPE_INT64 || codec->type == HOWDAH_TYPE_INT32;
    c->swapped = integer && c->shape != SHAPE_ARRAY ? (uint8_t)codec->size : 0;
}

static void set_limit(const struct sqltype *type, struct column *c)
{
    uint32_t oid = type->known->oid, bytes = oid == INT2_OID ? 2 : oid == INT4_OID || oid == FLOAT4_OID ? 4 : 0;
    enum howdah_type of = c->codec->type;
    if (bytes && bytes < c->codec->size)
        c->limit = LIMIT_BYTES;
    else if (type->limit && (of == HOWDAH_TYPE_TEXT || of == HOWDAH_TYPE_CHARS))
        c->limit = LIMIT_CHARACTERS;
    else if (type->limit && of == HOWDAH_TYPE_NUMERIC)
        c->limit = LIMIT_DIGITS;
    c->limit_size = c->limit == LIMIT_BYTES ? bytes : type->limit;
    c->limit_scale = type->scale;
}

enum { SECOND_DIGITS = 6, SINGLE_BITS = 24 };

/* Of a type of the value's own family. */
static enum column_keeps keeps_of(const struct sqltype *type, const struct column *c)
{
    bool short_of = type->limited && type->limit < SECOND_DIGITS;
    switch (c->codec->type) {
    case HOWDAH_TYPE_TEXT:
    case HOWDAH_TYPE_CHARS: return type->known->oid == BPCHAR_OID ? KEEPS_UNPADDED : KEEPS_ALL;
    case HOWDAH_TYPE_NUMERIC: return type->limited ? KEEPS_DIGITS : KEEPS_ALL;
    case HOWDAH_TYPE_TIMESTAMP:
    case HOWDAH_TYPE_TIME: return short_of ? KEEPS_UNITS : KEEPS_ALL;
    case HOWDAH_TYPE_INTERVAL: return type->fields ? KEEPS_UNKNOWN : short_of ? KEEPS_UNITS : KEEPS_ALL;
    case HOWDAH_TYPE_DOUBLE:
        return type->known->oid == FLOAT4_OID || (type->limited && type->limit <= SINGLE_BITS) ? KEEPS_SINGLE
                                                                                               : KEEPS_ALL;
    default: return KEEPS_ALL;
    }
}

static void set_keeps(const struct sqltype *type, struct column *c)
{
    c->keeps = keeps_of(type, c);
    c->keeps_unit = 1;
    for (uint32_t digits = type->limit; c->keeps == KEEPS_UNITS && digits < SECOND_DIGITS; digits++)
        c->keeps_unit *= 10;
}

/* A number in a column of another family. What becomes of text is not asked. */
static bool may_round(const struct column *c)
{
    return c->codec->type == HOWDAH_TYPE_NUMERIC || c->codec->type == HOWDAH_TYPE_DOUBLE;
}

static void set_family(const struct sqltype *type, struct column *c)
{
    const struct sqltype_known *of = type->known;
    if (!of->assigned) {
        c->item_type = of->cast;
        c->item_oid = of->oid;
        c->parameter_oid = of->array_oid;
    }
    /* char(n) comes with blanks, which are no part of the value: column_decode takes them away */
    if (of->oid != BPCHAR_OID && (of->family == HOWDAH_TYPE_TEXT || !of->assigned))
        c->oid = of->oid;
    if (of->oid == JSON_OID)
        c->wire = codec_of(HOWDAH_TYPE_TEXT);
    set_limit(type, c);
    set_keeps(type, c);
}

/* unnest flattens arrays of arrays: each goes as the text of an array, cast to the column's type, since there are no
 * operators between varchar[] and text[]. */
static bool set_array(const char *item, struct arena *arena, struct column *c)
{
    c->wire = c->codec;
    c->oid = 0;
    c->item_type = "text";
    c->item_oid = TEXT_OID;
    c->parameter_oid = TEXT_ARRAY_OID;
    c->as_literal = true;
    if (!*c->write_cast)
        c->write_cast = text_join(arena, "::", item, "[]", NULL);
    return c->write_cast != NULL;
}

static bool is_inet(const char *base)
{
    return strcmp(base, "inet") == 0 || strcmp(base, "pg_catalog.inet") == 0;
}

static bool set_casts(const struct sqltype *type, struct arena *arena, struct column *c)
{
    bool array = c->shape == SHAPE_ARRAY;
    c->write_cast =
        text_join(arena, "::", type->known ? type->known->cast : type->base, type->dimensions ? "[]" : "", NULL);
    /* inet's cast to text shows a netmask that its output leaves out; abbrev is that output (PostgreSQL manual, 9.12), as
     * is the text of an array as a whole */
    bool inet = c->codec->type == HOWDAH_TYPE_TEXT && is_inet(type->base), lone = !array && !type->dimensions;
    c->read_open = inet && lone ? "pg_catalog.abbrev(" : "";
    c->read_cast = inet && lone    ? ")"
                   : inet && array ? "::text::text[]"
                                   : text_join(arena, "::", c->codec->sql_type, array ? "[]" : "", NULL);
    return c->write_cast && c->read_cast;
}

bool sqltype_set_wire(const struct sqltype *type, struct arena *arena, struct column *c)
{
    bool array = c->shape == SHAPE_ARRAY;
    set_own(c);
    if (type) {
        bool same_shape = array == (type->dimensions > 0);
        if (same_shape && type->known && type->known->family == sqltype_family(c->codec->type))
            set_family(type, c);
        else if (!set_casts(type, arena, c))
            return false;
        else if (may_round(c))
            c->keeps = KEEPS_UNKNOWN;
    }
    bool same = type && type->known && type->known->family == sqltype_family(c->codec->type);
    return !array || set_array(same ? type->known->cast : c->item_type, arena, c);
}
