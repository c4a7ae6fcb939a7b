/* Errors: what their storage holds, where it cuts, and that a copy is whole. */
#include "base/error.h"
#include "model/utf8.h"

#include "run.h"

#include <stdlib.h>
#include <string.h>

static struct howdah_error *error;

static void setup(void)
{
    error = malloc(sizeof(*error));
    memset(error, 0xAB, sizeof(*error));
    error_clear(error);
}

static void teardown(void)
{
    free(error);
}

/* Of `size` bytes, in characters of one to four, shifted so that the end falls anywhere. */
static char *long_text(size_t size, size_t shift)
{
    static const char pattern[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\x98";
    char *text = malloc(size + 1);
    memset(text, 'x', size);
    for (size_t i = shift; i + sizeof(pattern) - 1 <= size; i += sizeof(pattern) - 1)
        memcpy(text + i, pattern, sizeof(pattern) - 1);
    text[size] = '\0';
    return text;
}

static bool in_storage(const struct howdah_error *e, const char *text)
{
    return text >= e->storage && text + strlen(text) < e->storage + sizeof(e->storage);
}

START_TEST(test_error__set)
{
    ck_assert_str_eq(error->message, "");
    ck_assert_int_eq(error_set(error, HOWDAH_STATUS_UNIQUE, "User.%s is taken, %d times", "email", 2),
                     HOWDAH_STATUS_UNIQUE);
    ck_assert_int_eq(error->status, HOWDAH_STATUS_UNIQUE);
    ck_assert_int_eq(error->outcome, HOWDAH_OUTCOME_NONE);
    ck_assert_str_eq(error->message, "User.email is taken, 2 times");
    ck_assert_ptr_null(error->detail);
    ck_assert_str_eq(howdah_error_text(error), "User.email is taken, 2 times");
    error->object = error;
    error_message(error, "another %s", "message");
    ck_assert_str_eq(error->message, "another message");
    ck_assert_ptr_eq(error->object, error);
    error_set(error, HOWDAH_STATUS_CHECK, "new");
    ck_assert_ptr_null(error->object);
    error_clear(error);
    ck_assert_int_eq(error->status, HOWDAH_STATUS_OK);
    ck_assert_str_eq(error->message, "");
}
END_TEST

START_TEST(test_error__text)
{
    error_set(error, HOWDAH_STATUS_UNIQUE, "User.email is taken");
    error->outcome = HOWDAH_OUTCOME_NOT_DONE;
    strcpy(error->sqlstate, "23505");
    char name[] = "users_email_key";
    error_attach(error, &error->constraint, name);
    error_attach(error, &error->table, "users");
    error_attach(error, &error->detail, NULL);
    memset(name, 'x', sizeof(name) - 1); /* it has a copy */
    error_finish(error);
    ck_assert_str_eq(howdah_error_text(error), "User.email is taken\nstatus: unique\noutcome: nothing was committed\n"
                                               "sqlstate: 23505\nconstraint: users_email_key\ntable: users\n");
    ck_assert_str_eq(error->constraint, "users_email_key");
    ck_assert_str_eq(howdah_error_text(NULL), "no error");
    ck_assert_str_eq(howdah_error_text(&error_no_memory), "out of memory\n");
}
END_TEST

START_TEST(test_error__names)
{
    for (int status = 0; status < HOWDAH_STATUS_COUNT; status++)
        ck_assert_uint_ge(strlen(howdah_status_name((enum howdah_status)status)), 2);
    ck_assert_str_eq(howdah_status_name(HOWDAH_STATUS_IN_DOUBT), "in doubt");
    ck_assert_str_eq(howdah_status_name(HOWDAH_STATUS_COUNT), "unknown");
    ck_assert_str_eq(howdah_status_name((enum howdah_status) - 1), "unknown");
}
END_TEST

/* Whatever the lengths: nothing is written past the storage, and no text ends within a character. */
START_TEST(test_error__cuts_at_characters)
{
    for (size_t shift = 0; shift < 12; shift++) {
        char *text = long_text(5000, shift);
        error_set(error, HOWDAH_STATUS_DATA, "%s", text);
        ck_assert_uint_ge(strlen(error->message), 800);
        ck_assert(utf8_is_valid(error->message, strlen(error->message)));
        error_attach(error, &error->detail, text);
        error_attach(error, &error->hint, text);
        error_attach(error, &error->statement, text);
        error_finish(error);
        ck_assert(in_storage(error, error->message));
        ck_assert(in_storage(error, error->detail));
        ck_assert(utf8_is_valid(error->detail, strlen(error->detail)));
        ck_assert(!error->hint || utf8_is_valid(error->hint, strlen(error->hint)));
        ck_assert(utf8_is_valid(howdah_error_text(error), strlen(howdah_error_text(error))));
        ck_assert_uint_le(error->used, sizeof(error->storage));
        free(text);
    }
}
END_TEST

/* The whole text is cut, too, when what comes before leaves little room. */
START_TEST(test_error__cuts_the_whole_text)
{
    for (size_t size = 1000; size < 4100; size += 7) {
        char *text = long_text(size, size % 10);
        error_set(error, HOWDAH_STATUS_DATA,
                  "gr\xc3\xb6\xc3\x9f"
                  "er");
        error_attach(error, &error->detail, text);
        error_attach(error, &error->field, "field");
        error_finish(error);
        const char *whole = howdah_error_text(error);
        ck_assert(in_storage(error, whole));
        ck_assert_msg(utf8_is_valid(whole, strlen(whole)), "detail of %zu bytes", size);
        ck_assert_int_eq(strncmp(whole, error->message, strlen(error->message)), 0);
        ck_assert_uint_le(error->used, sizeof(error->storage));
        free(text);
    }
}
END_TEST

START_TEST(test_error__copy)
{
    struct howdah_error *copy = malloc(sizeof(*copy));
    memset(copy, 0xCD, sizeof(*copy));
    error_set(error, HOWDAH_STATUS_UNIQUE, "message");
    error_attach(error, &error->field, "email");
    error->model = "static text";
    error_finish(error);
    error_copy(copy, error);
    memset(error->storage, 'x', sizeof(error->storage));
    ck_assert_str_eq(copy->message, "message");
    ck_assert_str_eq(copy->field, "email");
    ck_assert(in_storage(copy, copy->field));
    ck_assert_str_eq(copy->model, "static text");
    ck_assert_ptr_null(copy->detail);
    ck_assert_str_eq(howdah_error_text(copy), "message\nstatus: unique\nmodel: static text\nfield: email\n");
    error_copy(copy, copy);
    ck_assert_str_eq(copy->message, "message");
    error_copy(error, &error_no_memory);
    ck_assert_str_eq(error->message, "out of memory");
    ck_assert_int_eq(error->status, HOWDAH_STATUS_NO_MEMORY);
    free(copy);
}
END_TEST

/* What is told can be added to and told anew; also what was told by constants alone, without room of its own. */
START_TEST(test_error__reopen)
{
    ck_assert(!error_reopen(error));
    error_set(error, HOWDAH_STATUS_SCHEMA, "message");
    error_finish(error);
    uint16_t used = error->used;
    ck_assert(error_reopen(error));
    error_attach(error, &error->model, "Maker");
    error_finish(error);
    ck_assert_str_eq(howdah_error_text(error), "message\nstatus: schema\nmodel: Maker\n");
    ck_assert_str_eq(error->message, "message");
    ck_assert_uint_eq(error->used, used + 2 * strlen("Maker") + strlen("model: \n") + 1);

    error_copy(error, &error_no_memory);
    ck_assert(error_reopen(error));
    error_attach(error, &error->model, "Maker");
    error_finish(error);
    ck_assert(in_storage(error, error->model));
    ck_assert_str_eq(howdah_error_text(error), "out of memory\nstatus: no memory\nmodel: Maker\n");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        test_error__set,
        test_error__text,
        test_error__names,
        test_error__cuts_at_characters,
        test_error__cuts_the_whole_text,
        test_error__copy,
        test_error__reopen,
    };
    Suite *suite = suite_create("error");
    TCase *tcase = tcase_create("error");
    tcase_set_timeout(tcase, 600);
    tcase_add_checked_fixture(tcase, setup, teardown);
    for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
