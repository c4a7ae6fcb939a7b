/* Columns whose declared type keeps another value than the one that is sent: it rounds, cuts fields off, takes blanks away.
 * After each write the object is what its row is. */
#include "api/scene.h"

typedef struct Reading {
    int64_t id;
    int64_t number;
    const char *plain;
    PgNumeric price;
    PgTimestamp taken;
    NullTimestamp sent;
    PgTime clock;
    PgInterval span;
    PgInterval days;
    double ratio;
    const char *code;
    char grade[8];
    double amount;
    NumericArray prices;
    NullDouble share;
} Reading;

/* clang-format off */
MODEL(Reading, "readings",
    COLUMN(Reading, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Reading, number,  .unique = true),
    COLUMN(Reading, plain),
    COLUMN(Reading, price,   .sql_type = "numeric(10, 2)"),
    COLUMN(Reading, taken,   .sql_type = "timestamp(0)"),
    COLUMN(Reading, sent,    .sql_type = "timestamp (3) with time zone"),
    COLUMN(Reading, clock,   .sql_type = "time(0)"),
    COLUMN(Reading, span,    .sql_type = "interval second(1)"),
    COLUMN(Reading, days,    .sql_type = "interval day to hour"),
    COLUMN(Reading, ratio,   .sql_type = "real"),
    COLUMN(Reading, code,    .sql_type = "char(4)"),
    COLUMN(Reading, grade,   .sql_type = "character(5)"),
    COLUMN(Reading, amount,  .sql_type = "numeric(6,1)"),
    COLUMN(Reading, prices,  .sql_type = "numeric(6,1)[]"),
    COLUMN(Reading, share,   .sql_type = "float(20)"));
/* clang-format on */

static PgNumeric prices[] = {{"1.25"}, {"-1.25"}, {"9.999"}};

/* Halves, and what is a little more or less, on both sides of zero. */
static Reading reading(int number)
{
    int64_t sign = number % 2 ? 1 : -1;
    return (Reading){.number = number,
                     .plain = "as it is",
                     .price = {number % 2 ? "1.005" : "-2.675"},
                     .taken = {sign * (500000 + number)},
                     .sent = {{sign * 1500}, true},
                     .clock = {INT64_C(43200500000) - number % 2},
                     .span = {.microseconds = 5 * INT64_C(3600000000) + 1250000, .days = 2, .months = 1},
                     .days = {.microseconds = 3 * INT64_C(3600000000) + 59 * INT64_C(60000000), .days = 1},
                     .ratio = 0.1 * number,
                     .code = "AT ",
                     .grade = "b  ",
                     .amount = 7.25,
                     .prices = {prices, NULL, COUNT_OF(prices)},
                     .share = {1.0 / 3, true}};
}

static void setup(void)
{
    scene_open(MODELS(Reading));
}

static void check_same(const Reading *a, const Reading *b)
{
    ck_assert_str_eq(a->price.text, b->price.text);
    ck_assert_int_eq(a->taken.microseconds, b->taken.microseconds);
    ck_assert_int_eq(a->sent.value.microseconds, b->sent.value.microseconds);
    ck_assert_int_eq(a->clock.microseconds, b->clock.microseconds);
    ck_assert_mem_eq(&a->span, &b->span, sizeof(a->span));
    ck_assert_mem_eq(&a->days, &b->days, sizeof(a->days));
    ck_assert(a->ratio == b->ratio && a->share.value == b->share.value);
    ck_assert_str_eq(a->code, b->code);
    ck_assert_str_eq(a->grade, b->grade);
    ck_assert(a->amount == b->amount);
    ck_assert_uint_eq(a->prices.count, b->prices.count);
    for (size_t i = 0; i < a->prices.count; i++)
        ck_assert_str_eq(a->prices.items[i].text, b->prices.items[i].text);
}

/* All objects of `s` that these are, against rows read anew; and nothing of them is to be written. */
static void check_rows(Reading *const *readings, size_t count)
{
    Session *other = session_open(db);
    for (size_t i = 0; i < count; i++) {
        const Reading *row = session_find(other, Reading, readings[i]->id);
        ck_assert_ptr_nonnull(row);
        check_same(readings[i], row);
        ck_assert(!session_is_dirty(s, readings[i]));
    }
    session_close(other);
    check_nothing_to_write();
}

static size_t add(Reading **ret, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        Reading value = reading((int)i + 1);
        ret[i] = session_add_struct(s, Reading, &value);
    }
    return count;
}

START_TEST(test_adjusted__insert)
{
    Reading *readings[5];
    size_t count = add(readings, _i ? COUNT_OF(readings) : 1);
    cost_start();
    check_ok(session_commit(s));
    check_cost(1, _i ? 2 : 1);
    ck_assert_str_eq(readings[0]->price.text, "1.01");
    check_rows(readings, count);
}
END_TEST

/* Of one row, or of several; by themselves, in a transaction of the program, and taken back. */
START_TEST(test_adjusted__update)
{
    Reading *readings[5];
    size_t count = add(readings, _i & 1 ? COUNT_OF(readings) : 1);
    check_ok(session_commit(s));
    if (_i & 2)
        check_ok(session_begin(s, NULL));
    for (size_t i = 0; i < count; i++) {
        readings[i]->price.text = "7.125";
        readings[i]->taken.microseconds = -1500001;
        readings[i]->ratio = 0.7;
        readings[i]->prices.items[0].text = "5.55";
    }
    if (_i & 2) {
        check_ok(session_flush(s));
        ck_assert_str_eq(readings[0]->price.text, "7.13");
        check_ok(session_rollback(s));
        ck_assert_str_eq(readings[0]->price.text, "1.01");
        ck_assert_str_eq(readings[0]->prices.items[0].text, "1.3");
        readings[0]->days.microseconds = 1;
    }
    check_ok(session_commit(s));
    check_rows(readings, count);
}
END_TEST

/* What equals the row once it is rounded is a change for the session, and none afterwards. */
START_TEST(test_adjusted__same_after_all)
{
    Reading *readings[1];
    add(readings, 1);
    check_ok(session_commit(s));
    readings[0]->price.text = "1.0149";
    check_ok(session_commit(s));
    ck_assert_str_eq(readings[0]->price.text, "1.01");
    check_rows(readings, 1);
}
END_TEST

START_TEST(test_adjusted__upsert)
{
    Reading *readings[3], values[3] = {reading(1), reading(2), reading(1)};
    add(readings, 1);
    check_ok(session_commit(s));
    values[2].number = 3;
    Reading **upserted = session_upsert_many(s, Reading, (number), values, COUNT_OF(values));
    ck_assert_ptr_nonnull(upserted);
    memcpy(readings, upserted, sizeof(readings));
    check_rows(readings, COUNT_OF(readings));
}
END_TEST

/* Other columns ask for nothing, nor do values that fit. */
START_TEST(test_adjusted__values_that_fit)
{
    Reading *readings[2];
    add(readings, COUNT_OF(readings));
    check_ok(session_commit(s));
    for (size_t i = 0; i < COUNT_OF(readings); i++) {
        readings[i]->plain = "other";
        readings[i]->price.text = i ? "1200" : "0.250";
        readings[i]->taken.microseconds = -3000000;
        readings[i]->sent.valid = false;
        readings[i]->ratio = 0.5;
        readings[i]->code = "CH";
        readings[i]->prices.items[1].text = "NaN";
    }
    seen_clear();
    check_ok(session_commit(s));
    ck_assert_uint_eq(seen_with("RETURNING"), 0);
    live_check("1200.00", "SELECT max(price) FROM readings");
    check_nothing_to_write();
}
END_TEST

/* Rows are told by keys that stay as they are: of others nothing is asked. */
typedef struct Host {
    const char *address;
    PgNumeric load;
} Host;

/* clang-format off */
MODEL(Host, "hosts",
    COLUMN(Host, address, .primary_key = true, .sql_type = "inet"),
    COLUMN(Host, load,    .sql_type = "numeric(5,1)"));
/* clang-format on */

START_TEST(test_adjusted__key)
{
    scene_close();
    scene_open(MODELS(Host));
    Host *host = session_add(s, Host, .address = "10.0.0.1/32", .load = {"1.25"});
    session_add(s, Host, .address = "10.0.0.2/32", .load = {"2.25"});
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Host, "10.0.0.1/32"), host);
    ck_assert_str_eq(host->load.text, "1.25");
    check_nothing_to_write();
    live_check("1.3", "SELECT min(load) FROM hosts");
}
END_TEST

/* A key that the type rounds or cuts would be another one in the row than in the session. */
typedef struct Rate {
    PgNumeric percent;
    const char *code;
    PgTimestamp since;
    double weight;
    const char *note;
} Rate;

/* clang-format off */
MODEL(Rate, "rates",
    COLUMN(Rate, percent, .primary_key = true, .sql_type = "numeric(8,2)"),
    COLUMN(Rate, code,    .primary_key = true, .sql_type = "char(4)"),
    COLUMN(Rate, since,   .primary_key = true, .sql_type = "timestamptz(0)"),
    COLUMN(Rate, weight,  .primary_key = true, .sql_type = "real"),
    COLUMN(Rate, note));
/* clang-format on */

static const struct {
    Rate rate;
    const char *field;
} lossy_keys[] = {
    {{.percent = {"1.005"}, .code = "a", .note = "n"}, "percent"},
    {{.percent = {"1"}, .code = "a ", .note = "n"}, "code"},
    {{.percent = {"1"}, .code = "a", .since = {1}, .note = "n"}, "since"},
    {{.percent = {"1"}, .code = "a", .weight = 0.1, .note = "n"}, "weight"},
};

START_TEST(test_adjusted__key_that_is_not_kept)
{
    scene_close();
    scene_open(MODELS(Rate));
    Rate *good =
        session_add(s, Rate, .percent = {"1.5000"}, .code = "a", .since = {INT64_MAX}, .weight = 0.5, .note = "n");
    check_ok(session_commit(s));
    ck_assert_ptr_eq(session_find(s, Rate, ((PgNumeric){"1.5"}), "a", ((PgTimestamp){INT64_MAX}), 0.5), good);
    seen_clear();
    Rate *added = session_add_struct(s, Rate, &lossy_keys[_i].rate);
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(added, "Rate", lossy_keys[_i].field);
    check_ok(session_rollback(s));
    *good = lossy_keys[_i].rate;
    check_fails(session_commit(s), STATUS_INVALID);
    check_culprit(good, "Rate", lossy_keys[_i].field);
    check_says(session_error(s), "would round or cut");
    ck_assert_uint_eq(seen.count, 0);
    check_ok(session_rollback(s));
    check_nothing_to_write();
}
END_TEST

static void add_tests(TCase *tests)
{
    tcase_add_loop_test(tests, test_adjusted__insert, 0, 2);
    tcase_add_loop_test(tests, test_adjusted__update, 0, 4);
    tcase_add_test(tests, test_adjusted__same_after_all);
    tcase_add_test(tests, test_adjusted__upsert);
    tcase_add_test(tests, test_adjusted__values_that_fit);
    tcase_add_test(tests, test_adjusted__key);
    tcase_add_loop_test(tests, test_adjusted__key_that_is_not_kept, 0, COUNT_OF(lossy_keys));
}

int main(void)
{
    return scene_main("adjusted", setup, scene_close, add_tests);
}
