/* SQL that a program wrote, as a literal with printf conversions: where the conversions stand, and what the text around
 * them is. Just enough of PostgreSQL's lexer (src/backend/parser/scan.l) to tell text from quotes and comments. Pure.
 * */
#ifndef SQL_SCAN_H
#define SQL_SCAN_H

#include "base/arena.h"
#include "base/buffer.h"

#include <howdah/error.h>

enum conversion {
    CONVERSION_INT, /* these as printf passes them */
    CONVERSION_UNSIGNED,
    CONVERSION_LONG,
    CONVERSION_UNSIGNED_LONG,
    CONVERSION_LONG_LONG,
    CONVERSION_UNSIGNED_LONG_LONG,
    CONVERSION_SIZE,
    CONVERSION_INTMAX,
    CONVERSION_UINTMAX,
    CONVERSION_PTRDIFF,
    CONVERSION_REAL,
    CONVERSION_TEXT,
    CONVERSION_COUNTED_TEXT, /* %.*s: an int before it */
    CONVERSION_VALUE         /* %p: a pointer to a howdah_value */
};

/* A conversion, and where its placeholder goes: before that byte of the text. */
struct hole {
    size_t at;
    enum conversion conversion;
};

/* What a statement's words say about it. */
enum sql_kind {
    SQL_READS,       /* SELECT, WITH, VALUES, TABLE, SHOW, EXPLAIN, without a word that writes */
    SQL_WRITES,      /* all others */
    SQL_TRANSACTION, /* BEGIN, COMMIT, SAVEPOINT ...: the session's to run */
    SQL_LOCAL,       /* SET LOCAL, SET TRANSACTION, SET CONSTRAINTS, set_config: for one transaction */
    SQL_OURS,        /* the same of a setting that is the library's */
    SQL_COPY,        /* from STDIN or to STDOUT */
    /* what would stay with the connection when the transaction is over */
    SQL_SETTING,   /* SET and RESET without LOCAL, LOAD, set_config but with true, UPDATE of pg_settings */
    SQL_LISTENING, /* LISTEN, UNLISTEN */
    SQL_PREPARED,  /* PREPARE, DEALLOCATE, DISCARD */
    SQL_HELD,      /* a cursor WITH HOLD */
    SQL_TEMPORARY, /* a temporary table or the like without ON COMMIT DROP */
    SQL_LOCKED     /* an advisory lock of the connection */
};

struct scanned {
    const char *text; /* without the conversions; %% is % */
    size_t size;
    size_t end; /* of the statement, without a semicolon and what stands behind it */
    const struct hole *holes;
    uint32_t hole_count;
    enum sql_kind kind;
};

/* A whole statement, or a fragment that is put into parentheses inside another one and must not reach out of them.
 * OK; NO_MEMORY; or INVALID, with the reason in `ret_why`: "%x at character 8 ('%x, 7') is ...". */
enum howdah_status sql_scan(const char *format, bool fragment, struct arena *arena, struct scanned *ret,
                            const char **ret_why);
/* Settings by which the server reads what the library sends: another value, and it would store other values. */
bool sql_setting_is_ours(const char *name);
/* Appends the text with its placeholders, the first of which gets the number `first`. */
void sql_put(const struct scanned *scanned, uint32_t first, struct buffer *out);

#endif
