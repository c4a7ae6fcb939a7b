/* What the files of the relating phase share. */
#ifndef SESSION_RELATE_H
#define SESSION_RELATE_H

#include "key_index.h"
#include "work.h"

/* Objects that have a value, or are to have it. */
struct holder {
    struct entry *entry;
    const struct holder *next;
};

/* Whose row has a value that a foreign key refers to, and who is to have it. */
struct holders {
    struct key_index index;
    struct entry **entries;       /* by number of the key: whose row has it */
    const struct holder **takers; /* who is to have it: new objects, and those whose key changes */
};

struct child {
    struct child *next;
    struct entry *entry;
    const struct foreign_key *key;
    const struct holder *owners; /* it refers to one of these, which stays, if any does; NULL: there is only one */
};

/* The objects that refer to one. */
struct family {
    struct map_node node;
    const struct entry *owner;
    struct child *first;
};

/* The family of an object, or NULL: nobody refers to it. */
struct family *family_of(const struct map *families, const struct entry *owner);
/* Tables whose rows may be deleted: those with deletes, and what cascades reach from them. */
struct reach {
    const struct mapper **mappers;
    uint32_t count;
    bool *is_reached; /* by mapper; NULL: none is */
};

/* False: the session has the error. */
bool families_reach(struct work *w, struct reach *ret);
/* Those of the key's target that the session knows. False: the session has the error. */
bool holders_find(struct work *w, const struct foreign_key *key, struct holders *ret);
/* To whose row the entry's own refers. False: the session has the error. */
bool holders_of_row(struct work *w, const struct holders *holders, const struct foreign_key *key,
                    const struct mapper *mapper, const struct entry *entry, struct entry **ret);
/* Who refers to objects of these tables. */
bool families_find(struct work *w, struct map *families, const struct reach *reach);

/* The entry is deleted as well; `follows`: by something that is done anyway. */
bool relate_delete(struct work *w, struct entry *entry, bool follows);
/* Its foreign key becomes NULL; `followed`: by a statement for all of them, unless the entry has changes of its own. */
bool relate_clear(struct work *w, struct entry *entry, const struct foreign_key *key, bool followed);
/* What refers to deleted objects is deleted, or lets go of them. */
bool relate_families(struct work *w, const struct map *families);
/* What goes along with deleted rows by ON DELETE is deleted before them, where another foreign key forbids these to go. */
bool relate_along(struct work *w);
/* Links to or from what is deleted go with it: those that are there by a sweep. */
void relate_dead_links(struct work *w);
/* Links of deleted objects whose rows new ones take over go, as far as they are loaded. */
bool relate_links_of_taken_rows(struct work *w);

static inline bool change_goes(const struct change *change)
{
    return change->operation == HOWDAH_OPERATION_DELETE || change->fate == FATE_DROPPED;
}

#endif
