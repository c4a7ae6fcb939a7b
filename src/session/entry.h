/* Entries: what the session knows of one object. The entries of a few, their objects and their snapshots lie side by
 * side in a slab of their mapper, so that walking a table's objects walks memory in order.
 *
 *   | entries | objects: the program's structs | snapshots: the same structs as they are in the rows |
 *
 * The objects are aligned, and right behind their entries; what padding there is, is before the entries.
 *
 * The snapshot of a new object is what session_add was given; the plan makes the row's image of it there. */
#ifndef SESSION_ENTRY_H
#define SESSION_ENTRY_H

#include "base/map.h"
#include "model/mapper.h"

/* The first two are there for whoever looks for them. */
enum entry_state {
    ENTRY_NEW,      /* added, not in the database */
    ENTRY_LOADED,   /* in the database; dirty if it differs from its snapshot */
    ENTRY_DELETED,  /* in the database, to be deleted */
    ENTRY_DETACHED, /* of no interest any more; its memory stays readable */
    ENTRY_STATES
};

enum entry_event {
    EVENT_DELETE,   /* session_delete */
    EVENT_ADD,      /* session_add of this very object */
    EVENT_EVICT,    /* session_evict */
    EVENT_WRITTEN,  /* its INSERT, UPDATE or DELETE was committed or flushed */
    EVENT_ROLLBACK, /* session_rollback */
    EVENT_GONE,     /* its row is not there any more */
    EVENT_FOUND,    /* its row was read for it */
    EVENT_ATTACH,   /* session_attach, and calls that name it by its key: stub, merge */
    EVENT_RENEW,    /* session_attach of one that was never written */
    EVENT_EXPIRE,   /* session_expire */
    EVENT_SEAL,     /* session_set_read_only */
    ENTRY_EVENTS
};

enum { ENTRY_ROOM_AT = MAP_ROOM_AT(3 * sizeof(uint32_t)) };

struct entry {
    union {
        struct map_node node; /* in the identity map while .mapped */
        struct {
            unsigned char links[ENTRY_ROOM_AT]; /* the node's; these three lie in the room that it has */
            uint32_t siblings; /* number of those that came with it, see siblings.h; 0: it came alone */
            uint32_t absent;   /* a bit for each of the first 32 relations: loaded, and there is none */
            uint16_t kept;     /* a bit for each of the first 16 relations: see member.h */
            uint16_t distance; /* in bytes, to the object */
        };
    };
    uint16_t mapper; /* index in the catalog */
    union {
        struct {
            uint8_t state; /* enum entry_state; moved by entry_move alone */
            bool mapped : 1;
            bool row_deleted : 1; /* detached, since its row was deleted by this session, or is gone */
            bool unwritten : 1;   /* detached, and it never had a row */
            bool marked : 1;      /* of some columns the session knows more, see marks.h */
            bool expired : 1;     /* out of date: it is as its row was at some time */
            bool read_only : 1;   /* changes of it are not written */
            bool placed : 1;      /* the journal of owners has it, see owner.h */
            bool cascaded : 1;    /* deleted since its owner is, for as long as a plan is made and run */
        };
        uint16_t all; /* of the above */
    };
    uint32_t change; /* index of its change in the unit of work, if that one's entry is this */
};

/* The one table of legal moves; ENTRY_STATES: illegal. It is here so that where a state is known, a move is a store. */
static const uint8_t entry_moves[ENTRY_STATES][ENTRY_EVENTS] = {
    [ENTRY_NEW] =
        {
            [EVENT_DELETE] = ENTRY_DETACHED, /* nothing of it was ever written */
            [EVENT_ADD] = ENTRY_NEW,
            [EVENT_EVICT] = ENTRY_DETACHED,
            [EVENT_WRITTEN] = ENTRY_LOADED,
            [EVENT_ROLLBACK] = ENTRY_DETACHED,
            [EVENT_GONE] = ENTRY_STATES,
            [EVENT_FOUND] = ENTRY_LOADED, /* others have added the row */
            [EVENT_ATTACH] = ENTRY_NEW,
            [EVENT_RENEW] = ENTRY_STATES,
            [EVENT_EXPIRE] = ENTRY_STATES,
            [EVENT_SEAL] = ENTRY_STATES,
        },
    [ENTRY_LOADED] =
        {
            [EVENT_DELETE] = ENTRY_DELETED,
            [EVENT_ADD] = ENTRY_LOADED,
            [EVENT_EVICT] = ENTRY_DETACHED,
            [EVENT_WRITTEN] = ENTRY_LOADED,
            [EVENT_ROLLBACK] = ENTRY_LOADED,
            [EVENT_GONE] = ENTRY_DETACHED,
            [EVENT_FOUND] = ENTRY_LOADED,
            [EVENT_ATTACH] = ENTRY_LOADED,
            [EVENT_RENEW] = ENTRY_STATES,
            [EVENT_EXPIRE] = ENTRY_LOADED,
            [EVENT_SEAL] = ENTRY_LOADED,
        },
    [ENTRY_DELETED] =
        {
            [EVENT_DELETE] = ENTRY_DELETED, /* twice is nothing */
            [EVENT_ADD] = ENTRY_LOADED,     /* takes the deletion back */
            [EVENT_EVICT] = ENTRY_DETACHED,
            [EVENT_WRITTEN] = ENTRY_DETACHED,
            [EVENT_ROLLBACK] = ENTRY_LOADED,
            [EVENT_GONE] = ENTRY_DETACHED,
            [EVENT_FOUND] = ENTRY_LOADED,
            [EVENT_ATTACH] = ENTRY_STATES,
            [EVENT_RENEW] = ENTRY_STATES,
            [EVENT_EXPIRE] = ENTRY_DELETED,
            [EVENT_SEAL] = ENTRY_STATES,
        },
    [ENTRY_DETACHED] =
        {
            [EVENT_DELETE] = ENTRY_STATES,
            [EVENT_ADD] = ENTRY_STATES,
            [EVENT_EVICT] = ENTRY_STATES,
            [EVENT_WRITTEN] = ENTRY_STATES,
            [EVENT_ROLLBACK] = ENTRY_DETACHED,
            [EVENT_GONE] = ENTRY_STATES,
            [EVENT_FOUND] = ENTRY_LOADED,
            [EVENT_ATTACH] = ENTRY_LOADED,
            [EVENT_RENEW] = ENTRY_NEW,
            [EVENT_EXPIRE] = ENTRY_STATES,
            [EVENT_SEAL] = ENTRY_STATES,
        },
};

static inline bool entry_may(const struct entry *entry, enum entry_event event)
{
    return entry_moves[entry->state][event] != ENTRY_STATES;
}

/* The one function that changes a state. False: the move is illegal. */
static inline bool entry_move(struct entry *entry, enum entry_event event)
{
    const struct entry detached = {.row_deleted = true, .unwritten = true};
    uint8_t state = entry_moves[entry->state][event], before = entry->state;
    if (state == ENTRY_STATES)
        return false;
    if (state != ENTRY_DETACHED || before != ENTRY_DETACHED)
        entry->all &= (uint16_t)~detached.all;
    if (state == ENTRY_DETACHED && before == ENTRY_NEW)
        entry->unwritten = true;
    entry->state = state;
    return true;
}

const char *entry_state_name(const struct entry *entry);

/* New or loaded, and nothing else to be known about it: what a look into the map may give to the program. */
static inline bool entry_is_ready(const struct entry *entry)
{
    const struct entry not_ready = {.state = (uint8_t)~ENTRY_LOADED, .marked = true, .expired = true};
    return !(entry->all & not_ready.all);
}

/* Loaded and in the map, and nothing else to be known about it: a write of its row moves nothing. */
static inline bool entry_is_settled(const struct entry *entry)
{
    const struct entry look = {
        .state = UINT8_MAX, .mapped = true, .row_deleted = true, .unwritten = true, .marked = true};
    const struct entry settled = {.state = ENTRY_LOADED, .mapped = true};
    return (entry->all & look.all) == settled.all;
}

static inline struct entry *entry_of_node(const struct map_node *node)
{
    return (struct entry *)(uintptr_t)node; /* node is the first member */
}

#endif
