/* Rows of statements that the program wrote: their columns find the fields of a model by name. */
#ifndef SESSION_ROWS_H
#define SESSION_ROWS_H

#include "session.h"

/* How a result's columns fall to fields. In an arena. */
struct row_map {
    const struct mapper *mapper;
    const struct column **columns; /* that have a cell, in the mapper's order */
    uint32_t *places;              /* of these in the row */
    struct cell *cells;            /* of the row, in the order of `columns` */
    uint32_t count;
};

enum row_columns {
    ROW_COLUMNS_ALL,
    ROW_COLUMNS_SOME, /* fields without one stay as they are */
    ROW_COLUMNS_CAST  /* of a statement in row_casts */
};

/* Makes the map. False, and the session has the error: a field without a column (unless ROW_COLUMNS_SOME), one with two, or
 * one whose column is of another type. */
bool row_map_make(struct howdah_session *s, const struct mapper *mapper, const struct pg_column *columns, size_t count,
                  enum row_columns which, struct arena *arena, struct row_map *ret);
/* Columns of types that no C type reads travel as text. Where a model has one, the text to put around a statement that
 * reads, so that they are cast and come under names of their own (ROW_COLUMNS_CAST); else *ret_before is NULL. False if
 * memory is out. */
bool row_casts(const struct mapper *mapper, struct arena *arena, const char **ret_before);
extern const char row_casts_end[];
/* Such a statement has failed: where that was for a column that it asks of the program's, the error says so as for others. */
void row_casts_blame(struct howdah_session *s, const struct mapper *mapper);

/* Puts the row's cells into map->cells. False if the row is not as wide as the map is for. */
bool row_map_take(const struct row_map *map, const struct cell *cells, size_t count);

/* The mapper of a model for rows: the database's, also of a plain struct, or one that the session compiles for a plain
 * struct that the database does not know. NULL: the session has the error. */
const struct mapper *session_row_mapper(struct howdah_session *s, const struct howdah_model *model);

#endif
