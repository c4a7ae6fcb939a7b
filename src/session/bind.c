/* Binding: the parameters of a unit of work's steps, encoded right before they are sent, a chunk at a time. */
#include "cascade.h"
#include "emit.h"
#include "foreign_key.h"
#include "snapshot.h"
#include "steps.h"

#include <stdio.h>

enum { SETTING_NAME = 32 };

/* Lists of drawn keys are kept to the end. What is gathered is for the next statement alone, and its names are used again:
 * each new one costs the server more. */
static void name_setting(const struct work *w, const struct chunk *chunk, uint32_t column, char ret_name[SETTING_NAME])
{
    const struct batch *batch = w->batches[chunk->batch];
    bool drawn = batch->draws && column == batch->mapper->identity->index;
    uint32_t number = drawn ? chunk->list : chunk->gathered;
    for (uint32_t i = 0; !drawn && i < column; i++)
        number += column_in(batch->by_name, i);
    snprintf(ret_name, SETTING_NAME, "howdah.%c%u", drawn ? 'k' : 'g', number);
}

enum howdah_status step_bind_draw(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct work *w = arg;
    const struct chunk *chunk = &w->chunks[w->infos[step->number].chunk];
    const struct mapper *mapper = w->batches[chunk->batch]->mapper;
    struct parameters *p = &w->s->parameters;
    char name[SETTING_NAME];
    if (!parameters_begin(p, 4))
        return HOWDAH_STATUS_NO_MEMORY;
    name_setting(w, chunk, mapper->identity->index, name);
    parameters_add_text(p, name);
    parameters_add_text(p, mapper->quoted);
    parameters_add_text(p, mapper->identity->name);
    parameters_add_number(p, chunk->count);
    return parameters_bind(p, ret);
}

/* --- gathering: for each row of a chunk the place of its key among the lists of the chunks that made them --- */

struct gathering {
    struct work *w;
    const struct chunk *chunk;
    const struct column *column;
    const char **names; /* of the lists' settings */
    size_t name_count;
    uint32_t total; /* keys in these lists */
    int64_t *places, *values;
    bool *placed, *valued;
};

static const struct change *target_of(const struct work *w, const struct change *change, uint32_t column)
{
    for (uint32_t d = change->deferrals; d != NONE; d = w->deferrals[d].next)
        if (deferral_column(&w->deferrals[d]) == column)
            return &w->changes[w->deferrals[d].target];
    return NULL;
}

/* The target's list joins the others, if it is not among them yet. */
static bool use_list(struct gathering *g, struct chunk *list)
{
    struct work *w = g->w;
    if (list->mark == w->marks)
        return true;
    char *name = arena_allocate(&w->s->scratch, SETTING_NAME, 1);
    if (!name)
        return false;
    name_setting(w, list, w->batches[list->batch]->mapper->identity->index, name);
    g->names[g->name_count++] = name;
    list->mark = w->marks;
    list->base = g->total;
    g->total += list->count;
    return true;
}

static bool gather_row(struct gathering *g, uint32_t i)
{
    struct work *w = g->w;
    const struct change *change = &w->changes[w->batches[g->chunk->batch]->changes[g->chunk->first + i]];
    const struct change *target = target_of(w, change, g->column->index);
    g->placed[i] = target != NULL;
    g->valued[i] = !target && !column_is_null(g->column, change->image);
    g->places[i] = 0;
    g->values[i] = g->valued[i] ? column_value(g->column, change->image).as.integer : 0;
    if (!target)
        return true;
    struct chunk *list = &w->chunks[target->chunk];
    if (!use_list(g, list))
        return false;
    g->places[i] = (int64_t)list->base + (target->place - list->first) + 1;
    return true;
}

static bool gather(struct gathering *g)
{
    struct arena *scratch = &g->w->s->scratch;
    size_t count = g->chunk->count;
    g->w->marks++;
    g->names = arena_allocate_array(scratch, count, sizeof(*g->names));
    g->places = arena_allocate_array(scratch, count, sizeof(*g->places));
    g->values = arena_allocate_array(scratch, count, sizeof(*g->values));
    g->placed = arena_allocate_array(scratch, count, sizeof(*g->placed));
    g->valued = arena_allocate_array(scratch, count, sizeof(*g->valued));
    if (!g->names || !g->places || !g->values || !g->placed || !g->valued)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!gather_row(g, i))
            return false;
    return true;
}

enum howdah_status step_bind_gather(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct work *w = arg;
    const struct step *info = &w->infos[step->number];
    struct gathering g = {.w = w, .chunk = &w->chunks[info->chunk]};
    struct parameters *p = &w->s->parameters;
    char name[SETTING_NAME];
    g.column = &w->batches[g.chunk->batch]->mapper->columns[info->column];
    arena_reset(&w->s->scratch);
    if (!gather(&g) || !parameters_begin(p, 4))
        return HOWDAH_STATUS_NO_MEMORY;
    name_setting(w, g.chunk, info->column, name);
    parameters_add_text(p, name);
    parameters_add_texts(p, g.names, g.name_count);
    parameters_add_numbers(p, g.places, g.placed, g.chunk->count);
    parameters_add_numbers(p, g.values, g.valued, g.chunk->count);
    return parameters_bind(p, ret);
}

/* --- rows --- */

/* Foreign keys to rows whose generated keys came back in an earlier round trip. */
static bool settle(struct work *w, const struct batch *batch, const struct chunk *chunk)
{
    for (uint32_t i = 0; w->deferral_count && i < chunk->count; i++) {
        const struct change *change = &w->changes[batch->changes[chunk->first + i]];
        for (uint32_t d = change->deferrals; d != NONE; d = w->deferrals[d].next) {
            const struct deferral *deferral = &w->deferrals[d];
            uint32_t column = deferral_column(deferral);
            if (!column_in(batch->by_name, column) &&
                !foreign_key_copy(&batch->mapper->columns[column], change->image, deferral_source(w, deferral),
                                  w->changes[deferral->target].image, &w->arena))
                return false;
        }
    }
    return true;
}

static void add_sent(struct work *w, const struct batch *batch, const struct chunk *chunk, struct parameters *p)
{
    char name[SETTING_NAME];
    bool any = false;
    for (uint32_t i = 0; i < batch->mapper->column_count; i++) {
        const struct column *c = &batch->mapper->columns[i];
        if (!column_in(batch->columns, i))
            continue;
        any = true;
        if (column_in(batch->by_name, i)) {
            name_setting(w, chunk, i, name);
            parameters_add_text(p, name);
        } else {
            parameters_add_fields(p, c, batch->images + chunk->first, chunk->count);
        }
    }
    if (!any && batch->operation == HOWDAH_OPERATION_INSERT && !formulas_arrays(batch->formulas))
        parameters_add_number(p, chunk->count); /* nothing else tells how many rows there are */
}

/* Values of formulas that are the same for all rows. */
static void add_shared(const struct batch *batch, struct parameters *p)
{
    for (const struct formula *formula = batch->formulas; formula; formula = formula->next)
        for (uint32_t i = 0; i < formula->format.scanned.hole_count; i++)
            if (!formula_array_type(&formula->format.values[i]))
                parameters_add_wire(p, &formula->format.values[i]);
}

/* The others: of each row its own. */
static void add_formula_arrays(const struct work *w, const struct batch *batch, const struct chunk *chunk,
                               struct parameters *p)
{
    for (const struct formula *formula = batch->formulas; formula; formula = formula->next)
        for (uint32_t i = 0; i < formula->format.scanned.hole_count; i++) {
            const struct sqltype_known *type = formula_array_type(&formula->format.values[i]);
            if (!type)
                continue;
            parameters_begin_array(p, type->oid, chunk->count);
            for (uint32_t row = 0; row < chunk->count; row++) {
                const struct change *change = &w->changes[batch->changes[chunk->first + row]];
                const struct formula *of_row = formulas_find(change->extra->formulas, formula->column);
                parameters_add_item(p, &of_row->format.values[i]);
            }
        }
}

static void add_keys(const struct batch *batch, const struct chunk *chunk, struct parameters *p)
{
    const struct mapper *mapper = batch->mapper;
    for (uint32_t i = 0; i < mapper->key_count; i++)
        parameters_add_fields(p, &mapper->columns[mapper->key[i]], batch->olds + chunk->first, chunk->count);
    if (mapper->token)
        parameters_add_fields(p, mapper->token, batch->olds + chunk->first, chunk->count);
}

/* The rows as they were: where arrays may be edited in place, not what they share with the objects. NULL if memory is
 * out. */
static void *const *view_olds(struct work *w, const struct batch *batch, const struct chunk *chunk)
{
    const struct mapper *mapper = batch->mapper;
    void **olds = batch->olds + chunk->first;
    if (!mapper->in_place_count)
        return olds;
    void **views = arena_allocate_array(&w->s->scratch, chunk->count, sizeof(*views));
    for (uint32_t i = 0; views && i < chunk->count; i++) {
        views[i] = arena_allocate(&w->s->scratch, mapper->model->size, _Alignof(max_align_t));
        if (!views[i])
            return NULL;
        snapshot_view(mapper, olds[i], views[i]);
    }
    return views;
}

static bool add_checks(struct work *w, const struct batch *batch, const struct chunk *chunk, struct parameters *p)
{
    void *const *olds = batch->checks ? view_olds(w, batch, chunk) : NULL;
    for (uint32_t i = 0; olds && i < batch->mapper->column_count; i++)
        if (column_in(batch->checks, i))
            parameters_add_fields(p, &batch->mapper->columns[i], olds, chunk->count);
    return olds || !batch->checks;
}

/* Of rows that refer to those of the chunk. */
static void add_follow(const struct batch *batch, const struct chunk *chunk, struct parameters *p)
{
    const struct foreign_key *key = batch->follow->keys[0];
    for (uint32_t i = 0; i < 2 * key->count; i++)
        parameters_add_fields(p, &batch->mapper->columns[key->targets[i % key->count]],
                              (i < key->count ? batch->olds : batch->images) + chunk->first, chunk->count);
    for (uint32_t i = 0; i < key->owner->key_count; i++)
        parameters_add_fields(p, &key->owner->columns[key->owner->key[i]], batch->follow->kept,
                              batch->follow->kept_count);
}

/* Of one chunk: a statement, or a part of it. */
static bool add_chunk(struct work *w, struct chunk *chunk, struct parameters *p)
{
    const struct batch *batch = w->batches[chunk->batch];
    chunk->received = 0;
    if (batch->follow) {
        add_follow(batch, chunk, p);
        return true;
    }
    add_shared(batch, p);
    if (batch->operation != HOWDAH_OPERATION_INSERT)
        add_keys(batch, chunk, p);
    if (!add_checks(w, batch, chunk, p))
        return false;
    if (batch->operation != HOWDAH_OPERATION_DELETE)
        add_sent(w, batch, chunk, p);
    add_formula_arrays(w, batch, chunk, p);
    if (batch->guarded && !work_may_be_gone(w, batch))
        parameters_add_number(p, chunk->count);
    return true;
}

static size_t weigh_column(const struct column *c)
{
    return sizeof(uint32_t) + c->size;
}

/* About as many bytes as the chunk's rows take, so that there is room for them at once. */
static size_t weigh(const struct batch *batch, const struct chunk *chunk)
{
    const struct mapper *mapper = batch->mapper;
    size_t row = mapper->token ? weigh_column(mapper->token) : 0, beyond = 0;
    for (uint32_t i = 0; i < mapper->key_count; i++)
        row += weigh_column(&mapper->columns[mapper->key[i]]);
    for (uint32_t i = 0; batch->operation != HOWDAH_OPERATION_DELETE && i < mapper->column_count; i++)
        row += column_in(batch->columns, i) ? weigh_column(&mapper->columns[i]) : 0;
    for (uint32_t i = 0; batch->bytes && i < chunk->count; i++)
        beyond += batch->bytes[chunk->first + i];
    return chunk->count * row + beyond;
}

enum howdah_status step_bind_write(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct work *w = arg;
    const struct step *info = &w->infos[step->number];
    struct parameters *p = &w->s->parameters;
    uint32_t most = 0;
    size_t bytes = 0;
    for (uint32_t i = 0; i < info->chunk_count; i++) {
        const struct chunk *chunk = &w->chunks[info->chunk + i];
        const struct batch *batch = w->batches[chunk->batch];
        most += (batch->checks ? 2 : 1) * batch->mapper->column_count + 3 * KEY_PARTS_MAX + 2 +
                formulas_values(batch->formulas);
        bytes += weigh(batch, chunk);
        if (!settle(w, batch, chunk))
            return HOWDAH_STATUS_NO_MEMORY;
    }
    if (!parameters_begin(p, most))
        return HOWDAH_STATUS_NO_MEMORY;
    parameters_expect(p, bytes);
    for (uint32_t i = 0; i < info->chunk_count; i++)
        if (!add_chunk(w, &w->chunks[info->chunk + i], p))
            return HOWDAH_STATUS_NO_MEMORY;
    return parameters_bind(p, ret);
}

static void add_spared_keys(const struct mapper *mapper, void **rows, uint32_t count, struct parameters *p)
{
    for (uint32_t i = 0; i < mapper->key_count; i++)
        parameters_add_fields(p, &mapper->columns[mapper->key[i]], rows, count);
}

/* Rows of a ring that the sweep leaves out: of the chunks of its statement, of which `chunk` is one. */
static bool add_spared(struct work *w, const struct sweep_path *path, const struct chunk *chunk, uint32_t level,
                       struct parameters *p)
{
    const struct batch *batch = w->batches[chunk->batch], *leader = w->batches[batch->leader];
    const struct mapper *mapper = sweep_mapper(path, level);
    uint32_t most = 0, count = 0;
    for (uint32_t i = 0; leader->parts[i] != batch; i++)
        chunk--;
    for (uint32_t i = 0; i < leader->part_count; i++)
        most += chunk[i].count;
    void **rows = arena_allocate_array(&w->s->scratch, most, sizeof(*rows));
    for (uint32_t i = 0; rows && i < leader->part_count; i++)
        for (uint32_t k = 0; sweep_spares(path, level, leader->parts[i]) && k < chunk[i].count; k++)
            rows[count++] = leader->parts[i]->olds[chunk[i].first + k];
    if (rows)
        add_spared_keys(mapper, rows, count, p);
    return rows != NULL;
}

enum howdah_status step_bind_sweep(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct work *w = arg;
    const struct step *info = &w->infos[step->number];
    const struct chunk *chunk = &w->chunks[info->chunk];
    const struct batch *batch = w->batches[chunk->batch];
    const struct sweep *sweep = info->sweep;
    bool whole = sweep_is_of_batch(w, sweep);
    void **rows = sweep->owners.count ? sweep->owners.rows : batch->olds + (whole ? 0 : chunk->first);
    uint32_t count = sweep->owners.count ? sweep->owners.count : whole ? batch->count : chunk->count;
    struct parameters *p = &w->s->parameters;
    uint32_t parts;
    const uint32_t *columns = sweep_columns(&sweep->path, &parts);
    if (!parameters_begin(p, sweep->statement->parameters))
        return HOWDAH_STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < parts; i++)
        parameters_add_fields(p, &sweep_mapper(&sweep->path, 0)->columns[columns[i]], rows, count);
    if (sweep->spared.count)
        add_spared_keys(sweep->path.mappers[0], sweep->spared.rows, sweep->spared.count, p);
    for (uint32_t level = 0; !sweep->owners.count && level <= sweep->path.depth; level++)
        if ((sweep->path.spared >> level & 1) && !add_spared(w, &sweep->path, chunk, level, p))
            return HOWDAH_STATUS_NO_MEMORY;
    return parameters_bind(p, ret);
}

enum howdah_status step_bind_fence(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct work *w = arg;
    (void)step;
    fence_bind(&w->fence, &w->fence_binding, ret);
    return HOWDAH_STATUS_OK;
}
