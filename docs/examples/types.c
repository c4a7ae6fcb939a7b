/* A tour of the column types: one row with a value of each, written and read back. It connects as psql would,
 * and drops and makes its table "tour". */
#include <howdah/howdah.h>
#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum color { COLOR_RED, COLOR_GREEN, COLOR_BLUE };
ENUM(Color, "tour_color", LABEL(COLOR_RED, "red"), LABEL(COLOR_GREEN, "green"), LABEL(COLOR_BLUE, "blue"));

/* A type of the program's own needs a codec: it travels as text. */
struct point {
    int32_t x;
    int32_t y;
};

static ptrdiff_t point_encode(const void *field, char *text, size_t size)
{
    const struct point *point = field;
    return snprintf(text, size, "(%" PRId32 ",%" PRId32 ")", point->x, point->y);
}

static bool point_decode(const char *text, size_t length, void *field)
{
    struct point *point = field;
    char copy[64];
    if (!text || length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return sscanf(copy, "(%" SCNd32 ",%" SCNd32 ")", &point->x, &point->y) == 2;
}

static const Codec point_codec = {.sql_type = "point", .encode = point_encode, .decode = point_decode};

typedef struct {
    PgUuid id;           /* uuid, made by session_add */
    bool flag;           /* boolean */
    int16_t small;       /* smallint */
    int32_t medium;      /* integer */
    int64_t great;       /* bigint */
    float real;          /* real */
    double precise;      /* double precision */
    NullInt32 maybe;     /* integer that can be NULL */
    const char *text;    /* text; the pointer is replaced to change it */
    const char *no_text; /* text that can be NULL */
    char code[9];        /* varchar(8), inside the struct */
    enum color color;    /* an enum type of the database */
    PgTimestamp moment;  /* timestamptz */
    PgDate day;          /* date */
    PgTime hour;         /* time */
    PgInterval span;     /* interval */
    PgNumeric price;     /* numeric, exact */
    PgBytes bytes;       /* bytea */
    PgJson json;         /* jsonb */
    TextArray words;     /* text[] */
    Int64Array numbers;  /* bigint[] */
    const char *address; /* any other type: inet as text */
    struct point place;  /* point, through the codec */
    PgTimestamp made_at; /* filled in by the server */
    const char *shout;   /* computed by the server */
} Tour;

MODEL(Tour, "tour",
    COLUMN(Tour, id,       .primary_key = true, .generated = GENERATED_UUID_V7),
    COLUMN(Tour, flag),
    COLUMN(Tour, small),
    COLUMN(Tour, medium,   .check = "medium <> 13"),
    COLUMN(Tour, great,    .column = "very_great"),
    COLUMN(Tour, real),
    COLUMN(Tour, precise),
    COLUMN(Tour, maybe),
    COLUMN(Tour, text),
    COLUMN(Tour, no_text,  .nullable = true),
    COLUMN(Tour, code,     .unique = true),
    COLUMN_ENUM(Tour, color, Color),
    COLUMN(Tour, moment),
    COLUMN(Tour, day),
    COLUMN(Tour, hour),
    COLUMN(Tour, span),
    COLUMN(Tour, price,    .sql_type = "numeric(12,2)"),
    COLUMN(Tour, bytes),
    COLUMN(Tour, json),
    COLUMN(Tour, words),
    COLUMN(Tour, numbers),
    COLUMN(Tour, address,  .sql_type = "inet"),
    COLUMN_CODEC(Tour, place, &point_codec),
    COLUMN(Tour, made_at,  .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    COLUMN(Tour, shout,    .stored = "upper(text)", .generated = GENERATED_BY_SERVER));

static Tour *add(Session *s)
{
    const char *words[] = {"one", NULL, "three"};
    bool no_word[] = {false, true, false};
    int64_t numbers[] = {INT64_MIN, 0, INT64_MAX};
    Tour tour = {
        .flag = true,
        .small = INT16_MIN,
        .medium = 42,
        .great = INT64_MAX,
        .real = 0.5f,
        .precise = DBL_MAX,
        .maybe = {.value = 7, .valid = true},
        .text = "na\u00efve",
        .code = "A-1",
        .color = COLOR_GREEN,
        .hour = {.microseconds = 12 * INT64_C(3600000000)},
        .span = {.months = 1, .days = 2, .microseconds = 3000000},
        .price = {"1234567890.10"},
        .bytes = {"\0\1\2", 3},
        .json = {"{\"a\": [1, null]}"},
        .words = {words, no_word, 3},
        .numbers = {.items = numbers, .count = 3},
        .address = "192.0.2.1/24",
        .place = {3, -4},
    };
    if (timestamp_from_text("2026-11-20 10:15:00.25+00", &tour.moment) != STATUS_OK ||
        date_from_ymd(2026, 11, 20, &tour.day) != STATUS_OK)
        return NULL;
    return session_add_struct(s, Tour, &tour); /* copies all that it points to */
}

static void print(const Tour *t)
{
    char id[HOWDAH_TEXT_MAX], moment[HOWDAH_TEXT_MAX], day[HOWDAH_TEXT_MAX], hour[HOWDAH_TEXT_MAX],
        span[HOWDAH_TEXT_MAX];
    uuid_to_text(t->id, id);
    timestamp_to_text(t->moment, moment);
    date_to_text(t->day, day);
    time_to_text(t->hour, hour);
    interval_to_text(t->span, span);
    printf("%s %s %" PRId16 " %" PRId32 " %" PRId64 " %g %g\n", id, t->flag ? "true" : "false", t->small, t->medium,
           t->great, (double)t->real, t->precise);
    printf("%s %s %s %s color %d\n", t->text, t->no_text ? t->no_text : "NULL", t->code, t->shout, (int)t->color);
    printf("%s, %s, %s, %s\n", moment, day, hour, span);
    printf("%s, %zu bytes, %s, %s, (%" PRId32 ",%" PRId32 ")\n", t->price.text, t->bytes.size, t->json.text, t->address,
           t->place.x, t->place.y);
    for (size_t i = 0; i < t->words.count; i++)
        printf("%s ", t->words.nulls && t->words.nulls[i] ? "NULL" : t->words.items[i]);
    printf("and %zu numbers\n", t->numbers.count);
}

/* Each change in the way that its type wants. */
static void change(Session *s, Tour *t)
{
    t->medium++;
    t->maybe.valid = false;                          /* SQL NULL */
    t->text = session_text(s, "%s indeed", t->text); /* text is replaced, never edited */
    if (!SET_TEXT(t->code, "B-2"))                   /* but char[N] is edited in place, with a check */
        return;
    if (t->numbers.count > 1)
        t->numbers.items[1] = 1; /* and so are the items of an array */
    t->moment = TIMESTAMP_INFINITY;
    t->price.text = session_copy(s, "0.99", sizeof "0.99");
}

int main(void)
{
    Database *db = database_open(NULL, MODELS(Tour), NULL);
    database_drop_tables(db);
    database_create_tables(db);
    Session *s = session_open(db);
    const Error *error = database_error(db);
    if (!error && add(s) && session_commit(s) == STATUS_OK) {
        session_clear(s); /* so that the row comes from the server */
        Tour *tour = session_find_by(s, Tour, code, "A-1");
        if (tour) {
            print(tour);
            change(s, tour);
            printf("\n%s\n", plan_text(session_plan(s)));
            if (session_commit(s) == STATUS_OK)
                print(tour);
        }
    }
    error = error ? error : session_error(s);
    if (error)
        fprintf(stderr, "%s\n", error_text(error));
    int status = error ? EXIT_FAILURE : EXIT_SUCCESS;
    session_close(s);
    database_close(db);
    return status;
}
