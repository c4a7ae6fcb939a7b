/* The text of single definitions, for ddl_render. */
#ifndef SQL_DDL_TEXT_H
#define SQL_DDL_TEXT_H

#include "ddl.h"

/* Whether the key can stand in its table's CREATE TABLE, `positions` being the tables' places in the order of
 * creation, by index of their mappers. */
static inline bool ddl_key_is_inline(const struct mapper *mapper, const struct foreign_key *key,
                                     const uint32_t *positions)
{
    return positions[key->target->index] <= positions[mapper->index];
}

/* Whether it is a constraint of the table; else it is an index, made by a statement of its own. */
static inline bool ddl_is_constraint(const struct table_index *index)
{
    return index->primary || (index->unique && !index->field->where);
}

void ddl_text_type(const char *name, const struct howdah_enum *labels, struct buffer *out);
void ddl_text_table(const struct mapper *mapper, const uint32_t *positions, struct buffer *out);
void ddl_text_index(const struct mapper *mapper, const struct table_index *index, struct buffer *out);
void ddl_text_foreign_key(const struct mapper *mapper, const struct foreign_key *key, struct buffer *out);

#endif
