/* Foreign keys by which rows follow keys that change: those of the models, and such as lead on over rows between that nobody
 * has loaded. What refers to a row of a key, and by that to another one, has that one's key in its own. */
#ifndef SESSION_KEY_PATH_H
#define SESSION_KEY_PATH_H

#include "work.h"

struct key_path {
    const struct foreign_key *key;  /* of the whole path, as if the first table referred to the last */
    const struct foreign_key *last; /* its last step; alone: the key itself */
    const struct key_path *head;    /* all but the last step, or NULL */
    struct key_path *next;
    bool done; /* for who walks them */
};

/* Those that lead to what the work moves, or may move then. False: the session has the error. */
bool key_paths_collect(struct work *w, struct key_path **ret);
/* Whether an object follows by it: of the rows between the session knows none. */
bool key_path_moves(struct work *w, const struct key_path *path, const void *row);

#endif
