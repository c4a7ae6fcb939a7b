#include "chinook.h"

#define PRICE "numeric(10, 2)"

/* clang-format off */
MODEL(Artist, "artist",
    COLUMN(Artist, id,   .column = "artist_id", .primary_key = true),
    COLUMN(Artist, name, .sql_type = "varchar(120)", .nullable = true));

MODEL(Album, "album",
    COLUMN(Album, id,        .column = "album_id", .primary_key = true),
    COLUMN(Album, title,     .sql_type = "varchar(160)"),
    COLUMN(Album, artist_id, .references = &Artist_model),
    BELONGS_TO(Album, artist, Artist, artist_id));

MODEL(Genre, "genre",
    COLUMN(Genre, id,   .column = "genre_id", .primary_key = true),
    COLUMN(Genre, name, .sql_type = "varchar(120)", .nullable = true));

MODEL(MediaType, "media_type",
    COLUMN(MediaType, id,   .column = "media_type_id", .primary_key = true),
    COLUMN(MediaType, name, .sql_type = "varchar(120)", .nullable = true));

MODEL(Track, "track",
    COLUMN(Track, id,            .column = "track_id", .primary_key = true),
    COLUMN(Track, name,          .sql_type = "varchar(200)"),
    COLUMN(Track, album_id,      .references = &Album_model),
    COLUMN(Track, media_type_id, .references = &MediaType_model),
    COLUMN(Track, genre_id,      .references = &Genre_model),
    COLUMN(Track, composer,      .sql_type = "varchar(220)", .nullable = true),
    COLUMN(Track, milliseconds),
    COLUMN(Track, size,          .column = "bytes"),
    COLUMN(Track, price,         .column = "unit_price", .sql_type = PRICE),
    BELONGS_TO(Track, album, Album, album_id),
    BELONGS_TO(Track, media_type, MediaType, media_type_id),
    BELONGS_TO(Track, genre, Genre, genre_id));

MODEL(Playlist, "playlist",
    COLUMN(Playlist, id,   .column = "playlist_id", .primary_key = true),
    COLUMN(Playlist, name, .sql_type = "varchar(120)", .nullable = true));

MODEL(PlaylistTrack, "playlist_track",
    COLUMN(PlaylistTrack, playlist_id, .primary_key = true, .references = &Playlist_model),
    COLUMN(PlaylistTrack, track_id,    .primary_key = true, .references = &Track_model),
    BELONGS_TO(PlaylistTrack, playlist, Playlist, playlist_id),
    BELONGS_TO(PlaylistTrack, track, Track, track_id));

#define OPTIONAL(T, field, length) COLUMN(T, field, .sql_type = "varchar(" length ")", .nullable = true)

MODEL(Employee, "employee",
    COLUMN(Employee, id,         .column = "employee_id", .primary_key = true),
    COLUMN(Employee, last_name,  .sql_type = "varchar(20)"),
    COLUMN(Employee, first_name, .sql_type = "varchar(20)"),
    OPTIONAL(Employee, title, "30"),
    COLUMN(Employee, boss_id,    .column = "reports_to", .references = &Employee_model),
    COLUMN(Employee, born,       .column = "birth_date", .sql_type = "timestamp"),
    COLUMN(Employee, hired,      .column = "hire_date", .sql_type = "timestamp"),
    OPTIONAL(Employee, address, "70"),
    OPTIONAL(Employee, city, "40"),
    OPTIONAL(Employee, state, "40"),
    OPTIONAL(Employee, country, "40"),
    OPTIONAL(Employee, postal_code, "10"),
    OPTIONAL(Employee, phone, "24"),
    OPTIONAL(Employee, fax, "24"),
    COLUMN(Employee, mail,       .column = "email", .sql_type = "varchar(60)", .nullable = true),
    BELONGS_TO(Employee, boss, Employee, boss_id));

MODEL(Customer, "customer",
    COLUMN(Customer, id,         .column = "customer_id", .primary_key = true),
    COLUMN(Customer, first_name, .sql_type = "varchar(40)"),
    COLUMN(Customer, last_name,  .sql_type = "varchar(20)"),
    OPTIONAL(Customer, company, "80"),
    OPTIONAL(Customer, address, "70"),
    OPTIONAL(Customer, city, "40"),
    OPTIONAL(Customer, state, "40"),
    OPTIONAL(Customer, country, "40"),
    OPTIONAL(Customer, postal_code, "10"),
    OPTIONAL(Customer, phone, "24"),
    OPTIONAL(Customer, fax, "24"),
    COLUMN(Customer, mail,       .column = "email"),
    COLUMN(Customer, support_id, .column = "support_rep_id", .references = &Employee_model),
    BELONGS_TO(Customer, support, Employee, support_id));

#define BILLING(field, length) \
    COLUMN(Invoice, field, .column = "billing_" #field, .sql_type = "varchar(" length ")", .nullable = true)

MODEL(Invoice, "invoice",
    COLUMN(Invoice, id,          .column = "invoice_id", .primary_key = true),
    COLUMN(Invoice, customer_id, .references = &Customer_model),
    COLUMN(Invoice, date,        .column = "invoice_date", .sql_type = "timestamp"),
    BILLING(address, "70"),
    BILLING(city, "40"),
    BILLING(state, "40"),
    BILLING(country, "40"),
    BILLING(postal_code, "10"),
    COLUMN(Invoice, total,       .sql_type = PRICE),
    BELONGS_TO(Invoice, customer, Customer, customer_id));

MODEL(InvoiceLine, "invoice_line",
    COLUMN(InvoiceLine, id,         .column = "invoice_line_id", .primary_key = true),
    COLUMN(InvoiceLine, invoice_id, .references = &Invoice_model),
    COLUMN(InvoiceLine, track_id,   .references = &Track_model),
    COLUMN(InvoiceLine, price,      .column = "unit_price", .sql_type = PRICE),
    COLUMN(InvoiceLine, quantity),
    BELONGS_TO(InvoiceLine, invoice, Invoice, invoice_id),
    BELONGS_TO(InvoiceLine, track, Track, track_id));
/* clang-format on */
