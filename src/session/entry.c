#include "entry.h"

enum { ILLEGAL = ENTRY_STATES };

static const uint8_t moves[ENTRY_STATES][ENTRY_EVENTS] = {
    [ENTRY_NEW] =
        {
            [EVENT_DELETE] = ENTRY_DETACHED, /* nothing of it was ever written */
            [EVENT_ADD] = ENTRY_NEW,
            [EVENT_EVICT] = ENTRY_DETACHED,
            [EVENT_WRITTEN] = ENTRY_LOADED,
            [EVENT_ROLLBACK] = ENTRY_DETACHED,
            [EVENT_GONE] = ILLEGAL,
        },
    [ENTRY_LOADED] =
        {
            [EVENT_DELETE] = ENTRY_DELETED,
            [EVENT_ADD] = ENTRY_LOADED,
            [EVENT_EVICT] = ENTRY_DETACHED,
            [EVENT_WRITTEN] = ENTRY_LOADED,
            [EVENT_ROLLBACK] = ENTRY_LOADED,
            [EVENT_GONE] = ENTRY_DETACHED,
        },
    [ENTRY_DELETED] =
        {
            [EVENT_DELETE] = ENTRY_DELETED, /* twice is nothing */
            [EVENT_ADD] = ENTRY_LOADED,     /* takes the deletion back */
            [EVENT_EVICT] = ENTRY_DETACHED,
            [EVENT_WRITTEN] = ENTRY_DETACHED,
            [EVENT_ROLLBACK] = ENTRY_LOADED,
            [EVENT_GONE] = ENTRY_DETACHED,
        },
    [ENTRY_DETACHED] =
        {
            [EVENT_DELETE] = ILLEGAL,
            [EVENT_ADD] = ILLEGAL,
            [EVENT_EVICT] = ILLEGAL,
            [EVENT_WRITTEN] = ILLEGAL,
            [EVENT_ROLLBACK] = ENTRY_DETACHED,
            [EVENT_GONE] = ILLEGAL,
        },
};

static const char *const names[ENTRY_STATES] = {
    [ENTRY_NEW] = "new",
    [ENTRY_LOADED] = "loaded",
    [ENTRY_DELETED] = "deleted",
    [ENTRY_DETACHED] = "detached",
};

bool entry_may(const struct entry *entry, enum entry_event event)
{
    return moves[entry->state][event] != ILLEGAL;
}

bool entry_move(struct entry *entry, enum entry_event event)
{
    if (!entry_may(entry, event))
        return false;
    entry->state = moves[entry->state][event];
    return true;
}

const char *entry_state_name(const struct entry *entry)
{
    return names[entry->state];
}
