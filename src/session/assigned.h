/* Columns that session_assign_null named: NULL is sent for them where NULL would mean the column's default. */
#ifndef SESSION_ASSIGNED_H
#define SESSION_ASSIGNED_H

#include "session.h"

/* False if memory is out. */
bool assigned_add(struct howdah_session *s, struct entry *entry, uint32_t column);
bool assigned_has(const struct howdah_session *s, const struct entry *entry, uint32_t column);
void assigned_forget(struct howdah_session *s, struct entry *entry);

#endif
