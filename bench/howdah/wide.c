#include "wide.h"

#include "bench.h"

#include <stdio.h>
#include <string.h>

typedef struct Wide {
    int64_t id;
    int64_t parent_id;
    char code[32];
    const char *name, *title, *summary, *content;
    bool active, hidden;
    int16_t rank;
    int32_t width, height;
    NullInt32 depth;
    double price, weight;
    PgTimestamp created_at;
    PgDate due;
    PgUuid token;
    PgJson attributes;
    TextArray labels;
} Wide;

/* One table with an identity, a foreign key with its index, two unique columns, a check and defaults. */
/* clang-format off */
MODEL(Wide, "wide",
    COLUMN(Wide, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Wide, parent_id,  .references = &Wide_model, .on_delete = ON_DELETE_CASCADE, .index = true),
    COLUMN(Wide, code,       .unique = true),
    COLUMN(Wide, name,       .unique = true),
    COLUMN(Wide, title),
    COLUMN(Wide, summary,    .nullable = true),
    COLUMN(Wide, content,    .nullable = true),
    COLUMN(Wide, active),
    COLUMN(Wide, hidden),
    COLUMN(Wide, rank),
    COLUMN(Wide, width,      .check = "width > 0"),
    COLUMN(Wide, height),
    COLUMN(Wide, depth),
    COLUMN(Wide, price),
    COLUMN(Wide, weight),
    COLUMN(Wide, created_at, .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    COLUMN(Wide, due),
    COLUMN(Wide, token),
    COLUMN(Wide, attributes, .server_default = "'{}'"),
    COLUMN(Wide, labels,     .server_default = "'{}'"));
/* clang-format on */

static char tables[WIDE_MODELS][24];
static Field fields[WIDE_MODELS][WIDE_COLUMNS];
static Model models[WIDE_MODELS];
static const Model *list[WIDE_MODELS + 1];

/* Copies of the one, each of which refers to the one before it. */
const Model *const *wide_models(void)
{
    for (int i = 0; i < WIDE_MODELS; i++) {
        snprintf(tables[i], sizeof(tables[i]), "wide_%d", i);
        memcpy(fields[i], Wide_model.fields, sizeof(fields[i]));
        fields[i][1].references = &models[i > 0 ? i - 1 : 0];
        models[i] = Wide_model;
        models[i].name = tables[i];
        models[i].table = tables[i];
        models[i].fields = fields[i];
        list[i] = &models[i];
    }
    return list;
}

void open_run(struct bench *b, const struct job *job)
{
    (void)b;
    for (int r = 0; r < job->units; r++) {
        Database *db = database_open(NULL, wide_models(), DATABASE_OPTIONS(.pool_size = 1));
        if (database_error(db))
            contestant_fail("%s", error_text(database_error(db)));
        database_close(db);
    }
}

static void delete_one(Database *db, int64_t id)
{
    Session *s = session_open(db);
    session_delete(s, session_find(s, Item, id));
    bench_commit(s);
}

void crowd_prepare(struct bench *b, const struct job *job)
{
    const Model *all[WIDE_MODELS + 2] = {&Item_model};
    memcpy(all + 1, wide_models(), (WIDE_MODELS + 1) * sizeof(*all));
    b->crowd = database_open(b->conninfo, all, &b->options);
    if (database_error(b->crowd))
        contestant_fail("%s", error_text(database_error(b->crowd)));
    delete_one(b->crowd, job->units + 1); /* what comes once for each connection */
}

void crowd_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        delete_one(b->crowd, r + 1);
}
