/* Rows that the database deletes with others, by ON DELETE CASCADE, and what else is written. */
#include "api/scene.h"

typedef struct Folder Folder;
typedef struct File File;
typedef struct Label Label;
typedef struct Note Note;
typedef struct Page Page;
typedef struct Sheet Sheet;

struct Folder {
    int64_t id;
    const char *name;
};

struct Label {
    int64_t id;
    const char *text;
};

struct File {
    int64_t id;
    int64_t folder_id;   /* it goes with its folder */
    NullInt64 backup_id; /* a folder that can't go before it */
    const char *name;
    MANY(Label) labels;
};

struct Note {
    int64_t id;
    NullInt64 file_id;
    const char *file_name; /* it goes with the file */
    File *file, *named;
};

struct Page {
    int64_t id;
    NullInt64 next_id, last_id; /* become NULL */
    NullInt64 copied_id;        /* it goes with what it is a copy of */
    NullInt64 chapter_id;       /* and with the first page of its chapter */
    NullInt64 folder_id;        /* it follows its folder's key */
};

/* The same, with a reference that the session clears. */
struct Sheet {
    int64_t id;
    NullInt64 next_id, last_id, chapter_id, cover_id;
    MANY(Sheet) covered;
};

typedef struct Step {
    int64_t id;
    NullInt64 after_id; /* it goes with the one before */
    NullInt64 goal_id;  /* one that can't go before it */
} Step;

extern const Model Step_model, Folder_model, Label_model, File_model, Page_model, Sheet_model;

/* clang-format off */
MODEL(Folder, "folders",
    COLUMN(Folder, id, .primary_key = true),
    COLUMN(Folder, name));

MODEL(Label, "labels",
    COLUMN(Label, id, .primary_key = true),
    COLUMN(Label, text));

MODEL(File, "files",
    COLUMN(File, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(File, folder_id, .references = &Folder_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(File, backup_id, .references = &Folder_model),
    COLUMN(File, name,      .unique = true),
    MANY_TO_MANY(File, labels, Label, "file_labels", "file_id", "label_id"));

MODEL(Note, "notes",
    COLUMN(Note, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Note, file_id,   .references = &File_model),
    COLUMN(Note, file_name, .nullable = true, .references = &File_model, .references_field = "name",
           .on_delete = ON_DELETE_CASCADE),
    BELONGS_TO(Note, file, File, file_id),
    BELONGS_TO(Note, named, File, file_name));

MODEL(Page, "pages",
    COLUMN(Page, id,         .primary_key = true),
    COLUMN(Page, next_id,    .references = &Page_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Page, last_id,    .references = &Page_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Page, copied_id,  .references = &Page_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Page, chapter_id, .references = &Page_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Page, folder_id,  .references = &Folder_model, .on_update = ON_UPDATE_CASCADE));

MODEL(Sheet, "sheets",
    COLUMN(Sheet, id,         .primary_key = true),
    COLUMN(Sheet, next_id,    .references = &Sheet_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Sheet, last_id,    .references = &Sheet_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Sheet, chapter_id, .references = &Sheet_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Sheet, cover_id,   .references = &Sheet_model),
    HAS_MANY(Sheet, covered, Sheet, cover_id));

MODEL(Step, "steps",
    COLUMN(Step, id,       .primary_key = true),
    COLUMN(Step, after_id, .references = &Step_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Step, goal_id,  .references = &Step_model));
/* clang-format on */

static File *file;

/* Legs stand on a mid and a lid, which go with their top and cap. */
typedef struct Top {
    int64_t id;
} Top;

typedef Top Cap;

typedef struct Mid {
    int64_t id;
    int64_t top_id;
} Mid;

typedef struct Lid {
    int64_t id;
    int64_t cap_id;
} Lid;

typedef struct Leg {
    int64_t id;
    int64_t mid_id;
    int64_t lid_id;
} Leg;

typedef struct Hen {
    int64_t id;
    NullInt64 egg_id;
} Hen;

typedef struct Egg {
    int64_t id;
    int64_t hen_id;
} Egg;

typedef struct Nest {
    int64_t id;
    NullInt64 coop_id;
} Nest;

typedef struct Bough { /* a tree */
    int64_t id;
    int64_t parent_id;
    const char *mark;
    MANY(Label) labels;
} Bough;

extern const Model Bough_model;

typedef struct Trunk {
    int64_t id;
    const char *mark;
} Trunk;

typedef struct Twig { /* it goes with its trunk, and its labels with it */
    int64_t id;
    int64_t trunk_id;
    MANY(Label) labels;
} Twig;

extern const Model Trunk_model, Twig_model;

typedef struct Coop { /* goes with a nest, and takes others along */
    int64_t id;
    int64_t nest_id;
    MANY(Nest) nests;
} Coop;

extern const Model Nest_model, Coop_model;
extern const Model Top_model, Cap_model, Mid_model, Lid_model, Egg_model, Hen_model;

/* clang-format off */
MODEL(Top, "tops", COLUMN(Top, id, .primary_key = true));
MODEL(Cap, "caps", COLUMN(Cap, id, .primary_key = true));

MODEL(Mid, "mids",
    COLUMN(Mid, id,     .primary_key = true),
    COLUMN(Mid, top_id, .references = &Top_model, .on_delete = ON_DELETE_CASCADE));

MODEL(Lid, "lids",
    COLUMN(Lid, id,     .primary_key = true),
    COLUMN(Lid, cap_id, .references = &Cap_model, .on_delete = ON_DELETE_CASCADE));

MODEL(Leg, "legs",
    COLUMN(Leg, id,     .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Leg, mid_id, .references = &Mid_model),
    COLUMN(Leg, lid_id, .references = &Lid_model));

MODEL(Nest, "nests",
    COLUMN(Nest, id,      .primary_key = true),
    COLUMN(Nest, coop_id, .references = &Coop_model));

MODEL(Coop, "coops",
    COLUMN(Coop, id,      .primary_key = true),
    COLUMN(Coop, nest_id, .references = &Nest_model, .on_delete = ON_DELETE_CASCADE),
    HAS_MANY_WITH((.cascade = CASCADE_DELETE), Coop, nests, Nest, coop_id));

MODEL(Hen, "hens",
    COLUMN(Hen, id,     .primary_key = true),
    COLUMN(Hen, egg_id, .references = &Egg_model, .on_delete = ON_DELETE_SET_DEFAULT));

MODEL(Egg, "eggs",
    COLUMN(Egg, id,     .primary_key = true),
    COLUMN(Egg, hen_id, .references = &Hen_model));

MODEL(Bough, "boughs",
    COLUMN(Bough, id,        .primary_key = true),
    COLUMN(Bough, parent_id, .references = &Bough_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Bough, mark,      .unique = true),
    MANY_TO_MANY(Bough, labels, Label, "bough_labels", "bough_id", "label_id"));

MODEL(Trunk, "trunks",
    COLUMN(Trunk, id,   .primary_key = true),
    COLUMN(Trunk, mark, .unique = true));

MODEL(Twig, "twigs",
    COLUMN(Twig, id,       .primary_key = true),
    COLUMN(Twig, trunk_id, .references = &Trunk_model, .on_delete = ON_DELETE_CASCADE),
    MANY_TO_MANY(Twig, labels, Label, "twig_labels", "twig_id", "label_id"));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Folder, File, Label, Note, Page, Sheet, Step, Cap, Leg, Top, Mid, Lid, Nest, Coop, Hen, Egg,
                      Bough, Trunk, Twig));
    live_sql("INSERT INTO folders VALUES (1, 'one'), (2, 'two'), (3, 'three');"
             "INSERT INTO files VALUES (1, 1, NULL, 'a'), (2, 2, NULL, 'b');"
             "INSERT INTO labels VALUES (1, 'new')");
    file = session_find(s, File, 1);
}

static void delete_folder(int64_t id)
{
    check_ok(session_delete(s, session_find(s, Folder, id)));
}

/* The database knows nothing of where the program has put the object: it can't take it along. */
START_TEST(test_along__moved_to_a_deleted_row)
{
    delete_folder(3);
    file->folder_id = 3;
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, file));
    live_check("2", "SELECT id FROM files");
    check_nothing_to_write();
}
END_TEST

/* The folders are one statement: the first may be that with the backup, which could not go before the file. */
START_TEST(test_along__refers_to_another_deleted_row)
{
    live_sql("UPDATE files SET folder_id = 3, backup_id = 2 WHERE id = 1");
    scene_renew();
    file = session_find(s, File, 1);
    for (int64_t id = 1; id <= 3; id++)
        delete_folder(id);
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, file));
    live_check("0|0", "SELECT (SELECT count(*) FROM folders), (SELECT count(*) FROM files)");
    check_nothing_to_write();
}
END_TEST

/* A new object that goes with a deleted one is not written: so neither are its links. */
START_TEST(test_along__links_of_an_object_that_is_not_written)
{
    File *new = session_add(s, File, .id = 3, .folder_id = 1, .name = "c");
    check_ok(session_link(s, new, labels, session_find(s, Label, 1)));
    delete_folder(1);
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, new));
    live_check("2|0", "SELECT id, (SELECT count(*) FROM file_labels) FROM files");
    check_nothing_to_write();
}
END_TEST

/* Nor can others refer to it. */
START_TEST(test_along__pointer_to_an_object_that_is_not_written)
{
    File *new = session_add(s, File, .folder_id = 1, .name = "c");
    Note *note = session_add(s, Note, .file = new);
    delete_folder(1);
    check_fails(session_commit(s), STATUS_MISUSE);
    check_says(session_error(s), "refers to a new File that goes with a deleted object");
    ck_assert_ptr_eq(session_error(s)->object, note);
    session_clear_error(s);
    note->file = session_find(s, File, 2);
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, new));
    live_check("2|2", "SELECT f.id, n.file_id FROM files f, notes n");
    check_nothing_to_write();
}
END_TEST

/* Nor do they take over a row: what refers to that goes. */
START_TEST(test_along__row_of_an_object_that_is_not_written)
{
    Note *note = session_add(s, Note, .file_name = "b");
    check_ok(session_commit(s));
    check_ok(session_delete(s, session_find(s, File, 2)));
    session_add(s, File, .id = 2, .folder_id = 1, .name = "b");
    delete_folder(1);
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, note));
    live_check("0|0", "SELECT (SELECT count(*) FROM files), (SELECT count(*) FROM notes)");
    check_nothing_to_write();
}
END_TEST

/* What a row that goes along had, or its key, another one takes that has to leave a deleted folder before. */
START_TEST(test_along__values_are_taken)
{
    File *taker = session_find(s, File, 2);
    delete_folder(1);
    delete_folder(2);
    taker->folder_id = 3;
    if (_i)
        taker->id = 1;
    else
        taker->name = "a";
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, file));
    ck_assert_ptr_eq(session_find(s, File, taker->id), taker);
    live_check(_i ? "1|3|b" : "2|3|a", "SELECT id, folder_id, name FROM files");
    check_nothing_to_write();
}
END_TEST

/* What is written refers to the taker: it does not go along with who had the value before. */
START_TEST(test_along__reference_to_a_taken_value)
{
    Note *note = session_add(s, Note, .file_name = "a"), *other = session_add(s, Note, .file_name = "b");
    session_find(s, File, 2)->name = "a";
    delete_folder(1);
    if (_i)
        delete_folder(2); /* and so does the taker */
    else
        other->file_name = NULL;
    check_ok(session_commit(s));
    ck_assert(session_contains(s, note) == !_i);
    live_check(_i ? "" : "1|a\n2|", "SELECT id, file_name FROM notes ORDER BY id");
    check_nothing_to_write();
}
END_TEST

/* A pointer says whom the program means, also where that one is never written: not the row that its value names. */
START_TEST(test_along__pointer_to_an_object_that_was_deleted)
{
    Note *note = session_add(s, Note, .file_name = "a");
    check_ok(session_commit(s));
    note->named = session_add(s, File, .folder_id = 2, .name = "c");
    session_delete(s, note->named);
    delete_folder(1);
    check_fails(session_commit(s), STATUS_MISUSE);
    ck_assert_ptr_eq(session_error(s)->object, note);
    live_check("1", "SELECT count(*) FROM notes");
}
END_TEST

static void add_pages(bool copied)
{
    for (int64_t id = 1; id <= 3; id++) {
        Page *page = session_add(s, Page, .id = id, .chapter_id = {1, id == 2}, .next_id = {1, id == 3});
        *(copied ? &page->copied_id : &page->last_id) = (NullInt64){2, id == 3};
    }
}

static void check_first_page_goes(bool copied)
{
    Page *page = session_find(s, Page, 3);
    session_find(s, Page, 2);
    check_ok(session_delete(s, session_find(s, Page, 1)));
    check_ok(session_commit(s));
    ck_assert(session_contains(s, page) == !copied);
    live_check(copied ? "" : "3||", "SELECT id, next_id, last_id FROM pages");
    check_nothing_to_write();
}

/* Of a row that the same transaction has written before, the server checks all references anew when it clears one: also
 * that to a row which goes along. */
START_TEST(test_along__cleared_row_of_the_same_transaction)
{
    check_ok(session_begin(s, NULL));
    add_pages(_i);
    check_ok(session_flush(s));
    check_first_page_goes(_i);
}
END_TEST

/* The key of its folder changes, and so does its own reference to that. */
START_TEST(test_along__cleared_row_that_follows)
{
    add_pages(_i);
    check_ok(session_commit(s));
    live_sql("UPDATE pages SET folder_id = 3 WHERE id = 3");
    scene_renew();
    session_find(s, Folder, 3)->id = 5;
    check_first_page_goes(_i);
}
END_TEST

/* A statement for rows that nobody has loaded has cleared another reference. */
START_TEST(test_along__cleared_row_that_was_swept)
{
    live_sql("INSERT INTO sheets (id, chapter_id) VALUES (1, NULL), (2, 1), (4, NULL);"
             "INSERT INTO sheets VALUES (3, 1, 2, NULL, 4)");
    Sheet *sheet = session_find(s, Sheet, 3);
    session_find(s, Sheet, 2);
    check_ok(session_delete(s, session_find(s, Sheet, 1)));
    check_ok(session_delete(s, session_find(s, Sheet, 4)));
    check_ok(session_commit(s));
    ck_assert(session_contains(s, sheet));
    live_check("3|||", "SELECT id, next_id, last_id, cover_id FROM sheets");
    check_nothing_to_write();
}
END_TEST

/* Of a row that nothing has written before, it checks none. */
START_TEST(test_along__cleared_row_that_is_old)
{
    add_pages(_i);
    check_ok(session_commit(s));
    check_first_page_goes(_i);
    ck_assert_uint_eq(session_stats(s).deleted, 1);
}
END_TEST

/* Without a reason they need no statement of their own. */
/* Each of them has to be deleted before the one that it goes with, up to the first. */
START_TEST(test_along__long_chain)
{
    size_t count;
    live_sql(
        "INSERT INTO steps SELECT n, nullif(n - 1, 0), CASE n WHEN 60000 THEN 1 END FROM generate_series(1, 60000) n;"
        "CREATE INDEX ON steps (after_id); CREATE INDEX ON steps (goal_id)");
    ck_assert_ptr_nonnull(query_all(session_query(s, Step), Step, &count));
    ck_assert_uint_eq(count, 60000);
    check_ok(session_delete(s, session_find(s, Step, 1)));
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM steps");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_along__one_statement_else)
{
    delete_folder(1);
    session_add(s, File, .id = 3, .folder_id = 2, .name = "c");
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("DELETE FROM \"public\".\"files\""), 0);
    live_check("2\n3", "SELECT id FROM files ORDER BY id");
}
END_TEST

/* Two rows that nobody has loaded go along, and one row refers to both: it goes first, whichever table comes first. */
START_TEST(test_along__refers_to_two_that_are_not_loaded)
{
    live_sql("INSERT INTO tops VALUES (1); INSERT INTO caps VALUES (1); INSERT INTO mids (id, top_id) VALUES (1, 1);"
             "INSERT INTO lids (id, cap_id) VALUES (1, 1);"
             "INSERT INTO legs (mid_id, lid_id) VALUES (1, 1), (1, 1)");
    size_t count;
    Leg **legs = query_all(session_query(s, Leg), Leg, &count);
    for (size_t i = 0; i < count; i++)
        session_delete(s, legs[i]);
    session_delete(s, session_find(s, Top, 1));
    session_delete(s, session_find(s, Cap, 1));
    check_ok(session_commit(s));
    live_check("0", "SELECT count(*) FROM legs, mids, lids");
    ck_assert_uint_eq(session_stats(s).deleted, 4);
}
END_TEST

/* Rows of one statement that go with each other, on the way round through another table: what was swept is not missed. */
START_TEST(test_along__round_through_another_table)
{
    live_sql("INSERT INTO nests VALUES (1, NULL), (2, NULL), (3, NULL), (5, NULL);"
             "INSERT INTO coops VALUES (1, 1), (2, 2); UPDATE nests SET coop_id = 1 WHERE id IN (2, 3);"
             "UPDATE nests SET coop_id = 2 WHERE id = 1");
    Nest *first = session_find(s, Nest, 1), *second = session_find(s, Nest, 2);
    Coop *coops[] = {session_find(s, Coop, 1), session_find(s, Coop, 2)};
    session_delete(s, first);
    check_ok(session_commit(s));
    ck_assert(!session_contains(s, second) && !session_contains(s, coops[0]) && !session_contains(s, coops[1]));
    live_check("5", "SELECT id FROM nests");
    live_check("0", "SELECT count(*) FROM coops");
    check_nothing_to_write();
}
END_TEST

/* ON DELETE SET DEFAULT cuts a ring: two plain statements. */
START_TEST(test_along__set_default_makes_no_order)
{
    live_sql("INSERT INTO hens VALUES (1, NULL); INSERT INTO eggs VALUES (1, 1); UPDATE hens SET egg_id = 1");
    Hen *hen = session_find(s, Hen, 1);
    Egg *egg = session_find(s, Egg, 1);
    session_delete(s, _i ? (void *)hen : (void *)egg);
    session_delete(s, _i ? (void *)egg : (void *)hen);
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("WITH w0 AS"), 0);
    ck_assert_uint_eq(seen_with("DELETE"), 2);
    live_check("0|0", "SELECT (SELECT count(*) FROM hens), (SELECT count(*) FROM eggs)");
}
END_TEST

/* The statement that deletes the links of all that is below a deleted row goes before the ring that moves one of these
 * away, and leaves that one out. */
START_TEST(test_along__moved_away_in_a_ring)
{
    live_sql("INSERT INTO boughs VALUES (1, 1, 'a'), (3, 1, 'c'), (2, 3, 'b'); INSERT INTO bough_labels VALUES (2, 1)");
    Bough *moved = session_find(s, Bough, 2), *deleted = session_find(s, Bough, 3);
    session_add(s, Bough, .id = 5, .parent_id = 2, .mark = "c");
    check_ok(session_delete(s, deleted));
    moved->parent_id = 5;
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("WHERE NOT t.\"id\" = ANY ((SELECT $2::bigint[])::bigint[])"), 1);
    live_check(
        "1:1:0 2:5:1 5:2:0",
        "SELECT string_agg(id || ':' || parent_id || ':' || (SELECT count(*) FROM bough_labels WHERE bough_id = id), ' '"
        " ORDER BY id) FROM boughs");
    check_nothing_to_write();
}
END_TEST

/* What a row leaves is deleted by a statement, but would go before that, along with another one, whose value the row takes:
 * over a third one, which is loaded or not. */
START_TEST(test_along__moved_away_from_one_that_goes_before)
{
    live_sql("INSERT INTO boughs VALUES (2, 2, 'b'), (3, 2, 'c'), (1, 3, 'a'), (5, 1, 'e'), (4, 5, 'd')");
    Bough *moved = session_find(s, Bough, 4), *deleted[] = {session_find(s, Bough, 5), session_find(s, Bough, 3)};
    if (_i)
        session_find(s, Bough, 1);
    session_delete(s, deleted[0]);
    session_delete(s, deleted[1]);
    moved->parent_id = 2;
    moved->mark = "c";
    check_ok(session_commit(s));
    live_check("2:2:b 4:2:c", "SELECT string_agg(concat_ws(':', id, parent_id, mark), ' ' ORDER BY id) FROM boughs");
    check_nothing_to_write();
}
END_TEST

/* Two keys lead from the table to itself: what goes along by the one is let go by the other, loaded or not. */
START_TEST(test_along__let_go_of_what_goes_along)
{
    live_sql(
        "INSERT INTO sheets (id, chapter_id, cover_id) VALUES (1, NULL, NULL), (2, 1, NULL), (3, 2, 1), (4, NULL, 3),"
        " (5, NULL, 2), (6, NULL, 1), (7, NULL, 6)");
    for (int id = 2; _i && id < 8; id++)
        session_find(s, Sheet, id);
    session_delete(s, session_find(s, Sheet, 1));
    check_ok(session_commit(s));
    live_check("4: 5: 6: 7:6", "SELECT string_agg(concat(id, ':', cover_id), ' ' ORDER BY id) FROM sheets");
    check_nothing_to_write();
}
END_TEST

/* Over a table between two others the database alone deletes what is below. */
START_TEST(test_along__moved_away_between_two)
{
    live_sql(
        "INSERT INTO trunks VALUES (3, 'c'); INSERT INTO twigs VALUES (2, 3); INSERT INTO twig_labels VALUES (2, 1)");
    Twig *moved = session_find(s, Twig, 2);
    session_add(s, Trunk, .id = 5, .mark = "c");
    check_ok(session_delete(s, session_find(s, Trunk, 3)));
    moved->trunk_id = 5;
    check_ok(session_commit(s));
    live_check("2:5:1",
               "SELECT t.id || ':' || trunk_id || ':' || count(*) FROM twigs AS t JOIN twig_labels ON twig_id = t.id"
               " GROUP BY t.id");
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_along__moved_to_a_deleted_row);
    tcase_add_test(tests, test_along__refers_to_another_deleted_row);
    tcase_add_test(tests, test_along__links_of_an_object_that_is_not_written);
    tcase_add_test(tests, test_along__pointer_to_an_object_that_is_not_written);
    tcase_add_test(tests, test_along__row_of_an_object_that_is_not_written);
    tcase_add_loop_test(tests, test_along__values_are_taken, 0, 2);
    tcase_add_loop_test(tests, test_along__reference_to_a_taken_value, 0, 2);
    tcase_add_test(tests, test_along__pointer_to_an_object_that_was_deleted);
    tcase_add_loop_test(tests, test_along__cleared_row_of_the_same_transaction, 0, 2);
    tcase_add_test(tests, test_along__cleared_row_that_was_swept);
    tcase_add_loop_test(tests, test_along__cleared_row_that_follows, 0, 2);
    tcase_add_loop_test(tests, test_along__cleared_row_that_is_old, 0, 2);
    tcase_add_test(tests, test_along__long_chain);
    tcase_add_test(tests, test_along__one_statement_else);
    tcase_add_test(tests, test_along__refers_to_two_that_are_not_loaded);
    tcase_add_test(tests, test_along__round_through_another_table);
    tcase_add_loop_test(tests, test_along__set_default_makes_no_order, 0, 2);
    tcase_add_test(tests, test_along__moved_away_in_a_ring);
    tcase_add_test(tests, test_along__moved_away_between_two);
    tcase_add_loop_test(tests, test_along__let_go_of_what_goes_along, 0, 2);
    tcase_add_loop_test(tests, test_along__moved_away_from_one_that_goes_before, 0, 2);
}

int main(void)
{
    return scene_main("along", setup, scene_close, add_tests);
}
