#include "format.h"

#include "text_store.h"

#include "model/text.h"

#include <string.h>

/* va_list may be an array type, which decays as a parameter: in a struct it can be handed on. */
struct arguments {
    va_list list;
};

/* A size that does not fit becomes one that does not fit bigint either. */
static struct howdah_value integer_argument(enum conversion conversion, struct arguments *from)
{
    switch (conversion) {
    case CONVERSION_UNSIGNED: return howdah_value_integer((int64_t)va_arg(from->list, unsigned));
    case CONVERSION_LONG: return howdah_value_integer(va_arg(from->list, long));
    case CONVERSION_UNSIGNED_LONG: return howdah_value_unsigned(va_arg(from->list, unsigned long));
    case CONVERSION_LONG_LONG: return howdah_value_integer(va_arg(from->list, long long));
    case CONVERSION_UNSIGNED_LONG_LONG: return howdah_value_unsigned(va_arg(from->list, unsigned long long));
    case CONVERSION_SIZE: return howdah_value_unsigned(va_arg(from->list, size_t));
    case CONVERSION_INTMAX: return howdah_value_integer(va_arg(from->list, intmax_t));
    case CONVERSION_UINTMAX: return howdah_value_unsigned(va_arg(from->list, uintmax_t));
    default: return howdah_value_integer(va_arg(from->list, ptrdiff_t));
    }
}

/* As printf reads it: up to a NUL, or to the given count; a negative count is none. */
static enum howdah_status text_argument(bool counted, struct arguments *from, struct arena *arena,
                                        struct wire_value *ret, struct howdah_value *ret_shown, const char **ret_why)
{
    int count = counted ? va_arg(from->list, int) : -1;
    const char *text = va_arg(from->list, const char *);
    if (!text) {
        *ret = (struct wire_value){0, -1, NULL};
        return HOWDAH_STATUS_OK;
    }
    size_t length = count < 0 ? strlen(text) : strnlen(text, (size_t)count);
    enum howdah_status status = text_to_wire(text, length, arena, ret, ret_why);
    if (!status)
        *ret_shown = howdah_value_text(ret->data);
    return status;
}

static enum howdah_status value_argument(struct howdah_value value, struct arena *arena, struct wire_value *ret,
                                         struct howdah_value *ret_shown, const char **ret_why)
{
    enum howdah_status status = value_to_wire(&value, arena, ret, ret_why);
    return status || value_copy(&value, arena, ret_shown) ? status : HOWDAH_STATUS_NO_MEMORY;
}

static struct howdah_value given_value(struct arguments *from)
{
    const struct howdah_value *value = va_arg(from->list, void *);
    return value ? *value : howdah_value_null(NULL);
}

static enum howdah_status argument(enum conversion conversion, struct arguments *from, struct arena *arena,
                                   struct wire_value *ret, struct howdah_value *shown, const char **ret_why)
{
    *shown = howdah_value_null(NULL);
    switch (conversion) {
    case CONVERSION_INT:
        *shown = howdah_value_integer(va_arg(from->list, int));
        return int32_to_wire((int32_t)shown->as.integer, arena, ret);
    case CONVERSION_REAL:
        *shown = howdah_value_double(va_arg(from->list, double));
        return real_to_wire(shown->as.real, arena, ret);
    case CONVERSION_TEXT: return text_argument(false, from, arena, ret, shown, ret_why);
    case CONVERSION_COUNTED_TEXT: return text_argument(true, from, arena, ret, shown, ret_why);
    case CONVERSION_VALUE: return value_argument(given_value(from), arena, ret, shown, ret_why);
    default: return value_argument(integer_argument(conversion, from), arena, ret, shown, ret_why);
    }
}

static enum howdah_status refuse(size_t number, const char *why, struct arena *arena, const char **ret_why)
{
    char digits[DECIMAL_MAX];
    const char *whole = text_join(arena, "the value of its conversion ", text_decimal(number, digits), " ", why, NULL);
    *ret_why = whole ? whole : why;
    return HOWDAH_STATUS_INVALID;
}

enum howdah_status format_read(struct text_store *store, const char *format, va_list arguments, bool fragment,
                               struct arena *arena, struct format *ret, const char **ret_why)
{
    struct arguments from;
    enum howdah_status status = text_store_scan(store, format, fragment, arena, &ret->scanned, ret_why);
    if (status)
        return status;
    uint32_t count = ret->scanned.hole_count;
    ret->values = arena_allocate_array(arena, count ? count : 1, sizeof(*ret->values));
    ret->shown = arena_allocate_array(arena, count ? count : 1, sizeof(*ret->shown));
    if (!ret->values || !ret->shown)
        return HOWDAH_STATUS_NO_MEMORY;
    va_copy(from.list, arguments);
    for (uint32_t i = 0; i < count && !status; i++) {
        const char *why = "";
        status = argument(ret->scanned.holes[i].conversion, &from, arena, &ret->values[i], &ret->shown[i], &why);
        if (status == HOWDAH_STATUS_INVALID)
            status = refuse(i + 1, why, arena, ret_why);
    }
    va_end(from.list);
    return status;
}

const struct statement *format_statement(const struct format *format, const char *before, const char *after,
                                         struct arena *arena)
{
    struct scanned scanned = format->scanned;
    uint32_t count = format->scanned.hole_count;
    struct statement *statement = ARENA_NEW(arena, struct statement);
    uint32_t *types = arena_allocate_array(arena, count ? count : 1, sizeof(*types));
    struct buffer text;
    if (!statement || !types)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        types[i] = format->values[i].type;
    buffer_init(&text, arena->allocator);
    if (before) {
        buffer_text(&text, before);
        scanned.size = scanned.end;
    }
    sql_put(&scanned, 1, &text);
    if (after)
        buffer_text(&text, after);
    *statement =
        (struct statement){.text = buffer_copy_text(&text, arena), .types = types, .parameters = (uint16_t)count};
    buffer_done(&text);
    if (!statement->text)
        return NULL;
    statement_seal(statement);
    return statement;
}
