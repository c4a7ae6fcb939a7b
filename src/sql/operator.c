#include "operator.h"

#include <string.h>

#define COMPARABLE (FAMILY_PLAIN | FAMILY_TEXT | FAMILY_JSON | FAMILY_ARRAY | FAMILY_OTHER)
#define TEXTUAL    (FAMILY_TEXT | FAMILY_OTHER)
#define NESTED     (FAMILY_JSON | FAMILY_ARRAY | FAMILY_OTHER)
#define LISTED     (FAMILY_PLAIN | FAMILY_TEXT | FAMILY_OTHER)
#define JSON       (FAMILY_JSON | FAMILY_OTHER)

/* The common ones first: they are looked up in this order. */
static const struct operator operators[] = {
    {"=", " = ", "", " IS NULL", OPERAND_SAME, COMPARABLE, "types with equality"},
    {"<>", " <> ", "", " IS NOT NULL", OPERAND_SAME, COMPARABLE, "types with equality"},
    {"!=", " <> ", "", " IS NOT NULL", OPERAND_SAME, COMPARABLE, "types with equality"},
    {"<", " < ", "", NULL, OPERAND_SAME, COMPARABLE, "types with an order"},
    {"<=", " <= ", "", NULL, OPERAND_SAME, COMPARABLE, "types with an order"},
    {">", " > ", "", NULL, OPERAND_SAME, COMPARABLE, "types with an order"},
    {">=", " >= ", "", NULL, OPERAND_SAME, COMPARABLE, "types with an order"},
    {"IN", " = ANY (", ")", NULL, OPERAND_LIST, LISTED, "single values"},
    {"NOT IN", " <> ALL (", ")", NULL, OPERAND_LIST, LISTED, "single values"},
    {"LIKE", " LIKE ", "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"ILIKE", " ILIKE ", "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"NOT LIKE", " NOT LIKE ", "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"NOT ILIKE", " NOT ILIKE ", "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"CONTAINS", " LIKE ", "", NULL, OPERAND_PART, TEXTUAL, "text"},
    {"STARTS WITH", " LIKE ", "", NULL, OPERAND_START, TEXTUAL, "text"},
    {"ENDS WITH", " LIKE ", "", NULL, OPERAND_ENDING, TEXTUAL, "text"},
    {"ICONTAINS", " ILIKE ", "", NULL, OPERAND_PART, TEXTUAL, "text"},
    {"ISTARTS WITH", " ILIKE ", "", NULL, OPERAND_START, TEXTUAL, "text"},
    {"IENDS WITH", " ILIKE ", "", NULL, OPERAND_ENDING, TEXTUAL, "text"},
    {"~", " ~ ", "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"~*", " ~* ", "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"!~", " !~ ", "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"!~*", " !~* ", "", NULL, OPERAND_PATTERN, TEXTUAL, "text"},
    {"IS DISTINCT FROM", " IS DISTINCT FROM ", "", " IS NOT NULL", OPERAND_SAME, COMPARABLE, "types with equality"},
    {"IS NOT DISTINCT FROM", " IS NOT DISTINCT FROM ", "", " IS NULL", OPERAND_SAME, COMPARABLE, "types with equality"},
    {"@>", " @> ", "", NULL, OPERAND_SAME, NESTED, "jsonb and arrays"},
    {"<@", " <@ ", "", NULL, OPERAND_SAME, NESTED, "jsonb and arrays"},
    {"&&", " && ", "", NULL, OPERAND_SAME, FAMILY_ARRAY | FAMILY_OTHER, "arrays"},
    {"ANY", " = ANY (", ")", NULL, OPERAND_ITEM, FAMILY_ARRAY, "arrays"},
    {"?", " ? ", "", NULL, OPERAND_NAME, JSON, "jsonb"},
    {"?|", " ?| ", "", NULL, OPERAND_NAMES, JSON, "jsonb"},
    {"?&", " ?& ", "", NULL, OPERAND_NAMES, JSON, "jsonb"},
    {"@?", " @? ", "", NULL, OPERAND_JSON_PATH, JSON, "jsonb"},
    {"@@", " @@ ", "", NULL, OPERAND_JSON_PATH, JSON, "jsonb"},
};

enum { OPERATORS = sizeof(operators) / sizeof(*operators) };

const struct operator* operator_find(const char *name)
{
    for (size_t i = 0; name && i < OPERATORS; i++)
        if (operators[i].name[0] == name[0] && strcmp(operators[i].name, name) == 0)
            return &operators[i];
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
