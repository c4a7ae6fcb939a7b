/* Owners: to which object a HAS_ONE or HAS_MANY leads back from another, in memory. What the collections show is kept in a
 * journal of all objects that are not where their rows are; it is compared with what the program wrote into the fields
 * whenever a call gets to see them. */
#ifndef SESSION_OWNER_H
#define SESSION_OWNER_H

#include "session.h"

/* An object that is not where its row is. */
struct placed {
    struct map_node node;
    struct placed *next, **at; /* in the session's list: what points to this one */
    struct entry *child;
    const struct foreign_key *key;
    struct entry *owner;        /* whose fields show it; NULL: nobody's */
    const struct relation *via; /* the filtered relation by whose name it was linked; NULL: none */
    bool by_link; /* no pointer field leads to the owner, and it has no key yet: this is what the commit goes by */
    bool said;    /* by session_link or session_unlink, which have set the child's fields */
    bool keyed;   /* and its value to the owner's key, as it was then */
    bool holds;   /* which it still has, as a flush is about to be undone */
    uint64_t value;
};

/* A number for the value of the child's foreign key. */
uint64_t placed_value(const struct foreign_key *key, const struct mapper *mapper, const struct entry *child);

enum whose {
    OWNER_NONE,    /* refers to nothing */
    OWNER_UNKNOWN, /* to a row that the session doesn't have */
    OWNER_KNOWN
};

/* The journal: where the child is shown, or NULL. */
struct placed *placed_find(const struct howdah_session *s, const struct entry *child, const struct foreign_key *key);
/* Writes it. NULL: the session has the error. */
struct placed *placed_put(struct howdah_session *s, struct entry *child, const struct foreign_key *key,
                          struct entry *owner);
/* Forgets that one. */
void placed_drop(struct howdah_session *s, struct placed *gone);
/* Forgets all of it: what is, is in the rows. */
void placed_forget(struct howdah_session *s);
/* Back at a savepoint: what the rows say, which had been flushed. */
void placed_go_back(struct howdah_session *s);

/* The object or row that has the owner's key. */
const void *owner_key(const struct foreign_key *key, const struct entry *owner);
/* To whom the child's fields refer now: pointer, value, or link. */
enum whose owner_now(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                     const struct entry *child, struct entry **ret_owner);
/* Whether the program says so by a value that it has written, and no pointer says otherwise. */
bool owner_is_by_value(const struct foreign_key *key, const struct mapper *mapper, const struct entry *child);
/* To whom its row refers; NULL: to nobody that the session has. */
struct entry *owner_of_row(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                           const struct entry *child);
/* Whose collections show it. */
struct entry *owner_shown(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                          const struct entry *child);
/* Moves the child from where it is shown to the owner, in the fields of both. `via` is the relation that a program named,
 * or NULL: a filtered one shows only what was linked by its name. */
bool owner_show(struct howdah_session *s, const struct foreign_key *key, const struct mapper *mapper,
                struct entry *child, struct entry *owner, const struct relation *via);
/* Whether the child may move from one owner to the other; false: a relation over the key is .single_parent, and the session
 * has that error. */
bool owner_may_move(struct howdah_session *s, const struct foreign_key *key, const struct entry *before,
                    const struct entry *owner);
/* Makes the fields of owners agree with what the program wrote into this child's. */
bool owner_follow(struct howdah_session *s, const struct mapper *mapper, struct entry *child);
/* The same for a call that gets to see the object, whatever it is. */
bool owner_follow_seen(struct howdah_session *s, struct entry *child);

/* The child is deleted no longer: collections that were loaded meanwhile show it. False: the session has the error. */
bool owner_return(struct howdah_session *s, const struct mapper *mapper, struct entry *child);

/* The child becomes what its row is by now, as object and snapshot, and the fields of owners with it: what was pending for it
 * is forgotten. False: the session has the error, and nothing has changed but where memory ran out. */
bool owner_mend(struct howdah_session *s, const struct mapper *mapper, struct entry *child, const void *row);

/* What was linked to this owner since the last commit is not any more, and what was unlinked is again: fields of the
 * objects, and of all owners; but not what the program wrote into the objects' own fields. Objects that are new and can't be without it are forgotten. False: the session has the error. */
bool owner_drop_pending(struct howdah_session *s, const struct entry *owner);

enum {
    OWNERS_MAX = 64
}; /* keys whose owners are compared; more of them follow their rows when they are next looked at */

/* Where an object is shown, before its row becomes another. */
struct owners {
    const struct foreign_key *keys[OWNERS_MAX];
    struct entry *shown[OWNERS_MAX];
    struct entry *rows[OWNERS_MAX]; /* whose its row was */
    size_t count;
};
void owners_look(struct howdah_session *s, const struct mapper *mapper, const struct entry *child, struct owners *ret);
/* The row is another by now, by a statement: the collections that showed it show what it says, but where the program has
 * moved the object itself. A rollback of the program's transaction takes it back. False: the session has the error. */
bool owners_changed(struct howdah_session *s, const struct mapper *mapper, struct entry *child,
                    const struct owners *before);

/* The next foreign key of a mapper over which something HAS_ONE or HAS_MANY; starts with *i == 0 and *typed == NULL. */
struct owner_keys {
    uint32_t i;
    const struct foreign_key *typed;
    bool in_typed;
};
const struct foreign_key *owner_next_key(const struct mapper *mapper, struct owner_keys *walk);

#endif
