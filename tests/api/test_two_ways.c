/* Rows that refer to a deleted one in several ways, of which some are loaded and some are not: each way is let go, by the
 * row's own statement, by one for all rows, or by the database; and the objects know what became of their rows. */
#include "api/scene.h"

typedef struct Port Port;
typedef struct Voyage Voyage;

struct Port {
    int64_t id;
    const char *name;
    MANY(Voyage) departures;
    MANY(Voyage) arrivals;
    MANY(Voyage) calls;
};

struct Voyage {
    int64_t id;
    NullInt64 from_id;
    NullInt64 to_id;
    NullInt64 via_id;
    int32_t version;
    const char *ship;
    Port *from;
};

extern const Model Port_model, Voyage_model;

/* clang-format off */
MODEL(Port, "ports",
    COLUMN(Port, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Port, name),
    HAS_MANY(Port, departures, Voyage, from_id),
    HAS_MANY(Port, arrivals, Voyage, to_id),
    HAS_MANY(Port, calls, Voyage, via_id));
MODEL(Voyage, "voyages",
    COLUMN(Voyage, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Voyage, from_id, .references = &Port_model),
    COLUMN(Voyage, to_id,   .references = &Port_model),
    COLUMN(Voyage, via_id,  .references = &Port_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Voyage, version, .version = true),
    COLUMN(Voyage, ship),
    BELONGS_TO(Voyage, from, Port, from_id));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Port, Voyage));
    live_sql("INSERT INTO ports (name) VALUES ('Bari'), ('Cork')");
}

/* Bits of `ways`: which collections are loaded, and whether a row is changed as well. */
static void delete_bari(int ways)
{
    size_t count;
    Voyage **voyages = query_all(session_query(s, Voyage), Voyage, &count);
    Port *bari = session_find(s, Port, 1);
    if (ways & 1)
        check_ok(session_load(s, bari, departures));
    if (ways & 2)
        check_ok(session_load(s, bari, arrivals));
    if (ways & 4)
        check_ok(session_load(s, bari, calls));
    if (ways & 8)
        voyages[0]->ship = "Ada";
    check_ok(session_delete(s, bari));
    check_ok(session_commit(s));
    live_check("1||2|\n2|||\n3|2||", "SELECT id, from_id, to_id, via_id FROM voyages ORDER BY id");
    for (size_t i = 0; i < count; i++)
        voyages[i]->ship = "Eve"; /* with the version that the row has */
    check_ok(session_commit(s));
}

START_TEST(test_two_ways__all_are_let_go)
{
    live_sql(
        "INSERT INTO voyages (from_id, to_id, via_id, version, ship) VALUES (1, 2, 1, 1, 'x'), (1, 1, NULL, 1, 'x'),"
        " (2, 1, 1, 1, 'x')");
    delete_bari(_i);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_two_ways__all_are_let_go, 0, 16);
}

int main(void)
{
    return scene_main("two ways", setup, scene_close, add_tests);
}
