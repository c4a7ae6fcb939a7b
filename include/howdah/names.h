/* The short names that programs use. Types are typedefs, the rest are macros.
 *
 * A name that is a macro already (Xlib's Status, for one) would turn into something else without a word:
 * include howdah.h first, or define HOWDAH_NO_SHORT_NAMES and use the long names. */
#ifndef HOWDAH_NAMES_H
#define HOWDAH_NAMES_H

#include <howdah/plan.h>
#include <howdah/query.h>
#include <howdah/sql.h>
#include <howdah/write.h>
#include <howdah/relation.h>
#include <howdah/transaction.h>
#include <howdah/state.h>

/* clang-format off */
#ifdef Status
#error "howdah: Status is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Allocator
#error "howdah: Allocator is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Database
#error "howdah: Database is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef DatabaseOptions
#error "howdah: DatabaseOptions is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Session
#error "howdah: Session is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef SessionStats
#error "howdah: SessionStats is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Hooks
#error "howdah: Hooks is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef RunOptions
#error "howdah: RunOptions is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef BeginOptions
#error "howdah: BeginOptions is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Query
#error "howdah: Query is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef QueryPage
#error "howdah: QueryPage is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Plan
#error "howdah: Plan is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PreparedTransaction
#error "howdah: PreparedTransaction is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PlanStep
#error "howdah: PlanStep is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Model
#error "howdah: Model is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Field
#error "howdah: Field is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Codec
#error "howdah: Codec is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Error
#error "howdah: Error is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Statement
#error "howdah: Statement is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Change
#error "howdah: Change is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef JoinRow
#error "howdah: JoinRow is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Value
#error "howdah: Value is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PgTimestamp
#error "howdah: PgTimestamp is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PgDate
#error "howdah: PgDate is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PgTime
#error "howdah: PgTime is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PgInterval
#error "howdah: PgInterval is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PgUuid
#error "howdah: PgUuid is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PgBytes
#error "howdah: PgBytes is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PgJson
#error "howdah: PgJson is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef PgNumeric
#error "howdah: PgNumeric is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullBool
#error "howdah: NullBool is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullInt16
#error "howdah: NullInt16 is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullInt32
#error "howdah: NullInt32 is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullInt64
#error "howdah: NullInt64 is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullFloat
#error "howdah: NullFloat is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullDouble
#error "howdah: NullDouble is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullTimestamp
#error "howdah: NullTimestamp is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullDate
#error "howdah: NullDate is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullTime
#error "howdah: NullTime is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullInterval
#error "howdah: NullInterval is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NullUuid
#error "howdah: NullUuid is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef BoolArray
#error "howdah: BoolArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Int16Array
#error "howdah: Int16Array is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Int32Array
#error "howdah: Int32Array is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Int64Array
#error "howdah: Int64Array is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef FloatArray
#error "howdah: FloatArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef DoubleArray
#error "howdah: DoubleArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef TextArray
#error "howdah: TextArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef TimestampArray
#error "howdah: TimestampArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef DateArray
#error "howdah: DateArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef TimeArray
#error "howdah: TimeArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef IntervalArray
#error "howdah: IntervalArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef UuidArray
#error "howdah: UuidArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef BytesArray
#error "howdah: BytesArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef JsonArray
#error "howdah: JsonArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef NumericArray
#error "howdah: NumericArray is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Outcome
#error "howdah: Outcome is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Enum
#error "howdah: Enum is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef COLUMN
#error "howdah: COLUMN is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef COLUMN_ENUM
#error "howdah: COLUMN_ENUM is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef COLUMN_CODEC
#error "howdah: COLUMN_CODEC is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ENUM
#error "howdah: ENUM is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LABEL
#error "howdah: LABEL is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef BELONGS_TO
#error "howdah: BELONGS_TO is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef BELONGS_TO_WITH
#error "howdah: BELONGS_TO_WITH is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef HAS_ONE
#error "howdah: HAS_ONE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef HAS_ONE_WITH
#error "howdah: HAS_ONE_WITH is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef HAS_MANY
#error "howdah: HAS_MANY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef HAS_MANY_WITH
#error "howdah: HAS_MANY_WITH is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef MANY_TO_MANY
#error "howdah: MANY_TO_MANY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef MANY_TO_MANY_WITH
#error "howdah: MANY_TO_MANY_WITH is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef MANY
#error "howdah: MANY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef INDEX
#error "howdah: INDEX is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef UNIQUE
#error "howdah: UNIQUE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef INDEX_WITH
#error "howdah: INDEX_WITH is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef UNIQUE_WITH
#error "howdah: UNIQUE_WITH is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef CHECK
#error "howdah: CHECK is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef MODEL
#error "howdah: MODEL is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef MODEL_IN
#error "howdah: MODEL_IN is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef MODEL_WITH
#error "howdah: MODEL_WITH is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef MODELS
#error "howdah: MODELS is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef VALUE
#error "howdah: VALUE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef VALUES
#error "howdah: VALUES is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef BIND
#error "howdah: BIND is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef SET_TEXT
#error "howdah: SET_TEXT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef DATABASE_OPTIONS
#error "howdah: DATABASE_OPTIONS is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef HOOKS
#error "howdah: HOOKS is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef RUN_OPTIONS
#error "howdah: RUN_OPTIONS is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef BEGIN_OPTIONS
#error "howdah: BEGIN_OPTIONS is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef TIMESTAMP_INFINITY
#error "howdah: TIMESTAMP_INFINITY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef TIMESTAMP_MINUS_INFINITY
#error "howdah: TIMESTAMP_MINUS_INFINITY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef DATE_INFINITY
#error "howdah: DATE_INFINITY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef DATE_MINUS_INFINITY
#error "howdah: DATE_MINUS_INFINITY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_OK
#error "howdah: STATUS_OK is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_NO_MEMORY
#error "howdah: STATUS_NO_MEMORY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_INVALID
#error "howdah: STATUS_INVALID is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_MODEL
#error "howdah: STATUS_MODEL is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_MISUSE
#error "howdah: STATUS_MISUSE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_NOT_FOUND
#error "howdah: STATUS_NOT_FOUND is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_NO_TRANSACTION
#error "howdah: STATUS_NO_TRANSACTION is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_BUSY
#error "howdah: STATUS_BUSY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_CONNECTION
#error "howdah: STATUS_CONNECTION is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_TIMEOUT
#error "howdah: STATUS_TIMEOUT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_IN_DOUBT
#error "howdah: STATUS_IN_DOUBT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_STALE
#error "howdah: STATUS_STALE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_UNIQUE
#error "howdah: STATUS_UNIQUE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_FOREIGN_KEY
#error "howdah: STATUS_FOREIGN_KEY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_NOT_NULL
#error "howdah: STATUS_NOT_NULL is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_CHECK
#error "howdah: STATUS_CHECK is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_EXCLUSION
#error "howdah: STATUS_EXCLUSION is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_SERIALIZATION
#error "howdah: STATUS_SERIALIZATION is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_DEADLOCK
#error "howdah: STATUS_DEADLOCK is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_LOCK
#error "howdah: STATUS_LOCK is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_DATA
#error "howdah: STATUS_DATA is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_PERMISSION
#error "howdah: STATUS_PERMISSION is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_SCHEMA
#error "howdah: STATUS_SCHEMA is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_RESOURCE
#error "howdah: STATUS_RESOURCE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_SERVER
#error "howdah: STATUS_SERVER is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef STATUS_PROTOCOL
#error "howdah: STATUS_PROTOCOL is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OUTCOME_NONE
#error "howdah: OUTCOME_NONE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OUTCOME_DONE
#error "howdah: OUTCOME_DONE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OUTCOME_NOT_DONE
#error "howdah: OUTCOME_NOT_DONE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OUTCOME_IN_DOUBT
#error "howdah: OUTCOME_IN_DOUBT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef GENERATED_NEVER
#error "howdah: GENERATED_NEVER is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef GENERATED_IDENTITY
#error "howdah: GENERATED_IDENTITY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef GENERATED_BY_SERVER
#error "howdah: GENERATED_BY_SERVER is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef GENERATED_UUID_V7
#error "howdah: GENERATED_UUID_V7 is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ON_DELETE_CASCADE
#error "howdah: ON_DELETE_CASCADE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ON_DELETE_SET_NULL
#error "howdah: ON_DELETE_SET_NULL is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ON_DELETE_SET_DEFAULT
#error "howdah: ON_DELETE_SET_DEFAULT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ON_DELETE_RESTRICT
#error "howdah: ON_DELETE_RESTRICT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LAZY_ALLOWED
#error "howdah: LAZY_ALLOWED is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LAZY_RAISE
#error "howdah: LAZY_RAISE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OPTIMISTIC_VERSION
#error "howdah: OPTIMISTIC_VERSION is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OPTIMISTIC_ALL
#error "howdah: OPTIMISTIC_ALL is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OPTIMISTIC_DIRTY
#error "howdah: OPTIMISTIC_DIRTY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef CASCADE_NONE
#error "howdah: CASCADE_NONE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef CASCADE_ADD
#error "howdah: CASCADE_ADD is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef CASCADE_DELETE
#error "howdah: CASCADE_DELETE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ON_UPDATE_CASCADE
#error "howdah: ON_UPDATE_CASCADE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ISOLATION_DEFAULT
#error "howdah: ISOLATION_DEFAULT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ISOLATION_READ_COMMITTED
#error "howdah: ISOLATION_READ_COMMITTED is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ISOLATION_REPEATABLE_READ
#error "howdah: ISOLATION_REPEATABLE_READ is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ISOLATION_SERIALIZABLE
#error "howdah: ISOLATION_SERIALIZABLE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_NONE
#error "howdah: LOCK_NONE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_UPDATE
#error "howdah: LOCK_FOR_UPDATE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_UPDATE_NOWAIT
#error "howdah: LOCK_FOR_UPDATE_NOWAIT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_UPDATE_SKIP_LOCKED
#error "howdah: LOCK_FOR_UPDATE_SKIP_LOCKED is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_NO_KEY_UPDATE
#error "howdah: LOCK_FOR_NO_KEY_UPDATE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_NO_KEY_UPDATE_NOWAIT
#error "howdah: LOCK_FOR_NO_KEY_UPDATE_NOWAIT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_NO_KEY_UPDATE_SKIP_LOCKED
#error "howdah: LOCK_FOR_NO_KEY_UPDATE_SKIP_LOCKED is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_SHARE
#error "howdah: LOCK_FOR_SHARE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_SHARE_NOWAIT
#error "howdah: LOCK_FOR_SHARE_NOWAIT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_SHARE_SKIP_LOCKED
#error "howdah: LOCK_FOR_SHARE_SKIP_LOCKED is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_KEY_SHARE
#error "howdah: LOCK_FOR_KEY_SHARE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_KEY_SHARE_NOWAIT
#error "howdah: LOCK_FOR_KEY_SHARE_NOWAIT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef LOCK_FOR_KEY_SHARE_SKIP_LOCKED
#error "howdah: LOCK_FOR_KEY_SHARE_SKIP_LOCKED is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OPERATION_CONTROL
#error "howdah: OPERATION_CONTROL is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OPERATION_KEYS
#error "howdah: OPERATION_KEYS is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OPERATION_INSERT
#error "howdah: OPERATION_INSERT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OPERATION_UPDATE
#error "howdah: OPERATION_UPDATE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef OPERATION_DELETE
#error "howdah: OPERATION_DELETE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ORDER_ASC
#error "howdah: ORDER_ASC is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ORDER_DESC
#error "howdah: ORDER_DESC is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ON_CONFLICT_UPDATE
#error "howdah: ON_CONFLICT_UPDATE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ON_CONFLICT_IGNORE
#error "howdah: ON_CONFLICT_IGNORE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef EXPLAIN_TEXT
#error "howdah: EXPLAIN_TEXT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef EXPLAIN_JSON
#error "howdah: EXPLAIN_JSON is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef EXPLAIN_ANALYZE
#error "howdah: EXPLAIN_ANALYZE is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ORDER_ASC_NULLS_FIRST
#error "howdah: ORDER_ASC_NULLS_FIRST is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ORDER_ASC_NULLS_LAST
#error "howdah: ORDER_ASC_NULLS_LAST is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ORDER_DESC_NULLS_FIRST
#error "howdah: ORDER_DESC_NULLS_FIRST is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef ORDER_DESC_NULLS_LAST
#error "howdah: ORDER_DESC_NULLS_LAST is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef AGGREGATE_COUNT
#error "howdah: AGGREGATE_COUNT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef AGGREGATE_COUNT_DISTINCT
#error "howdah: AGGREGATE_COUNT_DISTINCT is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef AGGREGATE_SUM
#error "howdah: AGGREGATE_SUM is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef AGGREGATE_AVG
#error "howdah: AGGREGATE_AVG is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef AGGREGATE_MIN
#error "howdah: AGGREGATE_MIN is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef AGGREGATE_MAX
#error "howdah: AGGREGATE_MAX is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef AGGREGATE_BOOL_AND
#error "howdah: AGGREGATE_BOOL_AND is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef AGGREGATE_BOOL_OR
#error "howdah: AGGREGATE_BOOL_OR is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef AGGREGATE_ARRAY
#error "howdah: AGGREGATE_ARRAY is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef error_text
#error "howdah: error_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef status_name
#error "howdah: status_name is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef timestamp_from_timespec
#error "howdah: timestamp_from_timespec is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef timestamp_to_timespec
#error "howdah: timestamp_to_timespec is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef timestamp_from_tm
#error "howdah: timestamp_from_tm is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef timestamp_to_tm
#error "howdah: timestamp_to_tm is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef date_from_tm
#error "howdah: date_from_tm is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef date_to_tm
#error "howdah: date_to_tm is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef date_from_ymd
#error "howdah: date_from_ymd is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef date_to_ymd
#error "howdah: date_to_ymd is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef timestamp_to_text
#error "howdah: timestamp_to_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef timestamp_from_text
#error "howdah: timestamp_from_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef date_to_text
#error "howdah: date_to_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef date_from_text
#error "howdah: date_from_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef time_to_text
#error "howdah: time_to_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef time_from_text
#error "howdah: time_from_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef interval_to_text
#error "howdah: interval_to_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef interval_from_text
#error "howdah: interval_from_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef uuid_to_text
#error "howdah: uuid_to_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef uuid_from_text
#error "howdah: uuid_from_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef uuid_v7
#error "howdah: uuid_v7 is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef numeric_to_int64
#error "howdah: numeric_to_int64 is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef numeric_from_int64
#error "howdah: numeric_from_int64 is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef numeric_to_int128
#error "howdah: numeric_to_int128 is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef numeric_from_int128
#error "howdah: numeric_from_int128 is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef numeric_compare
#error "howdah: numeric_compare is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_open
#error "howdah: database_open is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_close
#error "howdah: database_close is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_error
#error "howdah: database_error is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_create_tables
#error "howdah: database_create_tables is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_drop_tables
#error "howdah: database_drop_tables is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_ddl
#error "howdah: database_ddl is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_free
#error "howdah: database_free is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_run
#error "howdah: database_run is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_resolve
#error "howdah: database_resolve is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_prepare
#error "howdah: session_prepare is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_commit_prepared
#error "howdah: database_commit_prepared is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_rollback_prepared
#error "howdah: database_rollback_prepared is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_list_prepared
#error "howdah: database_list_prepared is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_savepoint
#error "howdah: session_savepoint is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_rollback_to
#error "howdah: session_rollback_to is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_release
#error "howdah: session_release is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_set_local
#error "howdah: session_set_local is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_hooks
#error "howdah: session_hooks is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_open
#error "howdah: session_open is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_close
#error "howdah: session_close is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_clear
#error "howdah: session_clear is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_error
#error "howdah: session_error is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_clear_error
#error "howdah: session_clear_error is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_stats
#error "howdah: session_stats is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_delete
#error "howdah: session_delete is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_text
#error "howdah: session_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_copy
#error "howdah: session_copy is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_contains
#error "howdah: session_contains is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_is_dirty
#error "howdah: session_is_dirty is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_changes
#error "howdah: session_changes is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_refresh
#error "howdah: session_refresh is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_refresh_locked
#error "howdah: session_refresh_locked is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_attach
#error "howdah: session_attach is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_attach_struct
#error "howdah: session_attach_struct is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_stub
#error "howdah: session_stub is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_mark_changed
#error "howdah: session_mark_changed is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_load_columns
#error "howdah: session_load_columns is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_expire
#error "howdah: session_expire is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_expire_all
#error "howdah: session_expire_all is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_set_read_only
#error "howdah: session_set_read_only is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_read_only
#error "howdah: query_read_only is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_merge
#error "howdah: session_merge is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_merge_only
#error "howdah: session_merge_only is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_only
#error "howdah: query_only is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_evict
#error "howdah: session_evict is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_plan
#error "howdah: session_plan is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_commit
#error "howdah: session_commit is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_begin
#error "howdah: session_begin is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_flush
#error "howdah: session_flush is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_rollback
#error "howdah: session_rollback is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef plan_step_count
#error "howdah: plan_step_count is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef plan_step
#error "howdah: plan_step is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef plan_dot
#error "howdah: plan_dot is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef plan_text
#error "howdah: plan_text is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_limit
#error "howdah: query_limit is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_delete
#error "howdah: query_delete is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_update
#error "howdah: query_update is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_all_rows
#error "howdah: query_all_rows is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_offset
#error "howdah: query_offset is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_distinct
#error "howdah: query_distinct is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_lock
#error "howdah: query_lock is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_and
#error "howdah: query_and is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_or
#error "howdah: query_or is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_not
#error "howdah: query_not is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_end
#error "howdah: query_end is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_at
#error "howdah: query_at is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_sql
#error "howdah: query_sql is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_parameters
#error "howdah: query_parameters is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_explain
#error "howdah: query_explain is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_untracked
#error "howdah: query_untracked is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_count
#error "howdah: query_count is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_has_rows
#error "howdah: query_has_rows is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_find
#error "howdah: database_find is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_save
#error "howdah: database_save is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef database_delete
#error "howdah: database_delete is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_find
#error "howdah: session_find is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_prefetch
#error "howdah: session_prefetch is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_find_many
#error "howdah: session_find_many is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_find_by
#error "howdah: session_find_by is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_stale_objects
#error "howdah: session_stale_objects is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_find_locked
#error "howdah: session_find_locked is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_add
#error "howdah: session_add is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_add_struct
#error "howdah: session_add_struct is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_assign_null
#error "howdah: session_assign_null is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_set_sql
#error "howdah: session_set_sql is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_upsert
#error "howdah: session_upsert is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_upsert_many
#error "howdah: session_upsert_many is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_insert_missing
#error "howdah: session_insert_missing is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_insert_missing_many
#error "howdah: session_insert_missing_many is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_sql
#error "howdah: session_sql is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_sql_partial
#error "howdah: session_sql_partial is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_sql_one
#error "howdah: session_sql_one is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_sql_each
#error "howdah: session_sql_each is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_execute
#error "howdah: session_execute is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_load
#error "howdah: session_load is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_link
#error "howdah: session_link is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_unlink
#error "howdah: session_unlink is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_replace
#error "howdah: session_replace is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_is_loaded
#error "howdah: session_is_loaded is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_with
#error "howdah: query_with is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_with_path
#error "howdah: query_with_path is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_count
#error "howdah: session_count is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_top
#error "howdah: session_top is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_set_budget
#error "howdah: session_set_budget is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_with_top
#error "howdah: query_with_top is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef Budget
#error "howdah: Budget is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef BUDGET
#error "howdah: BUDGET is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef session_query
#error "howdah: session_query is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_where
#error "howdah: query_where is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_where_between
#error "howdah: query_where_between is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_where_json
#error "howdah: query_where_json is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_where_search
#error "howdah: query_where_search is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_order_by_search
#error "howdah: query_order_by_search is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_where_similar
#error "howdah: query_where_similar is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_order_by_similarity
#error "howdah: query_order_by_similarity is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef JSON_PATH
#error "howdah: JSON_PATH is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_exists
#error "howdah: query_exists is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_join
#error "howdah: query_join is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_left_join
#error "howdah: query_left_join is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_order_by
#error "howdah: query_order_by is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_set
#error "howdah: query_set is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_set_sql
#error "howdah: query_set_sql is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_where_sql
#error "howdah: query_where_sql is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_all
#error "howdah: query_all is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_first
#error "howdah: query_first is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_one
#error "howdah: query_one is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_page
#error "howdah: query_page is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_scalar
#error "howdah: query_scalar is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_pluck
#error "howdah: query_pluck is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_bind
#error "howdah: query_bind is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_group_by
#error "howdah: query_group_by is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_having
#error "howdah: query_having is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_order_by_aggregate
#error "howdah: query_order_by_aggregate is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_select
#error "howdah: query_select is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_select_aggregate
#error "howdah: query_select_aggregate is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif
#ifdef query_each
#error "howdah: query_each is a macro already; include howdah.h before its header, or define HOWDAH_NO_SHORT_NAMES"
#endif

typedef enum howdah_status Status;
typedef enum howdah_outcome Outcome;
typedef struct howdah_enum Enum;
typedef struct howdah_allocator Allocator;
typedef struct howdah_database Database;
typedef struct howdah_database_options DatabaseOptions;
typedef struct howdah_session Session;
typedef struct howdah_session_statistics SessionStats;
typedef struct howdah_begin_options BeginOptions;
typedef struct howdah_run_options RunOptions;
typedef struct howdah_hooks Hooks;
typedef struct howdah_query Query;
typedef struct howdah_page QueryPage;
typedef struct howdah_budget Budget;
typedef struct howdah_plan Plan;
typedef struct howdah_prepared_transaction PreparedTransaction;
typedef struct howdah_step PlanStep;
typedef struct howdah_model Model;
typedef struct howdah_field Field;
typedef struct howdah_codec Codec;
typedef struct howdah_error Error;
typedef struct howdah_statement Statement;
typedef struct howdah_change Change;
typedef struct howdah_join_row JoinRow;
typedef struct howdah_value Value;
typedef struct howdah_timestamp PgTimestamp;
typedef struct howdah_date PgDate;
typedef struct howdah_time PgTime;
typedef struct howdah_interval PgInterval;
typedef struct howdah_uuid PgUuid;
typedef struct howdah_bytes PgBytes;
typedef struct howdah_json PgJson;
typedef struct howdah_numeric PgNumeric;
typedef struct howdah_null_bool NullBool;
typedef struct howdah_null_int16 NullInt16;
typedef struct howdah_null_int32 NullInt32;
typedef struct howdah_null_int64 NullInt64;
typedef struct howdah_null_float NullFloat;
typedef struct howdah_null_double NullDouble;
typedef struct howdah_null_timestamp NullTimestamp;
typedef struct howdah_null_date NullDate;
typedef struct howdah_null_time NullTime;
typedef struct howdah_null_interval NullInterval;
typedef struct howdah_null_uuid NullUuid;
typedef struct howdah_bool_array BoolArray;
typedef struct howdah_int16_array Int16Array;
typedef struct howdah_int32_array Int32Array;
typedef struct howdah_int64_array Int64Array;
typedef struct howdah_float_array FloatArray;
typedef struct howdah_double_array DoubleArray;
typedef struct howdah_text_array TextArray;
typedef struct howdah_timestamp_array TimestampArray;
typedef struct howdah_date_array DateArray;
typedef struct howdah_time_array TimeArray;
typedef struct howdah_interval_array IntervalArray;
typedef struct howdah_uuid_array UuidArray;
typedef struct howdah_bytes_array BytesArray;
typedef struct howdah_json_array JsonArray;
typedef struct howdah_numeric_array NumericArray;

#define COLUMN                     HOWDAH_COLUMN
#define COLUMN_ENUM                HOWDAH_COLUMN_ENUM
#define COLUMN_CODEC               HOWDAH_COLUMN_CODEC
#define ENUM                       HOWDAH_ENUM
#define LABEL                      HOWDAH_LABEL
#define BELONGS_TO                 HOWDAH_BELONGS_TO
#define BELONGS_TO_WITH            HOWDAH_BELONGS_TO_WITH
#define HAS_ONE                    HOWDAH_HAS_ONE
#define HAS_ONE_WITH               HOWDAH_HAS_ONE_WITH
#define HAS_MANY                   HOWDAH_HAS_MANY
#define HAS_MANY_WITH              HOWDAH_HAS_MANY_WITH
#define MANY_TO_MANY               HOWDAH_MANY_TO_MANY
#define MANY_TO_MANY_WITH          HOWDAH_MANY_TO_MANY_WITH
#define MANY                       HOWDAH_MANY
#define INDEX                      HOWDAH_INDEX
#define UNIQUE                     HOWDAH_UNIQUE
#define INDEX_WITH                 HOWDAH_INDEX_WITH
#define UNIQUE_WITH                HOWDAH_UNIQUE_WITH
#define CHECK                      HOWDAH_CHECK
#define MODEL                      HOWDAH_MODEL
#define MODEL_IN                   HOWDAH_MODEL_IN
#define MODEL_WITH                 HOWDAH_MODEL_WITH
#define MODELS                     HOWDAH_MODELS
#define VALUE                      HOWDAH_VALUE
#define VALUES                     HOWDAH_VALUES
#define BIND                       HOWDAH_BIND
#define SET_TEXT                   HOWDAH_SET_TEXT
#define DATABASE_OPTIONS           HOWDAH_DATABASE_OPTIONS
#define BEGIN_OPTIONS              HOWDAH_BEGIN_OPTIONS
#define BUDGET                     HOWDAH_BUDGET
#define RUN_OPTIONS                HOWDAH_RUN_OPTIONS
#define HOOKS                      HOWDAH_HOOKS
#define TIMESTAMP_INFINITY         HOWDAH_TIMESTAMP_INFINITY
#define TIMESTAMP_MINUS_INFINITY   HOWDAH_TIMESTAMP_MINUS_INFINITY
#define DATE_INFINITY              HOWDAH_DATE_INFINITY
#define DATE_MINUS_INFINITY        HOWDAH_DATE_MINUS_INFINITY

#define STATUS_OK                  HOWDAH_STATUS_OK
#define STATUS_NO_MEMORY           HOWDAH_STATUS_NO_MEMORY
#define STATUS_INVALID             HOWDAH_STATUS_INVALID
#define STATUS_MODEL               HOWDAH_STATUS_MODEL
#define STATUS_MISUSE              HOWDAH_STATUS_MISUSE
#define STATUS_NOT_FOUND           HOWDAH_STATUS_NOT_FOUND
#define STATUS_NO_TRANSACTION      HOWDAH_STATUS_NO_TRANSACTION
#define STATUS_BUSY                HOWDAH_STATUS_BUSY
#define STATUS_CONNECTION          HOWDAH_STATUS_CONNECTION
#define STATUS_TIMEOUT             HOWDAH_STATUS_TIMEOUT
#define STATUS_IN_DOUBT            HOWDAH_STATUS_IN_DOUBT
#define STATUS_STALE               HOWDAH_STATUS_STALE
#define STATUS_UNIQUE              HOWDAH_STATUS_UNIQUE
#define STATUS_FOREIGN_KEY         HOWDAH_STATUS_FOREIGN_KEY
#define STATUS_NOT_NULL            HOWDAH_STATUS_NOT_NULL
#define STATUS_CHECK               HOWDAH_STATUS_CHECK
#define STATUS_EXCLUSION           HOWDAH_STATUS_EXCLUSION
#define STATUS_SERIALIZATION       HOWDAH_STATUS_SERIALIZATION
#define STATUS_DEADLOCK            HOWDAH_STATUS_DEADLOCK
#define STATUS_LOCK                HOWDAH_STATUS_LOCK
#define STATUS_DATA                HOWDAH_STATUS_DATA
#define STATUS_PERMISSION          HOWDAH_STATUS_PERMISSION
#define STATUS_SCHEMA              HOWDAH_STATUS_SCHEMA
#define STATUS_RESOURCE            HOWDAH_STATUS_RESOURCE
#define STATUS_SERVER              HOWDAH_STATUS_SERVER
#define STATUS_PROTOCOL            HOWDAH_STATUS_PROTOCOL
#define OUTCOME_NONE               HOWDAH_OUTCOME_NONE
#define OUTCOME_DONE               HOWDAH_OUTCOME_DONE
#define OUTCOME_NOT_DONE           HOWDAH_OUTCOME_NOT_DONE
#define OUTCOME_IN_DOUBT           HOWDAH_OUTCOME_IN_DOUBT
#define GENERATED_NEVER            HOWDAH_GENERATED_NEVER
#define GENERATED_IDENTITY         HOWDAH_GENERATED_IDENTITY
#define GENERATED_BY_SERVER        HOWDAH_GENERATED_BY_SERVER
#define GENERATED_UUID_V7          HOWDAH_GENERATED_UUID_V7
#define ON_DELETE_CASCADE          HOWDAH_ON_DELETE_CASCADE
#define ON_DELETE_SET_NULL         HOWDAH_ON_DELETE_SET_NULL
#define ON_DELETE_SET_DEFAULT      HOWDAH_ON_DELETE_SET_DEFAULT
#define ON_DELETE_RESTRICT         HOWDAH_ON_DELETE_RESTRICT
#define LAZY_ALLOWED               HOWDAH_LAZY_ALLOWED
#define LAZY_RAISE                 HOWDAH_LAZY_RAISE
#define OPTIMISTIC_VERSION         HOWDAH_OPTIMISTIC_VERSION
#define OPTIMISTIC_ALL             HOWDAH_OPTIMISTIC_ALL
#define OPTIMISTIC_DIRTY           HOWDAH_OPTIMISTIC_DIRTY
#define CASCADE_NONE               HOWDAH_CASCADE_NONE
#define CASCADE_ADD                HOWDAH_CASCADE_ADD
#define CASCADE_DELETE             HOWDAH_CASCADE_DELETE
#define ON_UPDATE_CASCADE          HOWDAH_ON_UPDATE_CASCADE
#define ISOLATION_DEFAULT          HOWDAH_ISOLATION_DEFAULT
#define ISOLATION_READ_COMMITTED   HOWDAH_ISOLATION_READ_COMMITTED
#define ISOLATION_REPEATABLE_READ  HOWDAH_ISOLATION_REPEATABLE_READ
#define ISOLATION_SERIALIZABLE     HOWDAH_ISOLATION_SERIALIZABLE
#define LOCK_NONE                  HOWDAH_LOCK_NONE
#define LOCK_FOR_UPDATE            HOWDAH_LOCK_FOR_UPDATE
#define LOCK_FOR_UPDATE_NOWAIT     HOWDAH_LOCK_FOR_UPDATE_NOWAIT
#define LOCK_FOR_UPDATE_SKIP_LOCKED HOWDAH_LOCK_FOR_UPDATE_SKIP_LOCKED
#define LOCK_FOR_NO_KEY_UPDATE     HOWDAH_LOCK_FOR_NO_KEY_UPDATE
#define LOCK_FOR_NO_KEY_UPDATE_NOWAIT HOWDAH_LOCK_FOR_NO_KEY_UPDATE_NOWAIT
#define LOCK_FOR_NO_KEY_UPDATE_SKIP_LOCKED HOWDAH_LOCK_FOR_NO_KEY_UPDATE_SKIP_LOCKED
#define LOCK_FOR_SHARE             HOWDAH_LOCK_FOR_SHARE
#define LOCK_FOR_SHARE_NOWAIT      HOWDAH_LOCK_FOR_SHARE_NOWAIT
#define LOCK_FOR_SHARE_SKIP_LOCKED HOWDAH_LOCK_FOR_SHARE_SKIP_LOCKED
#define LOCK_FOR_KEY_SHARE         HOWDAH_LOCK_FOR_KEY_SHARE
#define LOCK_FOR_KEY_SHARE_NOWAIT  HOWDAH_LOCK_FOR_KEY_SHARE_NOWAIT
#define LOCK_FOR_KEY_SHARE_SKIP_LOCKED HOWDAH_LOCK_FOR_KEY_SHARE_SKIP_LOCKED
#define OPERATION_CONTROL          HOWDAH_OPERATION_CONTROL
#define OPERATION_KEYS             HOWDAH_OPERATION_KEYS
#define OPERATION_INSERT           HOWDAH_OPERATION_INSERT
#define OPERATION_UPDATE           HOWDAH_OPERATION_UPDATE
#define OPERATION_DELETE           HOWDAH_OPERATION_DELETE
#define ORDER_ASC                  HOWDAH_ORDER_ASC
#define ORDER_DESC                 HOWDAH_ORDER_DESC
#define ON_CONFLICT_UPDATE         HOWDAH_ON_CONFLICT_UPDATE
#define ON_CONFLICT_IGNORE         HOWDAH_ON_CONFLICT_IGNORE
#define EXPLAIN_TEXT               HOWDAH_EXPLAIN_TEXT
#define EXPLAIN_JSON               HOWDAH_EXPLAIN_JSON
#define EXPLAIN_ANALYZE            HOWDAH_EXPLAIN_ANALYZE
#define ORDER_ASC_NULLS_FIRST      HOWDAH_ORDER_ASC_NULLS_FIRST
#define ORDER_ASC_NULLS_LAST       HOWDAH_ORDER_ASC_NULLS_LAST
#define ORDER_DESC_NULLS_FIRST     HOWDAH_ORDER_DESC_NULLS_FIRST
#define ORDER_DESC_NULLS_LAST      HOWDAH_ORDER_DESC_NULLS_LAST
#define AGGREGATE_COUNT            HOWDAH_AGGREGATE_COUNT
#define AGGREGATE_COUNT_DISTINCT   HOWDAH_AGGREGATE_COUNT_DISTINCT
#define AGGREGATE_SUM              HOWDAH_AGGREGATE_SUM
#define AGGREGATE_AVG              HOWDAH_AGGREGATE_AVG
#define AGGREGATE_MIN              HOWDAH_AGGREGATE_MIN
#define AGGREGATE_MAX              HOWDAH_AGGREGATE_MAX
#define AGGREGATE_BOOL_AND         HOWDAH_AGGREGATE_BOOL_AND
#define AGGREGATE_BOOL_OR          HOWDAH_AGGREGATE_BOOL_OR
#define AGGREGATE_ARRAY            HOWDAH_AGGREGATE_ARRAY

#define error_text                 howdah_error_text
#define status_name                howdah_status_name
#define timestamp_from_timespec    howdah_timestamp_from_timespec
#define timestamp_to_timespec      howdah_timestamp_to_timespec
#define timestamp_from_tm          howdah_timestamp_from_tm
#define timestamp_to_tm            howdah_timestamp_to_tm
#define date_from_tm               howdah_date_from_tm
#define date_to_tm                 howdah_date_to_tm
#define date_from_ymd              howdah_date_from_ymd
#define date_to_ymd                howdah_date_to_ymd
#define timestamp_to_text          howdah_timestamp_to_text
#define timestamp_from_text        howdah_timestamp_from_text
#define date_to_text               howdah_date_to_text
#define date_from_text             howdah_date_from_text
#define time_to_text               howdah_time_to_text
#define time_from_text             howdah_time_from_text
#define interval_to_text           howdah_interval_to_text
#define interval_from_text         howdah_interval_from_text
#define uuid_to_text               howdah_uuid_to_text
#define uuid_from_text             howdah_uuid_from_text
#define uuid_v7                    howdah_uuid_v7
#define numeric_to_int64           howdah_numeric_to_int64
#define numeric_from_int64         howdah_numeric_from_int64
#define numeric_to_int128          howdah_numeric_to_int128
#define numeric_from_int128        howdah_numeric_from_int128
#define numeric_compare            howdah_numeric_compare
#define database_open              howdah_database_open
#define database_close             howdah_database_close
#define database_error             howdah_database_error
#define database_create_tables     howdah_database_create_tables
#define database_drop_tables       howdah_database_drop_tables
#define database_ddl               howdah_database_ddl
#define database_free              howdah_database_free
#define database_run               howdah_database_run
#define database_resolve           howdah_database_resolve
#define session_prepare            howdah_session_prepare
#define database_commit_prepared   howdah_database_commit_prepared
#define database_rollback_prepared howdah_database_rollback_prepared
#define database_list_prepared     howdah_database_list_prepared
#define session_savepoint          howdah_session_savepoint
#define session_rollback_to        howdah_session_rollback_to
#define session_release            howdah_session_release
#define session_set_local          howdah_session_set_local
#define session_hooks              howdah_session_hooks
#define session_open               howdah_session_open
#define session_close              howdah_session_close
#define session_clear              howdah_session_clear
#define session_error              howdah_session_error
#define session_clear_error        howdah_session_clear_error
#define session_stats              howdah_session_stats
#define session_delete             howdah_session_delete
#define session_text               howdah_session_text
#define session_copy               howdah_session_copy
#define session_contains           howdah_session_contains
#define session_is_dirty           howdah_session_is_dirty
#define session_changes            howdah_session_changes
#define session_refresh            howdah_session_refresh
#define session_refresh_locked     howdah_session_refresh_locked
#define session_evict              howdah_session_evict
#define session_attach             howdah_session_attach
#define session_attach_struct      howdah_session_attach_struct
#define session_stub               howdah_session_stub
#define session_expire             howdah_session_expire
#define session_expire_all         howdah_session_expire_all
#define session_set_read_only      howdah_session_set_read_only
#define query_read_only            howdah_query_read_only
#define session_merge              howdah_session_merge
#define session_merge_only         howdah_session_merge_only
#define query_only                 howdah_query_only
#define session_load_columns       howdah_session_load_columns
#define session_mark_changed       howdah_session_mark_changed
#define session_plan               howdah_session_plan
#define session_commit             howdah_session_commit
#define session_begin              howdah_session_begin
#define session_flush              howdah_session_flush
#define session_rollback           howdah_session_rollback
#define plan_step_count            howdah_plan_step_count
#define plan_step                  howdah_plan_step
#define plan_dot                   howdah_plan_dot
#define plan_text                  howdah_plan_text
#define query_limit                howdah_query_limit
#define query_delete               howdah_query_delete
#define query_update               howdah_query_update
#define query_all_rows             howdah_query_all_rows
#define query_offset               howdah_query_offset
#define query_distinct             howdah_query_distinct
#define query_lock                 howdah_query_lock
#define query_and                  howdah_query_and
#define query_or                   howdah_query_or
#define query_not                  howdah_query_not
#define query_end                  howdah_query_end
#define query_at                   howdah_query_at
#define query_sql                  howdah_query_sql
#define query_parameters           howdah_query_parameters
#define query_explain              howdah_query_explain
#define query_untracked            howdah_query_untracked
#define query_count                howdah_query_count
#define query_has_rows             howdah_query_has_rows
#define database_find              howdah_database_find
#define database_save              howdah_database_save
#define database_delete            howdah_database_delete
#define session_find               howdah_session_find
#define session_prefetch           howdah_session_prefetch
#define session_find_many          howdah_session_find_many
#define session_find_by            howdah_session_find_by
#define session_stale_objects      howdah_session_stale_objects
#define session_find_locked        howdah_session_find_locked
#define session_add                howdah_session_add
#define session_add_struct         howdah_session_add_struct
#define session_assign_null        howdah_session_assign_null
#define session_set_sql            howdah_session_set_sql
#define session_upsert             howdah_session_upsert
#define session_upsert_many        howdah_session_upsert_many
#define session_insert_missing     howdah_session_insert_missing
#define session_insert_missing_many howdah_session_insert_missing_many
#define session_sql                howdah_session_sql
#define session_sql_partial        howdah_session_sql_partial
#define session_sql_one            howdah_session_sql_one
#define session_sql_each           howdah_session_sql_each
#define session_execute            howdah_session_execute
#define session_load               howdah_session_load
#define session_link               howdah_session_link
#define session_unlink             howdah_session_unlink
#define session_replace            howdah_session_replace
#define session_is_loaded          howdah_session_is_loaded
#define query_with                 howdah_query_with
#define query_with_path            howdah_query_with_path
#define session_count              howdah_session_count
#define session_top                howdah_session_top
#define session_set_budget         howdah_session_set_budget
#define query_with_top             howdah_query_with_top
#define session_query              howdah_session_query
#define query_where                howdah_query_where
#define query_where_between        howdah_query_where_between
#define query_where_json           howdah_query_where_json
#define query_where_search         howdah_query_where_search
#define query_order_by_search      howdah_query_order_by_search
#define query_where_similar        howdah_query_where_similar
#define query_order_by_similarity  howdah_query_order_by_similarity
#define JSON_PATH                  HOWDAH_JSON_PATH
#define query_exists               howdah_query_exists
#define query_join                 howdah_query_join
#define query_left_join            howdah_query_left_join
#define query_order_by             howdah_query_order_by
#define query_set                  howdah_query_set
#define query_set_sql              howdah_query_set_sql
#define query_where_sql            howdah_query_where_sql
#define query_all                  howdah_query_all
#define query_first                howdah_query_first
#define query_one                  howdah_query_one
#define query_page                 howdah_query_page
#define query_scalar               howdah_query_scalar
#define query_pluck                howdah_query_pluck
#define query_bind                 howdah_query_bind
#define query_group_by             howdah_query_group_by
#define query_having               howdah_query_having
#define query_order_by_aggregate   howdah_query_order_by_aggregate
#define query_select               howdah_query_select
#define query_select_aggregate     howdah_query_select_aggregate
#define query_each                 howdah_query_each

/* clang-format on */

#endif
