/* Rows that the server sent back from statements that wrote them at once, on their way into the session's objects: kept
 * aside until it is known that they stay. */
#ifndef SESSION_RETURNED_H
#define SESSION_RETURNED_H

#include "session.h"

struct returned_row {
    struct returned_row *next;
    struct entry *entry;
    void *values; /* a struct with what came back; NULL: the row is gone */
    bool made;    /* the entry was made for this row, and is nothing yet */
};

struct returned {
    struct howdah_session *s;
    const struct mapper *mapper;
    const struct column *const *columns; /* that come back, the parts of the primary key first */
    uint32_t count;
    struct returned_row *first, **last; /* in the scratch arena, as are the structs */
};

/* False if memory is out, which the session then knows. */
bool returned_init(struct returned *r, struct howdah_session *s, const struct mapper *mapper,
                   const struct column *const *columns, uint32_t count);
/* Takes a row of which the session has the object; rows of others are none of its business: NULL. */
bool returned_take(struct returned *r, const struct cell *cells, size_t count, struct returned_row **ret_row);
/* Takes the key of a row that is gone. */
bool returned_take_deleted(struct returned *r, const struct cell *cells, size_t count);
/* Takes a whole row, and makes an object for it if there is none. */
struct returned_row *returned_take_whole(struct returned *r, const struct cell *cells, size_t count);
/* The statement has succeeded: objects without unsaved changes become their rows; changes of the program's stay, and
 * are compared with the new row from now on. Can't fail. */
void returned_apply(struct returned *r);
/* The statement has failed: nothing of it counts. */
void returned_drop(struct returned *r);

#endif
