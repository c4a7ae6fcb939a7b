/* What the tests of types share: the tables, filled by the server from text. */
#ifndef API_TYPES_SCENE_H
#define API_TYPES_SCENE_H

#include "api/scene.h"
#include "api/types_models.h"

static inline void types_setup(void)
{
    live_sql("DROP EXTENSION IF EXISTS citext CASCADE; DROP DOMAIN IF EXISTS grade CASCADE");
    scene_wipe();
    live_sql("%s", TYPES_PREPARE);
    db = scene_database(NULL, TYPES, DATABASE_OPTIONS(.on_statement = seen_add));
    database_create_tables(db);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    live_sql("%s", TYPES_FILL);
    s = session_open(db);
    seen_clear();
    cost_start();
}

#endif
