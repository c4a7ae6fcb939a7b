/* What becomes of the rows that refer to one which is deleted, loaded or not. */
#include "api/link_checks.h"

static Club *club, *other;

static void setup(void)
{
    scene_open(CLUBS);
    club = session_add(s, Club, .name = "chess");
    other = session_add(s, Club, .name = "go");
    check_ok(session_commit(s));
}

/* Of a fresh session, in which nothing but the two clubs is loaded. */
static void begin_anew(void)
{
    int64_t id = club->id, second = other->id;
    scene_renew();
    club = session_find(s, Club, id);
    other = session_find(s, Club, second);
    seen_clear();
    cost_start();
}

/* --- foreign keys that can be NULL --- */

START_TEST(test_cascade__loaded_children_let_go)
{
    Member *ann = session_add(s, Member, .name = "ann", .club = club);
    Member *bob = session_add(s, Member, .name = "bob", .club = club);
    check_ok(session_commit(s));
    seen_clear();
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE \"public\".\"members\""), 1);
    ck_assert_ptr_null(ann->club);
    ck_assert(!ann->club_id.valid && !bob->club_id.valid);
    ck_assert(session_contains(s, ann) && !session_contains(s, club));
    live_check("ann||2\nbob||2", "SELECT name, club_id, version FROM members ORDER BY 1");
    check_nothing_to_write();
    ann->age = 3;
    check_ok(session_commit(s));
}
END_TEST

/* One statement for all of them, also those that were loaded since: they follow in memory. */
START_TEST(test_cascade__children_that_are_not_loaded)
{
    session_add(s, Member, .name = "ann", .club = club);
    session_add(s, Member, .name = "bob", .club = club);
    session_add(s, Member, .name = "eve", .club = other);
    check_ok(session_commit(s));
    begin_anew();
    Member *ann = session_find_by(s, Member, id, 1);
    cost_start();
    check_ok(session_delete(s, club));
    ck_assert_ptr_nonnull(session_plan(s));
    check_cost(0, 0); /* planning reads nothing */
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE"), 3); /* members, stamps, remarks */
    ck_assert_uint_eq(seen_with("UPDATE \"public\".\"members\" AS t SET \"club_id\" = NULL,"
                                " \"version\" = t.\"version\" + 1 WHERE t.\"club_id\" = ANY ("),
                      1);
    ck_assert(!ann->club_id.valid);
    ck_assert_int_eq(ann->version, 2);
    live_check("ann||2\nbob||2\neve|2|1", "SELECT name, club_id, version FROM members ORDER BY 1");
    check_nothing_to_write();
    ann->age = 7;
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_cascade__changed_child_is_written_once)
{
    session_add(s, Member, .name = "ann", .club = club);
    check_ok(session_commit(s));
    begin_anew();
    Member *ann = session_find_by(s, Member, id, 1);
    ann->age = 40;
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    live_check("40||2", "SELECT age, club_id, version FROM members");
    ck_assert_int_eq(ann->version, 2);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_cascade__moved_child_stays)
{
    Member *ann = session_add(s, Member, .name = "ann", .club = club);
    Room *room = session_add(s, Room, .name = "hall", .club = club);
    Note *note = session_add(s, Note, .text = "n", .club = club);
    Bill *bill = session_add(s, Bill, .amount = 1, .club = club);
    check_ok(session_commit(s));
    cost_start();
    Club *fresh = session_add(s, Club, .name = "cards");
    check_ok(session_link(s, fresh, members, ann));
    check_ok(session_link(s, fresh, rooms, room));
    note->club = fresh;
    bill->club_id = other->id;
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    check_trips(2);
    live_check("cards|cards|cards|go",
               "SELECT (SELECT name FROM clubs c JOIN (SELECT club_id FROM members) x ON c.id = club_id),"
               " (SELECT c.name FROM clubs c JOIN rooms r ON c.id = club_id),"
               " (SELECT c.name FROM clubs c JOIN notes r ON c.id = club_id),"
               " (SELECT c.name FROM clubs c JOIN bills r ON c.id = club_id)");
    check_items(fresh->rooms, room);
    check_items(other->bills, bill);
    check_nothing_to_write();
}
END_TEST

/* --- foreign keys that can't --- */

START_TEST(test_cascade__loaded_child_that_can_not_let_go)
{
    Bill *bill = session_add(s, Bill, .amount = 5, .club = club);
    check_ok(session_commit(s));
    cost_start();
    check_ok(session_delete(s, club));
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    check_culprit(club, "Club", NULL);
    check_says(session_error(s), "Bill.club_id");
    check_says(session_error(s), "CASCADE_DELETE");
    check_cost(0, 0);
    session_clear_error(s);
    check_ok(session_delete(s, bill));
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM bills");
}
END_TEST

START_TEST(test_cascade__unloaded_child_that_can_not_let_go)
{
    session_add(s, Bill, .amount = 5, .club = club);
    check_ok(session_commit(s));
    begin_anew();
    check_ok(session_delete(s, club));
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    check_culprit(club, "Club", NULL);
    ck_assert_uint_eq(seen_with("bills"), 0);
    check_ok(session_rollback(s));
    check_nothing_to_write();
}
END_TEST

/* --- cascades --- */

START_TEST(test_cascade__deletes_loaded_children)
{
    Room *hall = session_add(s, Room, .name = "hall", .club = club);
    Table *table = session_add(s, Table, .legs = 4);
    check_ok(session_link(s, hall, tables, table));
    check_ok(session_commit(s));
    check_ok(session_delete(s, club));
    const char *text = plan_text(session_plan(s));
    const char *tables = strstr(text, "DELETE FROM tables"), *rooms = strstr(text, "DELETE FROM rooms"),
               *clubs = strstr(text, "DELETE FROM clubs");
    ck_assert(tables && rooms && clubs && tables < rooms && rooms < clubs);
    ck_assert(session_contains(s, hall));
    ck_assert_ptr_eq(session_find(s, Room, hall->id), hall); /* a plan deletes nothing */
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, hall) && !session_contains(s, table));
    live_check("0|0", "SELECT (SELECT count(*) FROM rooms), (SELECT count(*) FROM tables)");
    check_nothing_to_write();
}
END_TEST

/* One of a loaded collection that the session does not have any more is deleted all the same. */
START_TEST(test_cascade__deletes_an_evicted_child)
{
    Room *hall = session_add(s, Room, .name = "hall", .club = club),
         *yard = session_add(s, Room, .name = "yard", .club = club);
    check_ok(session_commit(s));
    ck_assert_uint_eq(club->rooms.count, 2);
    check_ok(session_evict(s, yard));
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, hall));
    live_check("0", "SELECT count(*) FROM rooms");
}
END_TEST

START_TEST(test_cascade__deletes_children_that_are_not_loaded)
{
    Room *hall = session_add(s, Room, .name = "hall", .club = club);
    check_ok(session_link(s, hall, tables, session_add(s, Table, .legs = 4)));
    session_add(s, Room, .name = "yard", .club = other);
    check_ok(session_commit(s));
    begin_anew();
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("DELETE FROM \"public\".\"tables\" AS t WHERE EXISTS (SELECT FROM \"public\".\"rooms\""
                                " AS b WHERE t.\"room_id\" = b.\"id\" AND b.\"club_id\" = ANY ("),
                      1);
    ck_assert_uint_eq(seen_with("DELETE FROM \"public\".\"rooms\" AS t WHERE t.\"club_id\" = ANY ("), 1);
    live_check("0|yard", "SELECT (SELECT count(*) FROM tables), name FROM rooms");
    ck_assert_uint_eq(session_stats(s).deleted, 3); /* what nobody had loaded counts, too */
}
END_TEST

START_TEST(test_cascade__rollback_and_failure_bring_all_back)
{
    Room *hall = session_add(s, Room, .name = "hall", .club = club);
    session_add(s, Bill, .amount = 5, .club = club);
    check_ok(session_commit(s));
    check_ok(session_delete(s, club));
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    session_clear_error(s);
    ck_assert_ptr_eq(session_find(s, Room, hall->id), hall);
    check_ok(session_rollback(s));
    check_items(club->rooms, hall);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_cascade__undone_flush)
{
    Room *hall = session_add(s, Room, .name = "hall", .club = club);
    check_ok(session_commit(s));
    check_ok(session_begin(s, NULL));
    check_ok(session_delete(s, club));
    check_ok(session_flush(s));
    check_ok(session_rollback(s));
    ck_assert_ptr_eq(session_find(s, Room, hall->id), hall);
    check_items(club->rooms, hall);
    check_nothing_to_write();
    live_check("hall", "SELECT name FROM rooms");
}
END_TEST

/* What the server may say to the statements for rows that nobody has loaded, of two tables: the error names theirs. */
#define REFUSE \
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not today'; END $$; CREATE TRIGGER refuse "

static const struct refused_sweep {
    const char *sql, *undo, *statement;
    Status status;
    const char *model, *field, *constraint;
} refused_sweeps[] = {
    {"ALTER TABLE members ALTER club_id SET NOT NULL", "ALTER TABLE members ALTER club_id DROP NOT NULL",
     "UPDATE \"public\".\"members\"", STATUS_NOT_NULL, "Member", "club_id", NULL},
    {"ALTER TABLE members ADD CONSTRAINT in_a_club CHECK (club_id > 0 AND club_id IS NOT NULL)",
     "ALTER TABLE members DROP CONSTRAINT in_a_club", "UPDATE \"public\".\"members\"", STATUS_CHECK, "Member", NULL,
     "in_a_club"},
    {REFUSE "BEFORE UPDATE ON members FOR EACH ROW EXECUTE FUNCTION refuse()", "DROP FUNCTION refuse CASCADE",
     "UPDATE \"public\".\"members\"", STATUS_SERVER, "Member", NULL, NULL},
    {REFUSE "BEFORE DELETE ON rooms FOR EACH ROW EXECUTE FUNCTION refuse()", "DROP FUNCTION refuse CASCADE",
     "DELETE FROM \"public\".\"rooms\"", STATUS_SERVER, "Room", NULL, NULL},
    {REFUSE "BEFORE DELETE ON tables FOR EACH ROW EXECUTE FUNCTION refuse()", "DROP FUNCTION refuse CASCADE",
     "DELETE FROM \"public\".\"tables\"", STATUS_SERVER, "Table", NULL, NULL},
    {"CREATE TABLE keys (room_id bigint CONSTRAINT key_of_room REFERENCES rooms); INSERT INTO keys SELECT id FROM rooms",
     "DROP TABLE keys", "DELETE FROM \"public\".\"rooms\"", STATUS_FOREIGN_KEY, "Room", NULL, "key_of_room"},
};

START_TEST(test_cascade__refused_for_rows_that_are_not_loaded)
{
    const struct refused_sweep *refused = &refused_sweeps[_i];
    session_add(s, Member, .name = "ann", .club = club);
    Room *hall = session_add(s, Room, .name = "hall", .club = club);
    check_ok(session_link(s, hall, tables, session_add(s, Table, .legs = 4)));
    check_ok(session_commit(s));
    live_sql("%s", refused->sql);
    begin_anew();
    check_ok(session_delete(s, club));
    check_fails(session_commit(s), refused->status);
    const Error *error = session_error(s);
    check_culprit(NULL, refused->model, refused->field);
    ck_assert_pstr_eq(error->constraint, refused->constraint);
    ck_assert_msg(strncmp(error->statement, refused->statement, strlen(refused->statement)) == 0, "%s",
                  error->statement);
    ck_assert_int_eq(error->outcome, OUTCOME_NOT_DONE);
    live_check("1|1|1",
               "SELECT count(club_id), (SELECT count(*) FROM rooms), (SELECT count(*) FROM tables) FROM members");
    live_sql("%s", refused->undo);
    session_clear_error(s);
    check_ok(session_commit(s));
    live_check("0|0|0",
               "SELECT count(club_id), (SELECT count(*) FROM rooms), (SELECT count(*) FROM tables) FROM members");
}
END_TEST

/* Left to the database where that is declared: no statement but the parents' own, and memory follows. */
START_TEST(test_cascade__by_the_database)
{
    Seat *seat = session_add(s, Seat, .number = 1, .club = club);
    Guest *guest = session_add(s, Guest, .name = "gus", .club = club);
    check_ok(session_commit(s));
    seen_clear();
    seat->number = 2; /* is not worth writing any more */
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("seats") + seen_with("guests"), 0);
    ck_assert(!session_contains(s, seat));
    ck_assert(session_contains(s, guest));
    ck_assert(!guest->club_id.valid);
    ck_assert_ptr_null(guest->club);
    live_check("0|gus", "SELECT (SELECT count(*) FROM seats), name FROM guests WHERE club_id IS NULL");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_cascade__new_children_of_a_deleted_parent)
{
    Room *room = session_add(s, Room, .name = "planned", .club = club);
    Member *ann = session_add(s, Member, .name = "ann", .club = club);
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, room));
    ck_assert_ptr_null(ann->club);
    live_check("0|1", "SELECT (SELECT count(*) FROM rooms), count(*) FROM members WHERE club_id IS NULL");
}
END_TEST

/* --- to itself --- */

START_TEST(test_cascade__to_itself)
{
    Member *ann = session_add(s, Member, .name = "ann"), *bob = session_add(s, Member, .name = "bob");
    check_ok(session_link(s, ann, brought, bob));
    check_ok(session_commit(s));
    check_ok(session_delete(s, ann));
    check_ok(session_commit(s));
    ck_assert(!bob->brought_by.valid);
    live_check("bob|", "SELECT name, brought_by FROM members");
    Member *eve = session_add(s, Member, .name = "eve");
    check_ok(session_link(s, bob, brought, eve));
    check_ok(session_commit(s));
    int64_t first = bob->id, second = eve->id;
    scene_renew();
    check_ok(session_delete(s, session_find(s, Member, first)));
    check_ok(session_delete(s, session_find(s, Member, second)));
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM members");
}
END_TEST

/* --- what the label says --- */

START_TEST(test_cascade__polymorphic)
{
    Member *ann = session_add(s, Member, .name = "ann");
    check_ok(session_link(s, club, remarks, session_add(s, Remark, .text = "club's")));
    check_ok(session_link(s, ann, remarks, session_add(s, Remark, .text = "ann's")));
    check_ok(session_commit(s));
    ck_assert_int_eq(ann->id, club->id);
    begin_anew();
    check_ok(session_delete(s, club));
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("AND t.\"about\" = 'club'"), 1);
    live_check("ann's", "SELECT text FROM remarks WHERE about_id IS NOT NULL");
}
END_TEST

/* Two relations over one foreign key, one of them filtered. */
START_TEST(test_cascade__each_child_is_written_once)
{
    Member *old = session_add(s, Member, .name = "old", .age = 80, .club = club);
    check_ok(session_commit(s));
    check_ok(session_load(s, club, seniors));
    check_ok(session_link(s, other, seniors, old));
    check_empty(club->members);
    check_items(other->members, old);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE"), 1);
    check_ok(session_delete(s, other));
    check_ok(session_commit(s));
    live_check("old||3", "SELECT name, club_id, version FROM members");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_cascade__loaded_children_let_go);
    tcase_add_test(tests, test_cascade__children_that_are_not_loaded);
    tcase_add_test(tests, test_cascade__changed_child_is_written_once);
    tcase_add_test(tests, test_cascade__moved_child_stays);
    tcase_add_test(tests, test_cascade__loaded_child_that_can_not_let_go);
    tcase_add_test(tests, test_cascade__unloaded_child_that_can_not_let_go);
    tcase_add_test(tests, test_cascade__deletes_loaded_children);
    tcase_add_test(tests, test_cascade__deletes_an_evicted_child);
    tcase_add_test(tests, test_cascade__deletes_children_that_are_not_loaded);
    tcase_add_test(tests, test_cascade__rollback_and_failure_bring_all_back);
    tcase_add_test(tests, test_cascade__undone_flush);
    tcase_add_loop_test(tests, test_cascade__refused_for_rows_that_are_not_loaded, 0, (int)COUNT_OF(refused_sweeps));
    tcase_add_test(tests, test_cascade__by_the_database);
    tcase_add_test(tests, test_cascade__new_children_of_a_deleted_parent);
    tcase_add_test(tests, test_cascade__to_itself);
    tcase_add_test(tests, test_cascade__polymorphic);
    tcase_add_test(tests, test_cascade__each_child_is_written_once);
}

int main(void)
{
    return scene_main("cascade", setup, scene_close, add_tests);
}
