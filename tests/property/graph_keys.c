/* Keys of all kinds: how a number stands in a key's columns, in those of foreign keys to it, and as SQL. */
#include "graph.h"

/* --- texts and bytes --- */

static void put_name(void *field, int64_t key, bool refers)
{
    (void)refers;
    *(const char **)field = session_text(s, "k%" PRId64, key);
}

static int64_t number_of_name(const void *field)
{
    return strtoll(*(const char *const *)field + 1, NULL, 10);
}

static void put_bytes(void *field, int64_t key, bool refers)
{
    (void)refers;
    const uint8_t bytes[] = {(uint8_t)(key >> 8), (uint8_t)key};
    *(PgBytes *)field = (PgBytes){session_copy(s, bytes, sizeof(bytes)), sizeof(bytes)};
}

static int64_t number_of_bytes(const void *field)
{
    const uint8_t *bytes = ((const PgBytes *)field)->data;
    return bytes[0] << 8 | bytes[1];
}

/* Who refers to it writes the same number with another digit. */
static void put_numeric(void *field, int64_t key, bool refers)
{
    ((PgNumeric *)field)->text = session_text(s, refers ? "%" PRId64 ".50" : "%" PRId64 ".5", key);
}

static int64_t number_of_numeric(const void *field)
{
    return strtoll(((const PgNumeric *)field)->text, NULL, 10);
}

/* --- scalars --- */

static void put_id(void *field, int64_t key, bool refers)
{
    (void)refers;
    *(int64_t *)field = key;
}

static int64_t number_of_id(const void *field)
{
    return *(const int64_t *)field;
}

static void put_small(void *field, int64_t key, bool refers)
{
    (void)refers;
    *(int16_t *)field = (int16_t)key;
}

static int64_t number_of_small(const void *field)
{
    return *(const int16_t *)field;
}

static void put_date(void *field, int64_t key, bool refers)
{
    (void)refers;
    ((PgDate *)field)->days = (int32_t)key;
}

static int64_t number_of_date(const void *field)
{
    return ((const PgDate *)field)->days;
}

static void put_uuid(void *field, int64_t key, bool refers)
{
    (void)refers;
    *(PgUuid *)field = (PgUuid){{[14] = (uint8_t)(key >> 8), [15] = (uint8_t)key}};
}

static int64_t number_of_uuid(const void *field)
{
    const PgUuid *uuid = field;
    return uuid->bytes[14] << 8 | uuid->bytes[15];
}

/* --- their kinds --- */

#define FIELD(field)   offsetof(Row, field), sizeof(((Row *)0)->field)
#define REFERS(fields) offsetof(Row, fields), sizeof(((Row *)0)->fields[0])
#define NULLABLE(T)    offsetof(T, valid)

static const struct key_form forms[KEY_KINDS] = {
    [KEY_GENERATED] = {"id", FIELD(id), REFERS(refs), HOWDAH_TYPE_INT64, NULLABLE(NullInt64), NULL, "", 0, "", put_id,
                       number_of_id},
    [KEY_GIVEN] = {"id", FIELD(id), REFERS(refs), HOWDAH_TYPE_INT64, NULLABLE(NullInt64), NULL, "", 0, "", put_id,
                   number_of_id},
    [KEY_NAME] = {"name", FIELD(name), REFERS(names), HOWDAH_TYPE_TEXT, 0, NULL, "'k", 0, "'", put_name,
                  number_of_name},
    [KEY_PAIR] = {"id", FIELD(id), REFERS(refs), HOWDAH_TYPE_INT64, NULLABLE(NullInt64), NULL, "", 0, "", put_id,
                  number_of_id},
    [KEY_CITEXT] = {"name", FIELD(name), REFERS(names), HOWDAH_TYPE_TEXT, 0, "public.citext", "'k", 0, "'", put_name,
                    number_of_name},
    [KEY_BYTES] = {"bytes", FIELD(bytes), REFERS(byte_refs), HOWDAH_TYPE_BYTES, 0, NULL, "'\\x", 4, "'", put_bytes,
                   number_of_bytes},
    [KEY_NUMERIC] = {"number", FIELD(number), REFERS(number_refs), HOWDAH_TYPE_NUMERIC, 0, NULL, "", 0, ".5",
                     put_numeric, number_of_numeric},
    [KEY_SMALL] = {"small", FIELD(small), REFERS(small_refs), HOWDAH_TYPE_INT16, NULLABLE(NullInt16), NULL, "", 0, "",
                   put_small, number_of_small},
    [KEY_DATE] = {"day", FIELD(day), REFERS(day_refs), HOWDAH_TYPE_DATE, NULLABLE(NullDate), NULL,
                  "'2000-01-01'::date + ", 0, "", put_date, number_of_date},
    [KEY_UUID] = {"uuid", FIELD(uuid), REFERS(uuid_refs), HOWDAH_TYPE_UUID, NULLABLE(NullUuid), NULL,
                  "'00000000-0000-0000-0000-", 12, "'", put_uuid, number_of_uuid},
};

const struct key_form *form_of(enum key_kind kind)
{
    return &forms[kind];
}

const struct key_form *form_of_ref(const struct table *t, int r)
{
    return &forms[t->ref[r].by_code ? KEY_GIVEN : tables[t->ref[r].target].kind];
}

static bool is_pair(const struct key_form *form)
{
    return form == &forms[KEY_PAIR];
}

/* --- in rows --- */

void put_key(const struct table *t, Row *row, int64_t key)
{
    const struct key_form *form = form_of(t->kind);
    row->half = is_pair(form) ? (int32_t)(key % 3) : 0;
    form->put((char *)row + form->key, is_pair(form) ? key / 3 : key, false);
}

void put_ref(const struct table *t, Row *row, int r, bool valid, int64_t value)
{
    const struct key_form *form = form_of_ref(t, r);
    char *field = (char *)row + form->ref + (size_t)r * form->ref_size;
    row->halves[r] = (NullInt32){valid ? (int32_t)(value % 3) : 0, valid};
    memset(field, 0, form->ref_size);
    if (!valid)
        return;
    form->put(field, is_pair(form) ? value / 3 : value, true);
    if (form->valid)
        *(bool *)(field + form->valid) = true;
}

int64_t key_of_row(const struct table *t, const Row *row)
{
    const struct key_form *form = form_of(t->kind);
    int64_t number = form->number((const char *)row + form->key);
    return is_pair(form) ? number * 3 + row->half : number;
}

int64_t ref_of_row(const struct table *t, const Row *row, int r)
{
    static const char nothing[sizeof(NullUuid)];
    const struct key_form *form = form_of_ref(t, r);
    const char *field = (const char *)row + form->ref + (size_t)r * form->ref_size;
    bool valid = form->valid ? *(const bool *)(field + form->valid) : memcmp(field, nothing, sizeof(void *)) != 0;
    int64_t number = valid ? form->number(field) : NO_REF;
    return valid && is_pair(form) ? number * 3 + row->halves[r].value : number;
}

/* --- elsewhere --- */

const char *key_columns(const struct table *t)
{
    return t->kind == KEY_PAIR ? "half, id" : form_of(t->kind)->column;
}

const char *key_values(const struct table *t, int64_t key)
{
    static char text[80], number[32];
    const struct key_form *form = form_of(t->kind);
    int64_t last = is_pair(form) ? key / 3 : key;
    snprintf(number, sizeof(number), "%" PRId64, last);
    if (form->hex_digits)
        snprintf(number, sizeof(number), "%0*" PRIx64, form->hex_digits, (uint64_t)last);
    int at = is_pair(form) ? snprintf(text, sizeof(text), "%d, ", (int)(key % 3)) : 0;
    snprintf(text + at, sizeof(text) - (size_t)at, "%s%s%s", form->before, number, form->after);
    return text;
}

size_t key_parts(const struct table *t, int64_t key, Value ret[2])
{
    static Row row;
    put_key(t, &row, key);
    ret[0] = VALUE(row.half);
    Value *last = &ret[t->kind == KEY_PAIR];
    switch (form_of(t->kind)->type) {
    case HOWDAH_TYPE_TEXT: *last = VALUE(row.name); break;
    case HOWDAH_TYPE_BYTES: *last = VALUE(row.bytes); break;
    case HOWDAH_TYPE_NUMERIC: *last = VALUE(row.number); break;
    case HOWDAH_TYPE_INT16: *last = VALUE(row.small); break;
    case HOWDAH_TYPE_DATE: *last = VALUE(row.day); break;
    case HOWDAH_TYPE_UUID: *last = VALUE(row.uuid); break;
    default: *last = VALUE(row.id);
    }
    return t->kind == KEY_PAIR ? 2 : 1;
}
