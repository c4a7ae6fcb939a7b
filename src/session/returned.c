#include "returned.h"

#include "fill.h"
#include "load.h"
#include "owner.h"
#include "snapshot.h"
#include "transaction.h"

#include "base/error.h"

bool returned_init(struct returned *r, struct howdah_session *s, const struct mapper *mapper,
                   const struct column *const *columns, uint32_t count)
{
    *r = (struct returned){.s = s, .mapper = mapper, .columns = columns, .count = count};
    r->last = &r->first;
    return map_prepare(&s->map) || !session_no_memory(s);
}

/* --- taking --- */

static bool check_width(struct returned *r, size_t count)
{
    const char *model = r->mapper->model->name;
    if (count == r->count)
        return true;
    session_fail(r->s, HOWDAH_STATUS_PROTOCOL, model, NULL, NULL, "%s: a row of %zu columns, expected %u", model, count,
                 r->count);
    return false;
}

/* The entry of the row whose key comes first, or NULL. False on error. */
static bool find(struct returned *r, const struct cell *cells, struct entry **ret)
{
    struct howdah_session *s = r->s;
    if (!load_columns(s, r->mapper, r->columns, cells, r->mapper->key_count, &s->scratch, s->key_object))
        return false;
    struct entry *entry = identity_find(&s->map, r->mapper, s->key_object);
    *ret = entry && (entry->state == ENTRY_LOADED || entry->state == ENTRY_DELETED) ? entry : NULL;
    return true;
}

static struct returned_row *add(struct returned *r, struct entry *entry, void *values)
{
    struct returned_row *row = ARENA_NEW(&r->s->scratch, struct returned_row);
    if (!row) {
        session_no_memory(r->s);
        return NULL;
    }
    *row = (struct returned_row){.entry = entry, .values = values};
    *r->last = row;
    r->last = &row->next;
    return row;
}

/* What a rollback of the program's transaction has to undo. */
static bool remember(struct returned *r, struct entry *entry)
{
    return r->s->transaction == TRANSACTION_NONE || transaction_remember(r->s, entry) || !session_no_memory(r->s);
}

static void *decode(struct returned *r, const struct cell *cells)
{
    const struct howdah_model *model = r->mapper->model;
    void *values = arena_allocate_zero(&r->s->scratch, model->size, model->alignment);
    if (!values)
        session_no_memory(r->s);
    bool decoded = values && load_columns(r->s, r->mapper, r->columns, cells, r->count, &r->s->arena, values);
    return decoded ? values : NULL;
}

bool returned_take(struct returned *r, const struct cell *cells, size_t count, struct returned_row **ret_row)
{
    struct entry *entry = NULL;
    if (!check_width(r, count) || !find(r, cells, &entry))
        return false;
    *ret_row = NULL;
    if (!entry)
        return true;
    void *values = decode(r, cells);
    return values && remember(r, entry) && (*ret_row = add(r, entry, values));
}

bool returned_take_deleted(struct returned *r, const struct cell *cells, size_t count)
{
    struct entry *entry = NULL;
    if (!check_width(r, count) || !find(r, cells, &entry))
        return false;
    return !entry || (remember(r, entry) && add(r, entry, NULL));
}

/* An entry for a row that the session has no object of. It is detached until the statement has succeeded; a rollback of
 * the program's transaction makes it so again. */
static struct entry *make(struct returned *r)
{
    struct entry *entry = slabs_add(&r->s->slabs, r->mapper);
    if (!entry) {
        session_no_memory(r->s);
        return NULL;
    }
    entry->state = ENTRY_DETACHED;
    return entry;
}

struct returned_row *returned_take_whole(struct returned *r, const struct cell *cells, size_t count)
{
    struct entry *entry = NULL;
    void *values = check_width(r, count) ? decode(r, cells) : NULL;
    if (!values || !find(r, cells, &entry))
        return NULL;
    bool made = !entry;
    if (made && !(entry = make(r)))
        return NULL;
    if (made)
        memcpy(entry_object(r->mapper, entry), values, r->mapper->model->size);
    if (made)
        snapshot_take(r->mapper, entry_object(r->mapper, entry), entry_snapshot(r->mapper, entry));
    struct returned_row *row = remember(r, entry) ? add(r, entry, values) : NULL;
    if (row)
        row->made = made;
    return row;
}

/* --- applying --- */

/* The statement stands, though memory ran out for what collections show: inside of session_begin the error ends it. */
static void say_done(struct howdah_session *s)
{
    if (s->transaction != TRANSACTION_NONE)
        return;
    s->error.outcome = HOWDAH_OUTCOME_DONE;
    error_finish(&s->error);
}

static void become_loaded(struct returned *r, struct entry *entry)
{
    struct entry *holder = identity_find(&r->s->map, r->mapper, entry_snapshot(r->mapper, entry));
    if (holder) /* detached: its row was gone, and is there again */
        identity_remove(&r->s->map, holder);
    entry->state = ENTRY_LOADED; /* as load.c does: it begins its life here */
    identity_add_prepared(&r->s->map, r->mapper, entry);
    struct owners before;
    owners_look(r->s, r->mapper, entry, &before);
    for (size_t i = 0; i < before.count; i++)
        before.shown[i] = NULL; /* nobody shows it yet */
    if (!owners_changed(r->s, r->mapper, entry, &before))
        say_done(r->s);
}

static void refresh(struct returned *r, const struct returned_row *row)
{
    uint32_t keys = r->mapper->key_count;
    if (r->count >= r->mapper->column_count) /* all of them */
        row->entry->expired = false;
    if (!fill_columns(r->s, row->entry, r->columns + keys, r->count - keys, row->values))
        say_done(r->s);
}

static void leave(struct returned *r, struct entry *entry)
{
    entry_move(entry, EVENT_GONE);
    entry->row_deleted = true;
    r->s->deleted_some = true;                 /* collections may hold it */
    if (r->s->transaction == TRANSACTION_NONE) /* else it keeps its place until the commit, should that not come */
        identity_remove(&r->s->map, entry);
}

void returned_apply(struct returned *r)
{
    for (const struct returned_row *row = r->first; row; row = row->next) {
        bool known = row->entry->state != ENTRY_DETACHED; /* else a statement of its own has deleted it meanwhile */
        if (row->made)
            become_loaded(r, row->entry);
        else if (known && row->values)
            refresh(r, row);
        else if (known)
            leave(r, row->entry);
    }
}

void returned_drop(struct returned *r)
{
    r->first = NULL; /* what was made for it is detached, and stays so */
    r->last = &r->first;
}
