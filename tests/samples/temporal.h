/* Models over the tables of Temporal, a workflow engine (https://github.com/temporalio/temporal): keys of up to five parts,
 * of bytea, of char(64), with a serial part, of nothing but zero; tables that are all key; times without time zone as
 * keys; a row of 80 columns of which the server makes 59. No foreign keys at all. */
#ifndef SAMPLES_TEMPORAL_H
#define SAMPLES_TEMPORAL_H

#include <howdah/howdah.h>

typedef struct Shard {
    int32_t id;
    int64_t range_id;
    PgBytes data;
    const char *encoding;
} Shard;

typedef struct Execution {
    int32_t shard_id;
    PgBytes namespace_id;
    const char *workflow_id;
    PgBytes run_id;
    int64_t next_event_id;
    int64_t last_write_version;
    PgBytes data;
    const char *encoding;
    PgBytes state;
    const char *state_encoding;
    int64_t record_version;
} Execution;

typedef struct CurrentExecution {
    int32_t shard_id;
    PgBytes namespace_id;
    const char *workflow_id;
    PgBytes run_id;
    const char *request_id;
    int32_t state;
    int32_t status;
    NullInt64 start_version;
    NullTimestamp start_time;
    int64_t last_write_version;
    PgBytes data;
    const char *encoding;
} CurrentExecution;

typedef struct BufferedEvent {
    int32_t shard_id;
    PgBytes namespace_id;
    const char *workflow_id;
    PgBytes run_id;
    int64_t id;
    PgBytes data;
    const char *encoding;
} BufferedEvent;

typedef struct TimerTask {
    int32_t shard_id;
    PgTimestamp fires_at;
    int64_t task_id;
    PgBytes data;
    const char *encoding;
} TimerTask;

typedef struct RequestedSignal { /* all key */
    int32_t shard_id;
    PgBytes namespace_id;
    const char *workflow_id;
    PgBytes run_id;
    const char *signal_id;
} RequestedSignal;

typedef struct HistoryNode {
    int32_t shard_id;
    PgBytes tree_id;
    PgBytes branch_id;
    int64_t node_id;
    int64_t transaction_id;
    int64_t previous_id;
    PgBytes data;
    const char *encoding;
} HistoryNode;

typedef struct Membership {
    int32_t partition;
    PgBytes host_id;
    const char *rpc_address;
    int16_t rpc_port;
    int16_t role;
    NullTimestamp session_start;
    NullTimestamp last_heartbeat;
    NullTimestamp record_expiry;
} Membership;

typedef struct EndpointsStatus { /* one row, whose key is 0 */
    int32_t id;
    int64_t version;
} EndpointsStatus;

/* What the server makes of search_attributes: the kind of value, the field, the column. */
/* clang-format off */
#define TEMPORAL_GIVEN(X) \
    X(JSON, change_version, "temporalchangeversion") \
    X(JSON, binary_checksums, "binarychecksums") \
    X(WORD, batcher_user, "batcheruser") \
    X(TIME, scheduled_start_time, "temporalscheduledstarttime") \
    X(WORD, scheduled_by_id, "temporalscheduledbyid") \
    X(BOOL, schedule_paused, "temporalschedulepaused") \
    X(WORD, namespace_division, "temporalnamespacedivision") \
    X(JSON, build_ids, "buildids") \
    X(JSON, pause_info, "temporalpauseinfo") \
    X(JSON, reported_problems, "temporalreportedproblems") \
    X(WORD, worker_version, "temporalworkerdeploymentversion") \
    X(WORD, versioning_behavior, "temporalworkflowversioningbehavior") \
    X(WORD, worker_deployment, "temporalworkerdeployment") \
    X(JSON, used_versions, "temporalusedworkerdeploymentversions") \
    X(INT, payload_bytes, "temporalexternalpayloadsizebytes") \
    X(INT, payload_count, "temporalexternalpayloadcount") \
    X(BOOL, chasm_bool01, "temporalbool01") \
    X(BOOL, chasm_bool02, "temporalbool02") \
    X(TIME, chasm_datetime01, "temporaldatetime01") \
    X(TIME, chasm_datetime02, "temporaldatetime02") \
    X(NUMBER, chasm_double01, "temporaldouble01") \
    X(NUMBER, chasm_double02, "temporaldouble02") \
    X(INT, chasm_int01, "temporalint01") \
    X(INT, chasm_int02, "temporalint02") \
    X(WORD, chasm_keyword01, "temporalkeyword01") \
    X(WORD, chasm_keyword02, "temporalkeyword02") \
    X(WORD, chasm_keyword03, "temporalkeyword03") \
    X(WORD, chasm_keyword04, "temporalkeyword04") \
    X(WORD, chasm_low01, "temporallowcardinalitykeyword01") \
    X(JSON, chasm_list01, "temporalkeywordlist01") \
    X(JSON, chasm_list02, "temporalkeywordlist02")

#define TEMPORAL_OWN(X) \
    X(BOOL, bool01, "bool01") \
    X(BOOL, bool02, "bool02") \
    X(BOOL, bool03, "bool03") \
    X(TIME, datetime01, "datetime01") \
    X(TIME, datetime02, "datetime02") \
    X(TIME, datetime03, "datetime03") \
    X(NUMBER, double01, "double01") \
    X(NUMBER, double02, "double02") \
    X(NUMBER, double03, "double03") \
    X(INT, int01, "int01") \
    X(INT, int02, "int02") \
    X(INT, int03, "int03") \
    X(WORD, keyword01, "keyword01") \
    X(WORD, keyword02, "keyword02") \
    X(WORD, keyword03, "keyword03") \
    X(WORD, keyword04, "keyword04") \
    X(WORD, keyword05, "keyword05") \
    X(WORD, keyword06, "keyword06") \
    X(WORD, keyword07, "keyword07") \
    X(WORD, keyword08, "keyword08") \
    X(WORD, keyword09, "keyword09") \
    X(WORD, keyword10, "keyword10") \
    X(SEARCH, text01, "text01") \
    X(SEARCH, text02, "text02") \
    X(SEARCH, text03, "text03") \
    X(JSON, list01, "keywordlist01") \
    X(JSON, list02, "keywordlist02") \
    X(JSON, list03, "keywordlist03")
/* clang-format on */

#define TEMPORAL_C_BOOL   NullBool
#define TEMPORAL_C_TIME   NullTimestamp
#define TEMPORAL_C_NUMBER PgNumeric
#define TEMPORAL_C_INT    NullInt64
#define TEMPORAL_C_WORD   const char *
#define TEMPORAL_C_SEARCH const char *
#define TEMPORAL_C_JSON   PgJson

#define TEMPORAL_MEMBER(kind, field, column) TEMPORAL_C_##kind field;

typedef struct Visibility {
    const char *namespace_id;
    const char *run_id;
    int64_t version;
    PgTimestamp start_time;
    PgTimestamp execution_time;
    const char *workflow_id;
    const char *workflow_type;
    int32_t status;
    NullTimestamp close_time;
    NullInt64 history_length;
    NullInt64 history_size;
    NullInt64 duration;
    NullInt64 transitions;
    PgBytes memo;
    const char *encoding;
    const char *task_queue;
    PgJson search_attributes;
    const char *parent_workflow_id;
    const char *parent_run_id;
    const char *root_workflow_id;
    const char *root_run_id;
    TEMPORAL_GIVEN(TEMPORAL_MEMBER)
    TEMPORAL_OWN(TEMPORAL_MEMBER)
} Visibility;

extern const Model BufferedEvent_model, CurrentExecution_model, EndpointsStatus_model, Execution_model,
    HistoryNode_model, Membership_model, RequestedSignal_model, Shard_model, TimerTask_model, Visibility_model;

#define TEMPORAL_MODELS \
    MODELS(BufferedEvent, CurrentExecution, EndpointsStatus, Execution, HistoryNode, Membership, RequestedSignal, \
           Shard, TimerTask, Visibility)

#endif
