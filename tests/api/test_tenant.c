/* Composite keys with a part that all rows of a tenant share: what moves when the other part changes. */
#include "api/scene.h"

typedef struct Unit Unit;
typedef struct Seat Seat;
typedef struct Lamp Lamp;

struct Unit { /* a tree; the tenant is a part of both its key and its foreign key */
    int32_t tenant;
    const char *name;
    const char *above_name;
    int32_t version;
    Unit *above;
    MANY(Unit) below;
};

struct Seat {
    int32_t tenant;
    int32_t number;
    const char *unit_name;
    int32_t version;
    Unit *unit;
};

struct Lamp { /* refers to a seat by its tenant, too */
    int32_t tenant;
    int32_t id;
    int32_t seat_number;
    int32_t version;
    Seat *seat;
};

extern const Model Unit_model, Seat_model;

/* clang-format off */
MODEL(Lamp, "lamps",
    COLUMN(Lamp, tenant,      .primary_key = true),
    COLUMN(Lamp, id,          .primary_key = true),
    COLUMN(Lamp, seat_number),
    COLUMN(Lamp, version,     .version = true),
    BELONGS_TO(Lamp, seat, Seat, tenant, seat_number));

MODEL(Unit, "units",
    COLUMN(Unit, tenant,     .primary_key = true),
    COLUMN(Unit, name,       .primary_key = true),
    COLUMN(Unit, above_name, .nullable = true),
    COLUMN(Unit, version,    .version = true),
    BELONGS_TO(Unit, above, Unit, tenant, above_name),
    HAS_MANY(Unit, below, Unit, tenant, above_name));

MODEL(Seat, "seats",
    COLUMN(Seat, tenant,    .primary_key = true),
    COLUMN(Seat, number,    .primary_key = true),
    COLUMN(Seat, unit_name),
    COLUMN(Seat, version,   .version = true),
    BELONGS_TO(Seat, unit, Unit, tenant, unit_name));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Lamp, Unit, Seat));
    live_sql(
        "INSERT INTO units VALUES (1, 'a', NULL, 1), (1, 'b', 'a', 1), (1, 'c', 'b', 1), (1, 'd', 'b', 1), (1, 'e', 'c', 1),"
        " (2, 'b', NULL, 1), (2, 'c', 'b', 1);"
        "INSERT INTO seats VALUES (1, 1, 'b', 1), (1, 2, 'b', 1), (2, 1, 'b', 1);"
        "INSERT INTO lamps VALUES (1, 1, 1, 1), (1, 2, 2, 1), (2, 1, 1, 1)");
}

#define UNITS \
    "SELECT string_agg(tenant || name || coalesce(above_name, '-') || version, ' ' ORDER BY tenant, name) FROM units"
#define SEATS \
    "SELECT string_agg(tenant || '.' || number || unit_name || version, ' ' ORDER BY tenant, number) FROM seats"
#define LAMPS \
    "SELECT string_agg(tenant || '.' || id || '.' || seat_number || '.' || version, ' ' ORDER BY tenant, id) FROM lamps"

/* The tree and the seats follow, loaded or not; what refers to these by the tenant that stays is not written. */
START_TEST(test_tenant__the_other_part_changes)
{
    Unit *b = session_find(s, Unit, 1, "b"), *c = session_find(s, Unit, 1, "c"), *e = session_find(s, Unit, 1, "e");
    Seat *seat = session_find(s, Seat, 1, 1);
    Lamp *lamp = session_find(s, Lamp, 1, 1);
    check_ok(session_load(s, b, below));
    b->name = "B";
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("1Ba2 1a-1 1cB1 1dB1 1ec1 2b-1 2cb1", UNITS);
    live_check("1.1B1 1.2B1 2.1b1", SEATS);
    live_check("1.1.1.1 1.2.2.1 2.1.1.1", LAMPS);
    ck_assert_str_eq(c->above_name, "B");
    ck_assert_str_eq(seat->unit_name, "B");
    ck_assert_int_eq(seat->version, 1);
    ck_assert_int_eq(e->version, 1);
    ck_assert_int_eq(lamp->version, 1);
    ck_assert_uint_eq(b->below.count, 2);
    check_nothing_to_write();
    seat->number = 7; /* lamps follow */
    c->above = session_find(s, Unit, 1, "a");
    check_ok(session_commit(s));
    ck_assert_int_eq(lamp->seat_number, 7);
    live_check("1.1.7.1 1.2.2.1 2.1.1.1", LAMPS);
    live_check("1Ba2 1a-1 1ca2 1dB1 1ec1 2b-1 2cb1", UNITS);
    check_nothing_to_write();
}
END_TEST

/* What follows is changed itself, goes, or comes. */
START_TEST(test_tenant__followers_with_changes_of_their_own)
{
    Unit *b = session_find(s, Unit, 1, "b"), *c = session_find(s, Unit, 1, "c"), *d = session_find(s, Unit, 1, "d");
    b->name = "B";
    c->name = "C";
    session_delete(s, d);
    Unit *new = session_add(s, Unit, .tenant = 1, .name = "n", .above = b);
    Seat *seat = session_find(s, Seat, 1, 2);
    seat->number = 9;
    Lamp *lamp = session_find(s, Lamp, 1, 2);
    check_ok(session_commit(s));
    live_check("1Ba2 1CB2 1a-1 1eC1 1nB1 2b-1 2cb1", UNITS);
    live_check("1.1B1 1.9B2 2.1b1", SEATS);
    live_check("1.1.1.1 1.2.9.1 2.1.1.1", LAMPS);
    ck_assert_str_eq(new->above_name, "B");
    ck_assert_int_eq(lamp->seat_number, 9);
    check_nothing_to_write();
}
END_TEST

/* Then rows would have to follow from level to level: the object is named that wants it, not one that is moved besides. */
START_TEST(test_tenant__the_tenant_changes)
{
    Unit *b = session_find(s, Unit, 1, "b"), *other = session_find(s, Unit, 2, "b");
    b->name = "B";
    other->tenant = 3;
    cost_start();
    check_fails(session_commit(s), STATUS_INVALID);
    check_cost(0, 0);
    check_culprit(other, "Unit", "tenant");
    session_clear_error(s);
    other->tenant = 2;
    check_ok(session_commit(s));
    live_check("1Ba2 1a-1 1cB1 1dB1 1ec1 2b-1 2cb1", UNITS);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_tenant__the_other_part_changes);
    tcase_add_test(tests, test_tenant__followers_with_changes_of_their_own);
    tcase_add_test(tests, test_tenant__the_tenant_changes);
}

int main(void)
{
    return scene_main("tenant", setup, scene_close, add_tests);
}
