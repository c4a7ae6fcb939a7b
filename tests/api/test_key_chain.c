/* Keys that rows hand down: a part of a primary key is another row's, and others refer to both parts. */
#include "api/scene.h"

typedef struct Leaf Leaf;
typedef struct Volume Volume;
typedef struct Writer Writer;
typedef struct Made Made;
typedef struct User User;

struct Leaf { /* its table comes first: it is looked at before those that it refers to */
    int64_t id;
    int64_t writer_id;
    int32_t number;
    NullInt64 note_writer;
    NullInt32 note_number;
    NullInt32 note_line;
    Volume *volume;
    struct Note *note;
};

typedef struct Note { /* refers to a volume by its own key */
    int64_t writer_id;
    int32_t number;
    int32_t line;
    Volume *volume;
} Note;

struct Volume {
    int64_t writer_id;
    int32_t number;
    const char *title;
    Writer *writer;
};

struct Writer {
    int64_t id;
    const char *name;
};

struct Made { /* the server makes both parts */
    int64_t id;
    PgUuid mark;
    const char *name;
};

struct User {
    int64_t id;
    NullInt64 made_id;
    NullUuid made_mark;
    Made *made;
};

typedef struct Shelf {
    int64_t writer_id;
    int32_t number;
    Writer *writer;
} Shelf;

typedef struct Desk { /* one of each writer */
    int64_t writer_id;
    Writer *writer;
    MANY(struct Pile) piles;
} Desk;

typedef struct Pile { /* without a pointer */
    int64_t id;
    int64_t desk_id;
} Pile;

typedef struct Box {
    int64_t id;
    int64_t writer_id;
    int32_t number;
    Shelf *shelf;
} Box;

typedef Box Crate; /* which the database does not update */

extern const Model Desk_model, Shelf_model, Box_model, Crate_model;

typedef struct Ticket Ticket;
typedef struct Stub {
    int64_t id;
    NullUuid mark;
    NullInt64 ticket_id;
    Ticket *ticket, *by_id;
} Stub;

struct Ticket { /* is referred to by its key, and by a value that the server makes besides */
    int64_t id;
    PgUuid mark;
    NullInt64 stub_id;
    const char *name;
    Stub *stub;
};

typedef struct Folder { /* refers to rows of its own table, whose keys the server makes */
    PgUuid id;
    NullUuid parent_id;
    struct Folder *parent;
} Folder;

typedef struct Tag {
    char name[12];
} Tag;

typedef struct Tagged {
    int64_t id;
    const char *tag_name;
    Tag *tag;
} Tagged;

typedef struct Town {
    const char *name;
} Town;

typedef struct Early {
    int64_t id;
    const char *town_name;
    Town *town;
} Early;

typedef Early Late;

extern const Model Town_model, Folder_model;
extern const Model Ticket_model, Stub_model, Tag_model, Tagged_model;
extern const Model Leaf_model, Volume_model, Writer_model, Note_model, Made_model, User_model;

/* clang-format off */
MODEL(Leaf, "leaves",
    COLUMN(Leaf, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Leaf, writer_id),
    COLUMN(Leaf, number),
    COLUMN(Leaf, note_writer),
    COLUMN(Leaf, note_number),
    COLUMN(Leaf, note_line),
    BELONGS_TO(Leaf, volume, Volume, writer_id, number),
    BELONGS_TO(Leaf, note, Note, note_writer, note_number, note_line));

MODEL(Note, "notes",
    COLUMN(Note, writer_id, .primary_key = true),
    COLUMN(Note, number,    .primary_key = true),
    COLUMN(Note, line,      .primary_key = true),
    BELONGS_TO(Note, volume, Volume, writer_id, number));

MODEL(Volume, "volumes",
    COLUMN(Volume, writer_id, .primary_key = true, .references = &Writer_model),
    COLUMN(Volume, number,    .primary_key = true),
    COLUMN(Volume, title),
    BELONGS_TO(Volume, writer, Writer, writer_id));

MODEL(Writer, "writers",
    COLUMN(Writer, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Writer, name));

MODEL(Made, "mades",
    COLUMN(Made, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Made, mark, .primary_key = true, .generated = GENERATED_BY_SERVER, .server_default = "gen_random_uuid()"),
    COLUMN(Made, name));

MODEL(User, "users",
    COLUMN(User, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(User, made_id),
    COLUMN(User, made_mark),
    BELONGS_TO(User, made, Made, made_id, made_mark));

MODEL(Shelf, "shelves",
    COLUMN(Shelf, writer_id, .primary_key = true, .references = &Writer_model),
    COLUMN(Shelf, number,    .primary_key = true),
    BELONGS_TO(Shelf, writer, Writer, writer_id));

MODEL(Pile, "piles",
    COLUMN(Pile, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Pile, desk_id, .references = &Desk_model));

MODEL(Desk, "desks",
    COLUMN(Desk, writer_id, .primary_key = true, .references = &Writer_model),
    BELONGS_TO(Desk, writer, Writer, writer_id),
    HAS_MANY(Desk, piles, Pile, desk_id));

MODEL(Box, "boxes",
    COLUMN(Box, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Box, writer_id),
    COLUMN(Box, number, .on_update = ON_UPDATE_CASCADE),
    BELONGS_TO(Box, shelf, Shelf, writer_id, number));

MODEL(Crate, "crates",
    COLUMN(Crate, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Crate, writer_id),
    COLUMN(Crate, number),
    BELONGS_TO(Crate, shelf, Shelf, writer_id, number));

MODEL(Ticket, "tickets",
    COLUMN(Ticket, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Ticket, mark,    .unique = true, .generated = GENERATED_BY_SERVER, .server_default = "gen_random_uuid()"),
    COLUMN(Ticket, stub_id, .references = &Stub_model),
    COLUMN(Ticket, name),
    BELONGS_TO(Ticket, stub, Stub, stub_id));

MODEL(Folder, "folders",
    COLUMN(Folder, id, .primary_key = true, .generated = GENERATED_BY_SERVER, .server_default = "gen_random_uuid()"),
    COLUMN(Folder, parent_id),
    BELONGS_TO(Folder, parent, Folder, parent_id));

MODEL(Stub, "stubs",
    COLUMN(Stub, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Stub, mark,      .references = &Ticket_model, .references_field = "mark"),
    COLUMN(Stub, ticket_id, .references = &Ticket_model),
    BELONGS_TO(Stub, ticket, Ticket, mark),
    BELONGS_TO(Stub, by_id, Ticket, ticket_id));

MODEL(Early, "earlies",
    COLUMN(Early, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Early, town_name, .references = &Town_model),
    BELONGS_TO(Early, town, Town, town_name));

MODEL(Town, "towns",
    COLUMN(Town, name, .primary_key = true));

MODEL(Late, "lates",
    COLUMN(Late, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Late, town_name, .references = &Town_model),
    BELONGS_TO(Late, town, Town, town_name));

MODEL(Tag, "tags",
    COLUMN(Tag, name, .primary_key = true));

MODEL(Tagged, "tagged",
    COLUMN(Tagged, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Tagged, tag_name, .nullable = true, .references = &Tag_model),
    BELONGS_TO(Tagged, tag, Tag, tag_name));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Folder, Leaf, Volume, Writer, Note, Made, User, Shelf, Box, Crate, Pile, Desk, Ticket, Stub,
                      Early, Town, Late, Tag, Tagged));
}

/* The writer's key is given, is generated, or is an old row's. */
START_TEST(test_key_chain__two_levels)
{
    live_sql("INSERT INTO writers (id, name) VALUES (500, 'old')");
    Leaf *leaf = session_add(s, Leaf);
    Volume *volume = session_add(s, Volume, .number = 3, .title = "three");
    Writer *writer = _i == 2 ? session_find(s, Writer, 500) : session_add(s, Writer, .id = _i ? 0 : 7, .name = "new");
    leaf->volume = volume;
    volume->writer = writer;
    check_ok(session_commit(s));
    ck_assert(leaf->writer_id == writer->id && volume->writer_id == writer->id && leaf->number == 3);
    live_check(
        "1",
        "SELECT count(*) FROM leaves JOIN volumes USING (writer_id, number) JOIN writers ON writer_id = writers.id");
    check_nothing_to_write();
}
END_TEST

START_TEST(test_key_chain__three_levels)
{
    live_sql("INSERT INTO writers (id, name) VALUES (500, 'old')");
    Leaf *leaf = session_add(s, Leaf);
    Note *note = session_add(s, Note, .line = 4);
    Volume *volume = session_add(s, Volume, .number = 3, .title = "three");
    Writer *writer = _i == 2 ? session_find(s, Writer, 500) : session_add(s, Writer, .id = _i ? 0 : 7, .name = "new");
    leaf->volume = volume;
    leaf->note = note;
    note->volume = volume;
    volume->writer = writer;
    check_ok(session_commit(s));
    ck_assert(leaf->note_writer.value == writer->id && leaf->note_number.value == 3 && leaf->note_line.value == 4);
    ck_assert_ptr_eq(session_find(s, Note, writer->id, 3, 4), note);
    live_check("1", "SELECT count(*) FROM leaves JOIN notes ON note_writer = notes.writer_id AND note_line = line"
                    " JOIN volumes ON volumes.writer_id = notes.writer_id AND volumes.number = notes.number");
    check_nothing_to_write();
}
END_TEST

/* Many at once, of more than one writer; and a volume that moves to a new writer with the leaves that it has. */
START_TEST(test_key_chain__many)
{
    enum { MOST = 1100 };
    static Leaf *leaves[MOST];
    Writer *writers[3];
    Volume *volumes[3];
    for (int i = 0; i < 3; i++) {
        writers[i] = session_add(s, Writer, .name = session_text(s, "w%d", i));
        volumes[i] = session_add(s, Volume, .number = 1, .title = writers[i]->name, .writer = writers[i]);
    }
    for (int i = 0; i < MOST; i++)
        leaves[i] = session_add(s, Leaf, .volume = volumes[i % 3]);
    cost_start();
    check_ok(session_commit(s));
    check_trips(2);
    for (int i = 0; i < MOST; i++)
        ck_assert(leaves[i]->writer_id == writers[i % 3]->id && leaves[i]->number == 1);
    live_check("1100", "SELECT count(*) FROM leaves JOIN volumes USING (writer_id, number)");
}
END_TEST

/* Nothing but the link says to whom it belongs. */
START_TEST(test_key_chain__linked)
{
    Pile *pile = session_add(s, Pile);
    Desk *desk = session_add(s, Desk);
    desk->writer = session_add(s, Writer, .id = _i ? 0 : 9, .name = "new");
    check_ok(session_link(s, desk, piles, pile));
    check_ok(session_commit(s));
    ck_assert(pile->desk_id == desk->writer_id && desk->writer_id == desk->writer->id);
    ck_assert_uint_eq(desk->piles.count, 1);
    ck_assert_ptr_eq(session_find(s, Desk, desk->writer->id), desk);
    live_check("1", "SELECT count(*) FROM piles JOIN desks ON desk_id = writer_id");
    check_nothing_to_write();
}
END_TEST

/* A key that is to be that of a new object can't be followed before it is made. */
START_TEST(test_key_chain__moved_to_a_new_one)
{
    Writer *writer = session_add(s, Writer, .name = "old"), *heir;
    Shelf *shelf = session_add(s, Shelf, .writer = writer, .number = 1);
    Box *box = session_add(s, Box, .shelf = shelf);
    Crate *crate = _i ? session_add(s, Crate, .shelf = shelf) : NULL;
    check_ok(session_commit(s));
    heir = session_add(s, Writer, .name = "heir");
    shelf->writer = heir;
    if (_i == 2)
        session_add(s, Box, .shelf = shelf);
    check_fails(session_commit(s), STATUS_INVALID);
    check_says(session_error(s), "is to be the key of a new object");
    ck_assert_ptr_eq(session_error(s)->object, shelf);
    ck_assert_ptr_null(session_error(s)->statement);
    session_clear_error(s);
    shelf->writer = writer;
    check_ok(session_commit(s));
    shelf->writer = heir;
    check_ok(session_commit(s));
    ck_assert(box->writer_id == heir->id && (!crate || crate->writer_id == heir->id));
    live_check("0", "SELECT count(*) FROM boxes WHERE writer_id = 1");
    check_nothing_to_write();
}
END_TEST

/* Both come back before the others are sent: one round trip more. */
START_TEST(test_key_chain__both_parts_made_by_the_server)
{
    enum { USERS = 40 };
    Made *made[4];
    User *users[USERS];
    for (int i = 0; i < 4; i++)
        made[i] = session_add(s, Made, .name = session_text(s, "m%d", i));
    for (int i = 0; i < USERS; i++)
        users[i] = session_add(s, User, .made = made[i % 4]);
    cost_start();
    check_ok(session_commit(s));
    check_trips(3);
    for (int i = 0; i < USERS; i++)
        ck_assert(users[i]->made_id.value == made[i % 4]->id &&
                  memcmp(&users[i]->made_mark.value, &made[i % 4]->mark, sizeof(PgUuid)) == 0);
    live_check("40", "SELECT count(*) FROM users JOIN mades ON made_id = mades.id AND made_mark = mark");
    check_nothing_to_write();
}
END_TEST

/* The key is drawn; the other value that the server makes is not. */
START_TEST(test_key_chain__other_value_made_by_the_server)
{
    Ticket *tickets[3];
    Stub *stubs[30];
    for (int i = 0; i < 3; i++)
        tickets[i] = session_add(s, Ticket, .name = session_text(s, "t%d", i));
    for (int i = 0; i < 30; i++) {
        stubs[i] = session_add(s, Stub, .ticket = tickets[i % 3]);
        if (i % 2)
            stubs[i]->by_id = tickets[i % 3];
    }
    cost_start();
    check_ok(session_commit(s));
    check_trips(3);
    for (int i = 0; i < 30; i++)
        ck_assert(memcmp(&stubs[i]->mark.value, &tickets[i % 3]->mark, sizeof(PgUuid)) == 0 &&
                  (stubs[i]->ticket_id.valid ? stubs[i]->ticket_id.value : tickets[i % 3]->id) == tickets[i % 3]->id);
    live_check("30|15", "SELECT count(*), count(ticket_id) FROM stubs JOIN tickets USING (mark)"
                        " WHERE ticket_id IS NULL OR ticket_id = tickets.id");
    check_nothing_to_write();
}
END_TEST

/* In a ring they can't be known in time. */
START_TEST(test_key_chain__value_of_the_server_in_a_ring)
{
    Ticket *ticket = session_add(s, Ticket, .name = "t");
    Stub *stub = session_add(s, Stub, .ticket = ticket);
    ticket->stub = stub;
    check_fails(session_commit(s), STATUS_INVALID);
    check_says(session_error(s), "rows refer to each other in a ring, and the server makes");
    ck_assert_ptr_null(session_error(s)->statement);
    session_clear_error(s);
    ticket->stub = NULL;
    check_ok(session_commit(s));
    ticket->stub = stub;
    check_ok(session_commit(s));
    live_check("1", "SELECT count(*) FROM stubs JOIN tickets ON stub_id = stubs.id AND tickets.mark = stubs.mark");
}
END_TEST

/* As in a ring of one. */
START_TEST(test_key_chain__value_of_the_server_in_its_own_row)
{
    Folder *root = session_add(s, Folder);
    root->parent = root;
    cost_start();
    check_fails(session_commit(s), STATUS_INVALID);
    check_trips(0);
    check_says(session_error(s), "Folder.parent");
    check_says(session_error(s), "refers to the row itself, whose key the server is to compute: flush that one first");
    ck_assert_ptr_eq(session_error(s)->object, root);
    session_clear_error(s);
    root->parent = NULL;
    check_ok(session_commit(s));
    root->parent = root;
    Folder *child = session_add(s, Folder, .parent = root);
    check_ok(session_commit(s));
    ck_assert(memcmp(&child->parent_id.value, &root->id, sizeof(PgUuid)) == 0);
    live_check("2", "SELECT count(*) FROM folders f JOIN folders r ON f.parent_id = r.id AND r.parent_id = r.id");
    check_nothing_to_write();
}
END_TEST

/* Text of another shape is the session's own. */
START_TEST(test_key_chain__text_that_is_converted)
{
    Tag *tag = session_add(s, Tag);
    ck_assert(SET_TEXT(tag->name, "one"));
    Tagged *tagged = session_add(s, Tagged, .tag = tag);
    check_ok(session_commit(s));
    check_nothing_to_write();
    session_add(s, Writer, .name = "another plan");
    check_ok(session_commit(s));
    ck_assert_str_eq(tagged->tag_name, "one");
}
END_TEST

/* The program's text is its own again after the commit: also where it went from one object to another. */
START_TEST(test_key_chain__text_of_the_program)
{
    char text[16] = "one";
    Town *town = session_add(s, Town, .name = "zero");
    check_ok(session_commit(s));
    town->name = text;
    Early *early = session_add(s, Early, .town = town);
    Late *late = session_add(s, Late, .town = town);
    check_ok(session_commit(s));
    memset(text, 'x', sizeof(text) - 1);
    ck_assert_str_eq(town->name, "one");
    ck_assert_str_eq(early->town_name, "one");
    ck_assert_str_eq(late->town_name, "one");
    check_nothing_to_write();
    live_check("1", "SELECT count(*) FROM earlies JOIN lates USING (town_name) JOIN towns ON name = town_name");
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_key_chain__two_levels, 0, 3);
    tcase_add_loop_test(tests, test_key_chain__three_levels, 0, 3);
    tcase_add_test(tests, test_key_chain__many);
    tcase_add_loop_test(tests, test_key_chain__linked, 0, 2);
    tcase_add_loop_test(tests, test_key_chain__moved_to_a_new_one, 0, 3);
    tcase_add_test(tests, test_key_chain__both_parts_made_by_the_server);
    tcase_add_test(tests, test_key_chain__other_value_made_by_the_server);
    tcase_add_test(tests, test_key_chain__value_of_the_server_in_a_ring);
    tcase_add_test(tests, test_key_chain__value_of_the_server_in_its_own_row);
    tcase_add_test(tests, test_key_chain__text_that_is_converted);
    tcase_add_test(tests, test_key_chain__text_of_the_program);
}

int main(void)
{
    return scene_main("key_chain", setup, scene_close, add_tests);
}
