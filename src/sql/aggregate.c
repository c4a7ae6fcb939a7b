#include "aggregate.h"

#include <string.h>

static const struct row {
    const char *name;
    const char *open;
} rows[] = {
    [HOWDAH_AGGREGATE_COUNT] = {"count", "pg_catalog.count("},
    [HOWDAH_AGGREGATE_COUNT_DISTINCT] = {"count distinct", "pg_catalog.count(DISTINCT "},
    [HOWDAH_AGGREGATE_SUM] = {"sum", "pg_catalog.sum("},
    [HOWDAH_AGGREGATE_AVG] = {"avg", "pg_catalog.avg("},
    [HOWDAH_AGGREGATE_MIN] = {"min", "pg_catalog.min("},
    [HOWDAH_AGGREGATE_MAX] = {"max", "pg_catalog.max("},
    [HOWDAH_AGGREGATE_BOOL_AND] = {"bool_and", "pg_catalog.bool_and("},
    [HOWDAH_AGGREGATE_BOOL_OR] = {"bool_or", "pg_catalog.bool_or("},
    [HOWDAH_AGGREGATE_ARRAY] = {"array_agg", "pg_catalog.array_agg("},
};

enum { ROWS = sizeof(rows) / sizeof(*rows) };

/* PostgreSQL's result types, by the type of the column; NONE: there is no such aggregate. */
static const enum howdah_type sums[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_INT16] = HOWDAH_TYPE_INT64,       [HOWDAH_TYPE_INT32] = HOWDAH_TYPE_INT64,
    [HOWDAH_TYPE_INT64] = HOWDAH_TYPE_NUMERIC,     [HOWDAH_TYPE_NUMERIC] = HOWDAH_TYPE_NUMERIC,
    [HOWDAH_TYPE_FLOAT] = HOWDAH_TYPE_FLOAT,       [HOWDAH_TYPE_DOUBLE] = HOWDAH_TYPE_DOUBLE,
    [HOWDAH_TYPE_INTERVAL] = HOWDAH_TYPE_INTERVAL,
};
static const enum howdah_type averages[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_INT16] = HOWDAH_TYPE_NUMERIC,     [HOWDAH_TYPE_INT32] = HOWDAH_TYPE_NUMERIC,
    [HOWDAH_TYPE_INT64] = HOWDAH_TYPE_NUMERIC,     [HOWDAH_TYPE_NUMERIC] = HOWDAH_TYPE_NUMERIC,
    [HOWDAH_TYPE_FLOAT] = HOWDAH_TYPE_DOUBLE,      [HOWDAH_TYPE_DOUBLE] = HOWDAH_TYPE_DOUBLE,
    [HOWDAH_TYPE_INTERVAL] = HOWDAH_TYPE_INTERVAL,
};
static const enum howdah_type ordered[HOWDAH_TYPE_COUNT] = {
    [HOWDAH_TYPE_INT16] = HOWDAH_TYPE_INT16,         [HOWDAH_TYPE_INT32] = HOWDAH_TYPE_INT32,
    [HOWDAH_TYPE_INT64] = HOWDAH_TYPE_INT64,         [HOWDAH_TYPE_NUMERIC] = HOWDAH_TYPE_NUMERIC,
    [HOWDAH_TYPE_FLOAT] = HOWDAH_TYPE_FLOAT,         [HOWDAH_TYPE_DOUBLE] = HOWDAH_TYPE_DOUBLE,
    [HOWDAH_TYPE_TEXT] = HOWDAH_TYPE_TEXT,           [HOWDAH_TYPE_CHARS] = HOWDAH_TYPE_TEXT,
    [HOWDAH_TYPE_TIMESTAMP] = HOWDAH_TYPE_TIMESTAMP, [HOWDAH_TYPE_DATE] = HOWDAH_TYPE_DATE,
    [HOWDAH_TYPE_TIME] = HOWDAH_TYPE_TIME,           [HOWDAH_TYPE_INTERVAL] = HOWDAH_TYPE_INTERVAL,
    [HOWDAH_TYPE_ENUM] = HOWDAH_TYPE_ENUM,
};

const char *aggregate_name(enum howdah_aggregate aggregate)
{
    return (unsigned)aggregate < ROWS ? rows[aggregate].name : NULL;
}

const char *aggregate_open(enum howdah_aggregate aggregate)
{
    return rows[aggregate].open;
}

bool aggregate_is_array(enum howdah_aggregate aggregate)
{
    return aggregate == HOWDAH_AGGREGATE_ARRAY;
}

bool aggregate_keeps_type(enum howdah_aggregate aggregate)
{
    return aggregate == HOWDAH_AGGREGATE_MIN || aggregate == HOWDAH_AGGREGATE_MAX;
}

static enum howdah_type item_type(const struct column *column)
{
    return column->codec->type == HOWDAH_TYPE_CHARS ? HOWDAH_TYPE_TEXT : column->codec->type;
}

enum howdah_type aggregate_type(enum howdah_aggregate aggregate, const struct column *column)
{
    enum howdah_type type = column->shape == SHAPE_ARRAY ? HOWDAH_TYPE_NONE : item_type(column);
    switch (aggregate) {
    case HOWDAH_AGGREGATE_COUNT:
    case HOWDAH_AGGREGATE_COUNT_DISTINCT: return HOWDAH_TYPE_INT64;
    case HOWDAH_AGGREGATE_SUM: return sums[type];
    case HOWDAH_AGGREGATE_AVG: return averages[type];
    case HOWDAH_AGGREGATE_MIN:
    case HOWDAH_AGGREGATE_MAX: return ordered[type];
    case HOWDAH_AGGREGATE_BOOL_AND:
    case HOWDAH_AGGREGATE_BOOL_OR: return type == HOWDAH_TYPE_BOOL ? type : HOWDAH_TYPE_NONE;
    case HOWDAH_AGGREGATE_ARRAY: return type;
    }
    return HOWDAH_TYPE_NONE;
}

/* --- into which fields --- */

static bool is_integer(enum howdah_type type)
{
    return type == HOWDAH_TYPE_INT16 || type == HOWDAH_TYPE_INT32 || type == HOWDAH_TYPE_INT64;
}

static bool is_real(enum howdah_type type)
{
    return type == HOWDAH_TYPE_FLOAT || type == HOWDAH_TYPE_DOUBLE;
}

static const char *cast_number(enum howdah_type to)
{
    switch (to) {
    case HOWDAH_TYPE_DOUBLE: return "::double precision";
    case HOWDAH_TYPE_FLOAT: return "::real";
    case HOWDAH_TYPE_NUMERIC: return "::numeric";
    default: return NULL;
    }
}

const char *aggregate_cast(enum howdah_aggregate aggregate, const struct column *column, enum howdah_type to)
{
    enum howdah_type from = aggregate_type(aggregate, column);
    if (from == to || (from == HOWDAH_TYPE_TEXT && to == HOWDAH_TYPE_CHARS))
        return "";
    if (aggregate_is_array(aggregate))
        return NULL;
    if (is_integer(from) && is_integer(to))
        return "";                                     /* the range is checked when it is read */
    if (from == HOWDAH_TYPE_NUMERIC && is_integer(to)) /* a sum of integers is one; an average is none */
        return aggregate == HOWDAH_AGGREGATE_SUM && is_integer(column->codec->type) ? "::bigint" : NULL;
    if (is_integer(from) || from == HOWDAH_TYPE_NUMERIC || (is_real(from) && is_real(to)))
        return cast_number(to);
    return NULL;
}
