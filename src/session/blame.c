/* Blame: which row of a chunk it was. The server names constraint and table at best, and its wording depends on language
 * and privileges; so the transaction is done again up to that chunk, whose rows then go one by one, until one fails.
 * It is rolled back in any case. */
#include "transaction.h"
#include "work.h"

#include "base/error.h"

struct entry *work_blame(struct work *w, uint32_t chunk, enum howdah_status status)
{
    struct howdah_session *s = w->s;
    struct howdah_error cause;
    struct entry *guilty = NULL;
    error_copy(&cause, &s->error);
    error_clear(&s->error);
    if (work_emit(w, false, chunk)) {
        struct pg_plan plan = {
            .steps = w->steps, .count = w->step_count, .deadline = clock_deadline(s->db->options.statement_timeout, 0)};
        enum howdah_status again = transaction_run(s, &plan);
        if (again == status && plan.failed < w->step_count && w->infos[plan.failed].kind == STEP_WRITE) {
            const struct chunk *failed = &w->chunks[w->infos[plan.failed].chunk];
            if (failed->count == 1)
                guilty = w->changes[w->batches[failed->batch]->changes[failed->first]].entry;
        }
    }
    error_copy(&s->error, &cause);
    return guilty;
}
