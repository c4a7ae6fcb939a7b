/* The schemas of a workflow engine that nobody here wrote: keys of every kind, and a row of 80 columns. */
#include "psql.h"
#include "temporal.h"

#include "support/live.h"

#include <check.h>
#include <string.h>

enum { NODES = 1500 };

#define NAMESPACE "5f0f3c3e-0000-4000-8000-000000000001"
#define RUN       "5f0f3c3e-0000-4000-8000-000000000002"

static Database *db;
static Session *s;
static const PgTimestamp start = {830000000123456};
static const uint8_t bytes[] = {0, 1, 0xff, 0, 'x'};
static const PgBytes namespace_id = {bytes, 5}, run_id = {bytes + 1, 4}, other_run = {bytes + 2, 3}, empty = {bytes, 0};

static void open_session(void)
{
    db = database_open(live_conninfo(), TEMPORAL_MODELS, NULL);
    ck_assert_msg(!database_error(db), "%s", error_text(database_error(db)));
    live_sql(
        "TRUNCATE shards, executions, current_executions, buffered_events, timer_tasks, signals_requested_sets,"
        " history_node, cluster_membership, nexus_endpoints_partition_status, executions_visibility RESTART IDENTITY");
    s = session_open(db);
}

static void close_session(void)
{
    session_close(s);
    database_close(db);
}

static void commit(void)
{
    ck_assert_msg(session_commit(s) == STATUS_OK, "%s", error_text(session_error(s)));
}

static void check_nothing_to_write(void)
{
    uint32_t before = session_stats(s).statements;
    commit();
    ck_assert_uint_eq(session_stats(s).statements, before);
}

#define RUN_KEY .shard_id = 1, .namespace_id = namespace_id, .workflow_id = "order/1"

static Execution *start_workflow(void)
{
    session_add(s, Shard, .id = 1, .range_id = 1, .data = empty, .encoding = "Proto3");
    session_add(s, CurrentExecution, RUN_KEY, .run_id = run_id, .request_id = "r", .start_time = {start, true});
    for (int i = 0; i < 3; i++)
        session_add(s, BufferedEvent, RUN_KEY, .run_id = run_id, .data = namespace_id, .encoding = "Proto3");
    for (int i = 0; i < NODES; i++)
        session_add(s, HistoryNode, .shard_id = 1, .tree_id = run_id, .branch_id = i % 2 ? run_id : other_run,
                    .node_id = i / 2, .transaction_id = -i, .data = i % 3 ? namespace_id : empty, .encoding = "Proto3");
    session_add(s, RequestedSignal, RUN_KEY, .run_id = run_id, .signal_id = "a");
    session_add(s, TimerTask, .shard_id = 1, .fires_at = start, .task_id = 7, .data = empty, .encoding = "");
    session_add(s, Membership, .partition = 0, .host_id = run_id, .rpc_address = "10.0.0.1", .rpc_port = 7233,
                .role = 1);
    session_add(s, EndpointsStatus, .id = 0);
    return session_add(s, Execution, RUN_KEY, .run_id = run_id, .next_event_id = 3, .data = namespace_id,
                       .state = empty, .encoding = "Proto3", .state_encoding = "Proto3");
}

/* Keys of all kinds, in two round trips; what the server made is there. */
START_TEST(test_temporal__workflow_starts)
{
    const Execution *execution = start_workflow();
    commit();
    ck_assert_uint_eq(session_stats(s).round_trips, 2);
    ck_assert_uint_eq(session_stats(s).inserted, NODES + 10);
    ck_assert_int_eq(execution->record_version, 1);
    live_check("1500|1500|750|-1499", "SELECT count(*), count(DISTINCT txn_id), count(*) FILTER (WHERE branch_id ="
                                      " '\\xff0078'), min(txn_id) FROM history_node");
    live_check("\\x0001ff0078|\\x01ff0078|order/1|1,2,3", "SELECT namespace_id, run_id, workflow_id,"
                                                          " string_agg(id::text, ',' ORDER BY id) FROM buffered_events"
                                                          " GROUP BY 1, 2, 3");
    live_check("1970-01-01 00:00:01|0|0", "SELECT session_start, (SELECT start_version FROM current_executions),"
                                          " (SELECT id FROM nexus_endpoints_partition_status) FROM cluster_membership");
    check_nothing_to_write();
    session_clear(s);
    /* Found by all parts, also by those that are zero, empty or have a zero byte inside. */
    ck_assert_ptr_nonnull(session_find(s, HistoryNode, 1, run_id, other_run, 0, 0));
    ck_assert_ptr_null(session_find(s, HistoryNode, 1, run_id, run_id, 0, 0));
    ck_assert_ptr_nonnull(session_find(s, EndpointsStatus, 0));
    ck_assert_ptr_nonnull(session_find(s, TimerTask, 1, start, 7));
    ck_assert_ptr_nonnull(session_find(s, BufferedEvent, 1, namespace_id, "order/1", run_id, 2));
    ck_assert_msg(!session_error(s), "%s", error_text(session_error(s)));
}
END_TEST

/* Any part of a key changes: a time, bytes, all there is. */
START_TEST(test_temporal__keys_change)
{
    Execution *execution = start_workflow();
    commit();
    TimerTask *timer = session_find(s, TimerTask, 1, start, 7);
    RequestedSignal *signal = session_find(s, RequestedSignal, 1, namespace_id, "order/1", run_id, "a");
    timer->fires_at.microseconds += 1;
    signal->signal_id = "b";
    execution->run_id = other_run;
    commit();
    check_nothing_to_write();
    ck_assert_ptr_eq(session_find(s, TimerTask, 1, timer->fires_at, 7), timer);
    ck_assert_ptr_eq(session_find(s, Execution, 1, namespace_id, "order/1", other_run), execution);
    ck_assert_ptr_null(session_find(s, Execution, 1, namespace_id, "order/1", run_id));
    live_check("2|b|\\xff0078", "SELECT db_record_version, (SELECT signal_id FROM signals_requested_sets), run_id"
                                " FROM executions");
    /* Two signals trade places in a table that is all key; one goes as another comes. */
    RequestedSignal *second = session_add(s, RequestedSignal, RUN_KEY, .run_id = run_id, .signal_id = "c");
    commit();
    session_delete(s, signal);
    second->signal_id = "d";
    session_add(s, RequestedSignal, RUN_KEY, .run_id = run_id, .signal_id = "c");
    commit();
    live_check("c,d", "SELECT string_agg(signal_id, ',' ORDER BY signal_id) FROM signals_requested_sets");
}
END_TEST

/* The record's version, counted by two sessions. */
START_TEST(test_temporal__late_write_is_stale)
{
    start_workflow();
    commit();
    session_clear(s);
    Execution *mine = session_find(s, Execution, 1, namespace_id, "order/1", run_id);
    Session *other = session_open(db);
    Execution *theirs = session_find(other, Execution, 1, namespace_id, "order/1", run_id);
    theirs->next_event_id = 10;
    ck_assert_int_eq(session_commit(other), STATUS_OK);
    session_close(other);
    mine->next_event_id = 11;
    session_add(s, BufferedEvent, RUN_KEY, .run_id = run_id, .data = empty, .encoding = "x");
    ck_assert_int_eq(session_commit(s), STATUS_STALE);
    ck_assert_ptr_eq(session_error(s)->object, mine);
    live_check("10|3", "SELECT next_event_id, (SELECT count(*) FROM buffered_events) FROM executions");
    session_rollback(s);
    ck_assert_int_eq(session_refresh(s, mine), STATUS_OK);
    mine->next_event_id++;
    commit();
    live_check("11|3", "SELECT next_event_id, db_record_version FROM executions");
}
END_TEST

/* A shard's owner locks its row, takes it over, and clears what is done. */
START_TEST(test_temporal__shard_is_taken_over)
{
    start_workflow();
    commit();
    session_clear(s);
    ck_assert_int_eq(session_begin(s, NULL), STATUS_OK);
    Shard *shard = session_find_locked(s, Shard, LOCK_FOR_UPDATE, 1);
    ck_assert_ptr_nonnull(shard);
    shard->range_id++;
    uint64_t deleted = 0;
    Query *query = session_query(s, HistoryNode);
    query_where(query, HistoryNode, branch_id, "=", run_id);
    query_where(query, HistoryNode, node_id, "<", 500);
    ck_assert_int_eq(query_delete(query, &deleted), STATUS_OK);
    ck_assert_uint_eq(deleted, 500);
    size_t count;
    query = session_query(s, HistoryNode);
    query_where(query, HistoryNode, branch_id, "=", run_id);
    HistoryNode **nodes = query_all(query, HistoryNode, &count);
    ck_assert_uint_eq(count, 250);
    for (size_t i = 0; i < count; i++)
        session_delete(s, nodes[i]);
    commit();
    live_check("2|750", "SELECT range_id, (SELECT count(*) FROM history_node) FROM shards");
}
END_TEST

START_TEST(test_temporal__only_one_row)
{
    EndpointsStatus *status = session_add(s, EndpointsStatus, .id = 0);
    commit();
    EndpointsStatus *second = session_add(s, EndpointsStatus, .id = 1);
    ck_assert_int_eq(session_commit(s), STATUS_CHECK);
    ck_assert_ptr_eq(session_error(s)->object, second);
    ck_assert_str_eq(session_error(s)->constraint, "only_one_row");
    session_rollback(s);
    session_delete(s, status);
    EndpointsStatus *again = session_add(s, EndpointsStatus, .id = 0);
    commit();
    live_check("0|2", "SELECT id, version FROM nexus_endpoints_partition_status");
    ck_assert(!session_is_dirty(s, again));
}
END_TEST

/* --- 80 columns --- */

static Visibility *add_visible(const char *run, const char *attributes)
{
    return session_add(s, Visibility, .namespace_id = NAMESPACE, .run_id = run, .start_time = start,
                       .execution_time = start, .workflow_id = "order/1", .workflow_type = "Order", .status = 1,
                       .encoding = "", .search_attributes = {attributes});
}

/* 59 of them the server makes of another one, which comes back with the write; char(64) has no blanks at its end. */
START_TEST(test_temporal__wide_row)
{
    Visibility *v =
        add_visible(RUN, "{\"Int01\": 7, \"Text01\": \"a b\", \"Double01\": 1.5, \"Keyword10\": \"k\","
                         " \"KeywordList03\": [\"x\"], \"TemporalBool01\": true, \"TemporalKeywordList02\": {},"
                         " \"Datetime01\": \"2026-01-02T03:04:05Z\"}");
    commit();
    ck_assert_str_eq(v->text01, "'a' 'b'");
    ck_assert_str_eq(v->double01.text, "1.50000");
    ck_assert_str_eq(v->list03.text, "[\"x\"]");
    ck_assert_str_eq(v->chasm_list02.text, "{}");
    ck_assert_str_eq(v->keyword10, "k");
    ck_assert(v->int01.value == 7 && v->chasm_bool01.value && !v->bool01.valid);
    char text[HOWDAH_TEXT_MAX];
    timestamp_to_text(v->datetime01.value, text);
    ck_assert_str_eq(text, "2026-01-02 03:04:05+00");
    ck_assert_ptr_eq(session_find(s, Visibility, NAMESPACE, RUN), v);
    v->status = 2;
    v->close_time = (NullTimestamp){start, true};
    v->search_attributes.text = "{\"Int01\": 8}";
    commit();
    ck_assert(v->int01.value == 8 && !v->text01 && !v->list03.text && !v->datetime01.valid);
    check_nothing_to_write();
    session_clear(s);
    v = session_find(s, Visibility, NAMESPACE, RUN);
    ck_assert_str_eq(v->run_id, RUN);
    check_nothing_to_write();
    v->int02 = (NullInt64){1, true}; /* the server's alone */
    ck_assert_int_eq(session_commit(s), STATUS_INVALID);
    ck_assert_str_eq(session_error(s)->field, "int02");
    session_rollback(s);
    v = add_visible("other", "{\"Int01\": \"seven\"}");
    ck_assert_int_eq(session_commit(s), STATUS_DATA);
    ck_assert_ptr_eq(session_error(s)->object, v);
}
END_TEST

/* Upserts, out of which the server's columns come whole; conditions on these columns. */
START_TEST(test_temporal__upserted_and_found)
{
#define VISIBLE \
    .namespace_id = NAMESPACE, .run_id = RUN, .start_time = start, .execution_time = start, .workflow_id = "order/1", \
    .workflow_type = "Order", .encoding = ""
    Visibility *v = session_upsert(s, Visibility, (run_id, namespace_id), VISIBLE, .version = 1,
                                   .search_attributes = {"{\"Keyword01\": \"eu\"}"});
    ck_assert_msg(v, "%s", error_text(session_error(s)));
    ck_assert_str_eq(v->keyword01, "eu");
    ck_assert_ptr_eq(session_upsert(s, Visibility, (namespace_id, run_id), VISIBLE, .version = 2,
                                    .search_attributes = {"{\"Keyword01\": \"us\", \"Int03\": 5}"}),
                     v);
    ck_assert_str_eq(v->keyword01, "us");
    ck_assert_int_eq(v->int03.value, 5);
    session_clear(s);
    size_t count;
    Query *query = session_query(s, Visibility);
    query_where(query, Visibility, namespace_id, "=", NAMESPACE);
    query_where(query, Visibility, keyword01, "=", "us");
    query_where(query, Visibility, int03, ">", 4);
    Visibility **found = query_all(query, Visibility, &count);
    ck_assert_msg(!session_error(s), "%s", error_text(session_error(s)));
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(found[0]->version, 2);
}
END_TEST

static Suite *temporal_suite(void)
{
    Suite *suite = suite_create("temporal");
    TCase *tcase = tcase_create("temporal");
    tcase_set_timeout(tcase, 600);
    tcase_add_checked_fixture(tcase, open_session, close_session);
    tcase_add_test(tcase, test_temporal__workflow_starts);
    tcase_add_test(tcase, test_temporal__keys_change);
    tcase_add_test(tcase, test_temporal__late_write_is_stale);
    tcase_add_test(tcase, test_temporal__shard_is_taken_over);
    tcase_add_test(tcase, test_temporal__only_one_row);
    tcase_add_test(tcase, test_temporal__wide_row);
    tcase_add_test(tcase, test_temporal__upserted_and_found);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    static const char *const files[] = {"schemas/temporal-default/schema.sql", "schemas/temporal-visibility/schema.sql",
                                        NULL};
    return psql_main(files, temporal_suite);
}
