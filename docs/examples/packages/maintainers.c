/* Maintainers have keys that the server makes. All of them are known by e-mail address after one pass over
 * their table, so that packages can refer to them by id; one that is new is referred to by pointer. */
#include "sync.h"

#include <stdlib.h>
#include <string.h>

/* A row that the input doesn't have. */
struct stale_maintainer {
    int64_t id;
    bool kept;
};

struct loading {
    struct sync *sync;
    Value *renamed; /* keys */
    size_t renamed_count;
    size_t renamed_capacity;
};

/* Called for each row of the table; `object` is not tracked and gone after the call. */
static bool see_maintainer(void *arg, const void *object)
{
    struct loading *loading = arg;
    struct sync *sync = loading->sync;
    const Maintainer *row = object;
    struct known_maintainer *known = inventory_maintainer(sync->inventory, row->email);
    report_table(sync->report, &Maintainer_model)->found++;
    if (!known) {
        sync->stale = array_grow(sync->stale, sync->stale_count, &sync->stale_capacity, sizeof *sync->stale);
        sync->stale[sync->stale_count++] = (struct stale_maintainer){.id = row->id};
        return true;
    }
    known->id = row->id;
    if (strcmp(known->name, row->name) != 0) {
        loading->renamed =
            array_grow(loading->renamed, loading->renamed_count, &loading->renamed_capacity, sizeof *loading->renamed);
        loading->renamed[loading->renamed_count++] = VALUE(row->id);
    }
    return true;
}

void sync_load_maintainers(struct sync *sync)
{
    Session *s = sync->session;
    struct loading loading = {.sync = sync};
    query_each(session_query(s, Maintainer), Maintainer, see_maintainer, &loading);

    Maintainer **renamed = NULL;
    if (loading.renamed_count > 0)
        renamed = session_find_many(s, Maintainer, loading.renamed, loading.renamed_count);
    for (size_t i = 0; renamed && i < loading.renamed_count; i++) {
        if (renamed[i])
            renamed[i]->name = inventory_maintainer(sync->inventory, renamed[i]->email)->name;
    }
    free(loading.renamed);
}

void sync_set_maintainer(struct sync *sync, Package *package)
{
    if (!sync->record.maintainer.email) {
        package->maintainer_id = (NullInt64){0};
        return;
    }
    struct known_maintainer *known = inventory_maintainer(sync->inventory, sync->record.maintainer.email);
    if (known->id) {
        package->maintainer_id = (NullInt64){known->id, true};
        return;
    }
    if (!known->added)
        known->added = session_add(sync->session, Maintainer, .email = known->email, .name = known->name);
    package->maintainer = known->added; /* the commit fills in maintainer_id */
}

void sync_note_maintainers(struct sync *sync)
{
    for (size_t i = 0; i < sync->inventory->maintainer_count; i++) {
        struct known_maintainer *known = &sync->inventory->maintainers[i];
        if (known->added) {
            known->id = known->added->id;
            known->added = NULL;
        }
    }
}

void sync_keep_maintainer(struct sync *sync, NullInt64 id)
{
    for (size_t i = 0; i < sync->stale_count; i++) {
        if (id.valid && sync->stale[i].id == id.value)
            sync->stale[i].kept = true;
    }
}

void sync_remove_maintainers(struct sync *sync)
{
    Value *keys = array_zeroed(sync->stale_count + 1, sizeof *keys);
    size_t count = 0;
    for (size_t i = 0; i < sync->stale_count; i++) {
        if (!sync->stale[i].kept)
            keys[count++] = VALUE(sync->stale[i].id);
    }
    Maintainer **gone = count > 0 ? session_find_many(sync->session, Maintainer, keys, count) : NULL;
    for (size_t i = 0; gone && i < count; i++)
        session_delete(sync->session, gone[i]);
    free(keys);
}
