/* What database_open says of models that are wrong: all faults of all models at once, and no server is asked. */
#include <howdah/howdah.h>
#include <stdio.h>

typedef struct Author Author;

typedef struct {
    int64_t id;
    int32_t author_id; /* Author.id is int64_t */
    const char *title;
    const char *name;
    int32_t pages;
    NullInt32 rating;
    const char *editor;
    Author *author;
} Book;

struct Author {
    int64_t id;
    const char *country;
    int32_t born;
    const char *publisher;
    MANY(Book) books;
    MANY(Book) edited;
};

typedef struct {
    const char *text;
} Note;

extern const Model Author_model;

MODEL(Book, "books",
    COLUMN(Book, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Book, author_id, .references = &Author_model, .on_delete = ON_DELETE_SET_NULL),
    COLUMN(Book, title,     .column = "name"),
    COLUMN(Book, name),
    COLUMN(Book, pages,     .nullable = true),
    COLUMN(Book, rating,    .sql_type = "integer[]"),
    COLUMN(Book, editor),
    BELONGS_TO(Book, author, Author, author_id));

MODEL(Note, "notes",
    COLUMN(Note, text));

MODEL(Author, "authors",
    COLUMN(Author, id,        .primary_key = true),
    COLUMN(Author, country,   .references = &Note_model, .references_field = "text"),
    COLUMN(Author, born,      .server_default = "1900"),
    COLUMN(Author, publisher, .generated = GENERATED_IDENTITY),
    HAS_MANY(Author, books, Book, author_id),
    HAS_MANY(Author, edited, Book, editor));

int main(void)
{
    Database *db = database_open(NULL, MODELS(Author, Book, Note), DATABASE_OPTIONS(.lazy = true));
    const Error *error = database_error(db);
    puts(error ? error->message : "no error");
    database_close(db);
    return !error;
}
