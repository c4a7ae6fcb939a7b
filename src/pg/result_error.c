#include "result_error.h"

#include "redact.h"
#include "sqlstate.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

enum { STATEMENT_MAX = 1200, LINE_MAX_SIZE = 512, NAME_BYTES = 63 };

/* Class 22 in words of our own: the server's messages quote the value. */
static const struct {
    char code[6];
    const char *words;
} data_words[] = {
    {"22001", "text is too long for its column"},
    {"22003", "a number is out of range"},
    {"22004", "a null value is not allowed here"},
    {"22007", "text is not a date or time"},
    {"22008", "a date or time is out of range"},
    {"22012", "division by zero"},
    {"2201B", "a regular expression is wrong"},
    {"22021", "text is not valid in the database's encoding"},
    {"22023", "a parameter's value is not allowed"},
    {"22025", "an escape sequence is wrong"},
    {"2202E", "an array subscript is out of range"},
    {"22032", "text is not valid JSON"},
    {"22P02", "text does not have the form of its type"},
    {"22P03", "a binary value does not have the form of its type"},
    {"22P05", "a character can't be stored in the database"},
};

static const char *words_of(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof(data_words) / sizeof(*data_words); i++)
        if (strcmp(data_words[i].code, sqlstate) == 0)
            return data_words[i].words;
    return "data exception";
}

void error_attach_statement(struct howdah_error *error, const struct statement *statement)
{
    static const char more[] = " ...";
    char text[STATEMENT_MAX + sizeof(more)];
    if (!statement)
        return;
    size_t length = strlen(statement->text);
    if (length > STATEMENT_MAX) {
        length = STATEMENT_MAX;
        while (length > 0 && ((unsigned char)statement->text[length] & 0xC0) == 0x80)
            length--; /* not within a character of UTF-8 */
        memcpy(text, statement->text, length);
        memcpy(text + length, more, sizeof(more));
    } else {
        memcpy(text, statement->text, length + 1);
    }
    error_attach(error, &error->statement, text);
}

/* What the server says beside its message, and where it goes. */
static const struct {
    uint16_t member;
    char field;
} fields[] = {
    {offsetof(struct howdah_error, detail), PG_DIAG_MESSAGE_DETAIL}, /* has values */
    {offsetof(struct howdah_error, hint), PG_DIAG_MESSAGE_HINT},
    {offsetof(struct howdah_error, constraint), PG_DIAG_CONSTRAINT_NAME},
    {offsetof(struct howdah_error, schema), PG_DIAG_SCHEMA_NAME},
    {offsetof(struct howdah_error, table), PG_DIAG_TABLE_NAME},
    {offsetof(struct howdah_error, column), PG_DIAG_COLUMN_NAME},
};

static void attach_fields(struct howdah_error *error, const PGresult *result, bool show_values)
{
    char line[LINE_MAX_SIZE];
    for (size_t i = show_values ? 0 : 1; i < sizeof(fields) / sizeof(*fields); i++) {
        const char *text = PQresultErrorField(result, fields[i].field);
        if (!text)
            continue;
        redact_line(line, sizeof(line), text);
        error_attach(error, (const char **)((uintptr_t)error + fields[i].member), line);
    }
}

/* The server counts characters. */
size_t result_place(const PGresult *result, const struct statement *statement)
{
    const char *position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION), *at = statement->text;
    size_t left = 0;
    for (; position && *position >= '0' && *position <= '9'; position++)
        left = left * 10 + (size_t)(*position - '0');
    if (!left)
        return 0;
    while (--left && *at) {
        at++;
        while (((unsigned char)*at & 0xC0) == 0x80)
            at++;
    }
    return (size_t)(at - statement->text) + 1;
}

/* The name in double quotes that begins here becomes the column. */
static void attach_quoted_column(struct howdah_error *error, const char *at)
{
    char name[NAME_BYTES + 1];
    size_t length = 0;
    if (*at != '"')
        return;
    for (at++; *at && length < NAME_BYTES; name[length++] = *at++)
        if (*at == '"' && *++at != '"')
            break;
    name[length] = '\0';
    error_attach(error, &error->column, name);
}

/* A column that the table does not have is named by the message alone, in the server's language. But it stands at the
 * place that the server points to: in statements of the library's own as "name" or t."name". */
static void attach_missing_column(struct howdah_error *error, const PGresult *result, const struct statement *statement)
{
    size_t place = strcmp(error->sqlstate, "42703") == 0 && statement ? result_place(result, statement) : 0;
    if (!place)
        return;
    const char *at = statement->text + place - 1;
    at += strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789");
    attach_quoted_column(error, at + (*at == '.'));
}

/* A column that the server alone makes is named by the message only, and found where the server's language puts names into
 * these quotes, as English does. */
static void attach_made_column(struct howdah_error *error, const char *message)
{
    const char *at = strcmp(error->sqlstate, "428C9") == 0 && message ? strchr(message, '"') : NULL;
    if (at && !error->column)
        attach_quoted_column(error, at);
}

/* A key that is there already is told by a detail such as: Key (region, "Code")=(eu, 7) already exists. Its first column, in
 * whatever language: the constraint's name may be a partition's, or one that no model knows. */
static void attach_key_column(struct howdah_error *error, const PGresult *result)
{
    char name[NAME_BYTES + 1];
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL), *at = detail ? strchr(detail, '(') : NULL;
    bool of_key = error->status == HOWDAH_STATUS_UNIQUE || error->status == HOWDAH_STATUS_EXCLUSION;
    if (!of_key || !error->constraint || !at || !strstr(at, ")=(")) /* else it may be a trigger's words, with values */
        return;
    size_t length = strcspn(++at, ",()");
    if (*at == '"')
        attach_quoted_column(error, at);
    else if (at[length] != '(' && length <= NAME_BYTES) { /* no expression */
        snprintf(name, sizeof(name), "%.*s", (int)length, at);
        error_attach(error, &error->column, name);
    }
}

void result_refused_key(const PGresult *result, char *ret, size_t size)
{
    const char *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL), *at = detail ? strchr(detail, '(') : NULL;
    const char *equals = at ? strstr(at, ")=(") : NULL, *end = equals ? strrchr(equals, ')') : NULL;
    size_t used = 0;
    if (!ret)
        return;
    *ret = '\0';
    if (!equals || end == equals || !PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME) ||
        (size_t)(end - at) + 2 > size)
        return;
    for (; at <= end; at++)
        if (*at != '"' || at > equals)
            ret[used++] = *at;
    ret[used] = '\0';
}

/* A value may have a syntax of its own, as that of a tsquery: of a statement's, the server tells the place. */
static bool is_syntax_of_value(const PGresult *result, const char *sqlstate)
{
    return sqlstate && strcmp(sqlstate, "42601") == 0 && !PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION) &&
           !PQresultErrorField(result, PG_DIAG_INTERNAL_POSITION);
}

enum howdah_status result_error(const PGresult *result, const struct statement *statement, bool show_values,
                                struct howdah_error *error)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    bool of_value = is_syntax_of_value(result, sqlstate);
    enum howdah_status status = of_value ? HOWDAH_STATUS_DATA : sqlstate_status(sqlstate);
    char line[LINE_MAX_SIZE];
    redact_line(line, sizeof(line), primary ? primary : "the server gave no message");
    if (status == HOWDAH_STATUS_DATA && !show_values)
        error_set(error, status, "the server refused a value: %s", words_of(of_value ? "22P02" : sqlstate));
    else
        error_set(error, status, "%s", line);
    snprintf(error->sqlstate, sizeof(error->sqlstate), "%.5s", sqlstate);
    attach_fields(error, result, show_values);
    attach_missing_column(error, result, statement);
    attach_made_column(error, primary);
    attach_key_column(error, result);
    error_attach_statement(error, statement);
    return status;
}
