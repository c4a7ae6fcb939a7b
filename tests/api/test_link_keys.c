/* Links over keys of several columns, of which both sides may have one; and of a table to itself. */
#include "api/link_checks.h"

typedef struct House House;
typedef struct Key Key;
typedef struct Person Person;

struct House {
    int32_t tenant;
    char name[16];
    MANY(Key) keys;
};

struct Key {
    int32_t tenant;
    int64_t number;
    MANY(House) houses;
};

struct Person {
    int64_t id;
    const char *name;
    MANY(Person) followers;
    MANY(Person) followed;
};

extern const Model House_model, Key_model, Person_model;

/* clang-format off */
MODEL(House, "houses",
    COLUMN(House, tenant, .primary_key = true),
    COLUMN(House, name,   .primary_key = true),
    MANY_TO_MANY(House, keys, Key, "house_keys", "tenant, house", "tenant, key"));
MODEL(Key, "keys",
    COLUMN(Key, tenant, .primary_key = true),
    COLUMN(Key, number, .primary_key = true, .generated = GENERATED_IDENTITY),
    MANY_TO_MANY(Key, houses, House, "house_keys", "tenant, key", "tenant, house"));
MODEL(Person, "persons",
    COLUMN(Person, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Person, name),
    MANY_TO_MANY(Person, followers, Person, "follows", "followed", "follower"),
    MANY_TO_MANY(Person, followed,  Person, "follows", "follower", "followed"));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(House, Key, Person));
}

START_TEST(test_link_keys__shared_column)
{
    House *mill = session_add(s, House, .tenant = 7, .name = "mill"),
          *barn = session_add(s, House, .tenant = 7, .name = "barn");
    Key *one = session_add(s, Key, .tenant = 7), *two = session_add(s, Key, .tenant = 7, .number = 50);
    check_ok(session_link(s, mill, keys, one));
    check_ok(session_link(s, two, houses, mill));
    check_ok(session_link(s, barn, keys, two));
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_int_ne(one->number, 0);
    live_check("7|barn|50\n7|mill|1\n7|mill|50", "SELECT tenant, house, key FROM house_keys ORDER BY 2, 3");
    check_items(two->houses, mill, barn);
    check_nothing_to_write();
    check_ok(session_unlink(s, mill, keys, one));
    check_ok(session_delete(s, two));
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM house_keys");
    check_empty(mill->keys);
    check_nothing_to_write();
}
END_TEST

/* Both keys have the tenant in one column: there can't be two of them. */
START_TEST(test_link_keys__of_two_tenants)
{
    House *mill = session_add(s, House, .tenant = 7, .name = "mill");
    Key *key = session_add(s, Key, .tenant = 8, .number = 50);
    check_ok(session_link(s, mill, keys, key));
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(mill, "House", "keys");
    ck_assert_ptr_eq(session_error(s)->other, key);
    session_clear_error(s);
    check_ok(session_unlink(s, mill, keys, key));
    check_ok(session_commit(s));
}
END_TEST

START_TEST(test_link_keys__to_itself)
{
    Person *ann = session_add(s, Person, .name = "ann"), *bob = session_add(s, Person, .name = "bob");
    check_ok(session_link(s, ann, followers, bob));
    check_ok(session_link(s, bob, followers, bob)); /* of itself */
    check_items(bob->followed, ann, bob);
    check_ok(session_commit(s));
    check_trips(2);
    live_check("ann|bob\nbob|bob", "SELECT a.name, b.name FROM follows JOIN persons a ON a.id = followed"
                                   " JOIN persons b ON b.id = follower ORDER BY 1");
    check_ok(session_unlink(s, bob, followed, ann));
    check_empty(ann->followers);
    check_ok(session_commit(s));
    live_check("bob|bob", "SELECT a.name, b.name FROM follows JOIN persons a ON a.id = followed"
                          " JOIN persons b ON b.id = follower");
    check_ok(session_delete(s, bob));
    check_ok(session_commit(s));
    live_check("0|1", "SELECT (SELECT count(*) FROM follows), count(*) FROM persons");
    check_nothing_to_write();
}
END_TEST

/* Of another person, who gets the key of a deleted one: the old link, of a flush before, goes with that one. */
START_TEST(test_link_keys__of_a_key_that_is_handed_on)
{
    live_sql("INSERT INTO persons VALUES (1, 'ann'), (2, 'bob'), (3, 'cid')");
    Person *ann = session_find(s, Person, 1), *bob = session_find(s, Person, 2), *cid = session_find(s, Person, 3);
    check_ok(session_begin(s, NULL));
    check_ok(session_link(s, ann, followers, ann));
    check_ok(session_link(s, ann, followers, cid));
    check_ok(session_flush(s));
    check_ok(session_unlink(s, ann, followers, ann));
    check_ok(session_unlink(s, ann, followers, cid));
    session_delete(s, ann);
    check_ok(session_link(s, bob, followers, bob));
    check_ok(session_link(s, bob, followers, cid));
    bob->id = 1;
    check_ok(session_commit(s));
    live_check("1|1\n1|3", "SELECT followed, follower FROM follows ORDER BY 1, 2");
    live_check("1|bob\n3|cid", "SELECT id, name FROM persons ORDER BY 1");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_link_keys__what_is_not_there_any_more)
{
    Person *ann = session_add(s, Person, .name = "ann"), *bob = session_add(s, Person, .name = "bob");
    Person *eve = session_add(s, Person, .name = "eve");
    check_ok(session_link(s, ann, followers, bob));
    check_ok(session_link(s, ann, followers, eve));
    check_ok(session_delete(s, bob)); /* which was only added: nothing of it is written */
    check_ok(session_commit(s));
    check_items(ann->followers, eve);
    live_check("1|2", "SELECT (SELECT count(*) FROM follows), count(*) FROM persons");
    Person *gus = session_add(s, Person, .name = "gus");
    check_ok(session_link(s, ann, followers, gus));
    check_ok(session_evict(s, gus));
    check_fails(session_commit(s), STATUS_MISUSE); /* that would be lost without a word */
    check_culprit(ann, "Person", "followers");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_link_keys__shared_column);
    tcase_add_test(tests, test_link_keys__of_two_tenants);
    tcase_add_test(tests, test_link_keys__to_itself);
    tcase_add_test(tests, test_link_keys__of_a_key_that_is_handed_on);
    tcase_add_test(tests, test_link_keys__what_is_not_there_any_more);
}

int main(void)
{
    return scene_main("link keys", setup, scene_close, add_tests);
}
