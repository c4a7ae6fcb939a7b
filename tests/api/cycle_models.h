/* Tables that refer to each other in rings, and unique values that rows take from each other. */
#ifndef API_CYCLE_MODELS_H
#define API_CYCLE_MODELS_H

#include <howdah/howdah.h>

typedef struct Ship Ship;
typedef struct Captain Captain;
typedef struct Crew Crew;
typedef struct Bead Bead;
typedef struct Slot Slot;
typedef struct Room Room;
typedef struct Guest Guest;

struct Ship { /* has a captain, always */
    int64_t id;
    int64_t captain_id;
    const char *name;
    Captain *captain;
};

struct Captain { /* has a ship, always; and a mate, perhaps */
    int64_t id;
    int64_t ship_id;
    NullInt64 mate_id;
    const char *name;
    int32_t version;
    Ship *ship;
    Crew *mate;
};

struct Crew {
    int64_t id;
    NullInt64 captain_id;
    const char *name;
    Captain *captain;
};

struct Bead { /* of a doubly linked list */
    int64_t id;
    NullInt64 previous_id, next_id;
    const char *label;
    PgTimestamp made_at;
    Bead *previous, *next;
};

struct Slot { /* unique values of all kinds */
    int64_t id;
    const char *name;  /* NOT NULL */
    NullInt32 place;   /* nullable */
    int32_t rank;      /* deferrable */
    const char *shelf; /* with `level`, deferrable too */
    int32_t level;
    bool current; /* one current slot a shelf */
    int32_t version;
};

struct Room {
    const char *code;
    NullInt64 slot_id;
    const char *name;
};

struct Guest { /* refers to other than the primary key */
    int64_t id;
    const char *room_name;
    Room *room;
};

/* clang-format off */
extern const Model Ship_model, Captain_model, Crew_model, Bead_model;

MODEL(Ship, "ships",
    COLUMN(Ship, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Ship, captain_id, .references = &Captain_model),
    COLUMN(Ship, name,       .unique = true),
    BELONGS_TO(Ship, captain, Captain, captain_id));

MODEL(Captain, "captains",
    COLUMN(Captain, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Captain, ship_id, .references = &Ship_model),
    COLUMN(Captain, mate_id, .references = &Crew_model),
    COLUMN(Captain, name),
    COLUMN(Captain, version, .version = true),
    BELONGS_TO(Captain, ship, Ship, ship_id),
    BELONGS_TO(Captain, mate, Crew, mate_id));

MODEL(Crew, "crew",
    COLUMN(Crew, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Crew, captain_id, .references = &Captain_model),
    COLUMN(Crew, name),
    BELONGS_TO(Crew, captain, Captain, captain_id));

MODEL(Bead, "beads",
    COLUMN(Bead, id,          .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Bead, previous_id, .references = &Bead_model),
    COLUMN(Bead, next_id,     .references = &Bead_model),
    COLUMN(Bead, label),
    COLUMN(Bead, made_at,     .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    BELONGS_TO(Bead, previous, Bead, previous_id),
    BELONGS_TO(Bead, next, Bead, next_id));

MODEL(Slot, "slots",
    COLUMN(Slot, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Slot, name,    .unique = true),
    COLUMN(Slot, place,   .unique = true),
    COLUMN(Slot, rank,    .unique = true, .deferrable = true),
    COLUMN(Slot, shelf),
    COLUMN(Slot, level),
    COLUMN(Slot, current),
    COLUMN(Slot, version, .version = true),
    UNIQUE_WITH((.deferrable = true), Slot, "slots_spot", shelf, level),
    UNIQUE_WITH((.where = "current"), Slot, "slots_current", shelf));

MODEL(Room, "rooms",
    COLUMN(Room, code,    .primary_key = true),
    COLUMN(Room, slot_id, .unique = true, .references = &Slot_model),
    COLUMN(Room, name,    .unique = true));

MODEL(Guest, "guests",
    COLUMN(Guest, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Guest, room_name, .references = &Room_model, .references_field = "name"),
    BELONGS_TO(Guest, room, Room, room_name));
/* clang-format on */

#define CYCLES MODELS(Ship, Captain, Crew, Bead, Slot, Room, Guest)

#endif
