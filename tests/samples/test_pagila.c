/* A real database that nobody here wrote: every table loaded, copied through the mapping and compared by the server. */
#include "pagila.h"
#include "pagila_reports.h"
#include "psql.h"

#include "support/live.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static Database *db;

static void open_db(void)
{
    db = database_open(live_conninfo(), PAGILA_MODELS, NULL);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
}

static void close_db(void)
{
    database_close(db);
}

static void check_ok(const Session *s)
{
    ck_assert_msg(!session_error(s), "%s", error_text(session_error(s)));
}

static const struct table {
    const Model *model;
    size_t rows;
} tables[] = {
    {&Country_model, 109},  {&City_model, 600},      {&Address_model, 603},  {&Category_model, 16},
    {&Language_model, 6},   {&Actor_model, 200},     {&Film_model, 1000},    {&FilmActor_model, 5462},
    {&Store_model, 500},    {&Staff_model, 1500},    {&Customer_model, 599}, {&Inventory_model, 4581},
    {&Rental_model, 16044}, {&Payment_model, 16049},
};
enum { TABLES = sizeof(tables) / sizeof(*tables), ROWS = 49636 - 2367 /* of a join table */ };

static void **load(Session *s, const Model *model, size_t *ret_count)
{
    void **objects = howdah_query_all_objects(howdah_session_query_model(s, model), model, ret_count);
    check_ok(s);
    return objects;
}

/* Loaded and not touched: nothing is written. */
START_TEST(test_pagila__all_loaded)
{
    Session *s = session_open(db);
    for (int i = 0; i < TABLES; i++) {
        size_t count;
        load(s, tables[i].model, &count);
        ck_assert_msg(count == tables[i].rows, "%s: %zu rows", tables[i].model->name, count);
    }
    ck_assert_uint_eq(session_stats(s).objects, ROWS);
    uint32_t statements = session_stats(s).statements;
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    ck_assert_uint_eq(session_stats(s).statements, statements);
    session_close(s);
}
END_TEST

/* --- through the mapping and back --- */

/* The columns that programs may write, as SQL has them. */
static const char *written_columns(const Model *model)
{
    static char list[1024];
    size_t length = 0;
    for (size_t i = 0; i < model->field_count; i++) {
        const struct howdah_field *field = &model->fields[i];
        if (field->kind == HOWDAH_FIELD_COLUMN && field->generated != GENERATED_BY_SERVER)
            length += (size_t)snprintf(list + length, sizeof(list) - length, "%s\"%s\"", length ? ", " : "",
                                       field->column ? field->column : field->name);
    }
    return list;
}

/* An empty table of the same columns, and the model of it: that of the original, but for names and relations. */
static Model copy_of(const Model *model, char *ret_name, size_t size)
{
    Model copy = *model;
    snprintf(ret_name, size, "copy_of_%s", model->table);
    copy.name = copy.table = ret_name;
    while (copy.fields[copy.field_count - 1].kind != HOWDAH_FIELD_COLUMN)
        copy.field_count--;
    live_sql("CREATE TABLE %s AS SELECT %s FROM %s LIMIT 0", ret_name, written_columns(model), model->table);
    for (size_t i = 0; i < copy.field_count; i++) {
        const struct howdah_field *field = &copy.fields[i];
        if (field->generated == GENERATED_BY_SERVER)
            live_sql("ALTER TABLE %s ADD %s %s DEFAULT %s", ret_name, field->name,
                     field->sql_type ? field->sql_type : "timestamptz",
                     field->server_default ? field->server_default : "''");
    }
    return copy;
}

static void copy_rows(const Model *model, const Model *copy, Database *copies)
{
    Session *from = session_open(db), *to = session_open(copies);
    size_t count;
    void **objects = load(from, model, &count);
    for (size_t i = 0; i < count; i++) {
        char row[512];
        memcpy(row, objects[i], model->size);
        for (size_t f = 0; f < model->field_count; f++)
            if (model->fields[f].generated == GENERATED_BY_SERVER)
                memset(row + model->fields[f].offset, 0, model->fields[f].size);
        howdah_session_add_object(to, copy, row);
    }
    check_ok(to);
    ck_assert_msg(session_commit(to) == STATUS_OK, "%s", error_text(session_error(to)));
    session_close(from);
    session_close(to);
}

/* The first byte of a difference anywhere between client and server would show here. */
START_TEST(test_pagila__copied_through_the_mapping)
{
    Model copies[TABLES];
    char names[TABLES][64];
    const Model *list[2 * TABLES + 1] = {NULL};
    for (int i = 0; i < TABLES; i++) {
        copies[i] = copy_of(tables[i].model, names[i], sizeof(names[i]));
        list[i] = tables[i].model; /* which the foreign keys name */
        list[TABLES + i] = &copies[i];
    }
    Database *both = database_open(live_conninfo(), list, NULL);
    ck_assert_msg(!database_error(both), "%s", error_text(database_error(both)));
    for (int i = 0; i < TABLES; i++) {
        const char *columns = written_columns(tables[i].model), *table = tables[i].model->table;
        copy_rows(tables[i].model, &copies[i], both);
        live_check("0|0",
                   "SELECT (SELECT count(*) FROM (SELECT %s FROM %s EXCEPT ALL SELECT %s FROM %s) AS a),"
                   " (SELECT count(*) FROM (SELECT %s FROM %s EXCEPT ALL SELECT %s FROM %s) AS b)",
                   columns, table, columns, names[i], columns, names[i], columns, table);
    }
    database_close(both);
    for (int i = 0; i < TABLES; i++)
        live_sql("DROP TABLE %s", names[i]);
}
END_TEST

/* --- a unit of work --- */

/* Sequences that no column owns give the keys; the trigger's columns come back. */
START_TEST(test_pagila__unit_of_work)
{
    Session *s = session_open(db);
    Film *film = session_add(s, Film, .title = "THE LONG MARCH", .description = "An epic tale of elephants",
                             .language = session_find(s, Language, 1), .release_year = {2020, true},
                             .rental_duration = 5, .rental_rate = {"0.99"}, .length = {90, true},
                             .replacement_cost = {"9.99"}, .rating = RATING_PG_13);
    Actor *actor = session_find(s, Actor, 1);
    session_add(s, FilmActor, .film = film, .actor = actor);
    session_add(s, Inventory, .film = film, .store = session_find(s, Store, 1));
    check_ok(s);
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert_int_gt(film->id, 1000);
    ck_assert_str_eq(film->fulltext, "'eleph':8 'epic':5 'long':2 'march':3 'tale':6");
    PgTimestamp before = film->last_update;
    film->title = "THE SHORT MARCH";
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    ck_assert_str_eq(film->fulltext, "'eleph':8 'epic':5 'march':3 'short':2 'tale':6");
    ck_assert_int_gt(film->last_update.microseconds, before.microseconds);
    live_check("PG-13|0.99|1|1",
               "SELECT rating, rental_rate, (SELECT count(*) FROM film_actor a WHERE a.film_id = f.film_id"
               " AND actor_id = 1), (SELECT count(*) FROM inventory i WHERE i.film_id = f.film_id)"
               " FROM film f WHERE title = 'THE SHORT MARCH'");
    /* Who has 0 for a key is somebody. */
    Staff *first = session_find(s, Staff, 0);
    check_ok(s);
    ck_assert_ptr_nonnull(first);
    first->active = false;
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    live_check("f", "SELECT active FROM staff WHERE staff_id = 0");
    session_close(s);
}
END_TEST

/* A row goes to the partition of its date, and is found by its whole key. */
START_TEST(test_pagila__partitions)
{
    Session *s = session_open(db);
    PgTimestamp date;
    ck_assert_int_eq(timestamp_from_text("2022-03-15 12:00:00+00", &date), STATUS_OK);
    session_add(s, Payment, .date = date, .id = 100000, .customer_id = 1, .staff_id = 1, .rental_id = 1,
                .amount = {"1.23"});
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
    session_clear(s);
    Payment *payment = session_find(s, Payment, date, 100000);
    ck_assert_ptr_nonnull(payment);
    live_check("1.23", "SELECT amount FROM payment_p2022_03 WHERE payment_id = 100000");
    payment->amount.text = "4.56";
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    session_delete(s, payment);
    ck_assert_int_eq(session_commit(s), STATUS_OK);
    live_check("0", "SELECT count(*) FROM payment WHERE payment_id = 100000");
    session_close(s);
}
END_TEST

static Suite *pagila_suite(void)
{
    Suite *suite = suite_create("pagila");
    TCase *tcase = tcase_create("pagila");
    tcase_set_timeout(tcase, 600);
    tcase_add_checked_fixture(tcase, open_db, close_db);
    tcase_add_test(tcase, test_pagila__all_loaded);
    tcase_add_test(tcase, test_pagila__copied_through_the_mapping);
    suite_add_tcase(suite, pagila_reports());
    tcase_add_test(tcase, test_pagila__unit_of_work);
    tcase_add_test(tcase, test_pagila__partitions);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    static const char *const files[] = {"pagila/pagila-schema.sql", "pagila/pagila-data.sql", NULL};
    return psql_main(files, pagila_suite);
}
