#include "guilds.h"

#include "support/live.h"

#include <check.h>
#include <string.h>

/* clang-format off */
MODEL(Guild, "guilds",
    COLUMN(Guild, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Guild, head_id, .references = &Head_model),
    COLUMN(Guild, name),
    BELONGS_TO(Guild, head, Head, head_id),
    HAS_ONE(Guild, seal, Seal, guild_id));

MODEL(Head, "heads",
    COLUMN(Head, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Head, guild_id, .references = &Guild_model),
    COLUMN(Head, name),
    COLUMN(Head, version,  .version = true),
    BELONGS_TO(Head, guild, Guild, guild_id),
    MANY_TO_MANY(Head, pegs, Peg, "heads_pegs", "head_id", "peg_code"));

MODEL(Peg, "pegs",
    COLUMN(Peg, code,    .primary_key = true),
    COLUMN(Peg, place,   .unique = true),
    COLUMN(Peg, version, .version = true));

MODEL(Rope, "ropes",
    COLUMN(Rope, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Rope, peg_code, .references = &Peg_model),
    COLUMN(Rope, color),
    BELONGS_TO(Rope, peg, Peg, peg_code));

MODEL(Seal, "seals",
    COLUMN(Seal, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Seal, guild_id, .references = &Guild_model, .unique = true),
    COLUMN(Seal, motto),
    BELONGS_TO(Seal, guild, Guild, guild_id));
/* clang-format on */

const Model *const *workshop_models(void)
{
    static const Model *const models[] = {&Guild_model, &Head_model, &Peg_model, &Rope_model, &Seal_model, NULL};
    return models;
}

char *workshop_rows(void)
{
    return strdup(live_sql("SELECT concat_ws('/', 'guild', g.name, h.name, h.version, b.name) FROM guilds g"
                           " JOIN heads h ON h.id = head_id JOIN guilds b ON b.id = h.guild_id"
                           " UNION ALL SELECT concat_ws('/', 'peg', code, coalesce(place, 0), version) FROM pegs"
                           " UNION ALL SELECT concat_ws('/', 'rope', peg_code, color) FROM ropes"
                           " UNION ALL SELECT concat_ws('/', 'seal', motto, coalesce(guild_id, 0)) FROM seals"
                           " UNION ALL SELECT concat_ws('/', 'link', name, peg_code) FROM heads_pegs"
                           " JOIN heads ON id = head_id ORDER BY 1"));
}

void workshop_seed(const char *sql)
{
    live_sql(
        "DELETE FROM ropes; DELETE FROM seals; DELETE FROM heads_pegs; DELETE FROM pegs; WITH g AS (DELETE FROM guilds) DELETE FROM heads;"
        "SELECT setval('guilds_id_seq', 100), setval('heads_id_seq', 100), setval('ropes_id_seq', 100),"
        " setval('seals_id_seq', 100); %s",
        sql);
}

const char guild_rows_sql[] =
    "WITH g AS (INSERT INTO guilds VALUES (1, 1, 'smiths')) INSERT INTO heads VALUES (1, 1, 'Ada', 1);"
    "INSERT INTO pegs VALUES ('a', 1, 1), ('b', 2, 1), ('c', NULL, 1);"
    "INSERT INTO ropes VALUES (1, 'a', 'red'), (2, 'b', 'blue'), (3, 'a', 'green');"
    "INSERT INTO seals VALUES (1, 1, 'old'), (2, NULL, 'none'), (3, NULL, 'gone');"
    "INSERT INTO heads_pegs (head_id, peg_code) VALUES (1, 'a')";
