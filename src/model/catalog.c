/* A database's models, compiled in phases, and found by address. */
#include "compile.h"

#include <stdarg.h>
#include <stdio.h>

/* --- what the phases share --- */

void compilation_init(struct compilation *c, struct arena *arena, struct buffer *faults)
{
    *c = (struct compilation){.arena = arena, .faults = faults};
    arena_init(&c->temporary, arena->allocator);
    buffer_init(&c->scratch, arena->allocator);
}

void compilation_done(struct compilation *c)
{
    buffer_done(&c->scratch);
    arena_done(&c->temporary);
}

enum howdah_status compilation_status(const struct compilation *c)
{
    if (c->no_memory || c->faults->failed)
        return HOWDAH_STATUS_NO_MEMORY;
    return c->faulty ? HOWDAH_STATUS_MODEL : HOWDAH_STATUS_OK;
}

void compile_fault(struct compilation *c, const struct mapper *mapper, const struct howdah_field *field,
                   const char *format, ...)
{
    char message[900];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    c->faulty = true;
    if (c->faults->size)
        buffer_byte(c->faults, '\n');
    if (mapper->model->name)
        buffer_text(c->faults, mapper->model->name);
    else
        buffer_printf(c->faults, "model %u", mapper->index + 1);
    if (field && field->name && !is_table_row(field))
        buffer_printf(c->faults, ".%s", field->name);
    buffer_text(c->faults, ": ");
    buffer_text(c->faults, length < 0 ? "is wrong" : message);
}

void *compile_allocate(struct compilation *c, struct arena *arena, size_t count, size_t size)
{
    void *piece = arena_allocate_array(arena, count, size);
    if (piece)
        memset(piece, 0, count * size);
    c->no_memory = c->no_memory || !piece;
    return piece;
}

const char *compile_take(struct compilation *c)
{
    const char *text = buffer_copy_text(&c->scratch, c->arena);
    buffer_reset(&c->scratch);
    return compile_text(c, text);
}

/* --- the catalog --- */

static bool make_slots(struct catalog *catalog, size_t count)
{
    size_t slots = 2;
    while (slots < 2 * count)
        slots *= 2;
    catalog->slots = arena_allocate_zero(&catalog->arena, slots * sizeof(*catalog->slots), _Alignof(void *));
    catalog->slot_mask = (uint32_t)(slots - 1);
    return catalog->slots != NULL;
}

static void put_in_slot(struct catalog *catalog, const struct mapper *mapper)
{
    uint32_t slot = catalog_slot(mapper->model);
    while (catalog->slots[slot & catalog->slot_mask])
        slot++;
    catalog->slots[slot & catalog->slot_mask] = mapper;
}

/* A mapper for each model, once. */
static void add_models(struct compilation *c, const struct howdah_model *const *models)
{
    for (; *models; models++) {
        const struct mapper *twin = catalog_find(c->catalog, *models);
        if (twin) {
            compile_fault(c, twin, NULL, "is given twice to database_open");
            continue;
        }
        struct mapper *mapper = &c->catalog->mappers[c->catalog->mapper_count];
        *mapper = (struct mapper){.model = *models, .index = c->catalog->mapper_count++};
        put_in_slot(c->catalog, mapper);
    }
}

static bool start(struct compilation *c, const struct howdah_model *const *models, const char *default_schema)
{
    size_t count = 0, joins = 0;
    for (; models && models[count]; count++)
        joins += count_joins(models[count]);
    if (count + joins > UINT16_MAX) /* an entry of the session keeps its mapper's number in 16 bits */
        return false;
    const char *schema = default_schema ? default_schema : "public";
    c->default_schema = arena_copy_text(c->arena, schema, strlen(schema));
    c->parts = compile_allocate(c, &c->temporary, count + joins, sizeof(*c->parts));
    c->catalog->mappers = arena_allocate_array(c->arena, count + joins, sizeof(*c->catalog->mappers));
    if (!c->default_schema || !c->parts || !c->catalog->mappers || !make_slots(c->catalog, count))
        return false;
    if (models)
        add_models(c, models);
    return true;
}

static void compile_all(struct compilation *c)
{
    static void (*const phases[])(struct compilation *, struct mapper *) = {
        compile_rows,     compile_given_names, compile_joins,   compile_foreign_keys, compile_relations,
        compile_inverses, compile_indexes,     compile_profile, compile_optimistic,
    };
    for (size_t phase = 0; phase < sizeof(phases) / sizeof(*phases); phase++)
        for (uint32_t i = 0; i < c->catalog->mapper_count && !c->no_memory; i++)
            phases[phase](c, &c->catalog->mappers[i]);
}

static void measure(struct catalog *catalog)
{
    for (uint32_t i = 0; i < catalog->mapper_count; i++) {
        const struct mapper *mapper = &catalog->mappers[i];
        if (mapper->model->size > catalog->largest)
            catalog->largest = mapper->model->size;
        if (mapper->column_count > catalog->most_columns)
            catalog->most_columns = mapper->column_count;
    }
}

enum howdah_status catalog_init(struct catalog *catalog, const struct howdah_allocator *allocator,
                                const struct howdah_model *const *models, const char *default_schema,
                                struct buffer *faults)
{
    struct compilation c;
    *catalog = (struct catalog){0};
    arena_init(&catalog->arena, allocator);
    compilation_init(&c, &catalog->arena, faults);
    c.catalog = catalog;
    if (start(&c, models, default_schema))
        compile_all(&c);
    else
        c.no_memory = true;
    measure(catalog);
    compilation_done(&c);
    return compilation_status(&c);
}

void catalog_done(struct catalog *catalog)
{
    arena_done(&catalog->arena);
    *catalog = (struct catalog){0};
}
