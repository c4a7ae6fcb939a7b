/* Rows whose version is their xmin, and that are written along with others: by ON UPDATE CASCADE, by ON DELETE SET NULL, and by
 * the statement that lets them follow a key. What was loaded of them is not stale afterwards. */
#include "api/scene.h"

typedef struct Hall {
    const char *code;
    const char *name;
} Hall;

typedef struct Seat { /* its hall is a part of its key */
    const char *hall;
    int32_t number;
    const char *guest;
    int64_t written_by;
} Seat;

typedef struct Coat { /* which the database moves, and lets go */
    int64_t id;
    const char *hall;
    const char *color;
    int64_t written_by;
} Coat;

typedef struct Bill { /* which follows by a statement of ours */
    int64_t id;
    const char *hall;
    const char *text;
    int64_t written_by;
} Bill;

typedef struct Ticket { /* as a seat, but told by its values */
    const char *hall;
    int32_t number;
    const char *guest;
} Ticket;

extern const Model Hall_model;

/* clang-format off */
MODEL(Hall, "halls",
    COLUMN(Hall, code, .primary_key = true), COLUMN(Hall, name));
MODEL(Seat, "seats",
    COLUMN(Seat, hall,   .primary_key = true, .references = &Hall_model, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Seat, number, .primary_key = true), COLUMN(Seat, guest),
    COLUMN(Seat, written_by, .column = "xmin", .version = true));
MODEL(Coat, "coats",
    COLUMN(Coat, id, .primary_key = true),
    COLUMN(Coat, hall,   .nullable = true, .references = &Hall_model, .on_update = ON_UPDATE_CASCADE,
                         .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Coat, color),
    COLUMN(Coat, written_by, .column = "xmin", .version = true));
MODEL(Bill, "bills",
    COLUMN(Bill, id, .primary_key = true), COLUMN(Bill, hall, .references = &Hall_model), COLUMN(Bill, text),
    COLUMN(Bill, written_by, .column = "xmin", .version = true));
MODEL_WITH((.optimistic = OPTIMISTIC_ALL), Ticket, "tickets",
    COLUMN(Ticket, hall,   .primary_key = true, .references = &Hall_model, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Ticket, number, .primary_key = true), COLUMN(Ticket, guest));
/* clang-format on */

enum { MANY_SEATS = 1500, FEW = 3 };

static Hall *hall;
static Seat **seats;
static Coat *coats[FEW];
static Bill *bills[FEW];
static Ticket *tickets[FEW];

static void load(void)
{
    size_t count;
    hall = session_find(s, Hall, "a");
    seats = query_all(session_query(s, Seat), Seat, &count);
    ck_assert_uint_eq(count, MANY_SEATS);
    for (int i = 0; i < FEW; i++) {
        coats[i] = session_find(s, Coat, i + 1);
        bills[i] = session_find(s, Bill, i + 1);
        tickets[i] = session_find(s, Ticket, "a", i + 1);
    }
    seen_clear();
}

static void setup(void)
{
    scene_open(MODELS(Hall, Seat, Coat, Bill, Ticket));
    live_sql("INSERT INTO halls VALUES ('a', 'A'), ('b', 'B');"
             "INSERT INTO seats SELECT 'a', n, 'nobody' FROM generate_series(1, 1500) n;"
             "INSERT INTO coats SELECT n, 'a', 'red' FROM generate_series(1, 3) n;"
             "INSERT INTO bills SELECT n, 'a', 'tonight' FROM generate_series(1, 3) n;"
             "INSERT INTO tickets SELECT 'a', n, 'nobody' FROM generate_series(1, 3) n");
    load();
}

/* All that refers to the hall can be written. */
static void check_writable(const char *word)
{
    for (int i = 0; i < MANY_SEATS; i++)
        seats[i]->guest = word;
    for (int i = 0; i < FEW; i++)
        coats[i]->color = bills[i]->text = tickets[i]->guest = word;
}

START_TEST(test_renewed__moved)
{
    hall->code = "h";
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("SELECT t.\"hall\", t.\"number\""), 2); /* 1,000 rows each */
    check_nothing_to_write();
    ck_assert_str_eq(seats[7]->hall, "h");
    ck_assert_ptr_eq(session_find(s, Seat, "h", 8), seats[7]);
    check_writable("somebody");
    check_ok(session_commit(s));
    live_check("1500|3|3", "SELECT (SELECT count(*) FROM seats WHERE hall = 'h' AND guest = 'somebody'),"
                           " (SELECT count(*) FROM coats WHERE hall = 'h' AND color = 'somebody'),"
                           " (SELECT count(*) FROM bills WHERE hall = 'h' AND text = 'somebody')");
    check_ok(session_delete(s, seats[3]));
    check_ok(session_delete(s, coats[0]));
    check_ok(session_delete(s, bills[0]));
    check_ok(session_commit(s));
}
END_TEST

/* What looks changed at first, since the same text stands elsewhere, and is not, follows all the same. */
START_TEST(test_renewed__moved_and_looked_at)
{
    coats[0]->color = session_text(s, "%s", "red");
    bills[0]->text = session_text(s, "%s", "tonight");
    hall->code = "h";
    check_ok(session_commit(s));
    ck_assert_str_eq(coats[0]->hall, "h");
    check_writable("somebody");
    check_ok(session_commit(s));
    live_check("3|3", "SELECT (SELECT count(*) FROM coats WHERE hall = 'h' AND color = 'somebody'),"
                      " (SELECT count(*) FROM bills WHERE hall = 'h' AND text = 'somebody')");
}
END_TEST

START_TEST(test_renewed__let_go)
{
    Hall *other = session_find(s, Hall, "b");
    for (int i = 0; i < FEW; i++)
        coats[i]->hall = "b";
    check_ok(session_commit(s));
    check_ok(session_delete(s, other));
    cost_start();
    check_ok(session_commit(s));
    check_cost(2, 2); /* the DELETE, and their xmin */
    ck_assert_ptr_null(coats[0]->hall);
    coats[0]->color = coats[1]->color = "blue";
    check_ok(session_delete(s, coats[2]));
    check_ok(session_commit(s));
    live_check("1|NULL|blue\n2|NULL|blue", "SELECT id, coalesce(hall, 'NULL'), color FROM coats ORDER BY id");
}
END_TEST

/* Back behind a savepoint the row has the xmin that it had there. */
START_TEST(test_renewed__savepoint)
{
    session_begin(s, NULL);
    hall->code = "one";
    check_ok(session_flush(s));
    uint32_t place = session_savepoint(s);
    hall->code = "two";
    check_ok(session_flush(s));
    check_writable("flushed");
    check_ok(session_flush(s));
    check_ok(session_rollback_to(s, place));
    ck_assert_str_eq(seats[0]->hall, "one");
    check_writable("back");
    hall->code = "three";
    check_ok(session_commit(s));
    check_writable("done");
    check_ok(session_commit(s));
    live_check("1500", "SELECT count(*) FROM seats WHERE hall = 'three' AND guest = 'done'");
}
END_TEST

START_TEST(test_renewed__rolled_back)
{
    session_begin(s, NULL);
    hall->code = "one";
    check_ok(session_flush(s));
    check_ok(session_rollback(s));
    ck_assert_str_eq(seats[0]->hall, "a");
    check_writable("again");
    check_ok(session_commit(s));
}
END_TEST

/* What somebody else wrote into the row, and the move would hide, comes along. */
START_TEST(test_renewed__with_changes_of_others)
{
    live_sql("UPDATE coats SET color = 'green' WHERE id = 2");
    hall->code = "h";
    check_ok(session_commit(s));
    ck_assert_str_eq(coats[1]->color, "green");
    check_nothing_to_write();
    live_sql("UPDATE coats SET color = 'white' WHERE id = 2");
    coats[1]->color = "black";
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(coats[1], "Coat", NULL);
}
END_TEST

START_TEST(test_renewed__with_a_fence)
{
    session_close(s);
    Database *fenced = scene_database(NULL, MODELS(Hall, Seat, Coat, Bill, Ticket), DATABASE_OPTIONS(.fence = true));
    ck_assert_int_eq(database_create_tables(fenced), STATUS_OK);
    s = session_open(fenced);
    load();
    hall->code = "h";
    check_ok(session_commit(s));
    check_writable("again");
    check_ok(session_commit(s));
    session_close(s);
    database_close(fenced);
    s = session_open(db);
}
END_TEST

/* Rows with changes of their own are written first, as they are found, and then follow to another key. */
START_TEST(test_renewed__changed_and_moved)
{
    for (int i = 0; i < _i; i++)
        seats[i]->guest = tickets[i]->guest = "somebody";
    hall->code = "h";
    check_ok(session_commit(s));
    for (int i = 0; i < _i; i++) {
        ck_assert_str_eq(seats[i]->hall, "h");
        ck_assert_str_eq(tickets[i]->hall, "h");
        ck_assert_ptr_eq(session_find(s, Seat, "h", i + 1), seats[i]);
        ck_assert_ptr_eq(session_find(s, Ticket, "h", i + 1), tickets[i]);
    }
    check_nothing_to_write();
    check_writable("again");
    tickets[0]->number = 100;
    seats[0]->number = 9000;
    check_ok(session_delete(s, seats[1]));
    hall->code = "i";
    check_ok(session_commit(s));
    live_check("1499|3", "SELECT (SELECT count(*) FROM seats WHERE hall = 'i' AND guest = 'again'),"
                         " (SELECT count(*) FROM tickets WHERE hall = 'i' AND guest = 'again')");
    ck_assert_ptr_eq(session_find(s, Ticket, "i", 100), tickets[0]);
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_renewed__moved);
    tcase_add_test(tests, test_renewed__moved_and_looked_at);
    tcase_add_test(tests, test_renewed__let_go);
    tcase_add_test(tests, test_renewed__savepoint);
    tcase_add_test(tests, test_renewed__rolled_back);
    tcase_add_test(tests, test_renewed__with_changes_of_others);
    tcase_add_test(tests, test_renewed__with_a_fence);
    tcase_add_loop_test(tests, test_renewed__changed_and_moved, 1, FEW + 1);
}

int main(void)
{
    return scene_main("renewed", setup, scene_close, add_tests);
}
