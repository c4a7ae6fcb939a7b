/* Partial unique indexes whose condition is about several columns: who leaves the index lets go before who enters it. */
#include "api/scene.h"

typedef enum Kind { KIND_TASK, KIND_BUG } Kind;

typedef struct Ticket { /* one open ticket a queue and number, of those that are not gone */
    int64_t id;
    const char *queue;
    int32_t number;
    const char *state;
    NullTimestamp gone_at;
    Kind kind;
} Ticket;

typedef struct Seat { /* one taken seat a row and number */
    int64_t id;
    int32_t number;
    NullInt32 row;
    const char *state;
} Seat;

ENUM(Kind, "kind", LABEL(KIND_TASK, "task"), LABEL(KIND_BUG, "bug"));

/* clang-format off */
MODEL(Ticket, "tickets",
    COLUMN(Ticket, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Ticket, queue),
    COLUMN(Ticket, number),
    COLUMN(Ticket, state,   .nullable = true, .server_default = "'open'"),
    COLUMN(Ticket, gone_at),
    COLUMN_ENUM(Ticket, kind, Kind),
    UNIQUE_WITH((.where = "state = 'open' AND gone_at IS NULL"), Ticket, "tickets_open", queue, number),
    UNIQUE_WITH((.where = "(kind <> 'task') AND (state IS NOT NULL)"), Ticket, "tickets_bugs", number));
MODEL(Seat, "seats",
    COLUMN(Seat, id,     .primary_key = true),
    COLUMN(Seat, number),
    COLUMN(Seat, row),
    COLUMN(Seat, state),
    UNIQUE_WITH((.where = "state = 'taken' AND row IS NOT NULL"), Seat, "seats_taken", number));
/* clang-format on */

static Ticket *tickets[5]; /* by id */

/* 1 is open, 2 was before it, 3 and 4 are closed. */
static void setup(void)
{
    scene_open(MODELS(Ticket, Seat));
    live_sql("INSERT INTO tickets (id, queue, number, state, gone_at, kind) VALUES"
             " (1, 'q', 1, 'open', NULL, 'task'), (2, 'q', 1, 'open', now(), 'task'),"
             " (3, 'q', 1, 'closed', NULL, 'task'), (4, 'q', 2, 'closed', NULL, 'task');"
             "ALTER TABLE tickets ALTER id RESTART 100;"
             "INSERT INTO seats VALUES (1, 1, 5, 'taken'), (2, 2, 5, 'taken'), (3, 1, 5, 'free')");
    for (int i = 1; i <= 4; i++)
        tickets[i] = session_find(s, Ticket, i);
}

static size_t writes(void)
{
    size_t count = 0;
    const Plan *plan = session_plan(s);
    ck_assert_msg(plan, "%s", error_text(session_error(s)));
    for (size_t i = 0; i < plan_step_count(plan); i++)
        count += plan_step(plan, i).operation >= OPERATION_INSERT;
    return count;
}

/* Against the order of the keys, and with it. */
START_TEST(test_partial_index__state_is_handed_over)
{
    tickets[1]->state = "closed";
    tickets[3]->state = "open";
    ck_assert_uint_eq(writes(), 2);
    check_ok(session_commit(s));
    live_check("3", "SELECT id FROM tickets WHERE state = 'open' AND gone_at IS NULL");
    tickets[3]->state = "closed";
    tickets[1]->state = "open";
    ck_assert_uint_eq(writes(), 2);
    check_ok(session_commit(s));
    live_check("1", "SELECT id FROM tickets WHERE state = 'open' AND gone_at IS NULL");
    check_nothing_to_write();
}
END_TEST

/* Each of the columns of the condition takes a row out, and all of them put one in. */
START_TEST(test_partial_index__several_columns)
{
    tickets[2]->gone_at.valid = false;
    tickets[1]->gone_at = (NullTimestamp){{5}, true};
    check_ok(session_commit(s));
    live_check("2", "SELECT id FROM tickets WHERE state = 'open' AND gone_at IS NULL");
    tickets[1]->gone_at.valid = false;
    tickets[2]->state = NULL;
    check_ok(session_commit(s));
    live_check("1", "SELECT id FROM tickets WHERE state = 'open' AND gone_at IS NULL");
    tickets[3]->state = "open";
    session_delete(s, tickets[1]);
    check_ok(session_commit(s));
    tickets[3]->number = 3;
    session_add(s, Ticket, .queue = "q", .number = 1, .state = "open");
    session_add(s, Ticket, .queue = "q", .number = 2); /* the server's default is open */
    check_ok(session_commit(s));
    live_check("1 2 3", "SELECT string_agg(number::text, ' ' ORDER BY number) FROM tickets WHERE state = 'open'"
                        " AND gone_at IS NULL");
}
END_TEST

START_TEST(test_partial_index__labels)
{
    tickets[4]->kind = KIND_BUG;
    check_ok(session_commit(s));
    tickets[4]->kind = KIND_TASK;
    tickets[3]->kind = KIND_BUG;
    tickets[3]->number = 2;
    check_ok(session_commit(s));
    live_check("3", "SELECT id FROM tickets WHERE kind = 'bug'");
    check_nothing_to_write();
}
END_TEST

/* Rows that are not in the index make no edge, and no ring. */
START_TEST(test_partial_index__rows_outside)
{
    tickets[3]->number = 2;
    tickets[4]->number = 1;
    tickets[2]->number = 2;
    ck_assert_uint_eq(writes(), 1);
    check_ok(session_commit(s));
    live_check("1 2 2 1", "SELECT string_agg(number::text, ' ' ORDER BY id) FROM tickets");
}
END_TEST

/* A swap: the column of the condition that can be NULL gives way for a while. Where NULL would be in the index, nothing does. */
START_TEST(test_partial_index__swap)
{
    Seat *one = session_find(s, Seat, 1), *two = session_find(s, Seat, 2);
    one->number = 2;
    two->number = 1;
    check_ok(session_commit(s));
    live_check("1:2:5 2:1:5 3:1:5", "SELECT string_agg(id || ':' || number || ':' || row, ' ' ORDER BY id) FROM seats");
    check_nothing_to_write();
    tickets[4]->state = "open";
    check_ok(session_commit(s));
    tickets[4]->number = 1;
    tickets[1]->number = 2;
    check_ok(session_commit(s)); /* by `state`, which is not open while it is NULL */
    live_check("1:2:open 4:1:open",
               "SELECT string_agg(id || ':' || number || ':' || state, ' ' ORDER BY id) FROM tickets"
               " WHERE id IN (1, 4)");
    check_nothing_to_write();
}
END_TEST

/* What was not loaded, or is computed by the server, is not known to be in the index: no edge, and no false ring. */
START_TEST(test_partial_index__unknown)
{
    session_clear(s);
    Ticket *one = session_stub(s, Ticket, 1), *four = session_stub(s, Ticket, 4);
    one->number = 2;
    four->number = 1;
    session_mark_changed(s, one, number);
    session_mark_changed(s, four, number);
    check_ok(session_commit(s));
    live_check("2 1", "SELECT string_agg(number::text, ' ' ORDER BY id) FROM tickets WHERE id IN (1, 4)");
    session_clear(s);
    one = session_find(s, Ticket, 1);
    Ticket *three = session_find(s, Ticket, 3);
    session_set_sql(s, three, state, "lower('OPEN')");
    three->number = 2;
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert_str_eq(session_error(s)->constraint, "tickets_open");
    ck_assert_ptr_eq(session_error(s)->object, three);
    session_rollback(s);
    one = session_find(s, Ticket, 1);
    session_set_sql(s, one, state, "'shut'");
    three = session_find(s, Ticket, 3);
    three->number = 2;
    three->state = "open";
    check_ok(session_commit(s));
    live_check("shut", "SELECT state FROM tickets WHERE id = 1");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_partial_index__state_is_handed_over);
    tcase_add_test(tests, test_partial_index__several_columns);
    tcase_add_test(tests, test_partial_index__labels);
    tcase_add_test(tests, test_partial_index__rows_outside);
    tcase_add_test(tests, test_partial_index__swap);
    tcase_add_test(tests, test_partial_index__unknown);
}

int main(void)
{
    return scene_main("partial_index", setup, scene_close, add_tests);
}
