#include "pool.h"

#include "connection.h"

#include "base/error.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Between two attempts of one who is refused since the server is full. */
enum { FIRST_PAUSE_MS = 10, LONGEST_PAUSE_MS = 640 };

/* What somebody who wants a connection gets. */
enum turn_kind {
    TURN_WAITING,
    TURN_CONNECTION, /* here it is */
    TURN_CONNECT     /* a place in the pool: open one yourself */
};

/* A thread that wants a connection. It lives on that thread's stack. */
struct turn {
    enum turn_kind kind;
    moment deadline; /* of the call */
    moment until;    /* as long it waits for others */
    int pause;       /* before the next attempt to connect: milliseconds; 0 before the server has refused one */
    struct pg_connection *connection;
    struct turn *next;
    pthread_cond_t changed; /* only while it waits */
};

/* While anybody waits there is no idle connection and no free place: each that becomes free goes to the first
 * in the queue.
 *
 * Who was refused by the server, which lets no more in, waits beside free places for a connection that is open. If the
 * pool has none, he keeps his place and tries again: those who come at the same time are all counted, and all refused.
 *
 * Most often nobody waits, and a connection comes back before the next one is wanted: it changes hands through `spare`,
 * without the mutex. Who gives one back looks afterwards whether somebody waits by now, and who begins to wait looks
 * afterwards whether there is a spare one: so one of the two sees the other. */
struct pg_pool {
    struct pg_options options;
    struct howdah_allocator allocator;
    char *conninfo;
    pid_t process;
    _Atomic(struct pg_connection *) spare; /* the last that came back, its caches are warm; or NULL */
    atomic_int waiting;                    /* turns in the queue; written under the mutex */
    pthread_condattr_t clock;              /* CLOCK_MONOTONIC */
    pthread_mutex_t mutex;        /* over all that follows; nobody holds it while he connects or talks to the server */
    struct pg_connection *idle;   /* those that came back before, the last one first */
    struct pg_connection *newest; /* of all */
    struct turn *first, *last;    /* who waits */
    int places;                   /* taken: connections, and attempts to open one */
    int open;
};

/* --- open and close --- */

static bool wants_log(void)
{
    const char *wanted = getenv("HOWDAH_LOG");
    return wanted && strcmp(wanted, "sql") == 0;
}

static bool init_locks(struct pg_pool *pool)
{
    if (pthread_condattr_init(&pool->clock) != 0)
        return false;
    pool->mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    if (pthread_condattr_setclock(&pool->clock, CLOCK_MONOTONIC) == 0)
        return true;
    pthread_condattr_destroy(&pool->clock);
    return false;
}

struct pg_pool *pg_pool_open(const struct pg_options *options)
{
    struct pg_pool *pool = memory_allocate_zero(options->allocator, sizeof(*pool));
    if (!pool)
        return NULL;
    pool->options = *options;
    pool->allocator = *options->allocator;
    pool->options.allocator = &pool->allocator;
    pool->process = getpid();
    if (!wants_log())
        pool->options.log = NULL;
    if (options->conninfo) {
        pool->conninfo = memory_copy_text(&pool->allocator, options->conninfo);
        pool->options.conninfo = pool->conninfo;
    }
    if ((options->conninfo && !pool->conninfo) || !init_locks(pool)) {
        struct howdah_allocator allocator = pool->allocator;
        memory_free(&allocator, pool->conninfo);
        memory_free(&allocator, pool);
        return NULL;
    }
    return pool;
}

static bool is_in_child(const struct pg_pool *pool)
{
    return getpid() != pool->process;
}

void pg_pool_close(struct pg_pool *pool)
{
    if (!pool)
        return;
    bool in_child = is_in_child(pool);
    for (struct pg_connection *connection = pool->newest; connection;) {
        struct pg_connection *older = connection->older;
        if (in_child)
            connection_abandon(connection, !connection->leased);
        else
            connection_close(connection);
        connection = older;
    }
    if (!in_child) {
        pthread_mutex_destroy(&pool->mutex);
        pthread_condattr_destroy(&pool->clock);
    }
    struct howdah_allocator allocator = pool->allocator;
    memory_free(&allocator, pool->conninfo);
    memory_free(&allocator, pool);
}

/* NULL: there is none. */
static struct pg_connection *take_spare(struct pg_pool *pool)
{
    struct pg_connection *spare = atomic_exchange(&pool->spare, NULL);
    if (spare)
        spare->leased = true;
    return spare;
}

/* --- under the mutex --- */

static void link_connection(struct pg_pool *pool, struct pg_connection *connection)
{
    connection->leased = true;
    connection->newer = NULL;
    connection->older = pool->newest;
    if (pool->newest)
        pool->newest->newer = connection;
    pool->newest = connection;
    pool->open++;
}

static void unlink_connection(struct pg_pool *pool, struct pg_connection *connection)
{
    if (connection->newer)
        connection->newer->older = connection->older;
    else
        pool->newest = connection->older;
    if (connection->older)
        connection->older->newer = connection->newer;
    pool->open--;
}

static void append_turn(struct pg_pool *pool, struct turn *turn)
{
    turn->next = NULL;
    if (pool->last)
        pool->last->next = turn;
    else
        pool->first = turn;
    pool->last = turn;
    atomic_fetch_add(&pool->waiting, 1);
}

static void remove_turn(struct pg_pool *pool, struct turn *turn)
{
    struct turn *before = NULL;
    for (struct turn *at = pool->first; at != turn; at = at->next)
        before = at;
    if (before)
        before->next = turn->next;
    else
        pool->first = turn->next;
    if (pool->last == turn)
        pool->last = before;
    atomic_fetch_sub(&pool->waiting, 1);
}

/* Gives something to whoever has waited longest; false if nobody waits. */
static bool give(struct pg_pool *pool, enum turn_kind kind, struct pg_connection *connection)
{
    struct turn *turn = pool->first;
    if (!turn)
        return false;
    remove_turn(pool, turn);
    turn->kind = kind;
    turn->connection = connection;
    pthread_cond_signal(&turn->changed);
    return true;
}

static void give_place_back(struct pg_pool *pool)
{
    if (!give(pool, TURN_CONNECT, NULL))
        pool->places--;
}

static void give_connection_back(struct pg_pool *pool, struct pg_connection *connection)
{
    connection->leased = pool->first;
    if (give(pool, TURN_CONNECTION, connection))
        return;
    connection->next_idle = pool->idle;
    pool->idle = connection;
}

/* The spare connection goes to whoever waits. */
static void give_spare(struct pg_pool *pool)
{
    struct pg_connection *spare = pool->first ? take_spare(pool) : NULL;
    if (spare)
        give_connection_back(pool, spare);
}

static struct pg_connection *take_idle(struct pg_pool *pool)
{
    struct pg_connection *connection = pool->first ? NULL : take_spare(pool);
    if (connection || !pool->idle)
        return connection;
    connection = pool->idle;
    pool->idle = connection->next_idle;
    connection->leased = true;
    return connection;
}

static bool take_at_once(struct pg_pool *pool, struct turn *turn)
{
    turn->connection = take_idle(pool);
    if (turn->connection) {
        turn->kind = TURN_CONNECTION;
    } else if (pool->places < pool->options.pool_size) {
        turn->kind = TURN_CONNECT;
        pool->places++;
    }
    return turn->kind != TURN_WAITING;
}

static struct timespec timespec_of(moment m)
{
    return (struct timespec){.tv_sec = (time_t)(m / 1000000000), .tv_nsec = (long)(m % 1000000000)};
}

/* Waits until something is given, or the moment has come. */
static void wait_for_turn(struct pg_pool *pool, struct turn *turn)
{
    struct timespec end = timespec_of(turn->until);
    append_turn(pool, turn);
    give_spare(pool);
    while (turn->kind == TURN_WAITING) {
        if (turn->until == MOMENT_NEVER)
            pthread_cond_wait(&turn->changed, &pool->mutex);
        else if (pthread_cond_timedwait(&turn->changed, &pool->mutex, &end) != 0 && turn->kind == TURN_WAITING) {
            remove_turn(pool, turn);
            return;
        }
    }
}

/* --- leasing --- */

static moment earlier(moment a, moment b)
{
    return a < b ? a : b;
}

static enum howdah_status take_turn(struct pg_pool *pool, struct turn *turn, struct howdah_error *error)
{
    pthread_mutex_lock(&pool->mutex);
    bool taken = take_at_once(pool, turn);
    if (!taken && pthread_cond_init(&turn->changed, &pool->clock) == 0) {
        wait_for_turn(pool, turn);
        pthread_cond_destroy(&turn->changed);
        taken = true;
    }
    pthread_mutex_unlock(&pool->mutex);
    if (!taken)
        return error_set(error, HOWDAH_STATUS_NO_MEMORY, "out of memory");
    if (turn->kind == TURN_WAITING)
        return error_set(error, HOWDAH_STATUS_TIMEOUT,
                         "no connection became free before the time limit passed: all %d are in use (pool_size)",
                         pool->options.pool_size);
    return HOWDAH_STATUS_OK;
}

/* The server lets no more in: one of those that are open, or are being opened, has to do, once it comes back. */
static void wait_for_another(struct pg_pool *pool, struct turn *turn)
{
    pool->places--;
    turn->connection = take_idle(pool);
    if (turn->connection) {
        turn->kind = TURN_CONNECTION;
    } else if (pthread_cond_init(&turn->changed, &pool->clock) == 0) {
        wait_for_turn(pool, turn);
        pthread_cond_destroy(&turn->changed);
    }
}

/* Each pause is twice the one before. False: the time would be up. */
static bool may_try_again(struct turn *turn)
{
    turn->pause = turn->pause == 0 ? FIRST_PAUSE_MS : turn->pause < LONGEST_PAUSE_MS ? turn->pause * 2 : turn->pause;
    return clock_after(turn->pause) < turn->until;
}

/* Opens a connection on a place that we hold. After a failure the turn may be another one. */
static enum howdah_status connect_on_place(struct pg_pool *pool, struct turn *turn, struct howdah_error *error)
{
    if (turn->pause)
        clock_pause(clock_draw(turn->pause, turn), turn->until);
    moment until = earlier(turn->deadline, clock_deadline(pool->options.connect_timeout, -1));
    enum howdah_status status = connection_open(&pool->options, until, error, &turn->connection);
    bool too_many = status != HOWDAH_STATUS_OK && strcmp(error->sqlstate, "53300") == 0;
    turn->kind = TURN_WAITING;
    pthread_mutex_lock(&pool->mutex);
    if (status == HOWDAH_STATUS_OK)
        link_connection(pool, turn->connection);
    else if (too_many && pool->places > 1)
        wait_for_another(pool, turn);
    else if (too_many && may_try_again(turn))
        turn->kind = TURN_CONNECT;
    else
        give_place_back(pool);
    pthread_mutex_unlock(&pool->mutex);
    return status;
}

/* Closes a leased connection; its place stays ours. */
static void close_leased(struct pg_pool *pool, struct pg_connection *connection)
{
    pthread_mutex_lock(&pool->mutex);
    unlink_connection(pool, connection);
    pthread_mutex_unlock(&pool->mutex);
    connection_close(connection);
}

/* The connection that was given, or a new one on the place that was. */
static enum howdah_status use_turn(struct pg_pool *pool, struct turn *turn, struct howdah_error *error)
{
    if (turn->kind == TURN_CONNECTION && connection_looks_alive(turn->connection))
        return HOWDAH_STATUS_OK;
    if (turn->kind == TURN_CONNECTION)
        close_leased(pool, turn->connection);
    return connect_on_place(pool, turn, error);
}

enum howdah_status pool_lease_other(struct pg_pool *pool, moment deadline, struct howdah_error *error,
                                    struct pg_connection **ret)
{
    struct turn turn = {.kind = TURN_WAITING,
                        .deadline = deadline,
                        .until = earlier(deadline, clock_deadline(pool->options.pool_timeout, -1))};
    if (is_in_child(pool))
        return error_set(error, HOWDAH_STATUS_MISUSE,
                         "this process was forked after the database was opened: open it anew in the child");
    enum howdah_status status = take_turn(pool, &turn, error);
    if (status != HOWDAH_STATUS_OK)
        return status;
    while ((status = use_turn(pool, &turn, error)) != HOWDAH_STATUS_OK && turn.kind != TURN_WAITING)
        error_clear(error);
    if (status == HOWDAH_STATUS_OK)
        *ret = turn.connection;
    return status;
}

struct pg_connection *pool_lease_spare(struct pg_pool *pool)
{
    struct pg_connection *spare = is_in_child(pool) || atomic_load(&pool->waiting) ? NULL : take_spare(pool);
    if (!spare || !connection_has_input(spare) || connection_look_closer(spare))
        return spare;
    pg_pool_release(pool, spare);
    return NULL;
}

/* It becomes the spare one, and the one that was joins the idle ones. */
static void leave_spare(struct pg_pool *pool, struct pg_connection *connection)
{
    connection->leased = false;
    struct pg_connection *before = atomic_exchange(&pool->spare, connection);
    if (!before && !atomic_load(&pool->waiting))
        return;
    pthread_mutex_lock(&pool->mutex);
    if (before)
        give_connection_back(pool, before);
    give_spare(pool);
    pthread_mutex_unlock(&pool->mutex);
}

/* Whether the idle ones are not to be trusted either, for what befell this one. Where the server itself ends a connection it
 * says so, and each of the others hears it. Who vanishes says nothing, and a standby, or one who is no primary any more,
 * speaks only when it is written to. */
static bool casts_doubt(const struct pg_connection *connection)
{
    bool lost = !connection->pg && connection->execution.status == HOWDAH_STATUS_CONNECTION;
    return connection_is_unwritable(connection) || (lost && !*connection->farewell.sqlstate);
}

/* Who waits may open another. */
static void close_for_good(struct pg_pool *pool, struct pg_connection *connection)
{
    int others = casts_doubt(connection) ? pool->options.pool_size : 0;
    while (connection) {
        close_leased(pool, connection);
        pthread_mutex_lock(&pool->mutex);
        give_place_back(pool);
        connection = others-- > 0 ? take_idle(pool) : NULL;
        pthread_mutex_unlock(&pool->mutex);
    }
}

void pg_pool_release(struct pg_pool *pool, struct pg_connection *connection)
{
    if (!connection)
        return;
    /* The mutex may be locked for ever by a thread that fork did not copy. pg_pool_close abandons the connection. */
    if (is_in_child(pool))
        return;
    if (connection_is_reusable(connection))
        leave_spare(pool, connection);
    else
        close_for_good(pool, connection);
}

/* Those that are neither idle nor spare are leased. */
void pg_pool_count(struct pg_pool *pool, int *ret_open, int *ret_leased)
{
    pthread_mutex_lock(&pool->mutex);
    int idle = atomic_load(&pool->spare) != NULL;
    for (const struct pg_connection *connection = pool->idle; connection; connection = connection->next_idle)
        idle++;
    *ret_open = pool->open;
    *ret_leased = pool->open - idle;
    pthread_mutex_unlock(&pool->mutex);
}

int pg_pool_waiting(struct pg_pool *pool)
{
    return atomic_load(&pool->waiting);
}
