/* What a program says twice of one foreign key, by calls and by plain fields: what it said last counts. And keys that are no
 * primary keys, polymorphic owners that are new, and collections that are read between a flush and a rollback. */
#include "api/link_checks.h"

typedef struct Host Host;
typedef struct Caller Caller;
typedef struct Coat Coat;
typedef struct Place Place;
typedef struct Praise Praise;

struct Host {
    int64_t id;
    int64_t code;
    MANY(Caller) callers;
    MANY(Caller) fans;
    MANY(Coat) coats;
    MANY(Praise) praises;
};

struct Caller {
    int64_t id;
    NullInt64 host_id;
    NullInt64 idol_code;
    Host *host;
};

struct Coat {
    int64_t id;
    int64_t host_id;
    Host *host;
};

struct Place {
    int64_t id;
    MANY(Praise) praises;
};

struct Praise {
    int64_t id;
    const char *about;
    int64_t about_id;
    const char *text;
    Place *place;
    Host *host;
};

extern const Model Host_model, Caller_model, Coat_model, Place_model, Praise_model;

/* clang-format off */
MODEL(Host, "hosts",
    COLUMN(Host, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Host, code, .unique = true),
    HAS_MANY(Host, callers, Caller, host_id),
    HAS_MANY(Host, fans, Caller, idol_code),
    HAS_MANY_WITH((.delete_orphans = true), Host, coats, Coat, host_id),
    HAS_MANY_WITH((.type_field = "about", .type_label = "host"), Host, praises, Praise, about_id));
MODEL(Caller, "callers",
    COLUMN(Caller, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Caller, host_id,   .references = &Host_model),
    COLUMN(Caller, idol_code, .references = &Host_model, .references_field = "code"),
    BELONGS_TO(Caller, host, Host, host_id));
MODEL(Coat, "coats",
    COLUMN(Coat, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Coat, host_id, .references = &Host_model),
    BELONGS_TO(Coat, host, Host, host_id));
MODEL(Place, "places",
    COLUMN(Place, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    HAS_MANY_WITH((.type_field = "about", .type_label = "place"), Place, praises, Praise, about_id));
MODEL(Praise, "praises",
    COLUMN(Praise, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Praise, about),
    COLUMN(Praise, about_id),
    COLUMN(Praise, text),
    BELONGS_TO_WITH((.type_field = "about", .type_label = "place"), Praise, place, Place, about_id),
    BELONGS_TO_WITH((.type_field = "about", .type_label = "host"), Praise, host, Host, about_id));
/* clang-format on */

static Host *ann, *bob;
static Caller *caller;
static Coat *coat;
static Praise *praise;

static void setup(void)
{
    scene_open(MODELS(Host, Caller, Coat, Place, Praise));
    live_sql("INSERT INTO hosts (code) VALUES (70), (80); INSERT INTO callers (host_id, idol_code) VALUES (1, 70);"
             "INSERT INTO coats (host_id) VALUES (1); INSERT INTO places DEFAULT VALUES;"
             "INSERT INTO praises (about, about_id, text) VALUES ('place', 1, 'nice')");
    ann = session_find(s, Host, 1);
    bob = session_find(s, Host, 2);
    caller = session_find(s, Caller, 1);
    coat = session_find(s, Coat, 1);
    praise = session_find(s, Praise, 1);
}

static void load_all(void)
{
    Host *hosts[] = {ann, bob};
    for (size_t i = 0; i < COUNT_OF(hosts); i++) {
        check_ok(session_load(s, hosts[i], callers));
        check_ok(session_load(s, hosts[i], coats));
        check_ok(session_load(s, hosts[i], fans));
    }
}

/* Whether the relations are loaded or not. */
static void in_both_ways(void (*act)(void), const char *expected)
{
    for (int loaded = 0; loaded < 2; loaded++) {
        if (loaded)
            load_all();
        act();
        check_ok(session_commit(s));
        live_check(expected, "SELECT (SELECT host_id FROM callers), (SELECT host_id FROM coats)");
        if (loaded) {
            ck_assert_uint_eq(ann->callers.count, expected[0] == '1');
            ck_assert_uint_eq(bob->callers.count, expected[0] == '2');
            ck_assert_uint_eq(ann->coats.count, expected[strlen(expected) - 1] == '1');
            ck_assert_uint_eq(bob->coats.count, expected[strlen(expected) - 1] == '2');
        }
        check_nothing_to_write();
        live_sql("UPDATE callers SET host_id = 1; UPDATE coats SET host_id = 1");
        check_ok(session_refresh(s, caller));
        check_ok(session_refresh(s, coat));
    }
}

static void unlink_and_point_back(void)
{
    check_ok(session_unlink(s, ann, callers, caller));
    check_ok(session_unlink(s, ann, coats, coat));
    ck_assert_ptr_nonnull(session_plan(s));
    caller->host = coat->host = ann;
}

static void unlink_and_write_back(void)
{
    check_ok(session_unlink(s, ann, callers, caller));
    caller->host_id = (NullInt64){1, true};
}

static void link_and_point_back(void)
{
    check_ok(session_link(s, bob, callers, caller));
    check_ok(session_link(s, coat, host, bob));
    caller->host = coat->host = ann;
}

static void link_and_write_back(void)
{
    check_ok(session_link(s, bob, callers, caller));
    check_ok(session_link(s, coat, host, bob));
    caller->host_id.value = coat->host_id = 1;
}

static void unlink_and_point_elsewhere(void)
{
    check_ok(session_unlink(s, ann, callers, caller));
    check_ok(session_unlink(s, ann, coats, coat));
    caller->host = coat->host = bob;
}

static void point_back_and_unlink(void)
{
    link_and_point_back();
    check_ok(session_unlink(s, ann, callers, caller));
}

START_TEST(test_said_last__fields_after_calls)
{
    in_both_ways(unlink_and_point_back, "1|1");
    in_both_ways(unlink_and_write_back, "1|1");
    in_both_ways(link_and_point_back, "1|1");
    in_both_ways(link_and_write_back, "1|1");
    in_both_ways(unlink_and_point_elsewhere, "2|2");
    in_both_ways(point_back_and_unlink, "|1");
}
END_TEST

START_TEST(test_said_last__pointer_and_value_disagree)
{
    check_ok(session_link(s, bob, callers, caller));
    caller->host = session_add(s, Host, .code = 90);
    caller->host_id = (NullInt64){1, true};
    check_ok(session_commit(s)); /* 1 is what the row had: the pointer is what was written */
    live_check("90", "SELECT code FROM hosts JOIN callers ON host_id = hosts.id");
    check_ok(session_link(s, bob, callers, caller));
    caller->host = ann;
    caller->host_id = (NullInt64){77, true};
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(caller, "Caller", "host");
}
END_TEST

START_TEST(test_said_last__polymorphic_and_written_back)
{
    check_ok(session_load(s, praise, place));
    Place *place = praise->place;
    check_ok(session_link(s, ann, praises, praise));
    praise->host = NULL;
    praise->place = place;
    praise->about = "place";
    praise->about_id = 1;
    check_ok(session_commit(s));
    live_check("place|1", "SELECT about, about_id FROM praises");
}
END_TEST

START_TEST(test_said_last__polymorphic_and_new)
{
    Host *eve = session_add(s, Host, .code = 90);
    check_ok(session_link(s, praise, host, eve));
    check_ok(session_commit(s));
    live_check("host|90", "SELECT about, code FROM praises JOIN hosts ON hosts.id = about_id");
    ck_assert(!session_is_dirty(s, praise));
    Place *place = session_add(s, Place, .id = 0);
    praise->host = NULL;
    praise->place = place;
    praise->about = "place"; /* the number beside it is still a host's */
    check_ok(session_commit(s));
    ck_assert_int_eq(praise->about_id, place->id);
    live_check("place|t", "SELECT about, about_id = places.id FROM praises, places WHERE places.id > 1");
}
END_TEST

/* What was moved from one model's to another's is written by a flush, and is then clean. */
START_TEST(test_said_last__polymorphic_and_flushed)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, ann, praises, praise));
    ck_assert(session_is_dirty(s, praise));
    check_ok(session_flush(s));
    ck_assert(!session_is_dirty(s, praise));
    check_ok(session_rollback(s));
}
END_TEST

/* An owner that the session does not have may be among those that are deleted. */
START_TEST(test_said_last__polymorphic_beside_a_deleted_owner)
{
    praise->text = "very nice";
    check_ok(session_delete(s, coat));
    check_ok(session_delete(s, caller));
    check_ok(session_delete(s, bob));
    check_ok(session_commit(s));
    live_check("very nice|1", "SELECT text, (SELECT count(*) FROM hosts) FROM praises");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_said_last__unlink_over_a_unique_column)
{
    check_ok(session_unlink(s, bob, fans, caller)); /* it is none of his */
    ck_assert(!session_is_dirty(s, caller));
    check_ok(session_unlink(s, ann, fans, caller));
    ck_assert(!caller->idol_code.valid);
    check_ok(session_commit(s));
    live_check("", "SELECT idol_code FROM callers");
    check_nothing_to_write();
}
END_TEST

/* Of an owner that is known by the value alone. */
START_TEST(test_said_last__counts_over_a_unique_column)
{
    ck_assert_uint_eq(session_count(s, ann, fans), 1);
    caller->idol_code.value = 80;
    Caller *eve = session_add(s, Caller, .idol_code = {70, true});
    check_ok(session_link(s, ann, callers, eve));
    ck_assert_uint_eq(session_count(s, ann, fans), 1);
    ck_assert_uint_eq(session_count(s, bob, fans), 1);
    check_ok(session_delete(s, caller));
    ck_assert_uint_eq(session_count(s, bob, fans), 0);
    check_ok(session_commit(s));
    ck_assert_uint_eq(session_count(s, ann, fans), 1);
    ck_assert_uint_eq(session_count(s, bob, fans), 0);
}
END_TEST

START_TEST(test_said_last__collections_read_between_flush_and_rollback)
{
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, bob, callers, caller));
    check_ok(session_delete(s, coat));
    check_ok(session_flush(s));
    load_all();
    check_empty(ann->callers);
    check_items(bob->callers, caller);
    check_empty(ann->coats);
    check_ok(session_rollback(s));
    ck_assert(!session_is_loaded(s, ann, callers) && !session_is_loaded(s, bob, callers));
    load_all();
    check_items(ann->callers, caller);
    check_empty(bob->callers);
    check_items(ann->coats, coat);
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_said_last__fields_after_calls);
    tcase_add_test(tests, test_said_last__pointer_and_value_disagree);
    tcase_add_test(tests, test_said_last__polymorphic_and_written_back);
    tcase_add_test(tests, test_said_last__polymorphic_and_new);
    tcase_add_test(tests, test_said_last__polymorphic_and_flushed);
    tcase_add_test(tests, test_said_last__polymorphic_beside_a_deleted_owner);
    tcase_add_test(tests, test_said_last__unlink_over_a_unique_column);
    tcase_add_test(tests, test_said_last__counts_over_a_unique_column);
    tcase_add_test(tests, test_said_last__collections_read_between_flush_and_rollback);
}

int main(void)
{
    return scene_main("said last", setup, scene_close, add_tests);
}
