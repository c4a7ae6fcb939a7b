/* The plan of a small graph: what a commit would run, and in which order. It connects as psql would, and drops and
 * makes its tables. */
#include <howdah/howdah.h>
#include <stdio.h>

typedef struct {
    int64_t id;
    const char *name;
    NullInt32 age;
} PlanUser;

typedef struct {
    int64_t id;
    int64_t user_id;
    const char *title;
    PlanUser *user;
} PlanPost;

MODEL(PlanUser, "plan_users",
    COLUMN(PlanUser, id,  .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(PlanUser, name, .unique = true),
    COLUMN(PlanUser, age));

MODEL(PlanPost, "plan_posts",
    COLUMN(PlanPost, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(PlanPost, user_id, .references = &PlanUser_model),
    COLUMN(PlanPost, title),
    BELONGS_TO(PlanPost, user, PlanUser, user_id));

static int show(Database *db)
{
    Session *s = session_open(db);
    PlanUser *ann = session_add(s, PlanUser, .name = "Ann");
    PlanUser *bob = session_add(s, PlanUser, .name = "Bob");
    PlanPost *draft = session_add(s, PlanPost, .title = "A draft", .user = ann);
    if (session_commit(s) == STATUS_OK) {
        PlanUser *eve = session_add(s, PlanUser, .name = "Eve");
        session_add(s, PlanPost, .title = "Hello", .user = eve);
        session_add(s, PlanPost, .title = "News", .user = ann);
        ann->name = session_text(s, "%s Smith", ann->name);
        session_delete(s, draft);
        session_delete(s, bob);
        printf("%s", plan_text(session_plan(s)));
    }
    int failed = session_error(s) != NULL;
    if (failed)
        fputs(error_text(session_error(s)), stderr);
    session_close(s);
    return failed;
}

int main(void)
{
    Database *db = database_open(NULL, MODELS(PlanUser, PlanPost), NULL);
    database_drop_tables(db);
    database_create_tables(db);
    if (database_error(db))
        fputs(error_text(database_error(db)), stderr);
    int failed = database_error(db) ? 1 : show(db);
    database_drop_tables(db);
    database_close(db);
    return failed;
}
