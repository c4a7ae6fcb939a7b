#include "temporal.h"

#define KEY(T, field)           COLUMN(T, field, .primary_key = true)
#define NAME(T, field)          COLUMN(T, field, .sql_type = "varchar(255)")
#define NAME_KEY(T, field)      COLUMN(T, field, .sql_type = "varchar(255)", .primary_key = true)
#define ENCODED(T, field, name) COLUMN(T, field, .column = name, .sql_type = "varchar(16)")
#define LOCAL                   .sql_type = "timestamp"
#define BEGINNING               .server_default = "'1970-01-01 00:00:01+00:00'"

#define MADE_BOOL
#define MADE_TIME   , LOCAL
#define MADE_NUMBER , .sql_type = "numeric(20,5)", .nullable = true
#define MADE_INT
#define MADE_WORD               , .sql_type = "varchar(255)", .nullable = true
#define MADE_SEARCH             , .sql_type = "tsvector", .nullable = true
#define MADE_JSON               , .nullable = true
#define MADE(kind, field, name) COLUMN(Visibility, field, .column = name, .generated = GENERATED_BY_SERVER MADE_##kind),

/* clang-format off */
MODEL(Shard, "shards",
    COLUMN(Shard, id, .column = "shard_id", .primary_key = true),
    COLUMN(Shard, range_id),
    COLUMN(Shard, data),
    ENCODED(Shard, encoding, "data_encoding"));

MODEL(Execution, "executions",
    KEY(Execution, shard_id),
    KEY(Execution, namespace_id),
    NAME_KEY(Execution, workflow_id),
    KEY(Execution, run_id),
    COLUMN(Execution, next_event_id),
    COLUMN(Execution, last_write_version),
    COLUMN(Execution, data),
    ENCODED(Execution, encoding, "data_encoding"),
    COLUMN(Execution, state),
    ENCODED(Execution, state_encoding, "state_encoding"),
    COLUMN(Execution, record_version, .column = "db_record_version", .version = true));

MODEL(CurrentExecution, "current_executions",
    KEY(CurrentExecution, shard_id),
    KEY(CurrentExecution, namespace_id),
    NAME_KEY(CurrentExecution, workflow_id),
    COLUMN(CurrentExecution, run_id),
    COLUMN(CurrentExecution, request_id,    .column = "create_request_id", .sql_type = "varchar(255)"),
    COLUMN(CurrentExecution, state),
    COLUMN(CurrentExecution, status),
    COLUMN(CurrentExecution, start_version, .not_null = true, .server_default = "0"),
    COLUMN(CurrentExecution, start_time,    LOCAL),
    COLUMN(CurrentExecution, last_write_version),
    COLUMN(CurrentExecution, data,          .nullable = true),
    COLUMN(CurrentExecution, encoding,      .column = "data_encoding", .sql_type = "varchar(16)", .server_default = "''"));

MODEL(BufferedEvent, "buffered_events",
    KEY(BufferedEvent, shard_id),
    KEY(BufferedEvent, namespace_id),
    NAME_KEY(BufferedEvent, workflow_id),
    KEY(BufferedEvent, run_id),
    COLUMN(BufferedEvent, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(BufferedEvent, data),
    ENCODED(BufferedEvent, encoding, "data_encoding"));

MODEL(TimerTask, "timer_tasks",
    KEY(TimerTask, shard_id),
    COLUMN(TimerTask, fires_at, .column = "visibility_timestamp", LOCAL, .primary_key = true),
    KEY(TimerTask, task_id),
    COLUMN(TimerTask, data),
    ENCODED(TimerTask, encoding, "data_encoding"));

MODEL(RequestedSignal, "signals_requested_sets",
    KEY(RequestedSignal, shard_id),
    KEY(RequestedSignal, namespace_id),
    NAME_KEY(RequestedSignal, workflow_id),
    KEY(RequestedSignal, run_id),
    NAME_KEY(RequestedSignal, signal_id));

MODEL(HistoryNode, "history_node",
    KEY(HistoryNode, shard_id),
    KEY(HistoryNode, tree_id),
    KEY(HistoryNode, branch_id),
    KEY(HistoryNode, node_id),
    COLUMN(HistoryNode, transaction_id, .column = "txn_id", .primary_key = true),
    COLUMN(HistoryNode, previous_id,    .column = "prev_txn_id"),
    COLUMN(HistoryNode, data),
    ENCODED(HistoryNode, encoding, "data_encoding"));

MODEL(Membership, "cluster_membership",
    COLUMN(Membership, partition,      .column = "membership_partition", .primary_key = true),
    KEY(Membership, host_id),
    COLUMN(Membership, rpc_address,    .sql_type = "varchar(128)"),
    COLUMN(Membership, rpc_port),
    COLUMN(Membership, role),
    COLUMN(Membership, session_start,  LOCAL, BEGINNING),
    COLUMN(Membership, last_heartbeat, LOCAL, BEGINNING),
    COLUMN(Membership, record_expiry,  LOCAL, BEGINNING),
    UNIQUE(Membership, "cm_idx_rolehost", role, host_id));

MODEL(EndpointsStatus, "nexus_endpoints_partition_status",
    KEY(EndpointsStatus, id),
    COLUMN(EndpointsStatus, version, .version = true),
    CHECK("only_one_row", "id = 0"));

MODEL(Visibility, "executions_visibility",
    COLUMN(Visibility, namespace_id,      .sql_type = "char(64)", .primary_key = true),
    COLUMN(Visibility, run_id,            .sql_type = "char(64)", .primary_key = true),
    COLUMN(Visibility, version,           .column = "_version"),
    COLUMN(Visibility, start_time,        LOCAL),
    COLUMN(Visibility, execution_time,    LOCAL),
    NAME(Visibility, workflow_id),
    COLUMN(Visibility, workflow_type,     .column = "workflow_type_name", .sql_type = "varchar(255)"),
    COLUMN(Visibility, status),
    COLUMN(Visibility, close_time,        LOCAL),
    COLUMN(Visibility, history_length),
    COLUMN(Visibility, history_size,      .column = "history_size_bytes"),
    COLUMN(Visibility, duration,          .column = "execution_duration"),
    COLUMN(Visibility, transitions,       .column = "state_transition_count"),
    COLUMN(Visibility, memo,              .nullable = true),
    COLUMN(Visibility, encoding,          .sql_type = "varchar(64)"),
    COLUMN(Visibility, task_queue,        .sql_type = "varchar(255)", .server_default = "''"),
    COLUMN(Visibility, search_attributes, .nullable = true),
    COLUMN(Visibility, parent_workflow_id, .sql_type = "varchar(255)", .nullable = true),
    COLUMN(Visibility, parent_run_id,     .sql_type = "varchar(255)", .nullable = true),
    COLUMN(Visibility, root_workflow_id,  .sql_type = "varchar(255)", .server_default = "''"),
    COLUMN(Visibility, root_run_id,       .sql_type = "varchar(255)", .server_default = "''"),
    TEMPORAL_GIVEN(MADE)
    TEMPORAL_OWN(MADE));
/* clang-format on */
