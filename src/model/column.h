/* A compiled column: a field of a model with all that its reading and writing needs, decided once. */
#ifndef MODEL_COLUMN_H
#define MODEL_COLUMN_H

#include "codec.h"

enum column_shape {
    SHAPE_PLAIN,    /* the value itself; NULL only as a NULL pointer inside */
    SHAPE_NULLABLE, /* { value, valid } */
    SHAPE_ARRAY     /* { items, nulls, count } */
};
enum { SHAPE_COUNT = SHAPE_ARRAY + 1 };

/* What the column's type in the table can't hold of the C type's values. */
enum column_limit {
    LIMIT_NONE,
    LIMIT_CHARACTERS, /* varchar(n), char(n) */
    LIMIT_BYTES,      /* a number of fewer bytes */
    LIMIT_DIGITS      /* numeric(p, s) */
};

/* Which values the column's type in the table keeps as they are. */
enum column_keeps {
    KEEPS_ALL,
    KEEPS_DIGITS,   /* numeric(p, s): with so many digits behind the point */
    KEEPS_UNITS,    /* timestamp(n) and the like: whole parts of a second */
    KEEPS_SINGLE,   /* real, of a double */
    KEEPS_UNPADDED, /* char(n): without blanks at the end */
    KEEPS_UNKNOWN   /* perhaps none: the server alone knows */
};

/* What most columns are: plain, with no rules of their own. Who looks at many rows does so without a call for these. */
enum column_ordinary {
    ORDINARY_NOT,
    ORDINARY_VALUE, /* no pointer in it, and never NULL */
    ORDINARY_TEXT   /* behind a pointer */
};

struct column {
    const struct howdah_field *field;
    const struct codec *codec; /* of the value, or of an array's items */
    const struct codec *wire;  /* that writes and reads it: `codec`, but text's where the column is json */
    enum column_shape shape;
    uint32_t index;       /* in the mapper's columns */
    size_t offset;        /* in the struct */
    size_t size;          /* of the field */
    const char *name;     /* of the column, as in the catalog */
    const char *quoted;   /* as in SQL: "name" with quotes doubled */
    const char *ddl_type; /* as CREATE TABLE writes it: "varchar(63)", "\"app\".\"priority\"" */
    uint32_t oid;         /* of cells that `wire` reads as they are; 0 for arrays */
    enum column_ordinary ordinary;
    uint8_t swapped; /* bytes of the value, if all that `wire` does to it is to turn them around: of integers; or 0 */
    bool key;        /* part of the primary key */
    bool nullable;
    bool unset_on_insert; /* a NULL is left out, so that the server's default applies */
    bool server_only;     /* never sent: GENERATED_BY_SERVER or STORED */
    bool identity;
    bool uuid_v7;
    bool version;            /* that the library counts */
    bool xmin;               /* the row's system column of that name */
    bool as_literal;         /* an element is sent as text: array columns, which unnest would flatten */
    enum column_limit limit; /* which the server's error would not name */
    uint32_t limit_size;     /* n, the bytes, or p */
    int32_t limit_scale;     /* s */
    enum column_keeps keeps;
    int32_t keeps_unit;     /* in microseconds */
    size_t valid_offset;    /* of a nullable's flag, from the field's start */
    const char *write_cast; /* after the unnested element: "" or "::inet" */
    const char *read_open;  /* before the column in a select list: "", or a function and its parenthesis */
    const char *read_cast;  /* behind it: "", "::text", or that parenthesis' end */
    const char *item_type;  /* of one element of the parameter array: "bigint", "text" */
    uint32_t item_oid;      /* of item_type */
    uint32_t parameter_oid; /* of the parameter: an array of item_type */
};

/* The field of an object. */
static inline void *column_field(const struct column *c, const void *object)
{
    return (char *)(uintptr_t)object + c->offset;
}

/* Whether the field is SQL NULL (or unset, which for an identity of 0 or a nil uuid key is not NULL). */
bool column_is_null(const struct column *c, const void *object);
/* Makes the field NULL: .valid = false, or a NULL pointer. Only for fields that can be. */
void column_set_null(const struct column *c, void *object);
/* The field is an identity of 0, a uuid key of zero bytes, or a key that the server makes and that is zero. */
bool column_is_unset_key(const struct column *c, const void *object);
/* Both NULL, or equal in the server's terms. Arrays by items. */
bool column_equal(const struct column *c, const void *a, const void *b);
uint64_t column_hash(const struct column *c, uint64_t seed, const void *object);
int column_compare(const struct column *c, const void *a, const void *b);
/* Own copies of all that the field points to: text, bytes, an array's items, flags and their texts. An array that was
 * copied or decoded has room behind its items and behind its flags for as many again. */
bool column_copy(const struct column *c, struct arena *arena, void *object);
/* --- of several columns, by their indices among `columns` --- */
bool columns_any_null(const struct column *columns, const uint32_t *which, uint32_t count, const void *object);
bool columns_equal(const struct column *columns, const uint32_t *which, uint32_t count, const void *a, const void *b);
uint64_t columns_hash(const struct column *columns, const uint32_t *which, uint32_t count, uint64_t seed,
                      const void *object);
bool columns_copy(const struct column *columns, const uint32_t *which, uint32_t count, struct arena *arena,
                  void *object);
/* NULL, or why the field can't be sent: NULL where it can't be, not valid UTF-8, ... The program's validator is
 * asked too. *bytes grows by about what it takes on the wire beyond its place in the struct. */
const char *column_check(const struct column *c, const void *object, size_t *bytes);
/* The same for many objects, with a count of bytes for each: how many are good before the first that is not, of which
 * *ret_why tells why. */
size_t column_check_all(const struct column *c, void *const *objects, size_t count, size_t *bytes,
                        const char **ret_why);
/* Whether the row will have the value as it is. */
bool column_is_kept(const struct column *c, const void *object);
/* Appends the field as one element of the parameter array: its length and bytes, or -1 for NULL. */
void column_append(const struct column *c, const void *object, struct buffer *out);
/* The same for many objects, one after another. */
void column_append_all(const struct column *c, void *const *objects, size_t count, struct buffer *out);
/* Appends the header of an array of `count` elements of the type with that OID. */
void array_append_header(uint32_t item, size_t count, struct buffer *out);
/* Fills the field from a cell: OK; INVALID with a reason in *ret_why ("is NULL", "has 70 bytes, the field holds 63", "has
 * 2 dimensions"), which is static or lies in the arena; SCHEMA likewise ("is of type text, expected bigint"); NO_MEMORY.
 * Cells of related types are converted with a range check: int2/4/8, float4/8, text-like types, timestamp with and
 * without zone, json and jsonb. */
enum howdah_status column_decode(const struct column *c, const struct cell *cell, struct arena *arena, void *object,
                                 const char **ret_why);
/* The same for columns and cells side by side. */
struct decode_fault {
    const struct column *column;
    const char *why;           /* unless memory is out */
    const struct column *zone; /* without a fault: one with a value for which column_changes_zone holds, or NULL */
};
enum howdah_status columns_decode(const struct column *columns, size_t count, const struct cell *cells,
                                  struct arena *arena, void *object, struct decode_fault *ret);
/* Types that are not PostgreSQL's own begin here (FirstNormalObjectId). */
enum { FIRST_USER_OID = 16384 };
/* Whether cells of that type can be the column's at all. */
bool column_reads(const struct column *c, uint32_t oid);
/* The same: OK; or SCHEMA with a reason, as in column_decode. */
enum howdah_status column_accepts(const struct column *c, uint32_t oid, struct arena *arena, const char **ret_why);
/* Whether the column is a timestamp, or an array of them, without time zone. */
bool column_is_local_time(const struct column *c);
/* Whether the column is a timestamp with a zone and cells of that type are without, or the other way round: where such a
 * column is written, the server converts by its time zone, so that another value comes back unless that is UTC. */
bool column_changes_zone(const struct column *c, uint32_t oid);
/* The field as a value; borrowed from the object. */
struct howdah_value column_value(const struct column *c, const void *object);
/* Puts a value into the field (of an object that is only used for keys and conditions: text is borrowed, and what
 * has to be made lies in the arena). OK; INVALID with a reason: out of range, of another family ("takes text, not an
 * integer"), NULL for a key; or NO_MEMORY. */
enum howdah_status column_assign(const struct column *c, struct howdah_value value, struct arena *arena, void *object,
                                 const char **ret_why);
/* Appends the field's text for a message: the value quoted, or NULL. */
void column_describe(const struct column *c, const void *object, struct buffer *out);

#endif
