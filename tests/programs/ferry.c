/* A day at the ferry office, once through: adds, finds, queries, changes, streams, and takes back. What it prints does
 * not depend on when or how often it runs. */
#include "ferry.h"

#include <inttypes.h>
#include <stdio.h>

static PgTimestamp at(const char *text)
{
    PgTimestamp time = {0};
    if (timestamp_from_text(text, &time) != STATUS_OK)
        printf("no time: %s\n", text);
    return time;
}

/* Three boats with a trip each hour of a day, in one commit. */
static Status open_season(Session *s)
{
    static const char *const names[] = {"Alma", "Berta", "Clara"};
    for (int b = 0; b < 3; b++) {
        Boat *boat =
            session_add(s, Boat, .name = names[b], .seats = (int16_t)(10 * (b + 1)), .length = {9.5 * b, b > 0},
                        .equipment = {(const char *[]){"life belts", NULL, "radio"}, (bool[]){0, 1, 0}, 3});
        printf("%s: %s, %zu trips\n", boat->name, boat->trips.loaded ? "all trips known" : "trips unknown",
               boat->trips.count);
        for (int hour = 0; hour < 24; hour++) {
            Trip *trip = session_add(s, Trip, .line = "red", .fare = {"3.5"}, .boat = boat,
                                     .departs = at(session_text(s, "2026-07-01 %02d:00:00", hour)));
            if (b == 2 && !SET_TEXT(trip->line, "blue"))
                printf("does not fit\n");
        }
        session_add(s, Sailor, .name = session_text(s, "captain of %s", boat->name), .boat = boat);
    }
    return session_commit(s);
}

static bool add_fare(void *arg, const void *object)
{
    int64_t cents;
    const Trip *trip = object;
    if (numeric_to_int64(trip->fare, 2, &cents) == STATUS_OK)
        *(int64_t *)arg += cents;
    return true;
}

/* The blue line is dearer in the evening; Alma leaves the service. */
static Status change_plans(Session *s)
{
    size_t count;
    Query *q = session_query(s, Trip);
    query_where(q, Trip, line, "=", "blue");
    query_where(q, Trip, departs, ">=", at("2026-07-01 18:00:00"));
    Trip **evening = query_all(q, Trip, &count);
    for (size_t i = 0; i < count; i++) {
        evening[i]->fare.text = "5";
        evening[i]->state = TRIP_SAILED;
    }
    printf("%zu evening trips\n", count);
    Boat *alma = session_find_by(s, Boat, name, "Alma"), *clara = session_find_by(s, Boat, name, "Clara");
    Sailor *captain = NULL;
    if (alma && clara) {
        q = session_query(s, Sailor);
        query_where(q, Sailor, boat_id, "=", alma->id);
        captain = query_first(q, Sailor);
        clara->equipment.items[2] = "radio and lamp";
    }
    if (captain)
        captain->boat = clara;
    session_delete(s, alma); /* with its trips, by the database's cascade */
    size_t steps = plan_step_count(session_plan(s));
    SessionStats before = session_stats(s);
    Status status = session_commit(s);
    printf("changed by %s in %" PRIu32 " round trips\n", steps > 0 ? "plan" : "nothing",
           session_stats(s).round_trips - before.round_trips);
    return status;
}

/* A transaction that is taken back leaves everything as it was, also in memory. */
static void change_minds(Session *s)
{
    Boat *berta = session_find_by(s, Boat, name, "Berta");
    session_begin(s, BEGIN_OPTIONS(.isolation = ISOLATION_REPEATABLE_READ));
    if (berta)
        berta->name = "Roberta";
    Boat *dora = session_add(s, Boat, .name = "Dora", .seats = 1);
    Status status = session_flush(s);
    printf("flushed: %s, Dora has %s key\n", status_name(status), dora->id ? "a" : "no");
    session_rollback(s);
    printf("taken back: %s, Dora has %s key\n", berta ? berta->name : "?", dora->id ? "a" : "no");
}

static void print_boats(Session *s)
{
    size_t count;
    Query *q = session_query(s, Boat);
    query_order_by(q, Boat, name, ORDER_DESC);
    Boat **boats = query_all(q, Boat, &count);
    for (size_t i = 0; i < count; i++)
        printf("%s: %d seats, %.1f m, %s\n", boats[i]->name, boats[i]->seats,
               boats[i]->length.valid ? boats[i]->length.value : 0.0, boats[i]->equipment.items[2]);
    int64_t cents = 0;
    if (query_each(session_query(s, Trip), Trip, add_fare, &cents) == STATUS_OK)
        printf("all fares: %" PRId64 " cents\n", cents);
}

int main(void)
{
    Database *db = database_open(NULL, MODELS(Boat, Trip, Sailor), NULL);
    database_drop_tables(db);
    database_create_tables(db);
    Session *s = session_open(db);
    if (open_season(s) == STATUS_OK) {
        session_clear(s);
        if (change_plans(s) == STATUS_OK)
            change_minds(s);
        print_boats(s);
    }
    int rc = session_error(s) != NULL;
    if (rc)
        fprintf(stderr, "%s\n", error_text(session_error(s)));
    session_close(s);
    database_close(db);
    return rc;
}
