#include "lock.h"

#define OF(strength, wait) \
    { \
        " FOR " strength " OF t" wait, " FOR " strength " OF t0" wait \
    }

static const char *const clauses[][2] = {
    [HOWDAH_LOCK_NONE] = {"", ""},
    [HOWDAH_LOCK_FOR_UPDATE] = OF("UPDATE", ""),
    [HOWDAH_LOCK_FOR_UPDATE_NOWAIT] = OF("UPDATE", " NOWAIT"),
    [HOWDAH_LOCK_FOR_UPDATE_SKIP_LOCKED] = OF("UPDATE", " SKIP LOCKED"),
    [HOWDAH_LOCK_FOR_NO_KEY_UPDATE] = OF("NO KEY UPDATE", ""),
    [HOWDAH_LOCK_FOR_NO_KEY_UPDATE_NOWAIT] = OF("NO KEY UPDATE", " NOWAIT"),
    [HOWDAH_LOCK_FOR_NO_KEY_UPDATE_SKIP_LOCKED] = OF("NO KEY UPDATE", " SKIP LOCKED"),
    [HOWDAH_LOCK_FOR_SHARE] = OF("SHARE", ""),
    [HOWDAH_LOCK_FOR_SHARE_NOWAIT] = OF("SHARE", " NOWAIT"),
    [HOWDAH_LOCK_FOR_SHARE_SKIP_LOCKED] = OF("SHARE", " SKIP LOCKED"),
    [HOWDAH_LOCK_FOR_KEY_SHARE] = OF("KEY SHARE", ""),
    [HOWDAH_LOCK_FOR_KEY_SHARE_NOWAIT] = OF("KEY SHARE", " NOWAIT"),
    [HOWDAH_LOCK_FOR_KEY_SHARE_SKIP_LOCKED] = OF("KEY SHARE", " SKIP LOCKED"),
};

const char *lock_clause(enum howdah_lock lock)
{
    return (unsigned)lock < sizeof(clauses) / sizeof(*clauses) ? clauses[lock][0] : NULL;
}

const char *lock_clause_of_query(enum howdah_lock lock)
{
    return (unsigned)lock < sizeof(clauses) / sizeof(*clauses) ? clauses[lock][1] : NULL;
}
