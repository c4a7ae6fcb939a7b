#include "operator.h"

#include <string.h>

#define BEHIND_CAST \
    (FAMILY_SCALAR | FAMILY_NETWORK | FAMILY_RANGE | FAMILY_ARRAY_TEXT | FAMILY_JSON_TEXT | FAMILY_OTHER)
#define COMPARABLE (FAMILY_PLAIN | FAMILY_TEXT | FAMILY_JSON | FAMILY_ARRAY | BEHIND_CAST)
#define TEXTUAL    (FAMILY_TEXT | FAMILY_OPAQUE | BEHIND_CAST)
#define NESTED     (FAMILY_JSON | FAMILY_JSON_TEXT | FAMILY_RANGE | LISTS | FAMILY_OTHER)
#define LISTS      (FAMILY_ARRAY | FAMILY_ARRAY_TEXT)
#define LISTED     (FAMILY_PLAIN | FAMILY_TEXT | FAMILY_SCALAR | FAMILY_NETWORK | FAMILY_RANGE | FAMILY_OTHER)
#define JSON       (FAMILY_JSON | FAMILY_JSON_TEXT | FAMILY_OTHER)

#define TEXT(text) text, sizeof(text) - 1

/* The common ones first: they are looked up in this order. */
static const struct operator operators[] = {
    {"=", TEXT(" = "), "", " IS NULL", OPERAND_SAME, COMPARABLE, "types with equality"},
    {"<>", TEXT(" <> "), "", " IS NOT NULL", OPERAND_SAME, COMPARABLE, "types with equality"},
    {"!=", TEXT(" <> "), "", " IS NOT NULL", OPERAND_SAME, COMPARABLE, "types with equality"},
    {"<", TEXT(" < "), "", NULL, OPERAND_SAME, COMPARABLE, "types with an order"},
    {"<=", TEXT(" <= "), "", NULL, OPERAND_SAME, COMPARABLE, "types with an order"},
    {">", TEXT(" > "), "", NULL, OPERAND_SAME, COMPARABLE, "types with an order"},
    {">=", TEXT(" >= "), "", NULL, OPERAND_SAME, COMPARABLE, "types with an order"},
    {"IN", TEXT(" = ANY ("), ")", NULL, OPERAND_LIST, LISTED, "single values"},
    {"NOT IN", TEXT(" <> ALL ("), ")", NULL, OPERAND_LIST, LISTED, "single values"},
    {"LIKE", TEXT(" LIKE "), "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"ILIKE", TEXT(" ILIKE "), "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"NOT LIKE", TEXT(" NOT LIKE "), "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"NOT ILIKE", TEXT(" NOT ILIKE "), "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"CONTAINS", TEXT(" LIKE "), "", NULL, OPERAND_PART, TEXTUAL, "text"},
    {"STARTS WITH", TEXT(" LIKE "), "", NULL, OPERAND_START, TEXTUAL, "text"},
    {"ENDS WITH", TEXT(" LIKE "), "", NULL, OPERAND_ENDING, TEXTUAL, "text"},
    {"ICONTAINS", TEXT(" ILIKE "), "", NULL, OPERAND_PART, TEXTUAL, "text"},
    {"ISTARTS WITH", TEXT(" ILIKE "), "", NULL, OPERAND_START, TEXTUAL, "text"},
    {"IENDS WITH", TEXT(" ILIKE "), "", NULL, OPERAND_ENDING, TEXTUAL, "text"},
    {"~", TEXT(" ~ "), "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"~*", TEXT(" ~* "), "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"!~", TEXT(" !~ "), "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"!~*", TEXT(" !~* "), "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"IS DISTINCT FROM", TEXT(" IS DISTINCT FROM "), "", " IS NOT NULL", OPERAND_SAME, COMPARABLE,
     "types with equality"},
    {"IS NOT DISTINCT FROM", TEXT(" IS NOT DISTINCT FROM "), "", " IS NULL", OPERAND_SAME, COMPARABLE,
     "types with equality"},
    {"@>", TEXT(" @> "), "", NULL, OPERAND_SAME, NESTED, "jsonb, arrays and ranges"},
    {"<@", TEXT(" <@ "), "", NULL, OPERAND_SAME, NESTED, "jsonb, arrays and ranges"},
    {"&&", TEXT(" && "), "", NULL, OPERAND_SAME, LISTS | FAMILY_RANGE | FAMILY_NETWORK | FAMILY_OTHER,
     "arrays, ranges and networks"},
    {"ANY", TEXT(" = ANY ("), ")", NULL, OPERAND_ITEM, LISTS, "arrays"},
    {"?", TEXT(" ? "), "", NULL, OPERAND_NAME, JSON, "jsonb"},
    {"?|", TEXT(" ?| "), "", NULL, OPERAND_NAMES, JSON, "jsonb"},
    {"?&", TEXT(" ?& "), "", NULL, OPERAND_NAMES, JSON, "jsonb"},
    {"@?", TEXT(" @? "), "", NULL, OPERAND_JSON_PATH, JSON, "jsonb"},
    {"@@", TEXT(" @@ "), "", NULL, OPERAND_JSON_PATH, JSON, "jsonb"},
};

enum { OPERATORS = sizeof(operators) / sizeof(*operators) };

/* Whether names that begin with the same character are the same: most have one or two. */
static inline bool is_rest(const char *a, const char *b)
{
    return b[0] == '\0' || (a[1] == b[1] && (b[1] == '\0' || (a[2] == b[2] && (b[2] == '\0' || strcmp(a, b) == 0))));
}

const struct operator* operator_find(const char *name)
{
    for (const struct operator* op = operators; name && op < operators + OPERATORS; op++)
        if (op->name[0] == name[0] && is_rest(op->name, name))
            return op;
    return NULL;
}

/* Types whose names say what can be asked about them; of others only the server knows. */
static enum operator_family family_named(const char *name, size_t length)
{
    static const struct {
        const char *name;
        enum operator_family family;
    } named[] = {
        {"bigint", FAMILY_SCALAR},        {"bit", FAMILY_SCALAR},           {"bit varying", FAMILY_SCALAR},
        {"boolean", FAMILY_SCALAR},       {"box", FAMILY_OPAQUE},           {"bytea", FAMILY_SCALAR},
        {"cidr", FAMILY_NETWORK},         {"circle", FAMILY_OPAQUE},        {"date", FAMILY_SCALAR},
        {"datemultirange", FAMILY_RANGE}, {"daterange", FAMILY_RANGE},      {"double precision", FAMILY_SCALAR},
        {"inet", FAMILY_NETWORK},         {"int4multirange", FAMILY_RANGE}, {"int4range", FAMILY_RANGE},
        {"int8multirange", FAMILY_RANGE}, {"int8range", FAMILY_RANGE},      {"integer", FAMILY_SCALAR},
        {"interval", FAMILY_SCALAR},      {"json", FAMILY_OPAQUE},          {"jsonb", FAMILY_JSON_TEXT},
        {"jsonpath", FAMILY_OPAQUE},      {"line", FAMILY_OPAQUE},          {"lseg", FAMILY_OPAQUE},
        {"macaddr", FAMILY_SCALAR},       {"macaddr8", FAMILY_SCALAR},      {"money", FAMILY_SCALAR},
        {"numeric", FAMILY_SCALAR},       {"nummultirange", FAMILY_RANGE},  {"numrange", FAMILY_RANGE},
        {"oid", FAMILY_SCALAR},           {"path", FAMILY_OPAQUE},          {"pg_lsn", FAMILY_SCALAR},
        {"point", FAMILY_OPAQUE},         {"polygon", FAMILY_OPAQUE},       {"real", FAMILY_SCALAR},
        {"smallint", FAMILY_SCALAR},      {"time", FAMILY_SCALAR},          {"timestamp", FAMILY_SCALAR},
        {"timestamptz", FAMILY_SCALAR},   {"timetz", FAMILY_SCALAR},        {"tsmultirange", FAMILY_RANGE},
        {"tsrange", FAMILY_RANGE},        {"tstzmultirange", FAMILY_RANGE}, {"tstzrange", FAMILY_RANGE},
        {"tsvector", FAMILY_SCALAR},      {"uuid", FAMILY_SCALAR},          {"xml", FAMILY_OPAQUE},
    };
    for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
        if (strlen(named[i].name) == length && memcmp(named[i].name, name, length) == 0)
            return named[i].family;
    return FAMILY_OTHER;
}

/* By the cast, as "::inet" or "::pg_catalog.int4range[]". */
static enum operator_family family_of_cast(const struct column *c)
{
    static const char catalog[] = "pg_catalog.";
    const char *name = c->write_cast + strlen("::");
    if (strncmp(name, catalog, sizeof(catalog) - 1) == 0)
        name += sizeof(catalog) - 1;
    size_t length = strlen(name);
    bool array = length > 2 && strcmp(name + length - 2, "[]") == 0;
    enum operator_family item = family_named(name, array ? length - 2 : length);
    if (!array || item == FAMILY_OPAQUE)
        return item;
    return c->shape == SHAPE_ARRAY ? FAMILY_ARRAY : FAMILY_ARRAY_TEXT;
}

enum operator_family operator_family(const struct column *c)
{
    enum howdah_type type = c->codec->type;
    if (c->shape == SHAPE_ARRAY)
        return *c->write_cast ? family_of_cast(c) : FAMILY_ARRAY;
    if (type == HOWDAH_TYPE_JSON)
        return codec_json_is_plain(c->field) ? FAMILY_RAW_JSON : FAMILY_JSON;
    if (type == HOWDAH_TYPE_TEXT || type == HOWDAH_TYPE_CHARS || type == HOWDAH_TYPE_CODEC)
        return *c->write_cast ? family_of_cast(c) : type == HOWDAH_TYPE_CODEC ? FAMILY_OTHER : FAMILY_TEXT;
    return FAMILY_PLAIN;
}

bool operator_casts_text(const struct column *c)
{
    static const char own[] = "citext";
    size_t length = strlen(c->write_cast);
    return operator_family(c) != FAMILY_TEXT &&
           !(length >= sizeof(own) - 1 && strcmp(c->write_cast + length - (sizeof(own) - 1), own) == 0);
}

bool operator_has_order(const struct column *c)
{
    return !(operator_family(c) & (FAMILY_OPAQUE | FAMILY_RAW_JSON));
}

void operator_list(enum operator_family family, char *ret_text, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; i < OPERATORS; i++) {
        size_t length = strlen(operators[i].name);
        if (!(operators[i].fits & family) || used + length + 3 > size)
            continue;
        if (used) {
            memcpy(ret_text + used, ", ", 2);
            used += 2;
        }
        memcpy(ret_text + used, operators[i].name, length);
        used += length;
    }
    if (size)
        ret_text[used] = '\0';
}
