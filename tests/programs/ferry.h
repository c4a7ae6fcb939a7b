/* The models of the programs in this folder: boats, their trips, and who works on them. */
#ifndef FERRY_H
#define FERRY_H

#include <howdah/howdah.h>

typedef struct Boat Boat;
typedef struct Trip Trip;
typedef struct Sailor Sailor;

typedef enum TripState { TRIP_PLANNED, TRIP_SAILED, TRIP_CANCELLED } TripState;

struct Boat {
    int64_t id;
    const char *name;
    int16_t seats;
    NullDouble length;
    PgDate built;
    TextArray equipment;
    MANY(Trip) trips;
};

struct Trip {
    int64_t id;
    int64_t boat_id;
    char line[8];
    PgTimestamp departs;
    PgNumeric fare;
    TripState state;
    int32_t version;
    PgTimestamp entered;
    Boat *boat;
    MANY(Sailor) crew;
};

struct Sailor {
    PgUuid id;
    const char *name;
    NullInt64 boat_id;
    Boat *boat;
};

extern const Model Boat_model, Trip_model, Sailor_model;

#endif
