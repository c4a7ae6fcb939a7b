/* Models that have one of everything that a table can have. */
#ifndef API_SCHEMA_MODELS_H
#define API_SCHEMA_MODELS_H

#include <howdah/howdah.h>

typedef struct Author Author;
typedef struct Book Book;
typedef struct Genre Genre;
typedef struct Edition Edition;
typedef struct Print Print;
typedef struct Team Team;
typedef struct Member Member;
typedef struct Setting Setting;

enum mood { MOOD_CALM = 1, MOOD_ANGRY };

struct Author {
    int64_t id;
    const char *name;
    NullInt32 age;
    char code[8];
    int mood;
    PgTimestamp created_at;
    NullInt64 mentor_id;
    MANY(Genre) genres;
};

struct Book {
    int64_t id;
    int64_t author_id;
    const char *title;
    const char *summary;
    const char *address;
    PgNumeric price;
    NullFloat taxed;
    NullTimestamp deleted_at;
    TextArray tags;
    int mood;
};

struct Genre {
    PgUuid id;
    const char *label;
    MANY(Author) authors;
};

struct Edition {
    int64_t book_id;
    int16_t number;
    PgDate appeared;
};

struct Print {
    int32_t id;
    int64_t book_id;
    int16_t number;
    Edition *edition;
};

struct Team {
    int32_t id;
    const char *name;
    NullInt32 lead_id;
};

struct Member {
    int32_t id;
    int32_t team_id;
};

struct Setting {
    const char *key;
    PgJson value;
    int mood;
};

ENUM(Mood, "mood", LABEL(MOOD_CALM, "calm"), LABEL(MOOD_ANGRY, "it's \\ \"angry\""));

extern const Model Author_model, Genre_model, Member_model, Team_model;

/* clang-format off */
MODEL(Author, "authors",
    COLUMN(Author, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Author, name),
    COLUMN(Author, age,        .check = "age >= 0"),
    COLUMN(Author, code,       .unique = true),
    COLUMN_ENUM(Author, mood, Mood),
    COLUMN(Author, created_at, .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    COLUMN(Author, mentor_id,  .references = &Author_model, .on_delete = ON_DELETE_SET_NULL),
    MANY_TO_MANY(Author, genres, Genre, "author_genres", "author_id", "genre_id"));

MODEL(Book, "books",
    COLUMN(Book, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Book, author_id,  .references = &Author_model, .on_delete = ON_DELETE_CASCADE, .index = true),
    COLUMN(Book, title),
    COLUMN(Book, summary,    .nullable = true),
    COLUMN(Book, address,    .sql_type = "inet", .nullable = true),
    COLUMN(Book, price,      .sql_type = "numeric(10, 2)"),
    COLUMN(Book, taxed,      .sql_type = "double precision", .stored = "price::double precision * 2",
           .generated = GENERATED_BY_SERVER),
    COLUMN(Book, deleted_at),
    COLUMN(Book, tags,       .server_default = "'{}'"),
    COLUMN_ENUM(Book, mood, Mood),
    UNIQUE(Book, NULL, author_id, title),
    UNIQUE_WITH((.where = "deleted_at IS NULL"), Book, "books_one_alive", title),
    INDEX_WITH((.method = "gin"), Book, NULL, tags),
    INDEX(Book, "books_by_price", price, deleted_at),
    CHECK("books_sane", "title <> '' OR summary IS NOT NULL"));

MODEL(Genre, "genres",
    COLUMN(Genre, id,    .primary_key = true, .generated = GENERATED_UUID_V7),
    COLUMN(Genre, label, .unique = true),
    MANY_TO_MANY(Genre, authors, Author, "author_genres", "genre_id", "author_id"));

MODEL(Edition, "editions",
    COLUMN(Edition, book_id, .primary_key = true, .references = &Book_model, .on_delete = ON_DELETE_RESTRICT),
    COLUMN(Edition, number,  .primary_key = true),
    COLUMN(Edition, appeared));

MODEL(Print, "prints",
    COLUMN(Print, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Print, book_id),
    COLUMN(Print, number),
    BELONGS_TO(Print, edition, Edition, book_id, number));

MODEL(Team, "teams",
    COLUMN(Team, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Team, name,    .unique = true),
    COLUMN(Team, lead_id, .references = &Member_model, .on_delete = ON_DELETE_SET_NULL));

MODEL(Member, "members",
    COLUMN(Member, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Member, team_id, .references = &Team_model));

MODEL_IN("Depot \"x\"", Setting, "Weird \"name",
    COLUMN(Setting, key,   .primary_key = true, .column = "select \"from\""),
    COLUMN(Setting, value, .server_default = "'{\"a\": \";\\n\"}'"),
    COLUMN_ENUM(Setting, mood, Mood));
/* clang-format on */

#endif
