#include "operator.h"

#include <string.h>

#define COMPARABLE (FAMILY_PLAIN | FAMILY_TEXT | FAMILY_JSON | FAMILY_ARRAY | FAMILY_OTHER)
#define TEXTUAL    (FAMILY_TEXT | FAMILY_OTHER)
#define NESTED     (FAMILY_JSON | FAMILY_ARRAY | FAMILY_OTHER)
#define LISTED     (FAMILY_PLAIN | FAMILY_TEXT | FAMILY_OTHER)
#define JSON       (FAMILY_JSON | FAMILY_OTHER)

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
    {"@>", TEXT(" @> "), "", NULL, OPERAND_SAME, NESTED, "jsonb and arrays"},
    {"<@", TEXT(" <@ "), "", NULL, OPERAND_SAME, NESTED, "jsonb and arrays"},
    {"&&", TEXT(" && "), "", NULL, OPERAND_SAME, FAMILY_ARRAY | FAMILY_OTHER, "arrays"},
    {"ANY", TEXT(" = ANY ("), ")", NULL, OPERAND_ITEM, FAMILY_ARRAY, "arrays"},
    {"?", TEXT(" ? "), "", NULL, OPERAND_NAME, JSON, "jsonb"},
    {"?|", TEXT(" ?| "), "", NULL, OPERAND_NAMES, JSON, "jsonb"},
    {"?&", TEXT(" ?& "), "", NULL, OPERAND_NAMES, JSON, "jsonb"},
    {"@?", TEXT(" @? "), "", NULL, OPERAND_JSON_PATH, JSON, "jsonb"},
    {"@@", TEXT(" @@ "), "", NULL, OPERAND_JSON_PATH, JSON, "jsonb"},
};

enum { OPERATORS = sizeof(operators) / sizeof(*operators) };

const struct operator* operator_find(const char *name)
{
    for (const struct operator* op = operators; name && op < operators + OPERATORS; op++)
        if (op->name[0] == name[0] && (name[0] == '\0' || (op->name[1] == name[1] && strcmp(op->name, name) == 0)))
            return op;
    return NULL;
}

enum operator_family operator_family(const struct column *c)
{
    if (c->shape == SHAPE_ARRAY)
        return FAMILY_ARRAY;
    if (c->codec->type == HOWDAH_TYPE_JSON)
        return codec_json_is_plain(c->field) ? FAMILY_RAW_JSON : FAMILY_JSON;
    if (c->codec->type == HOWDAH_TYPE_CODEC)
        return FAMILY_OTHER;
    if (c->codec->type == HOWDAH_TYPE_TEXT || c->codec->type == HOWDAH_TYPE_CHARS)
        return *c->write_cast ? FAMILY_OTHER : FAMILY_TEXT;
    return FAMILY_PLAIN;
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
