/* Aggregate functions: of which columns they can be taken, and of which type they are. */
#ifndef SQL_AGGREGATE_H
#define SQL_AGGREGATE_H

#include "model/column.h"

#include <howdah/query.h>

/* "sum", "count distinct"; NULL for what is no aggregate. */
const char *aggregate_name(enum howdah_aggregate aggregate);
/* What stands before and behind the column. */
const char *aggregate_open(enum howdah_aggregate aggregate);
/* The type of the result, an item's for AGGREGATE_ARRAY; NONE if the column can't be aggregated so. */
enum howdah_type aggregate_type(enum howdah_aggregate aggregate, const struct column *column);
/* Whether the result is an array of the column's values; or one of them. */
bool aggregate_is_array(enum howdah_aggregate aggregate);
bool aggregate_keeps_type(enum howdah_aggregate aggregate);
/* The cast that makes of it a value for a field of that type: "" where none is needed, NULL where the value would not be
 * the same. */
const char *aggregate_cast(enum howdah_aggregate aggregate, const struct column *column, enum howdah_type to);

#endif
