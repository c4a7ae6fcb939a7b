/* Whether this role may draw keys from a table's sequence, and whether these are then the rows' keys: learned once a
 * database, by trying or by asking. */
#ifndef SESSION_DRAW_RIGHTS_H
#define SESSION_DRAW_RIGHTS_H

#include "database.h"

struct work;

enum draw_rights {
    DRAW_UNKNOWN,
    DRAW_ALLOWED,
    DRAW_CHECKED, /* allowed, but triggers of the table may change keys: rows have to send theirs back */
    DRAW_DENIED
};

enum draw_rights draw_rights(const struct howdah_database *db, const struct mapper *mapper);
void draw_rights_learn(struct howdah_database *db, const struct mapper *mapper, enum draw_rights rights);
/* Inside the program's transaction a failed attempt to draw keys would end it: so the server is asked before the first
 * one of each table. *ret_other: the work must be planned anew. False: the session has the error. */
bool draw_rights_ask(struct work *w, bool *ret_other);

#endif
