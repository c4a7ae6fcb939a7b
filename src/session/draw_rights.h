/* Whether this role may draw keys from a table's sequence: learned once a database, by trying. */
#ifndef SESSION_DRAW_RIGHTS_H
#define SESSION_DRAW_RIGHTS_H

#include "database.h"

enum draw_rights { DRAW_UNKNOWN, DRAW_ALLOWED, DRAW_DENIED };

enum draw_rights draw_rights(const struct howdah_database *db, const struct mapper *mapper);
void draw_rights_learn(struct howdah_database *db, const struct mapper *mapper, enum draw_rights rights);

#endif
