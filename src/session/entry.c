#include "entry.h"

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
