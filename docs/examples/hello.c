/* The smallest complete program: a table, a row, a change. It connects as psql would. */
#include <howdah/howdah.h>
#include <inttypes.h>
#include <stdio.h>

typedef struct {
    int64_t id;
    const char *name;
    int32_t visits;
} Visitor;

MODEL(Visitor, "visitors",
    COLUMN(Visitor, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Visitor, name, .unique = true),
    COLUMN(Visitor, visits));

int main(void)
{
    Database *db = database_open(NULL, MODELS(Visitor), NULL);
    database_create_tables(db);
    Session *s = session_open(db);

    Visitor *ann = session_find_by(s, Visitor, name, "Ann");
    if (!ann)
        ann = session_add(s, Visitor, .name = "Ann");
    ann->visits++;

    int failed = database_error(db) || session_commit(s) != STATUS_OK;
    if (failed)
        fprintf(stderr, "%s\n", error_text(database_error(db) ? database_error(db) : session_error(s)));
    else
        printf("Hello, %s: visit %" PRId32 ", row %" PRId64 "\n", ann->name, ann->visits, ann->id);
    session_close(s);
    database_close(db);
    return failed;
}
