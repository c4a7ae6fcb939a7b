/* Keys that change, what refers to them, and objects that take over the row of a deleted one. */
#include "api/scene.h"

typedef struct Person Person;
typedef struct Letter Letter;
typedef struct Badge Badge;
typedef struct Visit Visit;
typedef struct Club Club;
typedef struct Spot Spot;
typedef struct Worker Worker;

struct Person { /* a natural key */
    const char *name;
    const char *note;
    PgTimestamp made_at;
    NullInt32 age;
    int32_t version;
    MANY(Club) clubs;
};

struct Letter { /* without ON UPDATE CASCADE */
    int64_t id;
    const char *person_name;
    const char *text;
    int32_t version;
    Person *person;
};

struct Badge { /* with it */
    int64_t id;
    const char *person_name;
    const char *color;
    Person *person;
};

struct Visit { /* the key is part of its own */
    const char *person_name;
    int32_t day;
    const char *note;
    Person *person;
};

struct Club {
    int64_t id;
    const char *name;
    MANY(Person) people;
};

struct Spot { /* a composite key */
    int32_t x, y;
    const char *label;
};

struct Worker { /* a tree under keys that the program gives */
    int64_t id;
    NullInt64 boss_id;
    const char *name;
    Worker *boss;
};

typedef struct Stamp { /* goes with the person */
    int64_t id;
    const char *person_name;
    const char *kept_by; /* NULL without that person */
} Stamp;

typedef struct Ring {
    int64_t id;
    const char *maker_name; /* NULL without that person */
    const char *owner_name; /* follows, without the database's help */
} Ring;

typedef struct Part { /* the database follows one of them */
    int64_t id;
    NullInt64 made_of;
    NullInt64 used_for;
    NullInt32 rank;
} Part;

typedef struct Pet {
    int64_t id;
    const char *owner_name;
    const char *name;
} Pet;

typedef struct Owner { /* has a collection, which a change of the key goes through */
    const char *name;
    MANY(Pet) pets;
} Owner;

typedef struct Cat { /* can't be without a home */
    int64_t id;
    const char *home_name;
} Cat;

typedef struct Pole { /* on itself, perhaps */
    int64_t id;
    int64_t code;
    int64_t on_code;
} Pole;

typedef struct Rung {
    int64_t id;
    int64_t code;
    int64_t height;
} Rung;

typedef struct Peak { /* looks at peaks, itself among them */
    const char *name;
    const char *seen;
    const char *hidden;
    struct Peak *sees, *hides;
} Peak;

typedef struct Home {
    const char *name;
    MANY(Cat) cats;
} Home;

extern const Model Home_model;
extern const Model Peak_model, Pole_model, Part_model, Person_model, Club_model, Worker_model, Owner_model;

/* clang-format off */
MODEL(Person, "people",
    COLUMN(Person, name,    .primary_key = true),
    COLUMN(Person, note,    .nullable = true, .server_default = "'no note'"),
    COLUMN(Person, made_at, .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    COLUMN(Person, age,     .unique = true),
    COLUMN(Person, version, .version = true),
    MANY_TO_MANY(Person, clubs, Club, "people_clubs", "person_name", "club_id"));

MODEL(Letter, "letters",
    COLUMN(Letter, id,          .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Letter, person_name, .references = &Person_model),
    COLUMN(Letter, text),
    COLUMN(Letter, version,     .version = true),
    BELONGS_TO(Letter, person, Person, person_name));

MODEL(Badge, "badges",
    COLUMN(Badge, id,          .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Badge, person_name, .references = &Person_model, .nullable = true, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Badge, color),
    BELONGS_TO(Badge, person, Person, person_name));

MODEL(Stamp, "stamps",
    COLUMN(Stamp, id,          .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Stamp, person_name, .references = &Person_model, .on_delete = ON_DELETE_CASCADE, .nullable = true),
    COLUMN(Stamp, kept_by,     .references = &Person_model, .on_delete = ON_DELETE_SET_NULL, .nullable = true));

MODEL(Ring, "rings",
    COLUMN(Ring, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Ring, maker_name, .references = &Person_model, .on_delete = ON_DELETE_SET_NULL, .nullable = true),
    COLUMN(Ring, owner_name, .references = &Person_model, .nullable = true));

MODEL(Part, "parts",
    COLUMN(Part, id,       .primary_key = true),
    COLUMN(Part, made_of,  .references = &Part_model, .on_update = ON_UPDATE_CASCADE),
    COLUMN(Part, used_for, .references = &Part_model),
    COLUMN(Part, rank,     .unique = true));

MODEL(Pet, "pets",
    COLUMN(Pet, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Pet, owner_name, .references = &Owner_model, .nullable = true),
    COLUMN(Pet, name));

MODEL(Owner, "owners",
    COLUMN(Owner, name, .primary_key = true),
    HAS_MANY(Owner, pets, Pet, owner_name));

MODEL(Cat, "cats",
    COLUMN(Cat, id,        .primary_key = true),
    COLUMN(Cat, home_name, .references = &Home_model));

MODEL(Home, "homes",
    COLUMN(Home, name, .primary_key = true),
    HAS_MANY(Home, cats, Cat, home_name));

MODEL(Pole, "poles",
    COLUMN(Pole, id,      .primary_key = true),
    COLUMN(Pole, code,    .unique = true),
    COLUMN(Pole, on_code, .references = &Pole_model, .references_field = "code", .on_update = ON_UPDATE_CASCADE));

MODEL(Rung, "rungs",
    COLUMN(Rung, id,     .primary_key = true),
    COLUMN(Rung, code,   .references = &Pole_model, .references_field = "code", .on_update = ON_UPDATE_CASCADE),
    COLUMN(Rung, height));

MODEL(Peak, "peaks",
    COLUMN(Peak, name,   .primary_key = true),
    COLUMN(Peak, seen,   .references = &Peak_model),
    COLUMN(Peak, hidden, .references = &Peak_model, .nullable = true),
    BELONGS_TO(Peak, sees, Peak, seen),
    BELONGS_TO(Peak, hides, Peak, hidden));

MODEL(Visit, "visits",
    COLUMN(Visit, person_name, .primary_key = true, .references = &Person_model),
    COLUMN(Visit, day,         .primary_key = true),
    COLUMN(Visit, note),
    BELONGS_TO(Visit, person, Person, person_name));

MODEL(Club, "clubs",
    COLUMN(Club, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Club, name),
    MANY_TO_MANY(Club, people, Person, "people_clubs", "club_id", "person_name"));

MODEL(Spot, "spots",
    COLUMN(Spot, x,     .primary_key = true),
    COLUMN(Spot, y,     .primary_key = true),
    COLUMN(Spot, label));

MODEL(Worker, "workers",
    COLUMN(Worker, id,      .primary_key = true),
    COLUMN(Worker, boss_id, .references = &Worker_model),
    COLUMN(Worker, name),
    BELONGS_TO(Worker, boss, Worker, boss_id));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Person, Letter, Badge, Visit, Club, Spot, Worker, Stamp, Ring, Part, Pet, Owner, Cat, Home));
    live_sql("INSERT INTO people (name, note, version) VALUES ('jack', 'j', 1), ('jill', 'i', 1);"
             "INSERT INTO letters (person_name, text, version) SELECT 'jack', 'l' || n, 1 FROM generate_series(1, 3) n;"
             "INSERT INTO badges (person_name, color) VALUES ('jack', 'red'), ('jill', 'blue');"
             "INSERT INTO visits VALUES ('jack', 1, 'v1'), ('jack', 2, 'v2');"
             "INSERT INTO clubs (name) VALUES ('chess');"
             "INSERT INTO people_clubs (person_name, club_id) VALUES ('jack', 1);"
             "INSERT INTO spots VALUES (1, 1, 'a'), (1, 2, 'b');"
             "INSERT INTO workers VALUES (1, NULL, 'root'), (2, 1, 'two'), (3, 2, 'three'), (4, 2, 'four')");
}

#define LETTERS "SELECT string_agg(person_name || version, ',' ORDER BY id) FROM letters"

/* --- changed keys --- */

START_TEST(test_rekey__everything_follows)
{
    Person *jack = session_find(s, Person, "jack");
    Letter *clean = session_find(s, Letter, 1), *dirty = session_find(s, Letter, 2);
    Badge *badge = session_find(s, Badge, 1);
    Visit *visit = session_find(s, Visit, "jack", 1);
    jack->name = "ed";
    dirty->text = "changed";
    badge->color = "green";
    seen_clear();
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    ck_assert_uint_eq(seen_with("AND t.\"name\" = u.c1"), 1);
    live_check("ed1,ed2,ed1", LETTERS);
    live_check("ed|2|ed|green", "SELECT p.name, p.version, b.person_name, b.color FROM people p JOIN badges b"
                                " ON b.person_name = p.name WHERE b.id = 1");
    live_check("2|2",
               "SELECT (SELECT count(*) FROM visits WHERE person_name = 'ed'), version FROM people WHERE name = 'ed'");
    live_check("ed", "SELECT person_name FROM people_clubs");
    ck_assert_str_eq(clean->person_name, "ed");
    ck_assert_str_eq(dirty->person_name, "ed");
    ck_assert_int_eq(dirty->version, 2);
    ck_assert_str_eq(badge->person_name, "ed");
    ck_assert_str_eq(visit->person_name, "ed");
    cost_start();
    ck_assert_ptr_eq(session_find(s, Person, "ed"), jack);
    ck_assert_ptr_eq(session_find(s, Visit, "ed", 1), visit);
    check_cost(0, 0);
    ck_assert_ptr_null(session_find(s, Person, "jack"));
    check_nothing_to_write();
    /* and what was followed in memory is true: */
    clean->text = "again";
    visit->note = "again";
    check_ok(session_commit(s));
    live_check("again", "SELECT text FROM letters WHERE id = 1");
}
END_TEST

START_TEST(test_rekey__moved_children_and_new_ones)
{
    Person *jack = session_find(s, Person, "jack"), *jill = session_find(s, Person, "jill");
    Letter *moved = session_find(s, Letter, 1), *gone = session_find(s, Letter, 2);
    Letter *new = session_add(s, Letter, .text = "new", .person = jack);
    jack->name = "ed";
    moved->person = jill;
    session_delete(s, gone);
    check_ok(session_commit(s));
    ck_assert_str_eq(new->person_name, "ed");
    live_check("jill2,ed1,ed1", LETTERS);
    check_nothing_to_write();
}
END_TEST

/* A child that is moved by value to the key that an owner gets in the same flush is the owner's afterwards. */
START_TEST(test_rekey__moved_by_value_to_a_new_key)
{
    live_sql("INSERT INTO homes VALUES ('a'), ('b'); INSERT INTO cats VALUES (1, 'a'), (2, 'b')");
    Home *a = session_find(s, Home, "a"), *b = session_find(s, Home, "b");
    check_ok(session_load(s, a, cats));
    check_ok(session_load(s, b, cats));
    Cat *cat = b->cats.items[0];
    check_ok(session_begin(s, NULL));
    a->name = "c";
    cat->home_name = "c";
    check_ok(session_flush(s));
    ck_assert_uint_eq(b->cats.count, 0);
    cat->id = 3;
    check_ok(session_commit(s));
    ck_assert_str_eq(cat->home_name, "c");
    live_check("1|c\n3|c", "SELECT * FROM cats ORDER BY id");
    ck_assert_uint_eq(a->cats.count, 2);
    check_nothing_to_write();
}
END_TEST

START_TEST(test_rekey__rollback_takes_it_back)
{
    Person *jack = session_find(s, Person, "jack");
    Letter *letter = session_find(s, Letter, 1);
    jack->name = "ed";
    session_begin(s, NULL);
    check_ok(session_flush(s));
    ck_assert_str_eq(letter->person_name, "ed");
    ck_assert_ptr_eq(session_find(s, Person, "ed"), jack);
    check_ok(session_rollback(s));
    ck_assert_str_eq(jack->name, "jack");
    ck_assert_str_eq(letter->person_name, "jack");
    cost_start();
    ck_assert_ptr_eq(session_find(s, Person, "jack"), jack);
    check_cost(0, 0);
    live_check("jack1,jack1,jack1", LETTERS);
    check_nothing_to_write();
}
END_TEST

/* What refers to a row whose key was to change has followed already where that row is stale: the server would speak of the
 * foreign key. Alone, one of two, in a transaction that has written before, and behind a savepoint. */
enum { STALE_ALONE, STALE_OF_TWO, STALE_BEGUN, STALE_BEHIND_A_SAVEPOINT, STALE_WAYS };

START_TEST(test_rekey__stale)
{
    Person *jack = session_find(s, Person, "jack"), *jill = session_find(s, Person, "jill");
    live_sql("UPDATE people SET version = 9 WHERE name = 'jack'");
    if (_i == STALE_OF_TWO)
        jill->name = "joan";
    if (_i == STALE_BEGUN || _i == STALE_BEHIND_A_SAVEPOINT) {
        check_ok(session_begin(s, NULL));
        jill->note = "flushed";
        check_ok(session_flush(s));
    }
    if (_i == STALE_BEHIND_A_SAVEPOINT)
        ck_assert_uint_ne(session_savepoint(s), 0);
    jack->name = "john";
    check_fails(session_commit(s), STATUS_STALE);
    check_culprit(jack, "Person", NULL);
    size_t count;
    ck_assert_ptr_eq(session_stale_objects(s, &count)[0], jack);
    ck_assert_uint_eq(count, 1);
    check_ok(session_rollback(s));
    live_check("jack1,jack1,jack1", LETTERS);
}
END_TEST

START_TEST(test_rekey__failure_keeps_the_map)
{
    live_sql("ALTER TABLE people ADD CONSTRAINT no_ed CHECK (name <> 'ed')");
    Person *jack = session_find(s, Person, "jack");
    jack->name = "ed";
    check_fails(session_commit(s), STATUS_CHECK);
    session_clear_error(s);
    ck_assert_ptr_eq(session_find(s, Person, "jack"), jack);
    ck_assert_str_eq(jack->name, "ed");
    jack->name = "eddy";
    check_ok(session_commit(s));
    live_check("eddy1,eddy1,eddy1", LETTERS);
}
END_TEST

/* The WHERE has the key of the row, not the new one. */
START_TEST(test_rekey__changed_then_deleted)
{
    Spot *spot = session_find(s, Spot, 1, 1);
    spot->x = 5;
    session_delete(s, spot);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert(seen.count == 1 && seen_with("DELETE FROM \"public\".\"spots\"") == 1);
    ck_assert_int_eq(spot->x, 5);
    live_check("1|2", "SELECT x, y FROM spots");
}
END_TEST

START_TEST(test_rekey__composite_keys_hand_on)
{
    Spot *a = session_find(s, Spot, 1, 1), *b = session_find(s, Spot, 1, 2);
    a->y = 2;
    b->y = 3;
    session_add(s, Spot, .x = 1, .y = 1, .label = "c");
    check_ok(session_commit(s));
    live_check("1|c\n2|a\n3|b", "SELECT y, label FROM spots ORDER BY 1");
    ck_assert_ptr_eq(session_find(s, Spot, 1, 2), a);
    a->y = 3;
    b->y = 2;
    check_fails(session_commit(s), STATUS_UNIQUE);
    ck_assert(session_error(s)->other == a || session_error(s)->other == b);
    session_rollback(s);
    a->y = 3; /* which b has, and keeps */
    cost_start();
    check_fails(session_commit(s), STATUS_UNIQUE);
    check_cost(0, 0);
    ck_assert_ptr_eq(session_error(s)->object, a);
    ck_assert_ptr_eq(session_error(s)->other, b);
}
END_TEST

START_TEST(test_rekey__tree)
{
    Worker *two = session_find(s, Worker, 2), *three = session_find(s, Worker, 3);
    two->id = 20;
    three->id = 30; /* its own key, and that of its boss */
    check_ok(session_commit(s));
    live_check("1|\n4|20\n20|1\n30|20", "SELECT id, boss_id FROM workers ORDER BY 1");
    ck_assert_int_eq(three->boss_id.value, 20);
    Worker *four = session_find(s, Worker, 4);
    ck_assert_int_eq(four->boss_id.value, 20);
    two->id = 2;
    four->name = "IV";
    check_ok(session_commit(s));
    ck_assert_int_eq(four->boss_id.value, 2);
    live_check("2|IV", "SELECT boss_id, name FROM workers WHERE id = 4");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_rekey__key_can_not_be_unset)
{
    Visit *visit = session_find(s, Visit, "jack", 1);
    visit->person_name = NULL;
    cost_start();
    check_fails(session_commit(s), STATUS_INVALID);
    check_cost(0, 0);
    check_culprit(visit, "Visit", "person_name");
}
END_TEST

/* A key is handed on along a chain, and the rows of a join table with it: none of them may meet another one on the way. */
START_TEST(test_rekey__links_follow_a_chain_of_keys)
{
    live_sql("INSERT INTO people (name, note, version) SELECT 'p' || n, 'n' || n, 1 FROM generate_series(1, 6) n;"
             "INSERT INTO people_clubs (person_name, club_id) SELECT 'p' || n, 1 FROM generate_series(1, 6) n");
    Person *people[7];
    for (int i = 1; i <= 6; i++)
        people[i] = session_find(s, Person, session_text(s, "p%d", i));
    for (int i = 1; i <= 6; i++)
        people[i]->name = session_text(s, "p%d", i + 1);
    check_ok(session_commit(s));
    live_check("jack,p2,p3,p4,p5,p6,p7", "SELECT string_agg(person_name, ',' ORDER BY person_name) FROM people_clubs");
    live_check("n1p2,n2p3,n3p4,n4p5,n5p6,n6p7",
               "SELECT string_agg(note || name, ',' ORDER BY name) FROM people WHERE name LIKE 'p%%'");
    check_nothing_to_write();
}
END_TEST

/* What the server expects of it decides whether it compiles the statement first, which takes seconds. */
START_TEST(test_rekey__server_expects_little_work)
{
    session_find(s, Person, "jack")->name = "john";
    seen_clear();
    check_ok(session_commit(s));
    size_t i = 0;
    while (i < seen.count && strncmp(seen.statements[i].sql, "WITH w0 AS", 10) != 0)
        i++;
    ck_assert_uint_lt(i, seen.count);
    const char *sql = seen.statements[i].sql;
    ck_assert_ptr_nonnull(strstr(sql, "w5 AS"));
    int parameters = 0;
    for (const char *at = sql; (at = strchr(at, '$')); at++)
        parameters = atoi(at + 1) > parameters ? atoi(at + 1) : parameters;
    char nulls[200] = "NULL";
    for (int n = 1; n < parameters; n++)
        strcat(nulls, ", NULL");
    live_sql("PREPARE several AS %s", sql);
    live_sql("SET plan_cache_mode = force_generic_plan");
    const char *cost = strstr(live_sql("EXPLAIN EXECUTE several(%s)", nulls), "..");
    ck_assert_ptr_nonnull(cost);
    ck_assert_double_lt(atof(cost + 2), 10000); /* of jit_above_cost, 100000 */
}
END_TEST

/* A collection is emptied, or half of it, while its owner's key changes. */
START_TEST(test_rekey__children_let_go_of_a_changed_key)
{
    Owner *owner = session_add(s, Owner, .name = "ann");
    Pet *pets[3];
    for (int i = 0; i < 3; i++) {
        pets[i] = session_add(s, Pet, .name = session_text(s, "p%d", i));
        check_ok(session_link(s, owner, pets, pets[i]));
    }
    check_ok(session_commit(s));
    owner->name = "anna";
    check_ok(session_unlink(s, owner, pets, pets[0]));
    check_ok(session_unlink(s, owner, pets, pets[1]));
    seen_clear();
    check_ok(session_commit(s));
    ck_assert(seen_with("SELECT ROW(") == 0 && seen_with("INSERT") == 0 && seen_with("DELETE") == 0);
    live_check("anna", "SELECT name FROM owners");
    live_check("p2", "SELECT string_agg(name, ',') FROM pets WHERE owner_name = 'anna'");
    live_check("2", "SELECT count(*) FROM pets WHERE owner_name IS NULL");
    ck_assert_ptr_null(pets[0]->owner_name);
    ck_assert_str_eq(pets[2]->owner_name, "anna");
    ck_assert_uint_eq(owner->pets.count, 1);
    check_nothing_to_write();
    check_ok(session_unlink(s, owner, pets, pets[2]));
    owner->name = "annie";
    check_ok(session_commit(s));
    live_check("annie|3", "SELECT name, (SELECT count(*) FROM pets WHERE owner_name IS NULL) FROM owners");
    check_nothing_to_write();
}
END_TEST

/* The database clears one foreign key of a row, and another one follows: nothing but the session knows of both. */
START_TEST(test_rekey__follows_what_the_database_has_cleared)
{
    live_sql("INSERT INTO people (name, note, version) VALUES ('joan', 'o', 1)");
    Ring *ring = session_add(s, Ring, .maker_name = "jill", .owner_name = "joan");
    check_ok(session_commit(s));
    session_find(s, Person, "joan")->name = "jane";
    session_delete(s, session_find(s, Person, "jill"));
    live_sql("DELETE FROM badges");
    check_ok(session_commit(s));
    live_check("t|jane", "SELECT maker_name IS NULL, owner_name FROM rings");
    ck_assert_ptr_null(ring->maker_name);
    ck_assert_str_eq(ring->owner_name, "jane");
    check_nothing_to_write();
}
END_TEST

/* Of a row that the transaction has written before, the server checks what has not changed, too. */
START_TEST(test_rekey__two_ways_of_a_row_that_was_written)
{
    Part *part = session_add(s, Part, .id = 1, .made_of = {2, true}, .used_for = {2, true}, .rank = {10, true});
    Part *whole = session_add(s, Part, .id = 2, .rank = {20, true});
    Part *other = session_add(s, Part, .id = 3, .rank = {30, true});
    check_ok(session_commit(s));
    whole->id = 4;
    part->rank.value = 30;
    other->rank.value = 10;
    check_ok(session_commit(s));
    live_check("1,4,4,30 3,,,10 4,,,20", "SELECT string_agg(concat_ws(',', id, coalesce(made_of::text, ''), "
                                         "coalesce(used_for::text, ''), rank), ' ' ORDER BY id) FROM parts");
    ck_assert(part->made_of.value == 4 && part->used_for.value == 4);
    check_nothing_to_write();
}
END_TEST

/* The same where other foreign keys make both rows one statement; written by a flush before, or not, or only parked. */
START_TEST(test_rekey__ring_with_a_row_that_was_written)
{
    live_sql("INSERT INTO parts VALUES (2, NULL, NULL, 20), (3, NULL, NULL, 30), (1, 2, NULL, 10)");
    Part *part = session_find(s, Part, 1), *whole = session_find(s, Part, 2), *other = session_find(s, Part, 3);
    check_ok(session_begin(s, NULL));
    for (int i = 0; _i == 0 && i < 2; i++) { /* whichever way the rows lie in the table */
        (i ? whole : part)->rank.value++;
        check_ok(session_flush(s));
    }
    whole->id = 4;
    part->id = 5;
    whole->used_for = (NullInt64){5, true};
    part->used_for = (NullInt64){4, true};
    if (_i == 2) {
        part->rank.value = 30;
        other->rank.value = 10;
    }
    check_ok(session_commit(s));
    ck_assert(part->made_of.value == 4 && part->used_for.value == 4 && whole->used_for.value == 5);
    live_check("3,, 4,,5 5,4,4", "SELECT string_agg(concat_ws(',', id, coalesce(made_of::text, ''), "
                                 "coalesce(used_for::text, '')), ' ' ORDER BY id) FROM parts");
    check_nothing_to_write();
}
END_TEST

/* A row that nobody changes follows by both ways for the second time, and the value that another one hands on keeps the key
 * from being changed first. */
START_TEST(test_rekey__two_ways_of_a_row_that_was_moved)
{
    live_sql("INSERT INTO parts VALUES (2, NULL, NULL, 20), (3, NULL, 2, 30), (1, 2, 2, 10)");
    Part *part = session_find(s, Part, 1), *whole = session_find(s, Part, 2), *other = session_find(s, Part, 3);
    check_ok(session_begin(s, NULL));
    whole->id = 4;
    check_ok(session_flush(s));
    if (_i) /* the session knows nothing of the row any more */
        check_ok(session_evict(s, part));
    whole->id = 5;
    whole->rank.value = 30;
    other->rank.value = 40;
    check_ok(session_commit(s));
    live_check("1,5,5,10 3,,5,40 5,,,30", "SELECT string_agg(concat_ws(',', id, coalesce(made_of::text, ''), "
                                          "coalesce(used_for::text, ''), rank), ' ' ORDER BY id) FROM parts");
    ck_assert(_i || (part->made_of.value == 5 && part->used_for.value == 5));
    ck_assert_int_eq(other->used_for.value, 5);
    check_nothing_to_write();
}
END_TEST

/* A text that is equal is no change, in a transaction neither: the database alone moves the row. */
START_TEST(test_rekey__follows_what_was_only_touched)
{
    Person *jack = session_find(s, Person, "jack");
    Badge *badge = session_find(s, Badge, 1);
    check_ok(session_begin(s, NULL));
    jack->age = (NullInt32){30, true};
    check_ok(session_flush(s));
    jack->name = "john";
    badge->color = session_text(s, "%s", "red");
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("UPDATE \"public\".\"badges\""), 0);
    ck_assert_str_eq(badge->person_name, "john");
    live_check("john", "SELECT person_name FROM badges WHERE id = 1");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_rekey__changed_by_somebody_else)
{
    Person *jill = session_find(s, Person, "jill");
    live_sql("UPDATE people SET name = 'june' WHERE name = 'jill'");
    check_fails(session_refresh(s, jill), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, jill);
    session_clear_error(s);
    ck_assert_ptr_null(session_find(s, Person, "jill"));
    Person *june = session_find(s, Person, "june");
    ck_assert(june && june != jill);
    ck_assert_str_eq(june->note, "i");
    check_nothing_to_write();
}
END_TEST

/* A copy without its key is a new row; what refers to the old one goes on doing so. */
START_TEST(test_rekey__copied_without_its_key)
{
    Club *chess = session_find(s, Club, 1);
    check_ok(session_load(s, chess, people));
    Club copy = {.id = 0, .name = chess->name};
    Club *added = session_add_struct(s, Club, &copy);
    check_ok(session_commit(s));
    ck_assert_ptr_ne(added, chess);
    ck_assert_int_ne(added->id, chess->id);
    ck_assert_uint_eq(chess->people.count, 1);
    live_check("2|1", "SELECT count(*), (SELECT count(*) FROM people_clubs WHERE club_id = 1) FROM clubs");
    check_nothing_to_write();
}
END_TEST

/* --- the row of a deleted object --- */

START_TEST(test_rekey__delete_and_add_is_one_update)
{
    Person *old = session_find(s, Person, "jack");
    Letter *letter = session_find(s, Letter, 1);
    session_delete(s, old);
    Person *new = session_add(s, Person, .name = "jack", .age = {7, true});
    letter->person = new;
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("DELETE"), 0);
    ck_assert_uint_eq(seen_with("INSERT"), 0);
    ck_assert_uint_eq(seen_with("UPDATE"), 1);
    live_check("no note|7|2", "SELECT note, age, version FROM people WHERE name = 'jack'");
    live_check("3", "SELECT count(*) FROM letters WHERE person_name = 'jack'");
    ck_assert_str_eq(new->note, "no note");
    ck_assert_int_eq(new->version, 2);
    ck_assert_int_ne(new->made_at.microseconds, 0);
    ck_assert(!session_contains(s, old));
    ck_assert(session_contains(s, new));
    ck_assert_ptr_eq(session_find(s, Person, "jack"), new);
    check_nothing_to_write();
    ck_assert_uint_eq(session_stats(s).updated, 1);
}
END_TEST

/* No ON DELETE fires for a row that stays: objects that refer to it stay as they are, too. */
START_TEST(test_rekey__taken_over_row_keeps_what_refers_to_it)
{
    Stamp *owned = session_add(s, Stamp, .person_name = "jill"), *kept = session_add(s, Stamp, .kept_by = "jill");
    check_ok(session_commit(s));
    session_delete(s, session_find(s, Person, "jill"));
    session_add(s, Person, .name = "jill", .note = "new");
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, 1);
    ck_assert(session_contains(s, owned) && session_contains(s, kept));
    ck_assert_str_eq(owned->person_name, "jill");
    ck_assert_str_eq(kept->kept_by, "jill");
    live_check("1|1", "SELECT count(person_name), count(kept_by) FROM stamps");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_rekey__taken_over_row_undone)
{
    Spot *old = session_find(s, Spot, 1, 1);
    session_begin(s, NULL);
    session_delete(s, old);
    Spot *new = session_add(s, Spot, .x = 1, .y = 1, .label = "new");
    check_ok(session_flush(s));
    ck_assert_ptr_eq(session_find(s, Spot, 1, 1), new);
    check_ok(session_rollback(s));
    ck_assert_ptr_eq(session_find(s, Spot, 1, 1), old);
    ck_assert(!session_contains(s, new));
    live_check("a", "SELECT label FROM spots WHERE y = 1");
}
END_TEST

/* A new object refers to what it says, also where its row referred to the same before: nobody has that key in the end. */
START_TEST(test_rekey__taken_over_row_follows_nobody)
{
    Person *jack = session_find(s, Person, "jack");
    if (_i)
        session_delete(s, session_find(s, Letter, 1));
    Letter *letter = session_add(s, Letter, .id = _i, .person_name = "jack", .text = "new");
    jack->name = "john";
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    ck_assert_str_eq(letter->person_name, "jack");
    live_check("jack1,jack1,jack1", LETTERS);
    session_clear_error(s);
    letter->person_name = "john";
    check_ok(session_commit(s));
    live_check(_i ? "john2,john1,john1" : "john1,john1,john1,john1", LETTERS);
    check_nothing_to_write();
}
END_TEST

/* The database would move it along: then the row would not be what the object says. In either order of the tables; of a row
 * that is to refer to itself. */
START_TEST(test_rekey__said_by_the_old_key)
{
    scene_close();
    scene_open(_i & 1 ? MODELS(Pole, Rung) : MODELS(Rung, Pole));
    live_sql("INSERT INTO poles VALUES (1, 10, 10), (2, 20, 10); INSERT INTO rungs VALUES (1, 10, 10), (2, 20, 20)");
    Pole *pole = session_find(s, Pole, 1), *other = session_find(s, Pole, 2);
    Rung *rung = session_find(s, Rung, 2);
    if (_i == 2) {
        other->on_code = 20; /* it was 10 */
        other->code = 21;
    } else {
        rung->code = 10; /* it was 20 */
        pole->code = 11;
    }
    check_fails(session_commit(s), STATUS_FOREIGN_KEY);
    live_check("1|10|10\n2|20|10", "SELECT * FROM poles ORDER BY id");
    live_check("1|10|10\n2|20|20", "SELECT * FROM rungs ORDER BY id");
    session_clear_error(s);
    other->on_code = other->code;
    rung->code = pole->code;
    check_ok(session_commit(s));
    live_check(_i == 2 ? "1|10|10\n2|21|21" : "1|11|11\n2|20|20", "SELECT * FROM poles ORDER BY id");
    live_check(_i == 2 ? "1|10|10\n2|10|20" : "1|11|10\n2|11|20", "SELECT * FROM rungs ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* It points to itself over one foreign key, and has a value for the other: the old object's pointer is nothing to it. */
START_TEST(test_rekey__taken_over_row_refers_to_itself)
{
    scene_close();
    scene_open(MODELS(Peak));
    Peak *old = session_add(s, Peak, .name = "Rax");
    old->sees = old;
    check_ok(session_commit(s));
    check_ok(session_delete(s, old));
    Peak *new = session_add(s, Peak, .name = "Rax", .seen = "Rax");
    new->hides = new;
    check_ok(session_commit(s));
    live_check("Rax|Rax|Rax", "SELECT * FROM peaks");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_rekey__taken_over_row_is_gone)
{
    Person *old = session_find(s, Person, "jill");
    live_sql("DELETE FROM badges; DELETE FROM people WHERE name = 'jill'");
    session_delete(s, old);
    Person *new = session_add(s, Person, .name = "jill");
    check_fails(session_commit(s), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, new);
    live_check("1", "SELECT count(*) FROM people");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_rekey__taken_over_row_follows_nobody, 0, 2);
    tcase_add_loop_test(tests, test_rekey__said_by_the_old_key, 0, 3);
    tcase_add_test(tests, test_rekey__everything_follows);
    tcase_add_test(tests, test_rekey__moved_children_and_new_ones);
    tcase_add_test(tests, test_rekey__moved_by_value_to_a_new_key);
    tcase_add_test(tests, test_rekey__rollback_takes_it_back);
    tcase_add_loop_test(tests, test_rekey__stale, 0, STALE_WAYS);
    tcase_add_test(tests, test_rekey__failure_keeps_the_map);
    tcase_add_test(tests, test_rekey__changed_then_deleted);
    tcase_add_test(tests, test_rekey__composite_keys_hand_on);
    tcase_add_test(tests, test_rekey__tree);
    tcase_add_test(tests, test_rekey__key_can_not_be_unset);
    tcase_add_test(tests, test_rekey__links_follow_a_chain_of_keys);
    tcase_add_test(tests, test_rekey__server_expects_little_work);
    tcase_add_test(tests, test_rekey__children_let_go_of_a_changed_key);
    tcase_add_test(tests, test_rekey__follows_what_the_database_has_cleared);
    tcase_add_test(tests, test_rekey__two_ways_of_a_row_that_was_written);
    tcase_add_loop_test(tests, test_rekey__ring_with_a_row_that_was_written, 0, 3);
    tcase_add_loop_test(tests, test_rekey__two_ways_of_a_row_that_was_moved, 0, 2);
    tcase_add_test(tests, test_rekey__follows_what_was_only_touched);
    tcase_add_test(tests, test_rekey__changed_by_somebody_else);
    tcase_add_test(tests, test_rekey__copied_without_its_key);
    tcase_add_test(tests, test_rekey__delete_and_add_is_one_update);
    tcase_add_test(tests, test_rekey__taken_over_row_keeps_what_refers_to_it);
    tcase_add_test(tests, test_rekey__taken_over_row_undone);
    tcase_add_test(tests, test_rekey__taken_over_row_refers_to_itself);
    tcase_add_test(tests, test_rekey__taken_over_row_is_gone);
}

int main(void)
{
    return scene_main("rekey", setup, scene_close, add_tests);
}
