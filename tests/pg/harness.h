/* What the tests of the executor share: a pool with defaults, and plans written as lists of SQL.
 *
 *   struct harness h;
 *   harness_open(&h, NULL);                        a pool to the test's database, one connection leased
 *   harness_add(&h, PG_BEGIN, "BEGIN");
 *   harness_add(&h, PG_STATEMENT, "INSERT INTO t VALUES (1)")->sync = true;
 *   ck_assert_int_eq(harness_run(&h), HOWDAH_STATUS_OK);
 *   ck_assert_str_eq(h.rows, "1|a\n2|\n");
 *   harness_close(&h);
 */
#ifndef PG_HARNESS_H
#define PG_HARNESS_H

#include "pg/executor.h"
#include "support/failing.h"

#include <check.h>
#include <signal.h>

#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
#define HARNESS_SANITIZED 1
#else
#define HARNESS_SANITIZED 0
#endif

enum { HARNESS_STEPS = 64, HARNESS_TEXT = 8192 };

struct harness {
    struct failing failing; /* the allocator */
    struct pg_options options;
    struct pg_pool *pool;
    struct pg_connection *connection;

    struct pg_plan plan;
    struct pg_step steps[HARNESS_STEPS];
    struct statement statements[HARNESS_STEPS];
    struct howdah_error error;
    struct pg_counters counters;

    /* what came of the last run */
    char rows[HARNESS_TEXT]; /* of all steps: columns joined by '|', each row ended by a line feed */
    char tags[HARNESS_TEXT]; /* command tags, each ended by a line feed */
    size_t row_count;
    int restarts;

    /* where a callback shall fail; SIZE_MAX: nowhere */
    size_t bind_fails, row_fails, done_fails; /* step, row counted over all, step */

    /* what was reported */
    char events[HARNESS_TEXT]; /* "sql: rows status\n" */
    char notices[HARNESS_TEXT];
    size_t notice_count;
    struct pg_transaction transaction; /* of a step with pg_transaction_statement */
};

/* Fills in the options; they can be changed before harness_open. */
void harness_init(struct harness *h);
/* Opens the pool (conninfo NULL: the test's database) and leases a connection. */
void harness_open(struct harness *h, const char *conninfo);
/* Gives the connection back and leases another, or the same again. */
void harness_lease_again(struct harness *h);
/* Closes all, and fails the test if memory was not freed. */
void harness_close(struct harness *h);

/* Appends a step to the plan; with `sync` false, rows and tags collected. */
struct pg_step *harness_add(struct harness *h, enum pg_role role, const char *sql);
/* A step that notes the transaction's id. */
struct pg_step *harness_add_transaction(struct harness *h);
/* Forgets the plan's steps. */
void harness_clear(struct harness *h);
/* Runs the plan; its last step gets .sync. Deadline: 20 s from now unless plan.deadline was set. */
enum howdah_status harness_run(struct harness *h);
/* A plan of one statement. */
enum howdah_status harness_sql(struct harness *h, const char *sql);
/* The number in the first row and column of what the SQL gives; by a connection of its own. */
long harness_number(const char *sql);
/* Process id of the server's process behind the harness' connection. */
int harness_backend(struct harness *h);

/* Milliseconds since some moment. */
double milliseconds(void);
/* Fails the test unless that is how long it took: not shorter, and not so much longer that it was something else that
 * ended it. The machine may be busy. */
#define check_duration(took, expected) ck_assert((took) > (expected)-2 && (took) < (expected) + 8000)

/* A role name that no other test program uses at the same time. Static. */
const char *harness_role(void);

/* Most memory that this process has held, in kB. Always 0 under a sanitizer, which holds more than is in use. */
long peak_memory(void);
void reset_peak_memory(void);

/* Runs the program's suite in a database of its own. */
int harness_main(Suite *suite);

#endif
