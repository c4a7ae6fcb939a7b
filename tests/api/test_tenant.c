/* Composite keys with a part that all rows of a tenant share: what moves when the other part changes, and what is let go. */
#include "api/scene.h"

typedef struct Unit Unit;
typedef struct Seat Seat;
typedef struct Lamp Lamp;
typedef struct Loan Loan;

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

struct Loan { /* let go by the database */
    int32_t tenant;
    int32_t id;
    const char *unit_name;
    Unit *unit;
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

MODEL(Loan, "loans",
    COLUMN(Loan, tenant,    .primary_key = true),
    COLUMN(Loan, id,        .primary_key = true),
    COLUMN(Loan, unit_name, .nullable = true, .on_delete = ON_DELETE_SET_NULL),
    BELONGS_TO(Loan, unit, Unit, tenant, unit_name));
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

/* --- letting go: the part that can be NULL becomes NULL, the tenant stays --- */

START_TEST(test_tenant__unlinked)
{
    Unit *b = session_find(s, Unit, 1, "b"), *c = session_find(s, Unit, 1, "c"), *d = session_find(s, Unit, 1, "d");
    check_ok(session_load(s, b, below));
    check_ok(session_unlink(s, b, below, c));
    ck_assert_ptr_null(c->above_name);
    ck_assert_int_eq(c->tenant, 1);
    d->above = NULL;
    check_ok(session_commit(s));
    live_check("1a-1 1ba1 1c-2 1d-2 1ec1 2b-1 2cb1", UNITS);
    ck_assert_uint_eq(b->below.count, 0);
    check_nothing_to_write();
    check_ok(session_link(s, b, below, c));
    check_ok(session_commit(s));
    live_check("b|1", "SELECT above_name, tenant FROM units WHERE name = 'c' AND tenant = 1");
    check_nothing_to_write();
}
END_TEST

/* What refers to a deleted row, loaded or not. */
START_TEST(test_tenant__deleted)
{
    Unit *c = session_find(s, Unit, 1, "c"), *e = _i ? session_find(s, Unit, 1, "e") : NULL;
    if (_i > 1)
        check_ok(session_load(s, c, below));
    session_delete(s, c);
    ck_assert(_i > 1 || strstr(plan_text(session_plan(s)), "UPDATE units SET above_name  "));
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    live_check("1a-1 1ba1 1db1 1e-2 2b-1 2cb1", UNITS);
    ck_assert(!e || (e->tenant == 1 && !e->above_name && e->version == 2));
    check_nothing_to_write();
}
END_TEST

START_TEST(test_tenant__let_go_by_the_database)
{
    static const char loans[] =
        "CREATE TABLE loans (tenant integer, id integer, unit_name text, PRIMARY KEY (tenant, id),"
        " FOREIGN KEY (tenant, unit_name) REFERENCES units ON DELETE SET NULL (unit_name))";
    Database *other = database_open(live_conninfo(), MODELS(Unit, Loan), NULL);
    ck_assert_msg(!database_error(other), "%s", error_text(database_error(other)));
    ck_assert_ptr_nonnull(strstr(database_ddl(other), "ON DELETE SET NULL (\"unit_name\")"));
    if (atoi(live_sql("SHOW server_version_num")) >= 150000) { /* earlier ones have no such action */
        live_sql("%s", loans);
        live_sql("INSERT INTO loans VALUES (1, 1, 'e'), (1, 2, 'e'), (2, 1, 'b')");
        Session *t = session_open(other);
        Loan *loan = session_find(t, Loan, 1, 1);
        check_ok(session_load(t, loan, unit));
        session_delete(t, loan->unit);
        check_ok(session_commit(t));
        live_check("1|1|\n1|2|\n2|1|b", "SELECT * FROM loans ORDER BY 1, 2");
        ck_assert(loan->tenant == 1 && !loan->unit_name && !loan->unit);
        ck_assert_uint_eq(plan_step_count(session_plan(t)), 0);
        session_close(t);
    }
    database_close(other);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_tenant__the_other_part_changes);
    tcase_add_test(tests, test_tenant__followers_with_changes_of_their_own);
    tcase_add_test(tests, test_tenant__the_tenant_changes);
    tcase_add_test(tests, test_tenant__unlinked);
    tcase_add_loop_test(tests, test_tenant__deleted, 0, 3);
    tcase_add_test(tests, test_tenant__let_go_by_the_database);
}

int main(void)
{
    return scene_main("tenant", setup, scene_close, add_tests);
}
