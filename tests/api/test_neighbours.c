/* Objects that lie side by side, are written by one commit, and are changed each in its own way. */
#include "api/scene.h"

#include <math.h>

enum { ROWS = 40 };

typedef struct Shelf {
    int64_t id;
    const char *label;
} Shelf;

typedef struct Book {
    int64_t id;
    int64_t shelf_id;
    const char *title;
    Int32Array pages;
    double price;
    Shelf *shelf;
} Book;

/* clang-format off */
MODEL(Shelf, "shelves",
    COLUMN(Shelf, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Shelf, label));
MODEL(Book, "books",
    COLUMN(Book, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Book, shelf_id, .references = &Shelf_model),
    COLUMN(Book, title,    .nullable = true),
    COLUMN(Book, pages),
    COLUMN(Book, price),
    BELONGS_TO(Book, shelf, Shelf, shelf_id));
/* clang-format on */

static void setup(void)
{
    scene_open(MODELS(Shelf, Book));
    live_sql("INSERT INTO shelves (label) VALUES ('low'), ('high')");
    live_sql("INSERT INTO books (shelf_id, title, pages, price) SELECT 1, 't' || n, ARRAY[n, n + 1], 'NaN'"
             " FROM generate_series(1, %d) n",
             ROWS);
}

static Book **all_books(void)
{
    size_t count;
    Query *q = session_query(s, Book);
    query_order_by(q, Book, id, ORDER_ASC);
    Book **books = query_all(q, Book, &count);
    ck_assert_uint_eq(count, ROWS);
    return books;
}

/* Rows of the UPDATEs that ran. */
static uint64_t updated(void)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < seen.count; i++)
        rows += strncmp(seen.statements[i].sql, "UPDATE", 6) == 0 ? seen.statements[i].rows : 0;
    return rows;
}

/* What has the value that it had is not written, wherever it lies, and whoever is changed beside it. */
START_TEST(test_neighbours__each_in_its_own_way)
{
    Book **books = all_books();
    for (int i = 0; i < ROWS; i++)
        switch (i % 5) {
        case 0: books[i]->title = session_text(s, "new %d", i + 1); break;
        case 1:
            books[i]->title = session_text(s, "t%d", i + 1);
            books[i]->price = -(double)NAN;
            break;
        case 2: books[i]->pages.items[1] = -1; break;
        case 3:
            books[i]->title = NULL;
            books[i]->price = i;
            break;
        }
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(updated(), 3 * ROWS / 5);
    live_check("0", "SELECT count(*) FROM books WHERE ROW(title, pages, price) IS DISTINCT FROM CASE (id - 1) %% 5"
                    " WHEN 0 THEN ROW('new ' || id, ARRAY[id, id + 1]::int[], 'NaN'::float8)"
                    " WHEN 2 THEN ROW('t' || id, ARRAY[id, -1]::int[], 'NaN'::float8)"
                    " WHEN 3 THEN ROW(NULL::text, ARRAY[id, id + 1]::int[], (id - 1)::float8)"
                    " ELSE ROW('t' || id, ARRAY[id, id + 1]::int[], 'NaN'::float8) END");
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen.count, 0);
}
END_TEST

/* Some wait for a key that is made by the same commit, some don't; and new ones beside them likewise. */
START_TEST(test_neighbours__some_wait_for_keys)
{
    Book **books = all_books();
    Shelf *shelf = session_add(s, Shelf, .label = "new");
    for (int i = 0; i < ROWS; i++) {
        if (i % 3 == 0)
            books[i]->shelf = shelf;
        else if (i % 3 == 1)
            books[i]->shelf_id = 2;
        books[i]->title = session_text(s, "%d", i % 3);
        session_add(s, Book, .title = session_text(s, "%d", i % 3), .shelf = i % 3 == 0 ? shelf : NULL,
                    .shelf_id = i % 3 == 0 ? 0 : 3 - i % 3, .pages = {(int32_t[]){1}, NULL, 1});
    }
    check_ok(session_commit(s));
    live_check("80|0",
               "SELECT count(*), count(*) FILTER (WHERE s.label <> (ARRAY['new', 'high', 'low'])[b.title::int + 1])"
               " FROM books b JOIN shelves s ON s.id = b.shelf_id");
}
END_TEST

/* Sets of more columns than a word has bits. */
START_TEST(test_neighbours__of_many_columns)
{
    enum { COLUMNS = 140 };
    typedef struct wide {
        int32_t cells[COLUMNS];
    } wide;
    static Field fields[COLUMNS];
    static char names[COLUMNS][8];
    for (size_t i = 0; i < COLUMNS; i++) {
        sprintf(names[i], "c%zu", i);
        fields[i] = (Field){.kind = HOWDAH_FIELD_COLUMN,
                            .type = HOWDAH_TYPE_INT32,
                            .name = names[i],
                            .offset = i * sizeof(int32_t),
                            .size = sizeof(int32_t),
                            .struct_size = sizeof(Field),
                            .primary_key = i == 0};
    }
    const Model model = {.struct_size = sizeof(Model),
                         .size = sizeof(wide),
                         .alignment = _Alignof(wide),
                         .name = "Wide",
                         .table = "wides",
                         .fields = fields,
                         .field_count = COLUMNS};
    Database *made = scene_database(NULL, (const Model *const[]){&model, NULL}, NULL);
    ck_assert_int_eq(database_create_tables(made), STATUS_OK);
    Session *session = session_open(made);
    wide *rows[ROWS];
    for (int i = 0; i < ROWS; i++)
        rows[i] = howdah_session_add_object(session, &model, &(wide){{i + 1}});
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    for (int i = 0; i < ROWS; i++)
        rows[i]->cells[1 + i % 3 * 64] = rows[i]->cells[70] = i + 1;
    ck_assert_int_eq(session_commit(session), STATUS_OK);
    live_check("40|0",
               "SELECT count(*), count(*) FILTER (WHERE c70 <> c0 OR (ARRAY[c1, c65, c129])[(c0 - 1) %% 3 + 1] <> c0"
               " OR c1 + c65 + c129 <> c0) FROM wides");
    session_close(session);
    database_close(made);
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_test(tests, test_neighbours__each_in_its_own_way);
    tcase_add_test(tests, test_neighbours__some_wait_for_keys);
    tcase_add_test(tests, test_neighbours__of_many_columns);
}

int main(void)
{
    return scene_main("neighbours", setup, scene_close, add_tests);
}
