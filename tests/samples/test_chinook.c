/* A real database that nobody here wrote: loaded whole, changed, and checked by plain SQL. */
#include "chinook.h"

#include "support/live.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static Database *db;

static void open_db(void)
{
    db = database_open(live_conninfo(), CHINOOK_MODELS, NULL);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
}

static void close_db(void)
{
    database_close(db);
}

static void check_ok(Session *s)
{
    ck_assert_msg(!session_error(s), "%s", error_text(session_error(s)));
}

static int64_t number(const char *sql)
{
    return strtoll(live_sql("%s", sql), NULL, 10);
}

/* --- what is loaded, and what SQL says about it --- */

/* Sums over all rows of a table, by which it is compared with the same sums by SQL. Text counts by its bytes, prices in
 * cents, times in microseconds. */
struct sums {
    int64_t rows, keys, text, cents, values;
};

static int64_t size_of(const char *text)
{
    return text ? (int64_t)strlen(text) : 0;
}

static int64_t cents(PgNumeric price)
{
    int64_t value = 0;
    ck_assert_int_eq(numeric_to_int64(price, 2, &value), STATUS_OK);
    return value;
}

static bool add_track(void *arg, const void *object)
{
    struct sums *sums = arg;
    const Track *track = object;
    sums->rows++;
    sums->keys += track->id + track->media_type_id + (track->album_id.valid ? track->album_id.value : 0);
    sums->text += size_of(track->name) + size_of(track->composer);
    sums->cents += cents(track->price);
    sums->values += track->milliseconds + (track->size.valid ? track->size.value : 0);
    return true;
}

static bool add_artist(void *arg, const void *object)
{
    struct sums *sums = arg;
    const Artist *artist = object;
    sums->rows++;
    sums->keys += artist->id;
    sums->text += size_of(artist->name);
    return true;
}

static bool add_album(void *arg, const void *object)
{
    struct sums *sums = arg;
    const Album *album = object;
    sums->rows++;
    sums->keys += album->id + album->artist_id;
    sums->text += size_of(album->title);
    return true;
}

static bool add_genre(void *arg, const void *object)
{
    struct sums *sums = arg;
    const Genre *genre = object;
    sums->rows++;
    sums->keys += genre->id;
    sums->text += size_of(genre->name);
    return true;
}

static bool add_media_type(void *arg, const void *object)
{
    struct sums *sums = arg;
    const MediaType *type = object;
    sums->rows++;
    sums->keys += type->id;
    sums->text += size_of(type->name);
    return true;
}

static bool add_playlist(void *arg, const void *object)
{
    struct sums *sums = arg;
    const Playlist *playlist = object;
    sums->rows++;
    sums->keys += playlist->id;
    sums->text += size_of(playlist->name);
    return true;
}

static bool add_playlist_track(void *arg, const void *object)
{
    struct sums *sums = arg;
    const PlaylistTrack *entry = object;
    sums->rows++;
    sums->keys += entry->playlist_id;
    sums->values += entry->track_id;
    return true;
}

static bool add_employee(void *arg, const void *object)
{
    struct sums *sums = arg;
    const Employee *e = object;
    sums->rows++;
    sums->keys += e->id + (e->boss_id.valid ? e->boss_id.value : 0);
    sums->text += size_of(e->last_name) + size_of(e->first_name) + size_of(e->title) + size_of(e->city) +
                  size_of(e->phone) + size_of(e->mail);
    ck_assert(e->born.valid && e->hired.valid);
    sums->values += e->born.value.microseconds / 1000000 + e->hired.value.microseconds / 1000000;
    return true;
}

static bool add_customer(void *arg, const void *object)
{
    struct sums *sums = arg;
    const Customer *c = object;
    sums->rows++;
    sums->keys += c->id + (c->support_id.valid ? c->support_id.value : 0);
    sums->text += size_of(c->first_name) + size_of(c->last_name) + size_of(c->company) + size_of(c->address) +
                  size_of(c->city) + size_of(c->state) + size_of(c->country) + size_of(c->postal_code) +
                  size_of(c->phone) + size_of(c->fax) + size_of(c->mail);
    return true;
}

static bool add_invoice(void *arg, const void *object)
{
    struct sums *sums = arg;
    const Invoice *invoice = object;
    sums->rows++;
    sums->keys += invoice->id + invoice->customer_id;
    sums->text += size_of(invoice->address) + size_of(invoice->city) + size_of(invoice->state) +
                  size_of(invoice->country) + size_of(invoice->postal_code);
    sums->cents += cents(invoice->total);
    sums->values += invoice->date.microseconds / 1000000;
    return true;
}

static bool add_invoice_line(void *arg, const void *object)
{
    struct sums *sums = arg;
    const InvoiceLine *line = object;
    sums->rows++;
    sums->keys += line->id + line->invoice_id + line->track_id;
    sums->cents += cents(line->price) * line->quantity;
    sums->values += line->quantity;
    return true;
}

#define SECONDS(column) "extract(epoch FROM " column " - timestamp '2000-01-01')::bigint"
#define BYTES(column)   "coalesce(octet_length(" column "), 0)"

/* Each table: its rows in the file, how objects are added up, and the same in SQL. */
static const struct table {
    const Model *model;
    int64_t rows;
    bool (*add)(void *arg, const void *object);
    const char *keys, *text, *cents, *values;
} tables[] = {
    {&Artist_model, 275, add_artist, "artist_id", BYTES("name"), "0", "0"},
    {&Album_model, 347, add_album, "album_id + artist_id", BYTES("title"), "0", "0"},
    {&Genre_model, 25, add_genre, "genre_id", BYTES("name"), "0", "0"},
    {&MediaType_model, 5, add_media_type, "media_type_id", BYTES("name"), "0", "0"},
    {&Track_model, 3503, add_track, "track_id + media_type_id + coalesce(album_id, 0)",
     BYTES("name") " + " BYTES("composer"), "unit_price * 100", "milliseconds::bigint + coalesce(bytes, 0)"},
    {&Playlist_model, 18, add_playlist, "playlist_id", BYTES("name"), "0", "0"},
    {&PlaylistTrack_model, 8715, add_playlist_track, "playlist_id", "0", "0", "track_id"},
    {&Employee_model, 8, add_employee, "employee_id + coalesce(reports_to, 0)",
     BYTES("last_name") " + " BYTES("first_name") " + " BYTES("title") " + " BYTES("city") " + " BYTES(
         "phone") " + " BYTES("email"),
     "0", SECONDS("birth_date") " + " SECONDS("hire_date")},
    {&Customer_model, 59, add_customer, "customer_id + coalesce(support_rep_id, 0)",
     BYTES("first_name") " + " BYTES("last_name") " + " BYTES("company") " + " BYTES("address") " + " BYTES("city") " + " BYTES(
         "state") " + " BYTES("country") " + " BYTES("postal_code") " + " BYTES("phone") " + " BYTES("fax") " + " BYTES("email"),
     "0", "0"},
    {&Invoice_model, 412, add_invoice, "invoice_id + customer_id",
     BYTES("billing_address") " + " BYTES("billing_city") " + " BYTES("billing_state") " + " BYTES(
         "billing_country") " + " BYTES("billing_postal_code"),
     "total * 100", SECONDS("invoice_date")},
    {&InvoiceLine_model, 2240, add_invoice_line, "invoice_line_id + invoice_id + track_id", "0",
     "unit_price * quantity * 100", "quantity"},
};
enum { TABLES = sizeof(tables) / sizeof(*tables) };

static void check_sums(const struct table *table, const struct sums *sums)
{
    char text[256];
    snprintf(text, sizeof(text), "%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64 "|%" PRId64, sums->rows, sums->keys,
             sums->text, sums->cents, sums->values);
    const char *sql = live_sql("SELECT count(*), sum(%s), sum(%s), sum(%s)::bigint, sum(%s) FROM %s", table->keys,
                               table->text, table->cents, table->values, table->model->table);
    ck_assert_msg(strcmp(text, sql) == 0, "%s: the objects say %s, SQL says %s", table->model->name, text, sql);
}

START_TEST(test_chinook__all_loaded)
{
    Session *s = session_open(db);
    int64_t rows = 0;
    for (int i = 0; i < TABLES; i++) {
        const struct table *table = &tables[i];
        struct sums sums = {0};
        size_t count;
        void **objects = howdah_query_all_objects(howdah_session_query_model(s, table->model), table->model, &count);
        check_ok(s);
        for (size_t row = 0; row < count; row++)
            table->add(&sums, objects[row]);
        ck_assert_int_eq((int)sums.rows, (int)table->rows);
        check_sums(table, &sums);
        rows += sums.rows;
    }
    ck_assert_int_eq((int)rows, 15607);
    ck_assert_uint_eq(session_stats(s).objects, 15607);
    /* Loaded and not touched: nothing is written. */
    uint32_t statements = session_stats(s).statements;
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    ck_assert_uint_eq(session_stats(s).statements, statements);
    session_close(s);
}
END_TEST

START_TEST(test_chinook__all_streamed)
{
    Session *s = session_open(db);
    for (int i = 0; i < TABLES; i++) {
        const struct table *table = &tables[i];
        struct sums sums = {0};
        ck_assert_int_eq(
            howdah_query_each_object(howdah_session_query_model(s, table->model), table->model, table->add, &sums),
            STATUS_OK);
        check_sums(table, &sums);
    }
    ck_assert_uint_eq(session_stats(s).objects, 0);
    session_close(s);
}
END_TEST

/* --- single rows --- */

START_TEST(test_chinook__found_by_keys)
{
    Session *s = session_open(db);
    const Track *track = session_find(s, Track, 1);
    ck_assert_ptr_nonnull(track);
    ck_assert_str_eq(track->name, "For Those About To Rock (We Salute You)");
    ck_assert_str_eq(track->price.text, "0.99");
    ck_assert_ptr_nonnull(session_find(s, PlaylistTrack, 1, 3402));
    ck_assert_ptr_null(session_find(s, PlaylistTrack, 3402, 1));
    const Value keys[] = {VALUE(1), VALUE(3389), VALUE(1), VALUE(3402), VALUE(18), VALUE(597)};
    PlaylistTrack **entries = session_find_many(s, PlaylistTrack, keys, 3);
    check_ok(s);
    ck_assert_int_eq(entries[0]->track_id, 3389);
    ck_assert_int_eq(entries[2]->playlist_id, 18);
    const Invoice *invoice = session_find(s, Invoice, 1);
    char text[HOWDAH_TEXT_MAX];
    timestamp_to_text(invoice->date, text);
    ck_assert_str_eq(text, "2021-01-01 00:00:00+00");
    session_close(s);
}
END_TEST

/* Up to the one who has nobody above. */
START_TEST(test_chinook__chain_of_command)
{
    Session *s = session_open(db);
    const Employee *employee = session_find(s, Employee, 8);
    ck_assert_ptr_nonnull(employee);
    int steps = 0;
    for (; employee->boss_id.valid; steps++) {
        employee = session_find(s, Employee, employee->boss_id.value);
        ck_assert_ptr_nonnull(employee);
    }
    ck_assert_str_eq(employee->last_name, "Adams");
    ck_assert_int_eq(steps, 2);
    session_close(s);
}
END_TEST

START_TEST(test_chinook__queries)
{
    Session *s = session_open(db);
    size_t count;
    Query *query = session_query(s, Track);
    query_where(query, Track, price, ">", 1);
    query_where(query, Track, name, "ILIKE", "%the%");
    query_order_by(query, Track, id, ORDER_DESC);
    Track **tracks = query_all(query, Track, &count);
    check_ok(s);
    ck_assert_int_eq((int)count, (int)number("SELECT count(*) FROM track WHERE unit_price > 1 AND name ILIKE '%the%'"));
    ck_assert_int_eq(tracks[0]->id, (int)number("SELECT max(track_id) FROM track WHERE unit_price > 1"
                                                " AND name ILIKE '%the%'"));
    query = session_query(s, Customer);
    query_where(query, Customer, company, "=", NULL);
    query_all(query, Customer, &count);
    check_ok(s);
    ck_assert_int_eq((int)count, (int)number("SELECT count(*) FROM customer WHERE company IS NULL"));
    session_close(s);
}
END_TEST

/* --- a unit of work --- */

/* A new artist with an album that is put on a playlist and bought. */
static void release_album(Session *s, Invoice **ret_invoice)
{
    int32_t first = (int32_t)number("SELECT max(track_id) + 1 FROM track");
    int32_t line = (int32_t)number("SELECT max(invoice_line_id) + 1 FROM invoice_line");
    Artist *artist = session_add(s, Artist, .id = 1000, .name = "Die Fälscher");
    Album *album = session_add(s, Album, .id = 1000, .title = "Kopfbahnhof", .artist = artist);
    MediaType *media_type = session_find(s, MediaType, 1);
    Genre *genre = session_find(s, Genre, 1);
    const Playlist *playlist = session_find(s, Playlist, 1);
    PgTimestamp date;
    ck_assert(media_type && genre && playlist);
    ck_assert_int_eq(timestamp_from_text("2025-12-31 23:59:59.5", &date), STATUS_OK);
    Invoice *invoice = session_add(s, Invoice, .id = 1000, .customer = session_find(s, Customer, 2), .date = date,
                                   .city = "Stuttgart", .total = {"3.96"});
    for (int i = 0; i < 4; i++) {
        Track *track =
            session_add(s, Track, .id = first + i, .name = session_text(s, "Gleis %d", i + 1), .album = album,
                        .media_type = media_type, .genre = genre, .milliseconds = 180000 + i, .price = {"0.99"});
        session_add(s, PlaylistTrack, .playlist_id = playlist->id, .track_id = track->id, .track = track);
        session_add(s, InvoiceLine, .id = line + i, .invoice = invoice, .track = track, .price = {"0.99"},
                    .quantity = 1);
    }
    *ret_invoice = invoice;
}

static void change_and_delete(Session *s)
{
    Customer *customer = session_find(s, Customer, 1);
    Employee *employee = session_find(s, Employee, 8), *boss = session_find(s, Employee, 2);
    Track *track = session_find(s, Track, 1);
    check_ok(s);
    ck_assert(customer && employee && boss && track);
    customer->fax = NULL;
    customer->phone = "+55 (12) 1234-5678";
    ck_assert(SET_TEXT(customer->mail, "luis@example.com"));
    employee->boss = boss;
    track->price.text = "1.29";
    track->composer = "Young, Young & Johnson";
    track->size.valid = false;
    session_delete(s, session_find(s, PlaylistTrack, 1, 3402));
    session_delete(s, session_find(s, PlaylistTrack, 1, 3389));
    session_delete(s, session_find(s, InvoiceLine, 1));
    check_ok(s);
}

static void check_by_sql(void)
{
    live_check(
        "Die Fälscher|Kopfbahnhof|4|720006|3.96|Rock",
        "SELECT r.name, a.title, count(*), sum(t.milliseconds), sum(t.unit_price), min(g.name)"
        " FROM artist r JOIN album a USING (artist_id) JOIN track t USING (album_id) JOIN genre g USING (genre_id)"
        " WHERE r.artist_id = 1000 GROUP BY 1, 2");
    live_check("4|3.96|2025-12-31 23:59:59.5|Stuttgart||2",
               "SELECT count(*), sum(l.unit_price * l.quantity), min(i.invoice_date), min(i.billing_city),"
               " min(i.billing_address), min(i.customer_id)"
               " FROM invoice i JOIN invoice_line l USING (invoice_id) JOIN track t USING (track_id)"
               " WHERE i.invoice_id = 1000 AND t.album_id = 1000");
    live_check("4", "SELECT count(*) FROM playlist_track JOIN track USING (track_id)"
                    " WHERE playlist_id = 1 AND album_id = 1000");
    live_check("t|+55 (12) 1234-5678|luis@example.com|Luís",
               "SELECT fax IS NULL, phone, email, first_name FROM customer WHERE customer_id = 1");
    live_check("2", "SELECT reports_to FROM employee WHERE employee_id = 8");
    live_check("1.29|Young, Young & Johnson|t",
               "SELECT unit_price, composer, bytes IS NULL FROM track WHERE track_id = 1");
    live_check("0", "SELECT count(*) FROM playlist_track WHERE playlist_id = 1 AND track_id IN (3402, 3389)");
    live_check("0", "SELECT count(*) FROM invoice_line WHERE invoice_line_id = 1");
    live_check("276|348|3507|8717|413|2243",
               "SELECT (SELECT count(*) FROM artist), (SELECT count(*) FROM album), (SELECT count(*) FROM track),"
               " (SELECT count(*) FROM playlist_track), (SELECT count(*) FROM invoice),"
               " (SELECT count(*) FROM invoice_line)");
}

START_TEST(test_chinook__unit_of_work)
{
    Session *s = session_open(db);
    Invoice *invoice;
    release_album(s, &invoice);
    change_and_delete(s);
    SessionStats before = session_stats(s);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    SessionStats after = session_stats(s);
    ck_assert_uint_eq(after.round_trips - before.round_trips, 2);
    ck_assert_uint_eq(after.inserted - before.inserted, 15);
    ck_assert_uint_eq(after.updated - before.updated, 3);
    ck_assert_uint_eq(after.deleted - before.deleted, 3);
    check_by_sql();
    /* It knows what it has written. */
    ck_assert_int_eq(invoice->customer_id, 2);
    ck_assert(!session_is_dirty(s, invoice));
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    ck_assert_uint_eq(session_stats(s).statements, after.statements);
    session_close(s);

    /* Another session reads the same, and has nothing to write either. */
    s = session_open(db);
    const Track *track = session_find(s, Track, 1);
    ck_assert_str_eq(track->price.text, "1.29");
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    ck_assert_uint_eq(session_stats(s).statements, 1);
    session_close(s);
}
END_TEST

/* The server refuses what breaks its own rules, and says which object it was. */
START_TEST(test_chinook__refused)
{
    Session *s = session_open(db);
    session_add(s, Genre, .id = 500, .name = "Polka");
    Album *lost = session_add(s, Album, .id = 2000, .title = "Lost", .artist_id = 99999);
    ck_assert_int_eq(session_commit(s), STATUS_FOREIGN_KEY);
    ck_assert_ptr_eq(session_error(s)->object, lost);
    ck_assert_str_eq(session_error(s)->field, "artist_id");
    ck_assert_str_eq(session_error(s)->constraint, "album_artist_id_fkey");
    session_rollback(s);
    Artist *artist = session_find(s, Artist, 1);
    session_delete(s, artist);
    ck_assert_int_eq(session_commit(s), STATUS_FOREIGN_KEY);
    ck_assert_ptr_eq(session_error(s)->object, artist);
    session_rollback(s);
    Genre *twin = session_add(s, Genre, .id = 1, .name = "Rock again");
    ck_assert_int_eq(session_commit(s), STATUS_UNIQUE);
    ck_assert_ptr_eq(session_error(s)->object, twin);
    session_rollback(s);
    live_check("0", "SELECT count(*) FROM genre WHERE genre_id = 500");
    session_close(s);
}
END_TEST

/* The tables are there, with constraints of other names: nothing is done to them. */
START_TEST(test_chinook__create_tables_touches_nothing)
{
    int64_t before = number("SELECT sum(xmin::text::bigint) + count(*) FROM pg_class");
    ck_assert_msg(database_create_tables(db) == STATUS_OK, "%s", error_text(database_error(db)));
    ck_assert_int_eq((int)number("SELECT sum(xmin::text::bigint) + count(*) FROM pg_class"), (int)before);
}
END_TEST

/* --- the data --- */

/* The script, without its lines that make a database of its own and connect to it (psql's \c). NULL: no such file. */
static char *read_script(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL, *line = NULL;
    size_t size = 0, capacity = 0;
    if (!file)
        return NULL;
    FILE *to = open_memstream(&text, &size);
    while (getline(&line, &capacity, file) >= 0)
        if (strncmp(line, "DROP DATABASE", 13) != 0 && strncmp(line, "CREATE DATABASE", 15) != 0 && *line != '\\')
            fputs(line, to);
    fclose(to);
    fclose(file);
    free(line);
    return text;
}

/* By a process of its own, since each test's process makes its own connection. */
static bool load_chinook(char *script)
{
    int result = 1;
    pid_t child = fork();
    if (child == 0) {
        live_sql("%s", script);
        _exit(0);
    }
    free(script);
    return child > 0 && waitpid(child, &result, 0) == child && result == 0;
}

static Suite *chinook_suite(void)
{
    Suite *suite = suite_create("chinook");
    TCase *tcase = tcase_create("chinook");
    tcase_set_timeout(tcase, 600);
    tcase_add_checked_fixture(tcase, open_db, close_db);
    tcase_add_test(tcase, test_chinook__all_loaded);
    tcase_add_test(tcase, test_chinook__all_streamed);
    tcase_add_test(tcase, test_chinook__found_by_keys);
    tcase_add_test(tcase, test_chinook__chain_of_command);
    tcase_add_test(tcase, test_chinook__queries);
    tcase_add_test(tcase, test_chinook__refused);
    tcase_add_test(tcase, test_chinook__create_tables_touches_nothing);
    tcase_add_test(tcase, test_chinook__unit_of_work); /* the last: it changes the data */
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    const char *directory = getenv("HOWDAH_SAMPLE_DATA");
    char path[4096];
    if (!directory || !*directory) {
        printf("skipped: no sample data; configure with -Dsample_data=DIR\n");
        return 77;
    }
    snprintf(path, sizeof(path), "%s/chinook/Chinook_PostgreSql.sql", directory);
    char *script = read_script(path);
    if (!script) {
        printf("skipped: can't read %s\n", path);
        return 77;
    }
    live_open();
    int failed = 1;
    if (load_chinook(script)) {
        SRunner *runner = srunner_create(chinook_suite());
        srunner_run_all(runner, CK_ENV);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
    }
    live_close();
    return failed != 0;
}
