#include "entry.h"

enum { ILLEGAL = ENTRY_STATES };

const uint8_t entry_moves[ENTRY_STATES][ENTRY_EVENTS] = {
    [ENTRY_NEW] =
        {
            [EVENT_DELETE] = ENTRY_DETACHED, /* nothing of it was ever written */
            [EVENT_ADD] = ENTRY_NEW,
            [EVENT_EVICT] = ENTRY_DETACHED,
            [EVENT_WRITTEN] = ENTRY_LOADED,
            [EVENT_ROLLBACK] = ENTRY_DETACHED,
            [EVENT_GONE] = ILLEGAL,
            [EVENT_FOUND] = ENTRY_LOADED, /* others have added the row */
            [EVENT_ATTACH] = ENTRY_NEW,
            [EVENT_RENEW] = ILLEGAL,
            [EVENT_EXPIRE] = ILLEGAL,
            [EVENT_SEAL] = ILLEGAL,
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
            [EVENT_RENEW] = ILLEGAL,
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
            [EVENT_ATTACH] = ILLEGAL,
            [EVENT_RENEW] = ILLEGAL,
            [EVENT_EXPIRE] = ENTRY_DELETED,
            [EVENT_SEAL] = ILLEGAL,
        },
    [ENTRY_DETACHED] =
        {
            [EVENT_DELETE] = ILLEGAL,
            [EVENT_ADD] = ILLEGAL,
            [EVENT_EVICT] = ILLEGAL,
            [EVENT_WRITTEN] = ILLEGAL,
            [EVENT_ROLLBACK] = ENTRY_DETACHED,
            [EVENT_GONE] = ILLEGAL,
            [EVENT_FOUND] = ENTRY_LOADED,
            [EVENT_ATTACH] = ENTRY_LOADED,
            [EVENT_RENEW] = ENTRY_NEW,
            [EVENT_EXPIRE] = ILLEGAL,
            [EVENT_SEAL] = ILLEGAL,
        },
};

static const char *const names[ENTRY_STATES] = {
    [ENTRY_NEW] = "new",
    [ENTRY_LOADED] = "loaded",
    [ENTRY_DELETED] = "deleted",
    [ENTRY_DETACHED] = "detached",
};

const char *entry_state_name(const struct entry *entry)
{
    return names[entry->state];
}
