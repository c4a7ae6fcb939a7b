/* Everything that can go wrong at the ferry office, and that it is told truly. */
#include "ferry.h"

#include <stdio.h>
#include <string.h>

static int failures;

static void check(const char *what, bool holds)
{
    if (!holds)
        printf("not so: %s\n", what);
    failures += !holds;
}

static bool names(const Session *s, Status status, const void *object, const char *field)
{
    const Error *error = session_error(s);
    return error && error->status == status && error->object == object && error->field &&
           strcmp(error->field, field) == 0;
}

static void refused_by_the_client(Session *s)
{
    Boat *boat = session_add(s, Boat, .name = "Nobody's", .seats = 0);
    check("a validator refuses", session_commit(s) == STATUS_INVALID && names(s, STATUS_INVALID, boat, "seats"));
    session_clear_error(s);
    boat->seats = 5;
    boat->name = NULL;
    check("NULL is refused", session_commit(s) == STATUS_NOT_NULL && names(s, STATUS_NOT_NULL, boat, "name"));
    session_clear_error(s);
    boat->name = "Emma";
    Trip *trips[1] = {session_add(s, Trip, .line = "red", .fare = {"1"}, .boat = boat)};
    boat->trips.items = trips;
    boat->trips.count = 1;
    check("a collection is read only", session_commit(s) == STATUS_MISUSE && names(s, STATUS_MISUSE, boat, "trips"));
    session_clear_error(s);
    boat->trips.items = NULL;
    boat->trips.count = 0;
    check("mended", session_commit(s) == STATUS_OK && boat->id && trips[0]->boat_id == boat->id);
    trips[0]->entered.microseconds = 7;
    check("the server's own", session_commit(s) == STATUS_INVALID && names(s, STATUS_INVALID, trips[0], "entered"));
    session_rollback(s);
}

static void refused_by_the_server(Session *s)
{
    Boat *emma = session_find_by(s, Boat, name, "Emma");
    Trip *trip = NULL;
    for (int i = 0; i < 1500; i++) {
        Trip *added = session_add(s, Trip, .line = "red", .fare = {"1"}, .boat = emma, .departs = {1000000 * (i + 1)});
        if (i == 1234)
            trip = added;
    }
    trip->departs.microseconds = 0; /* as the one that is there */
    check("one of many", session_commit(s) == STATUS_UNIQUE && session_error(s)->object == trip);
    check("the constraint", session_error(s) && strcmp(session_error(s)->constraint, "trips_once") == 0);
    check("nothing was done", session_error(s)->outcome == OUTCOME_NOT_DONE && trip->id == 0);
    session_clear_error(s);
    trip->departs.microseconds = -1;
    emma->seats = 1000;
    check("a check", session_commit(s) == STATUS_CHECK && session_error(s)->object == emma);
    session_clear_error(s);
    emma->seats = 999;
    check("all of it", session_commit(s) == STATUS_OK && trip->id != 0 && trip->version == 1);
}

static void told_that_it_is_stale(Database *db)
{
    Session *one = session_open(db), *two = session_open(db);
    Trip *mine = query_first(session_query(one, Trip), Trip), *theirs = mine ? session_find(two, Trip, mine->id) : NULL;
    check("two objects", mine && theirs && mine != theirs);
    if (theirs) {
        mine->state = TRIP_SAILED;
        session_delete(two, theirs);
        check("first", session_commit(one) == STATUS_OK && mine->version == 2);
        check("stale", session_commit(two) == STATUS_STALE && session_error(two)->object == theirs);
        Boat *boat = session_find(one, Boat, mine->boat_id);
        Trip *foreign = session_add(one, Trip, .line = "x", .fare = {"1"}, .boat = theirs->boat);
        foreign->boat = (Boat *)(void *)theirs;
        check("foreign pointer",
              boat && session_commit(one) == STATUS_MISUSE && names(one, STATUS_MISUSE, foreign, "boat"));
    }
    session_close(one);
    session_close(two);
}

int main(void)
{
    Database *db = database_open(NULL, MODELS(Boat, Trip, Sailor), NULL);
    database_drop_tables(db);
    database_create_tables(db);
    Session *s = session_open(db);
    if (database_error(db)) {
        fprintf(stderr, "%s\n", error_text(database_error(db)));
        failures++;
    } else {
        refused_by_the_client(s);
        refused_by_the_server(s);
        told_that_it_is_stale(db);
    }
    session_close(s);
    database_close(db);
    if (failures == 0)
        printf("all told\n");
    return failures != 0;
}
