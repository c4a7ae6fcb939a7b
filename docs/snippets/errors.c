/* One bad row among 2,000: what the error says. It connects as psql would, and drops and makes its table in
 * the schema docs. */
#include <howdah/howdah.h>
#include <stdio.h>

typedef struct {
    int64_t id;
    const char *email;
} Member;

MODEL(Member, "members",
    COLUMN(Member, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Member, email, .unique = true));

static int show(Database *db)
{
    Session *s = session_open(db);
    Member *twin = NULL;
    for (int i = 0; i < 2000; i++) {
        Member *member = session_add(s, Member, .email = session_text(s, "m%d@example.com", i == 1500 ? 7 : i));
        if (i == 1500)
            twin = member;
    }
    int failed = session_commit(s) != STATUS_UNIQUE || session_error(s)->object != twin;
    if (session_error(s))
        fputs(error_text(session_error(s)), stdout);
    session_close(s);
    return failed;
}

int main(void)
{
    Database *db = database_open(NULL, MODELS(Member), DATABASE_OPTIONS(.schema = "docs"));
    database_drop_tables(db);
    database_create_tables(db);
    if (database_error(db))
        fputs(error_text(database_error(db)), stderr);
    int failed = database_error(db) ? 1 : show(db);
    database_drop_tables(db);
    database_close(db);
    return failed;
}
