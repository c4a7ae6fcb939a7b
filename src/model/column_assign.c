/* From a value of the public interface to a field: conversions within a family, with a range check, and the text
 * forms of types that C has no literals for. */
#include "column_item.h"

#include "text.h"

#include <float.h>
#include <limits.h>
#include <math.h>

/* One assignment that is going on. */
struct assignment {
    const struct column *column;
    struct howdah_value value;
    struct arena *arena;
    void *field;
    const char *why; /* where it is refused */
};

typedef enum howdah_status assign(struct assignment *a);

/* --- saying why not --- */

static const char *const words[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_NONE] = "NULL",
    [HOWDAH_TYPE_BOOL] = "a boolean",
    [HOWDAH_TYPE_INT16] = "an integer",
    [HOWDAH_TYPE_INT32] = "an integer",
    [HOWDAH_TYPE_INT64] = "an integer",
    [HOWDAH_TYPE_FLOAT] = "a floating-point number",
    [HOWDAH_TYPE_DOUBLE] = "a floating-point number",
    [HOWDAH_TYPE_TEXT] = "text",
    [HOWDAH_TYPE_CHARS] = "text",
    [HOWDAH_TYPE_TIMESTAMP] = "a timestamp",
    [HOWDAH_TYPE_DATE] = "a date",
    [HOWDAH_TYPE_TIME] = "a time",
    [HOWDAH_TYPE_INTERVAL] = "an interval",
    [HOWDAH_TYPE_UUID] = "a uuid",
    [HOWDAH_TYPE_BYTES] = "bytes",
    [HOWDAH_TYPE_JSON] = "json",
    [HOWDAH_TYPE_NUMERIC] = "a numeric",
    [HOWDAH_TYPE_ENUM] = "a label or constant of its enum",
    [HOWDAH_TYPE_CODEC] = "the text of its own type",
    [HOWDAH_TYPE_UINT64] = "an integer",
};

static enum howdah_status refuse(struct assignment *a, const char *why, const char *gist)
{
    a->why = why ? why : gist;
    return HOWDAH_STATUS_INVALID;
}

static const char *word(enum howdah_type type)
{
    return (unsigned)type < HOWDAH_TYPE_COUNT && words[type] ? words[type] : "a value of no known type";
}

static enum howdah_status refuse_family(struct assignment *a)
{
    bool takes_array = a->column->shape == SHAPE_ARRAY;
    bool is_array = (a->value.type & HOWDAH_TYPE_ARRAY) != 0;
    const char *is = word((enum howdah_type)(a->value.type & ~(uint32_t)HOWDAH_TYPE_ARRAY));
    const char *why = text_join(a->arena, "takes ", takes_array ? "an array with items of " : "",
                                a->column->codec->sql_type, ", not ", is_array ? "an array of " : "", is, NULL);
    return refuse(a, why, "takes a value of another type");
}

static enum howdah_status refuse_range(struct assignment *a)
{
    const char *why = text_join(a->arena, "is out of range for ", a->column->codec->sql_type, NULL);
    return refuse(a, why, "is out of range");
}

static enum howdah_status put(struct assignment *a, const void *value, size_t size)
{
    memcpy(a->field, value, size);
    return HOWDAH_STATUS_OK;
}

/* --- integers: a magnitude and a sign, so that int64_t and uint64_t are one --- */

struct integer {
    uint64_t magnitude;
    bool negative;
};

static bool get_integer(const struct assignment *a, struct integer *ret)
{
    int64_t number = a->value.as.integer; /* any bits are one */
    if (a->value.type == HOWDAH_TYPE_UINT64)
        *ret = (struct integer){a->value.as.unsigned_integer, false};
    else if (a->value.type == HOWDAH_TYPE_INT64)
        *ret = (struct integer){number < 0 ? 0 - (uint64_t)number : (uint64_t)number, number < 0};
    else
        return false;
    return true;
}

static enum howdah_status assign_integer(struct assignment *a)
{
    static const uint64_t limits[] = {
        [sizeof(int16_t)] = INT16_MAX, [sizeof(int32_t)] = INT32_MAX, [sizeof(int64_t)] = INT64_MAX};
    size_t size = a->column->codec->size;
    struct integer integer;
    if (!get_integer(a, &integer))
        return refuse_family(a);
    if (integer.magnitude > limits[size] + integer.negative)
        return refuse_range(a);
    int64_t number = (int64_t)(integer.negative ? 0 - integer.magnitude : integer.magnitude);
    int32_t middle = (int32_t)number;
    int16_t small = (int16_t)number;
    switch (size) {
    case sizeof(small): return put(a, &small, sizeof(small));
    case sizeof(middle): return put(a, &middle, sizeof(middle));
    default: return put(a, &number, sizeof(number));
    }
}

static enum howdah_status assign_bool(struct assignment *a)
{
    struct integer integer;
    if (a->value.type == HOWDAH_TYPE_BOOL)
        return put(a, &a->value.as.boolean, sizeof(a->value.as.boolean));
    if (!get_integer(a, &integer))
        return refuse_family(a);
    if (integer.magnitude > 1 || integer.negative)
        return refuse_range(a);
    bool flag = integer.magnitude == 1;
    return put(a, &flag, sizeof(flag));
}

/* --- floating point --- */

/* An integer is exact if what is left without its trailing zero bits fits the mantissa. */
static bool is_exact(uint64_t magnitude, int digits)
{
    return magnitude == 0 || magnitude >> __builtin_ctzll(magnitude) < (uint64_t)1 << digits;
}

static enum howdah_status assign_real(struct assignment *a)
{
    bool is_float = a->column->codec->type == HOWDAH_TYPE_FLOAT;
    struct integer integer;
    double number;
    if (get_integer(a, &integer)) {
        if (!is_exact(integer.magnitude, is_float ? FLT_MANT_DIG : DBL_MANT_DIG))
            return refuse_range(a);
        number = integer.negative ? -(double)integer.magnitude : (double)integer.magnitude;
    } else if (a->value.type != HOWDAH_TYPE_FLOAT && a->value.type != HOWDAH_TYPE_DOUBLE) {
        return refuse_family(a);
    } else {
        number = a->value.as.real;
    }
    if (!is_float)
        return put(a, &number, sizeof(number));
    if (isfinite(number) && fabs(number) > (double)FLT_MAX)
        return refuse_range(a);
    float narrow = (float)number; /* rounds, as C does when a program assigns a double */
    return put(a, &narrow, sizeof(narrow));
}

/* --- text, and what has a text form --- */

static enum howdah_status assign_text(struct assignment *a)
{
    if (a->value.type != HOWDAH_TYPE_TEXT)
        return refuse_family(a);
    return put(a, &a->value.as.text, sizeof(a->value.as.text));
}

static enum howdah_status assign_chars(struct assignment *a)
{
    if (a->value.type != HOWDAH_TYPE_TEXT)
        return refuse_family(a);
    if (!howdah_set_text(a->field, a->column->size, a->value.as.text))
        return refuse(a, "is longer than the field", NULL);
    return HOWDAH_STATUS_OK;
}

/* json and numeric: a pointer to their text, which `check` looks at afterwards. */
static enum howdah_status assign_texted(struct assignment *a)
{
    if (a->value.type != (uint32_t)a->column->codec->type && a->value.type != HOWDAH_TYPE_TEXT)
        return refuse_family(a);
    return put(a, &a->value.as.text, sizeof(a->value.as.text));
}

static enum howdah_status assign_numeric(struct assignment *a)
{
    struct integer integer;
    if (!get_integer(a, &integer))
        return assign_texted(a);
    char digits[DECIMAL_MAX];
    const char *text = text_join(a->arena, integer.negative ? "-" : "", text_decimal(integer.magnitude, digits), NULL);
    return text ? put(a, &text, sizeof(text)) : HOWDAH_STATUS_NO_MEMORY;
}

static enum howdah_status parse(enum howdah_type type, const char *text, void *field)
{
    switch (type) {
    case HOWDAH_TYPE_TIMESTAMP: return howdah_timestamp_from_text(text, field);
    case HOWDAH_TYPE_DATE: return howdah_date_from_text(text, field);
    case HOWDAH_TYPE_TIME: return howdah_time_from_text(text, field);
    case HOWDAH_TYPE_INTERVAL: return howdah_interval_from_text(text, field);
    default: return howdah_uuid_from_text(text, field);
    }
}

/* Types that a value holds as such, or as text. */
static enum howdah_status assign_parsed(struct assignment *a)
{
    const struct codec *codec = a->column->codec;
    if (a->value.type == (uint32_t)codec->type)
        return put(a, &a->value.as, codec->size);
    if (a->value.type != HOWDAH_TYPE_TEXT)
        return refuse_family(a);
    if (parse(codec->type, a->value.as.text, a->field))
        return refuse(a, text_join(a->arena, "is not the text of ", words[codec->type], NULL), "is no such text");
    return HOWDAH_STATUS_OK;
}

static enum howdah_status assign_bytes(struct assignment *a)
{
    if (a->value.type != HOWDAH_TYPE_BYTES)
        return refuse_family(a);
    return put(a, &a->value.as.bytes, sizeof(a->value.as.bytes));
}

/* --- what the program defines --- */

static enum howdah_status assign_enum(struct assignment *a)
{
    if (a->value.type != HOWDAH_TYPE_TEXT)
        return assign_integer(a);
    for (const struct howdah_label *l = a->column->field->labels->labels; l->label; l++)
        if (strcmp(l->label, a->value.as.text) == 0)
            return put(a, &l->value, sizeof(l->value));
    return refuse(a, "is none of the enum's labels", NULL);
}

static enum howdah_status assign_codec(struct assignment *a)
{
    const char *text = a->value.as.text;
    if (a->value.type == HOWDAH_TYPE_CODEC && a->value.as.bytes.size == a->column->size)
        return put(a, a->value.as.bytes.data, a->column->size);
    if (a->value.type != HOWDAH_TYPE_TEXT)
        return refuse_family(a);
    if (!a->column->field->codec->decode(text, strlen(text), a->field))
        return refuse(a, "is refused by the field's codec", NULL);
    return HOWDAH_STATUS_OK;
}

static enum howdah_status assign_array(struct assignment *a)
{
    if (a->value.type != ((uint32_t)a->column->codec->type | (uint32_t)HOWDAH_TYPE_ARRAY))
        return refuse_family(a);
    struct array array = {(void *)(uintptr_t)a->value.as.array.items, (bool *)(uintptr_t)a->value.as.array.nulls,
                          a->value.as.array.count};
    array_put(array, a->field);
    return HOWDAH_STATUS_OK;
}

static assign *const assigns[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_BOOL] = assign_bool,        [HOWDAH_TYPE_INT16] = assign_integer,
    [HOWDAH_TYPE_INT32] = assign_integer,    [HOWDAH_TYPE_INT64] = assign_integer,
    [HOWDAH_TYPE_FLOAT] = assign_real,       [HOWDAH_TYPE_DOUBLE] = assign_real,
    [HOWDAH_TYPE_TEXT] = assign_text,        [HOWDAH_TYPE_CHARS] = assign_chars,
    [HOWDAH_TYPE_TIMESTAMP] = assign_parsed, [HOWDAH_TYPE_DATE] = assign_parsed,
    [HOWDAH_TYPE_TIME] = assign_parsed,      [HOWDAH_TYPE_INTERVAL] = assign_parsed,
    [HOWDAH_TYPE_UUID] = assign_parsed,      [HOWDAH_TYPE_BYTES] = assign_bytes,
    [HOWDAH_TYPE_JSON] = assign_texted,      [HOWDAH_TYPE_NUMERIC] = assign_numeric,
    [HOWDAH_TYPE_ENUM] = assign_enum,        [HOWDAH_TYPE_CODEC] = assign_codec,
};

static enum howdah_status assign_null(struct assignment *a, void *object)
{
    const struct column *c = a->column;
    if (c->key)
        return refuse(a, "is NULL, but part of the primary key", NULL);
    if (c->shape == SHAPE_PLAIN && !c->codec->has_pointers && c->codec->type != HOWDAH_TYPE_CODEC)
        return refuse(a, "can't be NULL", NULL);
    column_set_null(c, object);
    return HOWDAH_STATUS_OK;
}

static enum howdah_status assign_value(struct assignment *a)
{
    const struct column *c = a->column;
    bool array = c->shape == SHAPE_ARRAY;
    enum howdah_status status = array ? assign_array(a) : assigns[c->codec->type](a);
    if (status)
        return status;
    size_t bytes = 0;
    const char *why = array ? array_check(c, a->field, &bytes) : item_check(c, a->field, &bytes);
    if (why)
        return refuse(a, why, NULL);
    set_valid(c, a->field);
    return HOWDAH_STATUS_OK;
}

/* A value without the macros may be text, bytes or an array and have no pointer. */
static bool value_is_null(const struct howdah_value *value)
{
    switch (value->type) {
    case HOWDAH_TYPE_NONE: return true;
    case HOWDAH_TYPE_TEXT:
    case HOWDAH_TYPE_JSON:
    case HOWDAH_TYPE_NUMERIC:
    case HOWDAH_TYPE_BYTES:
    case HOWDAH_TYPE_CODEC: return pointer_is_null(&value->as);
    default: return (value->type & HOWDAH_TYPE_ARRAY) && pointer_is_null(&value->as);
    }
}

enum howdah_status column_assign(const struct column *c, struct howdah_value value, struct arena *arena, void *object,
                                 const char **ret_why)
{
    struct assignment a = {c, value, arena, column_field(c, object), NULL};
    enum howdah_status status = value_is_null(&value) ? assign_null(&a, object) : assign_value(&a);
    if (status == HOWDAH_STATUS_INVALID)
        *ret_why = a.why;
    return status;
}
