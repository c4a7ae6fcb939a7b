/* What becomes of rows that refer to one which is deleted: one rule for each foreign key. */
#ifndef SESSION_CASCADE_H
#define SESSION_CASCADE_H

#include "work.h"

enum cascade_rule {
    CASCADE_IGNORES, /* the models say nothing of it: the server decides */
    CASCADE_DELETES, /* they are deleted by statements of ours */
    CASCADE_FOLLOWS, /* the database deletes them (ON DELETE CASCADE) */
    CASCADE_CLEARS,  /* their foreign key becomes NULL, by statements of ours */
    CASCADE_CLEARED, /* the same, by the database (ON DELETE SET NULL) */
    CASCADE_FORBIDS  /* they can't be without it */
};
enum cascade_rule cascade_rule_of(const struct foreign_key *key, const struct mapper *mapper);

/* Whether what leaves the relations over this key is deleted. */
bool cascade_of_orphans(const struct foreign_key *key);
/* Whether what stands in the owner's field are all the rows, as objects of the session: nothing was evicted. */
bool cascade_holds_all(const struct work *w, const struct relation *has, const struct entry *owner);
/* The statements for rows that nobody has loaded, for each table with rows to be deleted. */
bool work_sweep(struct work *w);
/* The statements for rows, which nobody has loaded, that refer over the key to these owners, and are to do so no longer; but
 * for those that are spared, which the commit writes by themselves. */
bool sweep_owned(struct work *w, const struct foreign_key *key, const struct mapper *mapper, struct sweep_rows owners,
                 struct sweep_rows spared);
/* Whether these rows of a ring, if they stand at that level, are to be left out, as its own statement writes them. */
bool sweep_spares(const struct sweep_path *path, uint32_t level, const struct batch *part);
/* Whether rows over this key, of those that are not loaded, are swept. */
bool sweep_covers(const struct work *w, const struct foreign_key *key);

#endif
