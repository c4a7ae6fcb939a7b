/* Objects whose rows the commit changes though no change of theirs is written: they follow another row's key, or the database
 * lets go of what they referred to. Where their version is the row's xmin it becomes another one, which only the server
 * knows: such rows are read again behind the writes, in the same pipeline. */
#ifndef SESSION_RENEWED_H
#define SESSION_RENEWED_H

#include "work.h"

/* The rows of one statement. */
struct renewal {
    struct renewal *next;
    const struct mapper *mapper;
    const struct statement *statement;
    struct entry **entries;
    void **keys;   /* structs with the keys that the rows have by then */
    void **values; /* structs that came; NULL: none did */
    uint32_t count, taken;
    bool told; /* it has been answered */
};

/* Finds them anew, for a plan that has been ordered. False: the session has the error. */
bool renewed_find(struct work *w);
bool renewed_emit(struct work *w);
/* What came so far does not count. */
void renewed_restart(struct work *w);
bool renewed_is_answered(const struct work *w);
/* Objects become their rows, when all else is finished. Can't fail, but for the memory of what collections show: that error
 * is the session's. */
void renewed_apply(struct work *w, bool committed);

#endif
