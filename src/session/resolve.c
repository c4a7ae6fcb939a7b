/* What became of a commit that was in doubt, for whoever has its token. */
#include "database.h"
#include "fence.h"

#include "base/error.h"

#include <howdah/transaction.h>

static enum howdah_status resolve(struct howdah_database *db, const char *token, enum howdah_outcome *ret_outcome,
                                  struct howdah_error *error)
{
    struct pg_transaction transaction = {0};
    struct fence fence = {0};
    if (db->error.status != HOWDAH_STATUS_OK) {
        error_copy(error, &db->error);
        return error->status;
    }
    if (!token || !ret_outcome || !(fence_parse(token, &fence) || pg_transaction_parse(token, &transaction)))
        return error_set(error, HOWDAH_STATUS_INVALID,
                         "that is no token of a transaction in doubt: take the error's in_doubt_token");
    if (fence.set && !db->fence)
        return error_set(error, HOWDAH_STATUS_INVALID,
                         "that is the token of a fence: open the database with option fence to ask for it");
    moment deadline = clock_deadline(db->options.in_doubt_timeout, 0);
    *ret_outcome =
        fence.set ? fence_resolve(db, &fence, deadline) : pg_transaction_resolve(db->pool, &transaction, deadline);
    if (*ret_outcome != HOWDAH_OUTCOME_IN_DOUBT)
        return HOWDAH_STATUS_OK;
    error_set(error, HOWDAH_STATUS_IN_DOUBT, "whether that transaction was committed can't be learned now");
    error_attach(error, &error->in_doubt_token, token);
    error->outcome = HOWDAH_OUTCOME_IN_DOUBT;
    return error->status;
}

enum howdah_status howdah_database_resolve(struct howdah_database *db, const char *token,
                                           enum howdah_outcome *ret_outcome, struct howdah_error *error)
{
    struct howdah_error own;
    struct howdah_error *e = error ? error : &own;
    if (!db) {
        error_copy(e, &error_no_memory);
        return e->status;
    }
    error_clear(e);
    enum howdah_outcome outcome = HOWDAH_OUTCOME_IN_DOUBT;
    enum howdah_status status = resolve(db, token, ret_outcome ? &outcome : NULL, e);
    if (status == HOWDAH_STATUS_OK)
        *ret_outcome = outcome;
    else if (!e->text)
        error_finish(e);
    return status;
}
