/* Moved: the rows of one table whose keys change, of those that others may refer to, found by their old keys. */
#ifndef SESSION_MOVED_H
#define SESSION_MOVED_H

#include "work.h"

/* A row whose key changes, by a change of its own or since it follows another one. */
struct moved_row {
    const struct entry *entry;
    const void *old, *image;
    uint32_t change; /* whose statement does it */
    uint32_t next;   /* of the same place */
};

/* Rows of one table whose keys change, found by their old keys. */
struct moved {
    struct work *w;
    const struct foreign_key *key; /* that refers to them */
    struct moved_row *rows;
    uint32_t count, capacity;
    uint32_t *places; /* by hash: the first row, or NONE */
    uint32_t mask;
    const struct key_path *path; /* of the key, where that is put together; else NULL */
    struct follow *follow;       /* NULL where the database follows itself */
};

/* Whether the commit itself writes what refers to them, since the database does not. */
static inline bool moved_here(const struct foreign_key *key)
{
    return key->on_update != HOWDAH_ON_UPDATE_CASCADE;
}

/* Whether others may refer to the column; to the rows by what follows. */
bool moved_is_referenced(const struct mapper *mapper, uint32_t column);
bool moved_draws_along(const struct foreign_key *key);
/* Whether what follows by `by` is a part of what this foreign key refers to. */
bool moved_leads_on(const struct foreign_key *by, const struct foreign_key *key);
/* The rows that `m->key` may refer to, among the first changes, and those that follow others by now. False: the session
 * has the error. */
bool moved_find(struct moved *m, uint32_t changes);
/* The first of them whose column, one of those that the key refers to, is to have another value; NULL if it stays in all. */
const struct moved_row *moved_by(const struct moved *m, uint32_t column);
/* The row that an object refers to; that of an entry of the target, which is loaded; the same row once more, where two
 * statements move it. NULL if there is none. */
const struct moved_row *moved_target(const struct moved *m, const void *object);
const struct moved_row *moved_of(const struct moved *m, const struct entry *entry);
const struct moved_row *moved_again(const struct moved *m, const struct moved_row *row);

#endif
