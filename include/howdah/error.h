/* Statuses, outcomes and errors.
 *
 * A function that can fail returns a status, or keeps the error in its handle (session_error,
 * database_error, query's session). Errors stick: the first one stays until it is cleared, and
 * nothing reaches the server until then. */
#ifndef HOWDAH_ERROR_H
#define HOWDAH_ERROR_H

#include <howdah/base.h>

HOWDAH_BEGIN_DECLS

enum howdah_status {
    HOWDAH_STATUS_OK = 0,
    HOWDAH_STATUS_NO_MEMORY,      /* an allocation failed; the call had no effect */
    HOWDAH_STATUS_INVALID,        /* a value or an argument can't be what it is: the message names it */
    HOWDAH_STATUS_MODEL,          /* a model is wrong: found by database_open */
    HOWDAH_STATUS_MISUSE,         /* the call is not allowed here: foreign object, second thread, closed handle */
    HOWDAH_STATUS_NOT_FOUND,      /* no such row */
    HOWDAH_STATUS_NO_TRANSACTION, /* the call needs session_begin before it */
    HOWDAH_STATUS_BUSY,           /* the session's connection is streaming rows */
    HOWDAH_STATUS_CONNECTION,     /* no connection, or it was lost */
    HOWDAH_STATUS_TIMEOUT,        /* a deadline passed: the library's, or one of the server's timeouts */
    HOWDAH_STATUS_IN_DOUBT,       /* the connection died around COMMIT, and the outcome could not be learned */
    HOWDAH_STATUS_STALE,          /* the row changed or vanished since it was loaded */
    HOWDAH_STATUS_UNIQUE,         /* unique_violation */
    HOWDAH_STATUS_FOREIGN_KEY,    /* foreign_key_violation */
    HOWDAH_STATUS_NOT_NULL,       /* not_null_violation */
    HOWDAH_STATUS_CHECK,          /* check_violation */
    HOWDAH_STATUS_EXCLUSION,      /* exclusion_violation */
    HOWDAH_STATUS_SERIALIZATION,  /* serialization_failure: run the whole unit again */
    HOWDAH_STATUS_DEADLOCK,       /* deadlock_detected: run the whole unit again */
    HOWDAH_STATUS_LOCK,           /* lock_not_available */
    HOWDAH_STATUS_DATA,           /* class 22: the server refused a value */
    HOWDAH_STATUS_PERMISSION,     /* insufficient_privilege, or the login failed */
    HOWDAH_STATUS_SCHEMA,         /* the database has no such table, column or type, or another one */
    HOWDAH_STATUS_RESOURCE, /* class 53 and 54, 2200H: disk full, too many connections, a limit, a sequence at its end */
    HOWDAH_STATUS_SERVER,   /* any other error of the server: see sqlstate */
    HOWDAH_STATUS_PROTOCOL, /* an answer that makes no sense */
    HOWDAH_STATUS_COUNT
};

/* What became of a write. It is part of every error of a call that writes, and it is true. */
enum howdah_outcome {
    HOWDAH_OUTCOME_NONE = 0, /* the call does not write */
    HOWDAH_OUTCOME_DONE,     /* committed */
    HOWDAH_OUTCOME_NOT_DONE, /* nothing of it was committed, and never will be */
    HOWDAH_OUTCOME_IN_DOUBT  /* unknown: in_doubt_token identifies the transaction */
};

#define HOWDAH_ERROR_SIZE 4096

/* An error, whole. Texts that are not known are NULL; message never is. All texts lie in `storage`
 * and live as long as the struct: an error must not be copied by assignment. Texts too long for it
 * are cut at a character. Detail may hold values of the row (the server's wording): show it to
 * operators, not to users. */
struct howdah_error {
    enum howdah_status status;
    enum howdah_outcome outcome;
    char sqlstate[6];       /* five characters, or empty where no server spoke */
    uint16_t used;          /* bytes of storage that are taken */
    const char *message;    /* one line: what, where, and what to do about it */
    const char *detail;     /* the server's DETAIL; only with database option `show_values` */
    const char *hint;       /* the server's HINT */
    const char *constraint; /* name of the violated constraint */
    const char *schema;     /* of the table */
    const char *table;
    const char *column;
    const char *model;          /* name of the model that the fault belongs to */
    const char *field;          /* name of the struct's field, as the program spells it */
    const char *statement;      /* text of the statement, with placeholders */
    const char *in_doubt_token; /* names the transaction to database_resolve; only if in doubt */
    const char *text;           /* all of the above as several lines */
    void *object;               /* the object that caused it, or NULL; owned by its session */
    void *other;                /* where two objects stand against each other, or a row of a join table caused it: the
                                   other one; else NULL */
    char storage[HOWDAH_ERROR_SIZE - 14 * sizeof(void *) - 16];
};

/* The whole error as lines of text; owned by the error, never NULL ("no error" for NULL). No round trip. */
HOWDAH_API const char *howdah_error_text(const struct howdah_error *error);

/* A status' name in lower case, as in "unique". Static text. */
HOWDAH_API const char *howdah_status_name(enum howdah_status status);

HOWDAH_END_DECLS

#endif
