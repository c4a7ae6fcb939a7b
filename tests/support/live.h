/* A live server for tests: a database of its own for each test program, and plain SQL to prepare and to
 * check with. The server is the one that the environment names (HOWDAH_CONNINFO, else PGHOST, PGPORT, ...).
 *
 *   int main(void)
 *   {
 *       live_open();                         exits with 77 (skipped) if there is no server
 *       live_sql("CREATE TABLE t (id bigint PRIMARY KEY)");
 *       SRunner *runner = srunner_create(suite());
 *       srunner_run_all(runner, CK_ENV);
 *       int failed = srunner_ntests_failed(runner);
 *       srunner_free(runner);
 *       live_close();                        drops the database
 *       return failed != 0;
 *   }
 *
 * Works in the processes that Check forks: each gets a connection of its own with its first live_sql. */
#ifndef SUPPORT_LIVE_H
#define SUPPORT_LIVE_H

/* Creates a database with a name of its own. From then on PGHOST, PGDATABASE ... name it, so that a NULL conninfo
 * leads there, too. Call it in main, before Check forks. Exits with 77 and a message if the environment
 * names no server, with 1 if the server can't be used. */
void live_open(void);
/* Drops the database and whoever is still connected to it. */
void live_close(void);

/* A conninfo of that database. Static. */
const char *live_conninfo(void);
/* The same with other words at the end, which win: live_conninfo_with("host=127.0.0.1 port=%d", port). In a
 * static buffer that the next call overwrites. */
const char *live_conninfo_with(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs SQL, one or several statements, by a connection of its own in autocommit. Returns the rows of the
 * last statement that gave rows: columns joined by '|', rows by '\n', NULL as "" - what `psql -At` prints.
 * "" if there were none. An error fails the test. The text lives until 8 more calls were made. */
const char *live_sql(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for SQL that may fail: an error gives its SQLSTATE, "ERROR 23505". */
const char *live_try(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Waits until no other client is connected to that database: what was lost on the way has arrived by then, or never will,
 * and the server has ended what clients have left. */
void live_settle(void);

/* Fails the test unless the SQL gives that text. */
#define live_check(expected, ...) ck_assert_str_eq(live_sql(__VA_ARGS__), (expected))

/* Process id of a backend of this cluster: whether this process may send it signals (same machine and same
 * user, or root). Tests that stop backends with SIGSTOP skip where it may not. */
int live_may_signal(int backend);

#endif
