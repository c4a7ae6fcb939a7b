#include "ferry.h"

static const char *some_seats(const void *object, const void *field)
{
    (void)field;
    return ((const Boat *)object)->seats > 0 ? NULL : "must be more than none";
}

ENUM(TripState, "trip_state", LABEL(TRIP_PLANNED, "planned"), LABEL(TRIP_SAILED, "sailed"),
     LABEL(TRIP_CANCELLED, "cancelled"));

/* clang-format off */
MODEL(Boat, "boats",
    COLUMN(Boat, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Boat, name,      .unique = true),
    COLUMN(Boat, seats,     .validate = some_seats),
    COLUMN(Boat, length),
    COLUMN(Boat, built),
    COLUMN(Boat, equipment, .server_default = "'{}'"),
    HAS_MANY(Boat, trips, Trip, boat_id),
    CHECK("boats_plausible", "seats < 1000"));

MODEL(Trip, "trips",
    COLUMN(Trip, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Trip, boat_id, .references = &Boat_model, .on_delete = ON_DELETE_CASCADE, .index = true),
    COLUMN(Trip, line),
    COLUMN(Trip, departs),
    COLUMN(Trip, fare,    .sql_type = "numeric(6,2)"),
    COLUMN_ENUM(Trip, state, TripState),
    COLUMN(Trip, version, .version = true),
    COLUMN(Trip, entered, .generated = GENERATED_BY_SERVER, .server_default = "'2026-01-01 00:00:00+00'"),
    BELONGS_TO(Trip, boat, Boat, boat_id),
    MANY_TO_MANY(Trip, crew, Sailor, "trip_crew", "trip_id", "sailor_id"),
    UNIQUE(Trip, "trips_once", boat_id, departs));

MODEL(Sailor, "sailors",
    COLUMN(Sailor, id,      .primary_key = true, .generated = GENERATED_UUID_V7),
    COLUMN(Sailor, name),
    COLUMN(Sailor, boat_id, .references = &Boat_model, .on_delete = ON_DELETE_SET_NULL),
    BELONGS_TO(Sailor, boat, Boat, boat_id));
/* clang-format on */
