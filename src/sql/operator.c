#include "operator.h"

#include "model/sqltype.h"
#include "model/text.h"

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
    {"=", TEXT(" = "), false, OPERAND_SAME, COMPARABLE, " IS NULL", "types with equality"},
    {"<>", TEXT(" <> "), false, OPERAND_SAME, COMPARABLE, " IS NOT NULL", "types with equality"},
    {"!=", TEXT(" <> "), false, OPERAND_SAME, COMPARABLE, " IS NOT NULL", "types with equality"},
    {"<", TEXT(" < "), false, OPERAND_SAME, COMPARABLE, NULL, "types with an order"},
    {"<=", TEXT(" <= "), false, OPERAND_SAME, COMPARABLE, NULL, "types with an order"},
    {">", TEXT(" > "), false, OPERAND_SAME, COMPARABLE, NULL, "types with an order"},
    {">=", TEXT(" >= "), false, OPERAND_SAME, COMPARABLE, NULL, "types with an order"},
    {"IN", TEXT(" = ANY ("), true, OPERAND_LIST, LISTED, NULL, "single values"},
    {"NOT IN", TEXT(" <> ALL ("), true, OPERAND_LIST, LISTED, NULL, "single values"},
    {"LIKE", TEXT(" LIKE "), false, OPERAND_PATTERN, TEXTUAL, NULL, "text"},
    {"ILIKE", TEXT(" ILIKE "), false, OPERAND_PATTERN, TEXTUAL, NULL, "text"},
    {"NOT LIKE", TEXT(" NOT LIKE "), false, OPERAND_PATTERN, TEXTUAL, NULL, "text"},
    {"NOT ILIKE", TEXT(" NOT ILIKE "), false, OPERAND_PATTERN, TEXTUAL, NULL, "text"},
    {"CONTAINS", TEXT(" LIKE "), false, OPERAND_PART, TEXTUAL, NULL, "text"},
    {"STARTS WITH", TEXT(" LIKE "), false, OPERAND_START, TEXTUAL, NULL, "text"},
    {"ENDS WITH", TEXT(" LIKE "), false, OPERAND_ENDING, TEXTUAL, NULL, "text"},
    {"ICONTAINS", TEXT(" ILIKE "), false, OPERAND_PART, TEXTUAL, NULL, "text"},
    {"ISTARTS WITH", TEXT(" ILIKE "), false, OPERAND_START, TEXTUAL, NULL, "text"},
    {"IENDS WITH", TEXT(" ILIKE "), false, OPERAND_ENDING, TEXTUAL, NULL, "text"},
    {"~", TEXT(" ~ "), false, OPERAND_PATTERN, TEXTUAL, NULL, "text"},
    {"~*", TEXT(" ~* "), false, OPERAND_PATTERN, TEXTUAL, NULL, "text"},
    {"!~", TEXT(" !~ "), false, OPERAND_PATTERN, TEXTUAL, NULL, "text"},
    {"!~*", TEXT(" !~* "), false, OPERAND_PATTERN, TEXTUAL, NULL, "text"},
    {"IS DISTINCT FROM", TEXT(" IS DISTINCT FROM "), false, OPERAND_SAME, COMPARABLE, " IS NOT NULL",
     "types with equality"},
    {"IS NOT DISTINCT FROM", TEXT(" IS NOT DISTINCT FROM "), false, OPERAND_SAME, COMPARABLE, " IS NULL",
     "types with equality"},
    {"@>", TEXT(" @> "), false, OPERAND_SAME, NESTED, NULL, "jsonb, arrays and ranges"},
    {"<@", TEXT(" <@ "), false, OPERAND_SAME, NESTED, NULL, "jsonb, arrays and ranges"},
    {"&&", TEXT(" && "), false, OPERAND_SAME, LISTS | FAMILY_RANGE | FAMILY_NETWORK | FAMILY_OTHER, NULL,
     "arrays, ranges and networks"},
    {"ANY", TEXT(" = ANY ("), true, OPERAND_ITEM, LISTS, NULL, "arrays"},
    {"?", TEXT(" ? "), false, OPERAND_NAME, JSON, NULL, "jsonb"},
    {"?|", TEXT(" ?| "), false, OPERAND_NAMES, JSON, NULL, "jsonb"},
    {"?&", TEXT(" ?& "), false, OPERAND_NAMES, JSON, NULL, "jsonb"},
    {"@?", TEXT(" @? "), false, OPERAND_JSON_PATH, JSON, NULL, "jsonb"},
    {"@@", TEXT(" @@ "), false, OPERAND_JSON_PATH, JSON, NULL, "jsonb"},
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
        enum operator_family family;
        const char *names;
    } families[] = {
        {FAMILY_SCALAR, "bigint,bit,bit varying,boolean,bytea,date,double precision,integer,interval,macaddr,macaddr8,"
                        "money,numeric,oid,pg_lsn,real,smallint,time,timestamp,timestamptz,timetz,tsvector,uuid"},
        {FAMILY_NETWORK, "cidr,inet"},
        {FAMILY_RANGE, "datemultirange,daterange,int4multirange,int4range,int8multirange,int8range,nummultirange,"
                       "numrange,tsmultirange,tsrange,tstzmultirange,tstzrange"},
        {FAMILY_JSON_TEXT, "jsonb"},
    };
    for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
        if (text_lists(families[i].names, name, length))
            return families[i].family;
    return sqltype_is_comparable(name, length) ? FAMILY_OTHER : FAMILY_OPAQUE;
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
