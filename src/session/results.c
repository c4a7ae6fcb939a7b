/* Results: what the server made of a unit of work's rows goes into their images, each to the right one. */
#include "draw_rights.h"
#include "foreign_key.h"
#include "load.h"
#include "steps.h"
#include "swept.h"

#include "base/endian.h"

enum howdah_status step_row_transaction(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct work *w = arg;
    (void)step;
    if (pg_transaction_note(w->s->connection, cells, count, &w->transaction))
        return HOWDAH_STATUS_OK;
    return session_fail(w->s, HOWDAH_STATUS_PROTOCOL, NULL, NULL, NULL, "the server gave no transaction id");
}

/* --- drawn keys: an array of bigint in binary --- */

enum { ARRAY_HEAD = 20, ITEM_HEAD = 4, ITEM = ITEM_HEAD + 8, OID_INT8_ARRAY = 1016 };

/* How many keys are in it; NONE if it is no list of keys. NULL is that of no row. */
static uint32_t count_keys(const struct cell *cell)
{
    if (cell->type != OID_INT8_ARRAY)
        return NONE;
    if (cell->size < ARRAY_HEAD)
        return cell->size < 0 ? 0 : NONE;
    uint32_t count = read_uint32(cell->data + 12);
    return read_uint32(cell->data) == 1 && (uint64_t)cell->size == ARRAY_HEAD + (uint64_t)count * ITEM ? count : NONE;
}

/* A key that the server has just made belongs to a loaded object: its row went away, or never was there. */
static enum howdah_status check_new_key(struct work *w, const struct batch *batch, uint32_t place)
{
    const struct mapper *mapper = batch->mapper;
    const struct change *change = &w->changes[batch->changes[place]];
    const struct entry *holder = NULL;
    if (batch->operation == HOWDAH_OPERATION_INSERT && change->draws && change->deferrals == NONE &&
        map_count(&w->s->map))
        holder = identity_find(&w->s->map, mapper, batch->images[place]);
    if (!holder || holder->state != ENTRY_LOADED)
        return HOWDAH_STATUS_OK;
    return session_refuse(
        w->s, HOWDAH_STATUS_UNIQUE, mapper, mapper->identity->field->name, entry_object(mapper, change->entry),
        "the server gave this row a key that another object of the session has: the sequence is behind "
        "keys that were given (setval moves it), or that one's row is gone (evict it)");
}

static enum howdah_status fail_list(struct work *w)
{
    return session_fail(w->s, HOWDAH_STATUS_PROTOCOL, NULL, NULL, NULL, "the server gave no list of keys");
}

static int64_t list_key(const struct cell *list, uint32_t i)
{
    return (int64_t)read_uint64(list->data + ARRAY_HEAD + i * ITEM + ITEM_HEAD);
}

/* A list with a key for each row. */
static enum howdah_status take_keys(struct work *w, const struct chunk *chunk, const struct cell *list)
{
    const struct batch *batch = w->batches[chunk->batch];
    const struct column *identity = batch->mapper->identity;
    for (uint32_t i = 0; i < chunk->count; i++)
        if (!integer_set(identity, batch->images[chunk->first + i], list_key(list, i)))
            return session_refuse(w->s, HOWDAH_STATUS_SCHEMA, batch->mapper, identity->field->name, NULL,
                                  "the sequence gave a key that the field can't hold");
    for (uint32_t i = 0; map_count(&w->s->map) && i < chunk->count; i++)
        if (check_new_key(w, batch, chunk->first + i) != HOWDAH_STATUS_OK)
            return w->s->error.status;
    return HOWDAH_STATUS_OK;
}

enum howdah_status step_row_draw(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct work *w = arg;
    const struct chunk *chunk = &w->chunks[w->infos[step->number].chunk];
    const struct batch *batch = w->batches[chunk->batch];
    if (count != 2 || count_keys(&cells[0]) != chunk->count)
        return fail_list(w);
    enum howdah_status status = take_keys(w, chunk, &cells[0]);
    if (status != HOWDAH_STATUS_OK)
        return status;
    if (draw_rights(w->s, batch->mapper) == DRAW_UNKNOWN)
        draw_rights_learn(w->s, batch->mapper, DRAW_ALLOWED);
    w->drawn++;
    return HOWDAH_STATUS_OK;
}

/* --- keys that come back in the order of their rows --- */

/* A sequence counts up or down; other keys would not tell whose they are. Three neighbours, the last of them at `row`. */
static bool counts_on(int64_t before, int64_t last, int64_t key, uint32_t row)
{
    return row == 0 || (key != last && (row == 1 || (last < key) == (before < last)));
}

static bool is_in_order(const struct batch *batch, const struct chunk *chunk, uint32_t row)
{
    const struct column *identity = batch->mapper->identity;
    void **images = batch->images + chunk->first;
    int64_t key = key_read_integer(identity, images[row]);
    int64_t last = row > 0 ? key_read_integer(identity, images[row - 1]) : key;
    return counts_on(row > 1 ? key_read_integer(identity, images[row - 2]) : last, last, key, row);
}

/* The same of all neighbours in a list. */
static bool is_list_in_order(const struct cell *list, uint32_t count)
{
    int64_t last = count ? list_key(list, 0) : 0;
    bool up = count > 1 && last < list_key(list, 1);
    for (uint32_t i = 1; i < count; i++) {
        int64_t key = list_key(list, i);
        if (up ? key <= last : key >= last)
            return false;
        last = key;
    }
    return true;
}

static enum howdah_status fail_order(struct work *w, const struct batch *batch)
{
    w->disorder = batch->mapper;
    return session_refuse(
        w->s, HOWDAH_STATUS_PROTOCOL, batch->mapper, batch->mapper->identity->field->name, NULL,
        "the server gave the keys of new rows in no order, so that nothing tells whose they are: does "
        "a trigger change them? The next transaction writes these rows one by one");
}

enum howdah_status step_row_list(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct work *w = arg;
    struct chunk *chunk = &w->chunks[w->infos[step->number].chunk];
    const struct batch *batch = w->batches[chunk->batch];
    uint32_t keys = count ? count_keys(&cells[0]) : NONE;
    if (keys == NONE)
        return fail_list(w);
    chunk->received = keys;
    if (keys != chunk->count) /* told when the statement is done */
        return HOWDAH_STATUS_OK;
    return is_list_in_order(&cells[0], keys) ? take_keys(w, chunk, &cells[0]) : fail_order(w, batch);
}

/* --- rows that came back from INSERT and UPDATE: first their key, then what the server made --- */

static bool has_cast_key(const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->key_count; i++)
        if (*mapper->columns[mapper->key[i]].write_cast)
            return true;
    return false;
}

static bool is_moved(const struct work *w, const struct foreign_key *key)
{
    return key->on_update == HOWDAH_ON_UPDATE_CASCADE && w->moves[key->target->index];
}

/* Whether rows are written before they follow to another primary key, which their images have already. */
static bool follows_later(const struct work *w, const struct batch *batch)
{
    const struct mapper *mapper = batch->mapper;
    uint32_t k =
        batch->operation == HOWDAH_OPERATION_UPDATE && mapper_looks_back(mapper) ? 0 : mapper->foreign_key_count;
    while (k < mapper->foreign_key_count &&
           !(is_moved(w, &mapper->foreign_keys[k]) && foreign_key_is_in_key(&mapper->foreign_keys[k])))
        k++;
    return k < mapper->foreign_key_count;
}

/* The key that the row has behind its own statement. */
static bool has_key(const struct batch *batch, uint32_t place, const void *key)
{
    const struct mapper *mapper = batch->mapper;
    uint32_t i = 0;
    for (; i < mapper->key_count; i++) {
        const struct column *c = &mapper->columns[mapper->key[i]];
        const void *row = column_in(batch->columns, c->index) ? batch->images[place] : batch->olds[place];
        if (!column_equal(c, row, key))
            break;
    }
    return i == mapper->key_count;
}

static void *find_by_old_key(const struct batch *batch, const struct chunk *chunk, const void *key)
{
    for (uint32_t i = 0, place = chunk->received; i < chunk->count; i++, place++)
        if (has_key(batch, chunk->first + place % chunk->count, key))
            return batch->images[chunk->first + place % chunk->count];
    return NULL;
}

/* The image of the row with the key in s->key_object: in most cases the next one. Updates are sorted by key. */
static void *find_image(const struct work *w, const struct batch *batch, const struct chunk *chunk)
{
    const struct mapper *mapper = batch->mapper;
    void **images = batch->images + chunk->first;
    const void *key = w->s->key_object;
    uint32_t next = chunk->received < chunk->count ? chunk->received : 0, low = 0, high = chunk->count;
    if (follows_later(w, batch))
        return find_by_old_key(batch, chunk, key);
    if (key_equal(mapper, images[next], key))
        return images[next];
    if (batch->operation == HOWDAH_OPERATION_INSERT) {
        for (uint32_t i = 0; i < chunk->count; i++)
            if (key_equal(mapper, images[i], key))
                return images[i];
        /* the server writes inet, ranges and the like in words of its own; INSERT keeps the order */
        return has_cast_key(mapper) && chunk->received < chunk->count ? images[chunk->received] : NULL;
    }
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = key_compare(mapper, images[middle], key);
        if (order == 0)
            return images[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (uint32_t i = 0; i < chunk->count; i++) /* not by key, where rows needed another order */
        if (key_equal(mapper, images[i], key))
            return images[i];
    return NULL;
}

/* The row as its statement left it. Foreign keys that the database moves are those of the image: it has followed already. */
static bool load_returned(struct work *w, const struct batch *batch, uint32_t keys, const struct cell *cells,
                          void *image)
{
    const struct mapper *mapper = batch->mapper;
    struct howdah_session *s = w->s;
    const void *before = NULL;
    for (uint32_t k = 0; !before && mapper_looks_back(mapper) && k < mapper->foreign_key_count; k++)
        if (is_moved(w, &mapper->foreign_keys[k]) && !(before = arena_copy(&s->scratch, image, mapper->model->size)))
            return !session_no_memory(s);
    if (!load_columns(s, mapper, batch->returned + keys, cells + keys, batch->returned_count - keys, &s->arena, image))
        return false;
    for (uint32_t k = 0; before && k < mapper->foreign_key_count; k++) {
        const struct foreign_key *key = &mapper->foreign_keys[k];
        for (uint32_t i = 0; is_moved(w, key) && i < key->count; i++) {
            const struct column *c = &mapper->columns[key->columns[i]];
            memcpy(column_field(c, image), column_field(c, before), c->size);
        }
    }
    return true;
}

static enum howdah_status take_row(struct work *w, struct chunk *chunk, const struct cell *cells, size_t count)
{
    struct howdah_session *s = w->s;
    const struct batch *batch = w->batches[chunk->batch];
    const struct mapper *mapper = batch->mapper;
    bool lone = chunk->count == 1 && !batch->draws; /* it may get its key only now */
    bool told = lone || (batch->in_order && chunk->received < chunk->count);
    void *image = told ? batch->images[chunk->first + (lone ? 0 : chunk->received)] : NULL;
    uint32_t keys = told ? 0 : mapper->key_count;
    if (count != batch->returned_count)
        return session_fail(s, HOWDAH_STATUS_PROTOCOL, mapper->model->name, NULL, NULL,
                            "%s: a statement returned %zu columns instead of %u", mapper->model->name, count,
                            batch->returned_count);
    if (!image) {
        for (uint32_t i = 0; chunk->received == 0 && i < chunk->count; i++)
            work_settle(w, &w->changes[batch->changes[chunk->first + i]]);
        if (!load_columns(s, mapper, batch->returned, cells, keys, &s->scratch, s->key_object))
            return s->error.status;
        image = find_image(w, batch, chunk);
    }
    if (!image)
        return session_refuse(
            s, HOWDAH_STATUS_PROTOCOL, mapper, NULL, NULL,
            "the server returned a row that was not sent: does a trigger, or the column's type, change the primary key?");
    chunk->received++;
    if (!load_returned(w, batch, keys, cells, image))
        return s->error.status;
    if (batch->in_order && !lone && !is_in_order(batch, chunk, chunk->received - 1))
        return fail_order(w, batch);
    return told ? check_new_key(w, batch, chunk->first + (lone ? 0 : chunk->received - 1)) : HOWDAH_STATUS_OK;
}

enum howdah_status step_row_write(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct work *w = arg;
    return take_row(w, &w->chunks[w->infos[step->number].chunk], cells, count);
}

/* First the part's number; then the columns of each part. */
enum howdah_status step_row_joint(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct work *w = arg;
    const struct step *info = &w->infos[step->number];
    uint32_t part = count && cells[0].size == 4 ? read_uint32(cells[0].data) : UINT32_MAX, first = 1, width = 0;
    for (uint32_t i = 0; i <= part && i < info->chunk_count; i++) {
        first += width;
        width = w->batches[w->chunks[info->chunk + i].batch]->returned_count;
        width = width ? width : 1;
    }
    if (part >= info->chunk_count || first + width > count)
        return session_fail(w->s, HOWDAH_STATUS_PROTOCOL, NULL, NULL, NULL,
                            "a statement of several parts returned a row of no part");
    struct chunk *chunk = &w->chunks[info->chunk + part];
    if (w->batches[chunk->batch]->returned_count)
        return take_row(w, chunk, cells + first, width);
    chunk->received++;
    return HOWDAH_STATUS_OK;
}

/* --- counts --- */

bool work_may_be_gone(const struct work *w, const struct batch *batch)
{
    if (batch->operation != HOWDAH_OPERATION_DELETE)
        return false;
    for (const struct sweep *sweep = w->sweeps; sweep; sweep = sweep->next)
        if (sweep->path.deletes && sweep->mapper == batch->mapper &&
            sweep->path.mappers[sweep->path.depth - 1] == batch->mapper)
            return true; /* on the way round through other tables, too */
    for (uint32_t i = 0; i < batch->mapper->foreign_key_count; i++) {
        const struct foreign_key *key = &batch->mapper->foreign_keys[i];
        if (key->on_delete == HOWDAH_ON_DELETE_CASCADE && w->deletes[key->target->index])
            return true;
    }
    return false;
}

/* The model's key is none of the table: no row can be told by it, and a lone statement has written them all by now. */
static enum howdah_status fail_surplus(struct work *w, const struct chunk *chunk, const char *verb, uint64_t affected)
{
    const struct batch *batch = w->batches[chunk->batch];
    const struct mapper *mapper = batch->mapper;
    w->surplus = true;
    session_fail(
        w->s, HOWDAH_STATUS_SCHEMA, mapper->model->name, NULL, NULL,
        "%s: rows to be %s: %u, found: %llu; what the model has for a key is not unique in %s (tables that inherit "
        "from it have keys of their own): give the model the columns that identify a row",
        mapper->model->name, verb, chunk->count, (unsigned long long)affected, mapper->quoted);
    if (chunk->count == 1 && !mapper->join_of)
        w->s->error.object = entry_object(mapper, w->changes[batch->changes[chunk->first]].entry);
    return HOWDAH_STATUS_SCHEMA;
}

enum howdah_status work_fail_count(struct work *w, uint32_t index, uint64_t affected)
{
    struct howdah_session *s = w->s;
    const struct chunk *chunk = &w->chunks[index];
    const struct batch *batch = w->batches[chunk->batch];
    const char *model = batch->mapper->model->name;
    if (batch->in_order && affected == chunk->count)
        return fail_order(w, batch);
    w->failed_chunk = index;
    if (batch->operation == HOWDAH_OPERATION_INSERT)
        return session_fail(s, HOWDAH_STATUS_SERVER, model, NULL, NULL,
                            "%s: rows sent: %u, inserted: %llu; a trigger or rule of %s kept the others out", model,
                            chunk->count, (unsigned long long)affected, batch->mapper->quoted);
    const char *verb = batch->operation == HOWDAH_OPERATION_DELETE ? "deleted" : "updated";
    if (affected > chunk->count)
        return fail_surplus(w, chunk, verb, affected);
    if (chunk->count == 1)
        return session_fail(
            s, HOWDAH_STATUS_STALE, model, NULL, NULL,
            "%s: the row that was to be %s has changed or gone since it was loaded: refresh the object, or "
            "roll back and begin anew",
            model, verb);
    return session_fail(s, HOWDAH_STATUS_STALE, model, NULL, NULL,
                        "%s: rows to be %s: %u, found: %llu; the others have changed or gone since they were "
                        "loaded; refresh them, or roll back and begin anew",
                        model, verb, chunk->count, (unsigned long long)affected);
}

static enum howdah_status check_count(struct work *w, uint32_t index, uint64_t affected, bool joint)
{
    const struct chunk *chunk = &w->chunks[index];
    const struct batch *batch = w->batches[chunk->batch];
    if (batch->guarded || batch->follow)
        return HOWDAH_STATUS_OK;
    if (work_may_be_gone(w, batch)) /* the statement told how many are left */
        affected = chunk->count - affected;
    if (affected == chunk->count)
        return HOWDAH_STATUS_OK;
    if (!w->stale || joint || batch->operation == HOWDAH_OPERATION_INSERT)
        return work_fail_count(w, index, affected);
    for (uint32_t i = 0; i < chunk->count; i++)
        w->changes[batch->changes[chunk->first + i]].suspect = true;
    w->stale[w->stale_count++] = w->changes[batch->changes[chunk->first]].entry;
    return HOWDAH_STATUS_OK;
}

enum howdah_status step_done_write(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct work *w = arg;
    const struct step *info = &w->infos[step->number];
    enum howdah_status status = HOWDAH_STATUS_OK;
    for (uint32_t i = 0; i < info->chunk_count && status == HOWDAH_STATUS_OK; i++) {
        uint32_t chunk = info->chunk + i;
        bool joint = info->chunk_count > 1;
        status = check_count(w, chunk, joint ? w->chunks[chunk].received : done->affected, joint);
    }
    return status;
}

enum howdah_status step_row_sweep(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct work *w = arg;
    const struct step *info = &w->infos[step->number];
    return swept_take(w, info->sweep, info->chunk, cells, count) ? HOWDAH_STATUS_OK : w->s->error.status;
}

enum howdah_status step_done_sweep(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct work *w = arg;
    struct sweep *sweep = w->infos[step->number].sweep;
    sweep->affected += done->affected;
    sweep->told += sweep->path.returned_count > 0;
    return HOWDAH_STATUS_OK;
}
