/* What the tests of sessions share: a database with its tables, one session, a record of the statements that ran, and
 * checks that say what went wrong.
 *
 *   static void setup(void) { scene_open(MODELS(Maker, Item)); }
 *   static void add_tests(TCase *tests) { tcase_add_test(tests, test_find__one_row); ... }
 *   int main(void) { return scene_main("find", setup, scene_close, add_tests); }
 *
 * Each test has an empty database: scene_open makes the tables anew. */
#ifndef API_SCENE_H
#define API_SCENE_H

#include <howdah/howdah.h>

#include "support/live.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

extern Database *db;
extern Session *s;

/* Runs the tests in a database of their own; what main returns. */
int scene_main(const char *name, void (*setup)(void), void (*teardown)(void), void (*add_tests)(TCase *));

/* Drops whatever is in the schema public, opens `db` with the models, creates their tables, and opens `s`. */
void scene_open(const Model *const *models);
void scene_open_with(const Model *const *models, const DatabaseOptions *options);
void scene_close(void);
/* Another session of the same database, and the end of the first one in favour of a fresh one. */
void scene_renew(void);
/* Another Database for the same tables, by another role or with other options; NULL conninfo is the usual one. */
Database *scene_database(const char *conninfo, const Model *const *models, const DatabaseOptions *options);
/* A role of this test's own that may log in; made by the first call, dropped by scene_drop_role with all that it has. */
const char *scene_role(void);
void scene_drop_role(void);
/* An empty schema, without a database opened on it. */
void scene_wipe(void);

/* --- statements that ran on `db`, in order, also BEGIN and COMMIT --- */

enum { SEEN_MAX = 64 };

struct seen_statement {
    char *sql;
    size_t parameters;
    uint64_t rows;
    uint32_t round_trip;
    Status status;
    char sqlstate[6];
};

extern struct seen {
    struct seen_statement statements[SEEN_MAX];
    size_t count; /* may be more than SEEN_MAX */
} seen;

void seen_clear(void);
/* The callback, for databases that a test opens itself. */
void seen_add(void *arg, const Statement *statement);
/* How many of them contain the text. */
size_t seen_with(const char *text);
/* How often this statement ran as a prepared one, by the word of the server that `s` is connected to in its transaction. */
int64_t prepared_runs(const char *sql);

/* --- checks --- */

#define check_ok(call) \
    do { \
        Status status_ = (call); \
        ck_assert_msg(status_ == STATUS_OK, "%s is %s: %s", #call, status_name(status_), \
                      error_text(session_error(s))); \
        ck_assert_ptr_null(session_error(s)); \
    } while (0)

/* A call of `s` that fails, and leaves that error behind. */
#define check_fails(call, expected) \
    do { \
        Status status_ = (call); \
        ck_assert_msg(status_ == (expected), "%s is %s, not %s: %s", #call, status_name(status_), \
                      status_name(expected), error_text(session_error(s))); \
        check_error(s, expected); \
    } while (0)

#define check_error(session, expected) \
    do { \
        const Error *error_ = session_error(session); \
        ck_assert_msg(error_ != NULL, "no error, but %s was expected", status_name(expected)); \
        ck_assert_msg(error_->status == (expected), "%s, not %s: %s", status_name(error_->status), \
                      status_name(expected), error_text(error_)); \
        ck_assert_msg(error_->message && * error_->message && !strchr(error_->message, '\n'), "message: '%s'", \
                      error_->message); \
    } while (0)

#define check_no_error() ck_assert_msg(!session_error(s), "%s", error_text(session_error(s)))

/* What the error is about; NULL for the model means that the error names none. */
#define check_culprit(expected_object, expected_model, expected_field) \
    do { \
        const Error *error_ = session_error(s); \
        ck_assert_ptr_nonnull(error_); \
        ck_assert_msg(error_->object == (void *)(expected_object), "object %p, not %p: %s", error_->object, \
                      (void *)(expected_object), error_text(error_)); \
        ck_assert_pstr_eq(error_->model, expected_model); \
        ck_assert_pstr_eq(error_->field, expected_field); \
    } while (0)

/* The message has that in it. */
#define check_says(error, text) \
    ck_assert_msg(strstr((error)->message, text) != NULL, "'%s' is not in: %s", text, (error)->message)

/* What a block costs: cost_start(); ...; check_cost(1, 2) is one statement and two round trips, and starts again. */
void cost_start(void);
struct cost {
    unsigned statements, round_trips;
} cost_take(void);
#define check_cost(expected_statements, expected_round_trips) \
    do { \
        struct cost cost_ = cost_take(); \
        ck_assert_msg(cost_.statements == (expected_statements) && cost_.round_trips == (expected_round_trips), \
                      "%u statements in %u round trips, not %u in %u", cost_.statements, cost_.round_trips, \
                      (unsigned)(expected_statements), (unsigned)(expected_round_trips)); \
    } while (0)
/* Only one of the two. */
#define check_statements(expected) ck_assert_uint_eq(cost_take().statements, (unsigned)(expected))
#define check_trips(expected) \
    do { \
        struct cost cost_ = cost_take(); \
        ck_assert_msg(cost_.round_trips == (expected), "%u round trips, not %u", cost_.round_trips, \
                      (unsigned)(expected)); \
    } while (0)

/* Nothing would be written: clean, and a commit runs no statement. */
#define check_nothing_to_write() \
    do { \
        cost_start(); \
        ck_assert_uint_eq(plan_step_count(session_plan(s)), 0); \
        check_ok(session_commit(s)); \
        check_cost(0, 0); \
    } while (0)

#endif
