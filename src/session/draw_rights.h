/* Whether this role may draw keys from a table's sequence, whether these are then the rows' keys, and how keys may come back
 * with an INSERT: learned once a database and role, by trying or by asking. */
#ifndef SESSION_DRAW_RIGHTS_H
#define SESSION_DRAW_RIGHTS_H

#include "session.h"

struct work;

enum draw_rights {
    DRAW_UNKNOWN,
    DRAW_ALLOWED,
    DRAW_CHECKED, /* allowed, but triggers of the table may change keys: rows have to send theirs back */
    DRAW_DENIED
};

/* What else a table may have, beside these. */
enum key_trait {
    KEYS_UNLISTED = 4,    /* rules, with which its INSERT can't stand in a WITH: keys come back row by row */
    KEYS_UNREADABLE = 8,  /* the role may not read them, or not all rows that it inserts, or a rule inserts instead */
    KEYS_DISORDERED = 16, /* they came back in no order: rows go one by one, unless others wait for their keys */
    KEYS_ASKED = 32,      /* whether the first two hold is known */
    KEYS_DOUBTED = 64     /* they did not come back, in a transaction of the program: to be asked before the next one */
};

enum draw_rights draw_rights(const struct howdah_session *s, const struct mapper *mapper);
void draw_rights_learn(struct howdah_session *s, const struct mapper *mapper, enum draw_rights rights);
bool key_trait_is(const struct howdah_session *s, const struct mapper *mapper, enum key_trait trait);
void key_trait_learn(struct howdah_session *s, const struct mapper *mapper, enum key_trait trait);
/* Asks the server about rights and rules (1 round trip). False: the session has the error. */
bool draw_rights_ask_about(struct work *w, const struct mapper *mapper);
/* Inside the program's transaction a failed attempt would end it: so the server is asked before the first one of each
 * table, about all of them in 1 round trip. *ret_other: the work must be planned anew. False: the session has the error. */
bool draw_rights_ask(struct work *w, bool *ret_other);

#endif
