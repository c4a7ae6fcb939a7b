#include "wide.h"

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
