#include "error.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { STORAGE = sizeof(((struct howdah_error *)0)->storage), MESSAGE_MAX = 900 };

static_assert(sizeof(struct howdah_error) == HOWDAH_ERROR_SIZE, "the size of an error is part of the ABI");

static const char status_names[][sizeof("no transaction")] = {
    [HOWDAH_STATUS_OK] = "ok",
    [HOWDAH_STATUS_NO_MEMORY] = "no memory",
    [HOWDAH_STATUS_INVALID] = "invalid",
    [HOWDAH_STATUS_MODEL] = "model",
    [HOWDAH_STATUS_MISUSE] = "misuse",
    [HOWDAH_STATUS_NOT_FOUND] = "not found",
    [HOWDAH_STATUS_NO_TRANSACTION] = "no transaction",
    [HOWDAH_STATUS_BUSY] = "busy",
    [HOWDAH_STATUS_CONNECTION] = "connection",
    [HOWDAH_STATUS_TIMEOUT] = "timeout",
    [HOWDAH_STATUS_IN_DOUBT] = "in doubt",
    [HOWDAH_STATUS_STALE] = "stale",
    [HOWDAH_STATUS_UNIQUE] = "unique",
    [HOWDAH_STATUS_FOREIGN_KEY] = "foreign key",
    [HOWDAH_STATUS_NOT_NULL] = "not null",
    [HOWDAH_STATUS_CHECK] = "check",
    [HOWDAH_STATUS_EXCLUSION] = "exclusion",
    [HOWDAH_STATUS_SERIALIZATION] = "serialization",
    [HOWDAH_STATUS_DEADLOCK] = "deadlock",
    [HOWDAH_STATUS_LOCK] = "lock",
    [HOWDAH_STATUS_DATA] = "data",
    [HOWDAH_STATUS_PERMISSION] = "permission",
    [HOWDAH_STATUS_SCHEMA] = "schema",
    [HOWDAH_STATUS_RESOURCE] = "resource",
    [HOWDAH_STATUS_SERVER] = "server",
    [HOWDAH_STATUS_PROTOCOL] = "protocol",
};
static_assert(sizeof(status_names) / sizeof(*status_names) == HOWDAH_STATUS_COUNT, "a name for each status");

static const char *const outcome_names[] = {
    [HOWDAH_OUTCOME_NONE] = NULL,
    [HOWDAH_OUTCOME_DONE] = "committed",
    [HOWDAH_OUTCOME_NOT_DONE] = "nothing was committed",
    [HOWDAH_OUTCOME_IN_DOUBT] = "unknown",
};

const struct howdah_error error_no_memory = {
    .status = HOWDAH_STATUS_NO_MEMORY,
    .message = "out of memory",
    .text = "out of memory\n",
};

const char *howdah_status_name(enum howdah_status status)
{
    return (unsigned)status < HOWDAH_STATUS_COUNT ? status_names[status] : "unknown";
}

const char *howdah_error_text(const struct howdah_error *error)
{
    return !error ? "no error" : error->text ? error->text : error->message;
}

void error_clear(struct howdah_error *e)
{
    memset(e, 0, offsetof(struct howdah_error, storage));
    e->message = "";
}

/* The length of `text` without the character of UTF-8 that its end cuts in two, if it does. */
static size_t whole_characters(const char *text, size_t length)
{
    size_t more = 0;
    while (more < 3 && more < length && ((unsigned char)text[length - 1 - more] & 0xC0) == 0x80)
        more++;
    if (more == length)
        return length;
    unsigned char lead = (unsigned char)text[length - 1 - more];
    size_t wanted = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;
    return more < wanted ? length - 1 - more : length;
}

static const char *store(struct howdah_error *e, const char *text, size_t length)
{
    size_t room = STORAGE - e->used;
    if (room == 0)
        return NULL;
    char *copy = e->storage + e->used;
    if (length > room - 1)
        length = whole_characters(text, room - 1);
    memcpy(copy, text, length);
    copy[length] = '\0';
    e->used = (uint16_t)(e->used + length + 1);
    return copy;
}

static void format_message(struct howdah_error *e, const char *format, va_list args) HOWDAH_PRINTF(2, 0);

static void format_message(struct howdah_error *e, const char *format, va_list args)
{
    char message[MESSAGE_MAX + 1];
    int length = vsnprintf(message, sizeof(message), format, args);
    size_t whole = length < 0 ? 0 : (size_t)length;
    if (whole > MESSAGE_MAX)
        whole = whole_characters(message, MESSAGE_MAX);
    const char *copy = store(e, message, whole);
    e->message = copy ? copy : "";
}

enum howdah_status error_set(struct howdah_error *e, enum howdah_status status, const char *format, ...)
{
    va_list args;
    error_clear(e);
    e->status = status;
    va_start(args, format);
    format_message(e, format, args);
    va_end(args);
    return status;
}

enum howdah_status error_set_lines(struct howdah_error *e, enum howdah_status status, const char *lines)
{
    static const char more[] = "... and more";
    size_t length = strlen(lines), room = STORAGE - sizeof(more) - 1;
    error_clear(e);
    e->status = status;
    while (length > 0 && lines[length - 1] == '\n')
        length--;
    bool cut = length > room;
    for (length = cut ? room : length; cut && length > 0 && lines[length - 1] != '\n';)
        length--;
    memcpy(e->storage, lines, length);
    memcpy(e->storage + length, cut ? more : "", cut ? sizeof(more) : 1);
    e->used = (uint16_t)(length + (cut ? sizeof(more) : 1));
    e->message = e->storage;
    return status;
}

void error_message(struct howdah_error *e, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    format_message(e, format, args);
    va_end(args);
}

void error_attach(struct howdah_error *e, const char **member, const char *text)
{
    *member = text ? store(e, text, strlen(text)) : NULL;
}

/* The members that are texts in the error's storage. */
static const size_t texts[] = {
    offsetof(struct howdah_error, message),        offsetof(struct howdah_error, detail),
    offsetof(struct howdah_error, hint),           offsetof(struct howdah_error, constraint),
    offsetof(struct howdah_error, schema),         offsetof(struct howdah_error, table),
    offsetof(struct howdah_error, column),         offsetof(struct howdah_error, model),
    offsetof(struct howdah_error, field),          offsetof(struct howdah_error, statement),
    offsetof(struct howdah_error, in_doubt_token), offsetof(struct howdah_error, text),
};

/* Texts of errors that needed no room are elsewhere: constants. */
static bool is_stored(const struct howdah_error *e, const char *text)
{
    return text >= e->storage && text < e->storage + STORAGE;
}

void error_copy(struct howdah_error *to, const struct howdah_error *from)
{
    if (to == from)
        return;
    memcpy(to, from, sizeof(*to));
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        const char **member = (const char **)(void *)((char *)to + texts[i]);
        if (is_stored(from, *member))
            *member = to->storage + (*member - from->storage);
    }
}

static void add_line(struct howdah_error *e, const char *label, const char *text)
{
    size_t used = e->used;
    if (!text || used >= STORAGE)
        return;
    int length = snprintf(e->storage + used, STORAGE - used, "%s%s%s\n", label, *label ? ": " : "", text);
    if (length < 0)
        return;
    size_t whole = (size_t)length;
    if (whole > STORAGE - used - 1)
        whole = whole_characters(e->storage + used, STORAGE - used - 1);
    e->used = (uint16_t)(used + whole);
    e->storage[e->used] = '\0';
}

bool error_reopen(struct howdah_error *e)
{
    if (!e->text)
        return false;
    if (e->text != e->message && is_stored(e, e->text))
        e->used = (uint16_t)(e->text - e->storage);
    e->text = NULL;
    return true;
}

void error_finish(struct howdah_error *e)
{
    if (STORAGE - e->used < 64) {
        e->text = e->message;
        return;
    }
    char *start = e->storage + e->used;
    *start = '\0';
    add_line(e, "", e->message);
    add_line(e, "status", howdah_status_name(e->status));
    add_line(e, "outcome", outcome_names[e->outcome]);
    add_line(e, "sqlstate", *e->sqlstate ? e->sqlstate : NULL);
    add_line(e, "detail", e->detail);
    add_line(e, "hint", e->hint);
    add_line(e, "constraint", e->constraint);
    add_line(e, "table", e->table);
    add_line(e, "column", e->column);
    add_line(e, "model", e->model);
    add_line(e, "field", e->field);
    add_line(e, "in doubt", e->in_doubt_token);
    add_line(e, "statement", e->statement);
    e->used++;
    e->text = start;
}
