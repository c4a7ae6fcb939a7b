/* The operators of conditions: one table of which there are, which columns they fit, and what they take. */
#ifndef SQL_OPERATOR_H
#define SQL_OPERATOR_H

#include "model/column.h"

/* What stands on the other side. */
enum operand {
    OPERAND_SAME,          /* a value of the column's type */
    OPERAND_LIST,          /* an array of such values */
    OPERAND_ITEM,          /* an item of the column, which is an array */
    OPERAND_PATTERN,       /* text with the operator's own wildcards */
    OPERAND_PART,          /* text that is to be found anywhere */
    OPERAND_START,         /* ... at the start */
    OPERAND_ENDING,        /* ... at the end */
    OPERAND_NAME,          /* text: a key of jsonb */
    OPERAND_NAMES,         /* an array of text */
    OPERAND_JSON_PATH,     /* text: an SQL/JSON path */
    OPERAND_CONFIGURATION, /* text: the name of a text search configuration */
    OPERAND_ASSIGNED       /* a value that the column itself is to hold */
};

struct operator
{
    const char *name;
    const char *text; /* between column and value, or (OPERAND_ITEM) value and column */
    uint8_t length;
    bool closed;           /* with a parenthesis behind the last of them */
    uint8_t operand;       /* enum operand */
    uint16_t fits;         /* families, as bits */
    const char *with_null; /* instead of it all where the value is NULL; NULL: it would never be true */
    const char *fits_say;  /* what fits, in words */
};

/* Columns that are alike in what can be asked about them. */
enum operator_family {
    FAMILY_PLAIN = 1, /* numbers, times, uuid, bytes, bool, enums: equality and order */
    FAMILY_TEXT = 2,
    FAMILY_JSON = 4,     /* jsonb */
    FAMILY_RAW_JSON = 8, /* json: has no operators but paths */
    FAMILY_ARRAY = 16,
    /* of other types than the codec's own, behind a cast: text is what is read */
    FAMILY_SCALAR = 32, /* equality and order */
    FAMILY_NETWORK = 64,
    FAMILY_RANGE = 128,
    FAMILY_ARRAY_TEXT = 256, /* an array as text */
    FAMILY_JSON_TEXT = 512,  /* jsonb as text */
    FAMILY_OPAQUE = 1024,    /* xml, json, point ...: not even equality */
    FAMILY_OTHER = 2048      /* the server knows */
};

enum operator_family operator_family(const struct column *c);
/* Whether operators of text see the column as text: behind a cast of its own. citext has its own such operators. */
bool operator_casts_text(const struct column *c);
/* Whether the column has an order, and so can be sorted and grouped by. */
bool operator_has_order(const struct column *c);
/* By name, as query_where takes it; NULL for none. */
const struct operator* operator_find(const char *name);
/* The names of all that fit the family, for messages: at most `size` bytes with the final NUL. */
void operator_list(enum operator_family family, char *ret_text, size_t size);

#endif
