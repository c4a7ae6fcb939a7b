/* Brings the tables in step with the input, and writes only the difference. */
#ifndef PACKAGES_SYNC_H
#define PACKAGES_SYNC_H

#include "inventory.h"
#include "models.h"
#include "parser.h"
#include "report.h"

struct sync {
    Session *session;
    struct parser *parser; /* of the input that the inventory was read from */
    struct inventory *inventory;
    struct report *report;
    bool commit_batches; /* one commit for each batch of packages; else one for all */

    /* working state: zero */
    struct arena arena;   /* what the session's objects point to until the next commit */
    struct record record; /* the one that is being written */
    struct stale_maintainer *stale;
    size_t stale_count;
    size_t stale_capacity;
    size_t done; /* packages */
};

/* False if it failed: what was not committed is not written. The reason is told. */
bool sync_run(struct sync *sync);
void sync_done(struct sync *sync);

/* --- between the files of this part --- */

/* maintainers.c: compares the table with the inventory, and corrects the names. */
void sync_load_maintainers(struct sync *sync);
/* Points the package to its maintainer, who is added if there is none yet. */
void sync_set_maintainer(struct sync *sync, Package *package);
/* The row stays, since a package that stays as it is refers to it. */
void sync_keep_maintainer(struct sync *sync, NullInt64 id);
/* Removes those that nobody refers to. */
void sync_remove_maintainers(struct sync *sync);
/* After a commit: takes over the ids that the server has made. */
void sync_note_maintainers(struct sync *sync);

/* page.c: the packages that are in the tables. */
bool sync_update_packages(struct sync *sync);

/* sync.c: fills sync->record from the input. */
bool sync_read_record(struct sync *sync, const struct known_package *known);
/* Commits if batches are committed one by one, or if it is the last. */
bool sync_finish_batch(struct sync *sync, bool last);

#endif
