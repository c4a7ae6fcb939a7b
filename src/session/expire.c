/* Objects that are out of date, and objects that are not written: what a program says of loaded ones. No I/O. */
#include "formulas.h"
#include "marks.h"
#include "owner.h"
#include "snapshot.h"

#include <howdah/state.h>

/* --- out of date --- */

/* What was changed is dropped, and the fields of owners follow: the object is as its row was. */
static bool drop_changes(struct howdah_session *s, const struct mapper *mapper, struct entry *entry)
{
    void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    bool clean = snapshot_clean(mapper, object, snapshot);
    if (clean && !entry->placed)
        return true;
    if (!clean)
        snapshot_restore(mapper, object, snapshot);
    memcpy(s->lost_object, object, mapper->model->size);
    return owner_mend(s, mapper, entry, s->lost_object);
}

static enum howdah_status expire(struct howdah_session *s, struct entry *entry)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    if (!entry_move(entry, EVENT_EXPIRE))
        return session_fail(s, HOWDAH_STATUS_MISUSE, mapper->model->name, NULL, entry_object(mapper, entry),
                            "can't expire a %s %s: it has no row to be read again", entry_state_name(entry),
                            mapper->model->name);
    if (entry->state == ENTRY_LOADED && !drop_changes(s, mapper, entry))
        return s->error.status;
    marks_drop_all(s, entry, MARK_ASSIGNED);
    formulas_forget(s, entry);
    entry->expired = true;
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_session_expire(struct howdah_session *s, void *object)
{
    if (!session_enter(s))
        return session_refusal(s);
    struct entry *entry = session_entry(s, object, "expire");
    enum howdah_status status = entry ? expire(s, entry) : s->error.status;
    session_leave(s);
    return status;
}

enum howdah_status howdah_session_expire_all(struct howdah_session *s)
{
    if (!session_enter(s))
        return session_refusal(s);
    for (uint32_t i = 0; i < s->slabs.chain_count && s->error.status == HOWDAH_STATUS_OK; i++)
        for (const struct slab *slab = s->slabs.chains[i].first; slab && !slab->mapper->join_of; slab = slab->next)
            for (uint32_t n = 0; n < slab->count && s->error.status == HOWDAH_STATUS_OK; n++)
                if (slab_entry(slab, n)->state == ENTRY_LOADED)
                    expire(s, slab_entry(slab, n));
    enum howdah_status status = s->error.status;
    session_leave(s);
    return status;
}

/* --- not written --- */

enum howdah_status howdah_session_set_read_only(struct howdah_session *s, void *object, bool read_only)
{
    if (!session_enter(s))
        return session_refusal(s);
    struct entry *entry = session_entry(s, object, "make read only");
    const char *model = entry ? entry_mapper(s, entry)->model->name : NULL;
    if (entry && read_only && !entry_move(entry, EVENT_SEAL))
        session_fail(s, HOWDAH_STATUS_MISUSE, model, NULL, object, "can't make a %s %s read only: it is to be written",
                     entry_state_name(entry), model);
    else if (entry)
        entry->read_only = read_only;
    enum howdah_status status = s->error.status;
    session_leave(s);
    return status;
}
