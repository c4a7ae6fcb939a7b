/* Savepoints: places in the program's transaction that it can go back to, objects included.
 *
 * What the session knows of its objects is flushed before a savepoint is made, so that the server has all of it. The way
 * back is then that of a rollback, up to that place: what was flushed since is taken back, newest first, and every object
 * is as its row is again. */
#include "base/error.h"
#include "hooks.h"
#include "member.h"
#include "pending.h"
#include "transaction.h"
#include "work.h"

#include <inttypes.h>
#include <stdio.h>

static void put_verb(struct statement *statement, char text[SAVEPOINT_TEXT], const char *verb, uint32_t number)
{
    snprintf(text, SAVEPOINT_TEXT, "%s howdah_%" PRIu32, verb, number);
    *statement = (struct statement){.text = text, .control = true};
}

struct savepoint *savepoint_new(struct arena *arena, uint32_t number)
{
    struct savepoint *savepoint = ARENA_NEW(arena, struct savepoint);
    if (!savepoint)
        return NULL;
    savepoint->number = number;
    put_verb(&savepoint->make, savepoint->texts[0], "SAVEPOINT", number);
    put_verb(&savepoint->back, savepoint->texts[1], "ROLLBACK TO SAVEPOINT", number);
    put_verb(&savepoint->release, savepoint->texts[2], "RELEASE SAVEPOINT", number);
    return savepoint;
}

static struct savepoint *savepoint_here(struct howdah_session *s)
{
    uint32_t chains = s->slabs.chain_count;
    struct savepoint *savepoint = savepoint_new(&s->flushed_arena, ++s->savepoints);
    if (!savepoint || !(savepoint->read = arena_allocate_array(&s->flushed_arena, chains, sizeof(*savepoint->read)))) {
        session_no_memory(s);
        return NULL;
    }
    for (uint32_t i = 0; i < chains; i++)
        savepoint->read[i] = slab_end(&s->slabs.chains[i]);
    savepoint->wrote = s->wrote;
    return savepoint;
}

/* NULL: the session has the error, which may be one that ended the transaction before. */
static struct savepoint *find(struct howdah_session *s, uint32_t number)
{
    struct savepoint *savepoint = s->savepoint;
    while (savepoint && savepoint->number != number)
        savepoint = savepoint->outer;
    if (!savepoint && s->error.status == HOWDAH_STATUS_OK)
        session_fail(s, HOWDAH_STATUS_MISUSE, NULL, NULL, NULL,
                     "there is no savepoint %" PRIu32
                     ": it was released or rolled back over, or its transaction is over",
                     number);
    return savepoint;
}

static enum howdah_status run(struct howdah_session *s, const struct statement *statement)
{
    struct pg_step step = {.statement = statement};
    enum howdah_status status = transaction_read(s, &step);
    if (status != HOWDAH_STATUS_OK) { /* what was flushed is pending again */
        s->error.outcome = HOWDAH_OUTCOME_NOT_DONE;
        error_finish(&s->error);
    }
    return status;
}

static uint32_t make(struct howdah_session *s)
{
    if (s->transaction == TRANSACTION_NONE) {
        session_fail(s, HOWDAH_STATUS_NO_TRANSACTION, NULL, NULL, NULL,
                     "session_savepoint is a place in a transaction of the program: call session_begin first");
        return 0;
    }
    struct savepoint *savepoint = work_write_all(s, false) == HOWDAH_STATUS_OK ? savepoint_here(s) : NULL;
    if (!savepoint || run(s, &savepoint->make) != HOWDAH_STATUS_OK)
        return 0;
    savepoint->flushed = s->flushed;
    savepoint->kept = members_mark(s);
    savepoint->fence = s->fence;
    for (savepoint->setting = s->first_setting; savepoint->setting && savepoint->setting->next;)
        savepoint->setting = savepoint->setting->next;
    savepoint->outer = s->savepoint;
    s->savepoint = savepoint;
    return savepoint->number;
}

uint32_t howdah_session_savepoint(struct howdah_session *s)
{
    if (!session_enter(s))
        return 0;
    uint32_t number = hooks_may_call(s, "session_savepoint") ? make(s) : 0;
    arena_reset(&s->scratch);
    session_leave(s);
    return number;
}

static enum howdah_status go_back(struct howdah_session *s, uint32_t number)
{
    struct savepoint *savepoint = find(s, number);
    if (!savepoint)
        return s->error.status;
    s->savepoint = savepoint;
    transaction_unset(s, savepoint->setting, false);
    session_forget_error(s);
    if (run(s, &savepoint->back) != HOWDAH_STATUS_OK)
        return s->error.status;
    s->fence = savepoint->fence;
    transaction_undo(s, savepoint);
    pending_go_back(s, savepoint->kept);
    transaction_restore_objects(s);
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_session_rollback_to(struct howdah_session *s, uint32_t savepoint)
{
    if (!session_enter_always(s))
        return session_refusal(s);
    work_free(s);
    enum howdah_status status = hooks_may_call(s, "session_rollback_to") ? go_back(s, savepoint) : s->error.status;
    arena_reset(&s->scratch);
    session_leave(s);
    return status;
}

enum howdah_status howdah_session_release(struct howdah_session *s, uint32_t savepoint)
{
    if (!session_enter(s))
        return session_refusal(s);
    const struct savepoint *found = hooks_may_call(s, "session_release") ? find(s, savepoint) : NULL;
    enum howdah_status status = found ? run(s, &found->release) : s->error.status;
    if (status == HOWDAH_STATUS_OK)
        s->savepoint = found->outer;
    arena_reset(&s->scratch);
    session_leave(s);
    return status;
}
