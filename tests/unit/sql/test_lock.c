/* The clauses of row locks. */
#include "sql/lock.h"

#include "unit/base/run.h"

#include <howdah/howdah.h>

static const struct {
    enum howdah_lock lock;
    const char *clause;
} clauses[] = {
    {LOCK_NONE, ""},
    {LOCK_FOR_UPDATE, " FOR UPDATE OF t"},
    {LOCK_FOR_UPDATE_NOWAIT, " FOR UPDATE OF t NOWAIT"},
    {LOCK_FOR_UPDATE_SKIP_LOCKED, " FOR UPDATE OF t SKIP LOCKED"},
    {LOCK_FOR_NO_KEY_UPDATE, " FOR NO KEY UPDATE OF t"},
    {LOCK_FOR_NO_KEY_UPDATE_NOWAIT, " FOR NO KEY UPDATE OF t NOWAIT"},
    {LOCK_FOR_NO_KEY_UPDATE_SKIP_LOCKED, " FOR NO KEY UPDATE OF t SKIP LOCKED"},
    {LOCK_FOR_SHARE, " FOR SHARE OF t"},
    {LOCK_FOR_SHARE_NOWAIT, " FOR SHARE OF t NOWAIT"},
    {LOCK_FOR_SHARE_SKIP_LOCKED, " FOR SHARE OF t SKIP LOCKED"},
    {LOCK_FOR_KEY_SHARE, " FOR KEY SHARE OF t"},
    {LOCK_FOR_KEY_SHARE_NOWAIT, " FOR KEY SHARE OF t NOWAIT"},
    {LOCK_FOR_KEY_SHARE_SKIP_LOCKED, " FOR KEY SHARE OF t SKIP LOCKED"},
};

START_TEST(test_lock__clauses)
{
    for (size_t i = 0; i < sizeof(clauses) / sizeof(*clauses); i++)
        ck_assert_str_eq(lock_clause(clauses[i].lock), clauses[i].clause);
    ck_assert_ptr_null(lock_clause((enum howdah_lock)13));
    ck_assert_ptr_null(lock_clause((enum howdah_lock) - 1));
}
END_TEST

RUN("lock", test_lock__clauses)
