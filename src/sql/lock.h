/* Row locks, as they stand at the end of a SELECT. */
#ifndef SQL_LOCK_H
#define SQL_LOCK_H

#include <howdah/session.h>

/* " FOR UPDATE OF t NOWAIT", with a space before it; "" for no lock. `t` is the alias of the rows that are read. NULL for
 * what is no lock. */
const char *lock_clause(enum howdah_lock lock);
/* The same for a query, whose rows are t0. */
const char *lock_clause_of_query(enum howdah_lock lock);

#endif
