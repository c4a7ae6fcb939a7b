/* Clubs with members, teams and badges: every kind of relation, and every rule for what its rows do when their owner is
 * deleted.
 *
 *   Club    has many Member (nullable), Bill (NOT NULL), Room (.cascade), Note (.delete_orphans, and a Desk's, too),
 *           Seat (ON DELETE CASCADE), Guest (ON DELETE SET NULL); has one Stamp; has many Remark, which are Member's, too
 *   Member  many to many Badge; has many Member (whom they brought), without a pointer back
 */
#ifndef API_LINK_MODELS_H
#define API_LINK_MODELS_H

#include <howdah/howdah.h>

typedef struct Club Club;
typedef struct Member Member;
typedef struct Badge Badge;
typedef struct Bill Bill;
typedef struct Room Room;
typedef struct Table Table;
typedef struct Note Note;
typedef struct Desk Desk;
typedef struct Seat Seat;
typedef struct Guest Guest;
typedef struct Stamp Stamp;
typedef struct Remark Remark;

struct Club {
    int64_t id;
    const char *name;
    MANY(Member) members;
    MANY(Member) seniors;
    MANY(Bill) bills;
    MANY(Room) rooms;
    MANY(Note) notes;
    MANY(Seat) seats;
    MANY(Guest) guests;
    MANY(Remark) remarks;
    Stamp *stamp;
};

struct Member {
    int64_t id;
    NullInt64 club_id;
    NullInt64 brought_by;
    const char *name;
    int32_t age;
    int32_t version;
    Club *club;
    MANY(Member) brought;
    MANY(Badge) badges;
    MANY(Remark) remarks;
};

struct Badge {
    PgUuid id;
    const char *label;
    MANY(Member) members;
};

struct Bill {
    int64_t id;
    int64_t club_id;
    int32_t amount;
    Club *club;
};

struct Room {
    int64_t id;
    int64_t club_id;
    const char *name;
    Club *club;
    MANY(Table) tables;
};

struct Table {
    int64_t id;
    int64_t room_id;
    int32_t legs;
};

struct Note {
    int64_t id;
    NullInt64 club_id;
    NullInt64 desk_id;
    const char *text;
    Club *club;
    Desk *desk;
};

struct Desk {
    int64_t id;
    const char *name;
    MANY(Note) notes;
};

struct Seat {
    int64_t id;
    int64_t club_id;
    int32_t number;
    Club *club;
};

struct Guest {
    int64_t id;
    NullInt64 club_id;
    const char *name;
    Club *club;
};

struct Stamp {
    int64_t id;
    NullInt64 club_id;
    const char *text;
    Club *club;
};

struct Remark {
    int64_t id;
    char about[12];
    NullInt64 about_id;
    const char *text;
    Club *club;
    Member *member;
};

extern const Model Club_model, Member_model, Badge_model, Bill_model, Room_model, Table_model, Note_model, Desk_model,
    Seat_model, Guest_model, Stamp_model, Remark_model;

/* clang-format off */
#define ID(T) COLUMN(T, id, .primary_key = true, .generated = GENERATED_IDENTITY)

MODEL(Club, "clubs",
    ID(Club),
    COLUMN(Club, name, .unique = true),
    HAS_MANY_WITH((.where = "age >= 60"), Club, seniors, Member, club_id),
    HAS_MANY(Club, members, Member, club_id),
    HAS_MANY(Club, bills, Bill, club_id),
    HAS_MANY_WITH((.cascade = CASCADE_ADD | CASCADE_DELETE), Club, rooms, Room, club_id),
    HAS_MANY_WITH((.delete_orphans = true), Club, notes, Note, club_id),
    HAS_MANY(Club, seats, Seat, club_id),
    HAS_MANY(Club, guests, Guest, club_id),
    HAS_MANY_WITH((.type_field = "about", .type_label = "club"), Club, remarks, Remark, about_id),
    HAS_ONE(Club, stamp, Stamp, club_id));

MODEL(Member, "members",
    ID(Member),
    COLUMN(Member, club_id,    .references = &Club_model),
    COLUMN(Member, brought_by, .references = &Member_model),
    COLUMN(Member, name),
    COLUMN(Member, age),
    COLUMN(Member, version,    .version = true),
    BELONGS_TO(Member, club, Club, club_id),
    HAS_MANY(Member, brought, Member, brought_by),
    HAS_MANY_WITH((.type_field = "about", .type_label = "member"), Member, remarks, Remark, about_id),
    MANY_TO_MANY(Member, badges, Badge, "member_badges", "member_id", "badge_id"));

MODEL(Badge, "badges",
    COLUMN(Badge, id, .primary_key = true, .generated = GENERATED_UUID_V7),
    COLUMN(Badge, label),
    MANY_TO_MANY(Badge, members, Member, "member_badges", "badge_id", "member_id"));

MODEL(Bill, "bills",
    ID(Bill),
    COLUMN(Bill, club_id, .references = &Club_model),
    COLUMN(Bill, amount),
    BELONGS_TO(Bill, club, Club, club_id));

MODEL(Room, "rooms",
    ID(Room),
    COLUMN(Room, club_id, .references = &Club_model),
    COLUMN(Room, name),
    BELONGS_TO_WITH((.cascade = CASCADE_ADD), Room, club, Club, club_id),
    HAS_MANY_WITH((.cascade = CASCADE_ADD | CASCADE_DELETE, .lazy = LAZY_RAISE), Room, tables, Table, room_id));

MODEL(Table, "tables",
    ID(Table),
    COLUMN(Table, room_id, .references = &Room_model),
    COLUMN(Table, legs));

MODEL(Note, "notes",
    ID(Note),
    COLUMN(Note, club_id, .references = &Club_model),
    COLUMN(Note, desk_id, .references = &Desk_model),
    COLUMN(Note, text),
    BELONGS_TO(Note, club, Club, club_id),
    BELONGS_TO(Note, desk, Desk, desk_id));

MODEL(Desk, "desks",
    ID(Desk),
    COLUMN(Desk, name),
    HAS_MANY_WITH((.delete_orphans = true), Desk, notes, Note, desk_id));

MODEL(Seat, "seats",
    ID(Seat),
    COLUMN(Seat, club_id, .references = &Club_model, .on_delete = ON_DELETE_CASCADE),
    COLUMN(Seat, number),
    BELONGS_TO(Seat, club, Club, club_id));

MODEL(Guest, "guests",
    ID(Guest),
    COLUMN(Guest, club_id, .references = &Club_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Guest, name),
    BELONGS_TO(Guest, club, Club, club_id));

MODEL(Stamp, "stamps",
    ID(Stamp),
    COLUMN(Stamp, club_id, .references = &Club_model, .unique = true),
    COLUMN(Stamp, text),
    BELONGS_TO(Stamp, club, Club, club_id));

MODEL(Remark, "remarks",
    ID(Remark),
    COLUMN(Remark, about),
    COLUMN(Remark, about_id),
    COLUMN(Remark, text),
    BELONGS_TO_WITH((.type_field = "about", .type_label = "club"), Remark, club, Club, about_id),
    BELONGS_TO_WITH((.type_field = "about", .type_label = "member"), Remark, member, Member, about_id));
/* clang-format on */

#define CLUBS MODELS(Club, Member, Badge, Bill, Room, Table, Note, Desk, Seat, Guest, Stamp, Remark)

#endif
