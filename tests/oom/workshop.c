#include "workshop.h"

#include "support/live.h"

#include <check.h>
#include <string.h>

ENUM(Trade, "trade", LABEL(TRADE_SMITH, "smith"), LABEL(TRADE_POTTER, "potter"));

/* clang-format off */
MODEL(Maker, "makers",
    COLUMN(Maker, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Maker, name),
    COLUMN(Maker, code,      .unique = true),
    COLUMN(Maker, mail,      .unique = true),
    COLUMN(Maker, age,       .check = "age >= 0"),
    COLUMN_ENUM(Maker, trade, Trade),
    COLUMN(Maker, joined_at, .generated = GENERATED_BY_SERVER, .server_default = "now()"));

MODEL(Item, "items",
    COLUMN(Item, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Item, maker_id, .references = &Maker_model, .on_delete = ON_DELETE_CASCADE, .index = true),
    COLUMN(Item, slug,     .unique = true),
    COLUMN(Item, title),
    COLUMN(Item, note,     .nullable = true),
    COLUMN(Item, data,     .server_default = "'{}'"),
    COLUMN(Item, tags,     .server_default = "'{new}'"),
    COLUMN(Item, sizes,    .nullable = true),
    COLUMN(Item, price,    .sql_type = "numeric(10, 2)", .server_default = "9.90"),
    COLUMN(Item, picture,  .nullable = true),
    COLUMN(Item, version,  .version = true),
    BELONGS_TO(Item, maker, Maker, maker_id));

MODEL(Label, "labels",
    COLUMN(Label, id,   .primary_key = true, .generated = GENERATED_UUID_V7),
    COLUMN(Label, text, .unique = true));

MODEL(Sticker, "stickers",
    COLUMN(Sticker, item_id,  .primary_key = true, .references = &Item_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Sticker, label_id, .primary_key = true, .references = &Label_model),
    COLUMN(Sticker, place));
/* clang-format on */

const Model *const *workshop_models(void)
{
    static const Model *const models[] = {&Maker_model, &Item_model, &Label_model, &Sticker_model, NULL};
    return models;
}

static const char all_rows[] =
    "SELECT concat_ws('/', 'maker', name, code, mail, age, trade, joined_at IS NOT NULL) FROM makers"
    " UNION ALL SELECT concat_ws('/', 'item', m.mail, slug, title, coalesce(note, '-'), data, tags,"
    " coalesce(sizes::text, '-'), price, encode(picture, 'hex'), version)"
    " FROM items i JOIN makers m ON m.id = i.maker_id"
    " UNION ALL SELECT concat_ws('/', 'label', text) FROM labels"
    " UNION ALL SELECT concat_ws('/', 'sticker', i.slug, l.text, place)"
    " FROM stickers s JOIN items i ON i.id = s.item_id JOIN labels l ON l.id = s.label_id ORDER BY 1";

char *workshop_rows(void)
{
    return strdup(live_sql("%s", all_rows));
}

void workshop_seed(const char *sql)
{
    const char *result;
    /* A backend whose client has gone may still be at work on these rows. */
    do
        result = live_try("DELETE FROM stickers; DELETE FROM labels; DELETE FROM items; DELETE FROM makers;"
                          " SELECT setval('items_id_seq', 100), setval('makers_id_seq', 100); %s",
                          sql);
    while (strcmp(result, "ERROR 40P01") == 0);
    ck_assert_msg(strncmp(result, "ERROR", 5) != 0, "%s: %s", sql, result);
}

const char workshop_rows_sql[] =
    "INSERT INTO makers (id, name, code, mail, age, trade) VALUES"
    " (1, 'Ada', 'A1', 'ada@example.com', 36, 'smith'), (2, 'Ben', 'B2', 'ben@example.com', NULL, 'potter');"
    "INSERT INTO items (id, maker_id, slug, title, note, data, tags, sizes, price, picture, version) VALUES"
    " (1, 1, 'anvil', 'Anvil', 'heavy', '{\"kg\": 50}', '{iron,NULL}', '{1,2,3}', 120.5, '\\x00ff', 1),"
    " (2, 1, 'nail', 'Nail', NULL, '[]', '{}', NULL, 0.01, NULL, 7),"
    " (3, 2, 'bowl', 'Bowl', '', 'null', '{clay}', '{}', 12, '\\x', 1);"
    "INSERT INTO labels (id, text) VALUES ('01890000-0000-7000-8000-000000000001', 'fragile');"
    "INSERT INTO stickers (item_id, label_id, place) VALUES (3, '01890000-0000-7000-8000-000000000001', 1);";
