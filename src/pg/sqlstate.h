/* What an SQLSTATE means: one sorted table. */
#ifndef PG_SQLSTATE_H
#define PG_SQLSTATE_H

#include <howdah/error.h>

/* The status for five characters: by the whole code, else by its class, else SERVER. */
enum howdah_status sqlstate_status(const char *sqlstate);

#endif
