/* From a cell of a result to a field. A cell of the column's own type goes straight to its codec; the table of
 * conversions serves columns whose width or spelling differs, and statements of the program's own. */
#include "column_item.h"

#include "base/endian.h"
#include "sqltype.h"
#include "text.h"

#include <float.h>
#include <limits.h>
#include <math.h>

/* --- saying why not --- */

/* A reason that had to be put together; if memory is out, its gist. */
static enum howdah_status refuse(const char *why, const char *gist, const char **ret_why)
{
    *ret_why = why ? why : gist;
    return HOWDAH_STATUS_INVALID;
}

/* Types that no field has, but that programs come across. */
static const char *foreign_type(uint32_t oid)
{
    static const struct {
        uint16_t oid;
        char name[10];
    } types[] = {
        {18, "\"char\""},    {26, "oid"},        {142, "xml"},      {600, "point"},      {650, "cidr"},
        {790, "money"},      {829, "macaddr"},   {869, "inet"},     {1266, "timetz"},    {1560, "bit"},
        {1562, "varbit"},    {2249, "record"},   {2278, "void"},    {3614, "tsvector"},  {3615, "tsquery"},
        {3904, "int4range"}, {3906, "numrange"}, {3908, "tsrange"}, {3910, "tstzrange"}, {3912, "daterange"},
        {3926, "int8range"}, {4072, "jsonpath"},
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (types[i].oid == oid)
            return types[i].name;
    return NULL;
}

enum howdah_status refuse_type(const struct column *c, uint32_t oid, struct arena *arena, const char **ret_why)
{
    char number[DECIMAL_MAX];
    const struct sqltype_known *item = sqltype_of_oid(oid), *array = item ? NULL : sqltype_of_array(oid);
    const char *known = item ? item->cast : array ? array->cast : foreign_type(oid);
    const char *name = known ? known : text_decimal(oid, number);
    const char *why = text_join(arena, "is of type ", name, array ? "[]" : "", ", expected ", c->codec->sql_type,
                                c->shape == SHAPE_ARRAY ? "[]" : "", NULL);
    refuse(why, "is of another type", ret_why);
    return HOWDAH_STATUS_SCHEMA;
}

static enum howdah_status refuse_bytes(const struct column *c, size_t size, struct arena *arena, const char **ret_why)
{
    if (c->codec->type == HOWDAH_TYPE_ENUM)
        return refuse("is none of the enum's labels", NULL, ret_why);
    if (c->codec->type == HOWDAH_TYPE_CODEC)
        return refuse("is refused by the field's codec", NULL, ret_why);
    if (c->codec->type == HOWDAH_TYPE_CHARS && size >= c->size) {
        char has[DECIMAL_MAX], holds[DECIMAL_MAX];
        const char *why = text_join(arena, "has ", text_decimal(size, has), " bytes, the field holds ",
                                    text_decimal(c->size - 1, holds), NULL);
        return refuse(why, "is too long", ret_why);
    }
    return refuse(text_join(arena, "is no valid ", c->codec->sql_type, NULL), "is not valid", ret_why);
}

/* --- conversions --- */

static enum howdah_status run(const struct codec *codec, const struct column *c, const unsigned char *data, size_t size,
                              struct arena *arena, void *value, const char **ret_why)
{
    enum howdah_status status = codec->decode(c->field, data, size, arena, value);
    return status == HOWDAH_STATUS_INVALID ? refuse_bytes(c, size, arena, ret_why) : status;
}

static enum howdah_status decode_own(const struct column *c, const unsigned char *data, size_t size,
                                     struct arena *arena, void *value, const char **ret_why)
{
    return run(c->codec, c, data, size, arena, value, ret_why);
}

/* json is text, where jsonb begins with a version. */
static enum howdah_status decode_json(const struct column *c, const unsigned char *data, size_t size,
                                      struct arena *arena, void *value, const char **ret_why)
{
    return run(codec_of(HOWDAH_TYPE_TEXT), c, data, size, arena, value, ret_why);
}

/* char(n) is filled with blanks, which PostgreSQL drops too when it turns one into text. */
static enum howdah_status decode_padded(const struct column *c, const unsigned char *data, size_t size,
                                        struct arena *arena, void *value, const char **ret_why)
{
    while (size > 0 && data[size - 1] == ' ')
        size--;
    return run(c->codec, c, data, size, arena, value, ret_why);
}

static bool read_integer(const unsigned char *data, size_t size, int64_t *ret)
{
    switch (size) {
    case 2: *ret = (int16_t)read_uint16(data); return true;
    case 4: *ret = (int32_t)read_uint32(data); return true;
    case 8: *ret = (int64_t)read_uint64(data); return true;
    default: return false;
    }
}

static enum howdah_status decode_integer(const struct column *c, const unsigned char *data, size_t size,
                                         struct arena *arena, void *value, const char **ret_why)
{
    int64_t number;
    if (!read_integer(data, size, &number))
        return refuse_bytes(c, size, arena, ret_why);
    int64_t limit = c->codec->type == HOWDAH_TYPE_INT16   ? INT16_MAX
                    : c->codec->type == HOWDAH_TYPE_INT32 ? INT32_MAX
                                                          : INT64_MAX;
    if (number > limit || number < -limit - 1)
        return refuse(text_join(arena, "is out of range for ", c->codec->sql_type, NULL), "is out of range", ret_why);
    int16_t small = (int16_t)number;
    int32_t middle = (int32_t)number;
    const void *from = limit == INT16_MAX ? (void *)&small : limit == INT32_MAX ? (void *)&middle : (void *)&number;
    memcpy(value, from, c->codec->size);
    return HOWDAH_STATUS_OK;
}

static enum howdah_status decode_float(const struct column *c, const unsigned char *data, size_t size,
                                       struct arena *arena, void *value, const char **ret_why)
{
    float number;
    enum howdah_status status = run(codec_of(HOWDAH_TYPE_FLOAT), c, data, size, arena, &number, ret_why);
    double wide = number;
    if (!status)
        memcpy(value, &wide, sizeof(wide));
    return status;
}

static bool fits_float(double number)
{
    return !isfinite(number) || (fabs(number) <= (double)FLT_MAX && (double)(float)number == number);
}

static enum howdah_status decode_double(const struct column *c, const unsigned char *data, size_t size,
                                        struct arena *arena, void *value, const char **ret_why)
{
    double number;
    enum howdah_status status = run(codec_of(HOWDAH_TYPE_DOUBLE), c, data, size, arena, &number, ret_why);
    if (status)
        return status;
    if (!fits_float(number))
        return refuse("has more digits than a float holds: use double", NULL, ret_why);
    float narrow = (float)number;
    memcpy(value, &narrow, sizeof(narrow));
    return HOWDAH_STATUS_OK;
}

enum { TIMESTAMP_OID = 1114, TIMESTAMP_ARRAY_OID = 1115 };

static const struct {
    uint32_t oid;
    enum howdah_type family; /* of the C type */
    item_decode *decode;
} conversions[] = {
    {20, HOWDAH_TYPE_INT64, decode_integer},   /* bigint */
    {21, HOWDAH_TYPE_INT64, decode_integer},   /* smallint */
    {23, HOWDAH_TYPE_INT64, decode_integer},   /* integer */
    {700, HOWDAH_TYPE_DOUBLE, decode_float},   /* real */
    {701, HOWDAH_TYPE_DOUBLE, decode_double},  /* double precision */
    {19, HOWDAH_TYPE_TEXT, decode_own},        /* name */
    {25, HOWDAH_TYPE_TEXT, decode_own},        /* text */
    {705, HOWDAH_TYPE_TEXT, decode_own},       /* unknown */
    {1042, HOWDAH_TYPE_TEXT, decode_padded},   /* char(n) */
    {1043, HOWDAH_TYPE_TEXT, decode_own},      /* varchar */
    {1114, HOWDAH_TYPE_TIMESTAMP, decode_own}, /* timestamp */
    {1184, HOWDAH_TYPE_TIMESTAMP, decode_own}, /* timestamptz */
    {114, HOWDAH_TYPE_JSON, decode_json},      /* json */
    {3802, HOWDAH_TYPE_JSON, decode_own},      /* jsonb */
};

item_decode *item_decode_of(const struct column *c, uint32_t oid)
{
    if (oid == c->codec->oid)
        return decode_own;
    enum howdah_type family = sqltype_family(c->codec->type);
    for (size_t i = 0; i < sizeof(conversions) / sizeof(*conversions); i++)
        if (conversions[i].oid == oid && conversions[i].family == family)
            return conversions[i].decode;
    /* an enum type, of which no client knows the number: its values travel as labels */
    return c->codec->type == HOWDAH_TYPE_ENUM && oid >= FIRST_USER_OID ? decode_own : NULL;
}

bool column_reads(const struct column *c, uint32_t oid)
{
    return oid == c->oid || (c->shape == SHAPE_ARRAY ? array_decode_of(c, oid) : item_decode_of(c, oid));
}

enum howdah_status column_accepts(const struct column *c, uint32_t oid, struct arena *arena, const char **ret_why)
{
    return column_reads(c, oid) ? HOWDAH_STATUS_OK : refuse_type(c, oid, arena, ret_why);
}

bool column_is_local_time(const struct column *c)
{
    return c->oid == TIMESTAMP_OID || (c->shape == SHAPE_ARRAY && strcmp(c->write_cast, "::timestamp[]") == 0);
}

bool column_changes_zone(const struct column *c, uint32_t oid)
{
    if (c->codec->type != HOWDAH_TYPE_TIMESTAMP)
        return false;
    return column_is_local_time(c) ? oid == c->codec->oid || oid == c->codec->array_oid
                                   : oid == TIMESTAMP_OID || oid == TIMESTAMP_ARRAY_OID;
}

/* --- the cell --- */

const char *null_type_name(enum howdah_type type)
{
    static const char *const names[HOWDAH_TYPE_COUNT] = {
        [HOWDAH_TYPE_BOOL] = "NullBool",           [HOWDAH_TYPE_INT16] = "NullInt16",
        [HOWDAH_TYPE_INT32] = "NullInt32",         [HOWDAH_TYPE_INT64] = "NullInt64",
        [HOWDAH_TYPE_FLOAT] = "NullFloat",         [HOWDAH_TYPE_DOUBLE] = "NullDouble",
        [HOWDAH_TYPE_CHARS] = "const char *",      [HOWDAH_TYPE_ENUM] = "const char *",
        [HOWDAH_TYPE_TIMESTAMP] = "NullTimestamp", [HOWDAH_TYPE_DATE] = "NullDate",
        [HOWDAH_TYPE_TIME] = "NullTime",           [HOWDAH_TYPE_INTERVAL] = "NullInterval",
        [HOWDAH_TYPE_UUID] = "NullUuid",
    };
    return names[type];
}

static enum howdah_status decode_null(const struct column *c, struct arena *arena, void *object, const char **ret_why)
{
    if (c->nullable) {
        column_set_null(c, object);
        return HOWDAH_STATUS_OK;
    }
    if (c->shape == SHAPE_NULLABLE)
        return refuse("is NULL, but the field is .not_null", NULL, ret_why);
    const char *remedy = c->shape == SHAPE_PLAIN ? null_type_name(c->codec->type) : NULL;
    if (!remedy)
        return refuse("is NULL, but the field is not .nullable", NULL, ret_why);
    return refuse(text_join(arena, "is NULL, but the field can't be: use ", remedy, NULL), "is NULL", ret_why);
}

static enum howdah_status decode_other(const struct column *c, const struct cell *cell, struct arena *arena,
                                       void *object, const char **ret_why)
{
    void *field = column_field(c, object);
    if (cell->size < 0)
        return decode_null(c, arena, object, ret_why);
    if (c->shape == SHAPE_ARRAY)
        return array_decode(c, cell, arena, field, ret_why);
    item_decode *decode = item_decode_of(c, cell->type);
    if (!decode)
        return refuse_type(c, cell->type, arena, ret_why);
    enum howdah_status status = decode(c, cell->data, (size_t)cell->size, arena, field, ret_why);
    if (!status)
        set_valid(c, field);
    return status;
}

/* What the codecs of integers do, without a call: they are half of all columns. */
static inline void turn_around(const struct cell *cell, void *field)
{
    if (cell->size == sizeof(uint64_t))
        memcpy(field, &(uint64_t){read_uint64(cell->data)}, sizeof(uint64_t));
    else
        memcpy(field, &(uint32_t){read_uint32(cell->data)}, sizeof(uint32_t));
}

static __attribute__((noinline)) void note_zone(const struct column *c, uint32_t oid, struct decode_fault *ret)
{
    if (column_changes_zone(c, oid))
        ret->zone = c;
}

/* `noted` may be NULL. */
static inline enum howdah_status decode(const struct column *c, const struct cell *cell, struct arena *arena,
                                        void *object, const char **ret_why, struct decode_fault *noted)
{
    void *field = column_field(c, object);
    if (c->swapped && cell->size == c->swapped && cell->type == c->oid) {
        turn_around(cell, field);
        set_valid(c, field);
        return HOWDAH_STATUS_OK;
    }
    if (cell->size < 0 || cell->type != c->oid) {
        if (noted && cell->size >= 0)
            note_zone(c, cell->type, noted);
        return decode_other(c, cell, arena, object, ret_why);
    }
    enum howdah_status status = c->wire->decode(c->field, cell->data, (size_t)cell->size, arena, field);
    if (!status)
        set_valid(c, field);
    else if (status == HOWDAH_STATUS_INVALID)
        refuse_bytes(c, (size_t)cell->size, arena, ret_why);
    return status;
}

enum howdah_status column_decode(const struct column *c, const struct cell *cell, struct arena *arena, void *object,
                                 const char **ret_why)
{
    return decode(c, cell, arena, object, ret_why, NULL);
}

enum howdah_status columns_decode(const struct column *columns, size_t count, const struct cell *cells,
                                  struct arena *arena, void *object, struct decode_fault *ret)
{
    ret->zone = NULL;
    for (size_t i = 0; i < count; i++) {
        enum howdah_status status = decode(&columns[i], &cells[i], arena, object, &ret->why, ret);
        if (status) {
            ret->column = &columns[i];
            return status;
        }
    }
    return HOWDAH_STATUS_OK;
}
