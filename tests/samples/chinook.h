/* Models over the tables of Chinook, a music shop (https://github.com/lerocha/chinook-database): they were there before
 * the models, with keys that programs give out, and names that are not those of the fields. */
#ifndef SAMPLES_CHINOOK_H
#define SAMPLES_CHINOOK_H

#include <howdah/howdah.h>

typedef struct Artist Artist;
typedef struct Album Album;
typedef struct Genre Genre;
typedef struct MediaType MediaType;
typedef struct Track Track;
typedef struct Playlist Playlist;
typedef struct PlaylistTrack PlaylistTrack;
typedef struct Employee Employee;
typedef struct Customer Customer;
typedef struct Invoice Invoice;
typedef struct InvoiceLine InvoiceLine;

struct Artist {
    int32_t id;
    const char *name;
};

struct Album {
    int32_t id;
    const char *title;
    int32_t artist_id;
    Artist *artist;
};

struct Genre {
    int32_t id;
    const char *name;
};

struct MediaType {
    int32_t id;
    const char *name;
};

struct Track {
    int32_t id;
    const char *name;
    NullInt32 album_id;
    int32_t media_type_id;
    NullInt32 genre_id;
    const char *composer;
    int32_t milliseconds;
    NullInt32 size;
    PgNumeric price;
    Album *album;
    MediaType *media_type;
    Genre *genre;
};

struct Playlist {
    int32_t id;
    const char *name;
};

struct PlaylistTrack {
    int32_t playlist_id;
    int32_t track_id;
    Playlist *playlist;
    Track *track;
};

struct Employee {
    int32_t id;
    char last_name[81];
    char first_name[81];
    const char *title;
    NullInt32 boss_id;
    NullTimestamp born;
    NullTimestamp hired;
    const char *address, *city, *state, *country, *postal_code, *phone, *fax;
    const char *mail;
    Employee *boss;
};

struct Customer {
    int32_t id;
    const char *first_name, *last_name, *company;
    const char *address, *city, *state, *country, *postal_code, *phone, *fax;
    char mail[61];
    NullInt32 support_id;
    Employee *support;
};

struct Invoice {
    int32_t id;
    int32_t customer_id;
    PgTimestamp date;
    const char *address, *city, *state, *country, *postal_code;
    PgNumeric total;
    Customer *customer;
};

struct InvoiceLine {
    int32_t id;
    int32_t invoice_id;
    int32_t track_id;
    PgNumeric price;
    int32_t quantity;
    Invoice *invoice;
    Track *track;
};

extern const Model Artist_model, Album_model, Genre_model, MediaType_model, Track_model, Playlist_model,
    PlaylistTrack_model, Employee_model, Customer_model, Invoice_model, InvoiceLine_model;

#define CHINOOK_MODELS \
    MODELS(Artist, Album, Genre, MediaType, Track, Playlist, PlaylistTrack, Employee, Customer, Invoice, InvoiceLine)

#endif
