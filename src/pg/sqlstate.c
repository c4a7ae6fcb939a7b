#include "sqlstate.h"

#include <string.h>

struct meaning {
    char code[6]; /* five characters, or the first two or three of all that mean the same */
    enum howdah_status status;
};

/* Of those that fit, the last holds: a whole code behind its class. PostgreSQL manual, appendix A. */
static const struct meaning meanings[] = {
    {"08", HOWDAH_STATUS_CONNECTION},
    {"21", HOWDAH_STATUS_DATA},
    {"22", HOWDAH_STATUS_DATA},
    {"2200H", HOWDAH_STATUS_RESOURCE},    /* sequence_generator_limit_exceeded: no value's fault */
    {"23001", HOWDAH_STATUS_FOREIGN_KEY}, /* restrict_violation */
    {"23502", HOWDAH_STATUS_NOT_NULL},
    {"23503", HOWDAH_STATUS_FOREIGN_KEY},
    {"23505", HOWDAH_STATUS_UNIQUE},
    {"23514", HOWDAH_STATUS_CHECK},
    {"23P01", HOWDAH_STATUS_EXCLUSION},
    {"28", HOWDAH_STATUS_PERMISSION},
    {"3D", HOWDAH_STATUS_SCHEMA},
    {"3F", HOWDAH_STATUS_SCHEMA},
    {"40001", HOWDAH_STATUS_SERIALIZATION},
    {"40P01", HOWDAH_STATUS_DEADLOCK},
    {"42501", HOWDAH_STATUS_PERMISSION},
    {"42701", HOWDAH_STATUS_SCHEMA}, /* duplicate_column */
    {"42703", HOWDAH_STATUS_SCHEMA}, /* undefined_column */
    {"42704", HOWDAH_STATUS_SCHEMA}, /* undefined_object */
    {"42710", HOWDAH_STATUS_SCHEMA}, /* duplicate_object */
    {"42723", HOWDAH_STATUS_SCHEMA}, /* duplicate_function */
    {"42804", HOWDAH_STATUS_SCHEMA}, /* datatype_mismatch */
    {"42809", HOWDAH_STATUS_SCHEMA}, /* wrong_object_type */
    {"42846", HOWDAH_STATUS_SCHEMA}, /* cannot_coerce */
    {"42883", HOWDAH_STATUS_SCHEMA}, /* undefined_function */
    {"428C9", HOWDAH_STATUS_SCHEMA}, /* generated_always */
    {"42P01", HOWDAH_STATUS_SCHEMA}, /* undefined_table */
    {"42P06", HOWDAH_STATUS_SCHEMA}, /* duplicate_schema */
    {"42P07", HOWDAH_STATUS_SCHEMA}, /* duplicate_table */
    {"42P16", HOWDAH_STATUS_SCHEMA}, /* invalid_table_definition */
    {"44", HOWDAH_STATUS_CHECK},     /* with_check_option_violation */
    {"53", HOWDAH_STATUS_RESOURCE},
    {"54", HOWDAH_STATUS_RESOURCE},
    {"55P03", HOWDAH_STATUS_LOCK},
    {"57014", HOWDAH_STATUS_TIMEOUT}, /* query_canceled: what statement_timeout gives */
    {"57P", HOWDAH_STATUS_CONNECTION},
};

enum howdah_status sqlstate_status(const char *sqlstate)
{
    enum howdah_status status = HOWDAH_STATUS_SERVER;
    if (!sqlstate || strlen(sqlstate) != 5)
        return status;
    for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
        if (strncmp(sqlstate, meanings[i].code, strlen(meanings[i].code)) == 0)
            status = meanings[i].status;
    return status;
}
