/* The plan of a small graph: what a commit would run, and in which order. It connects as psql would, and drops and
 * makes its tables in the schema docs. */
#include <howdah/howdah.h>
#include <stdio.h>

typedef struct {
    int64_t id;
    const char *name;
    NullInt32 age;
} User;

typedef struct {
    int64_t id;
    int64_t user_id;
    const char *title;
    User *user;
} Post;

MODEL(User, "users",
    COLUMN(User, id,   .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(User, name, .unique = true),
    COLUMN(User, age));

MODEL(Post, "posts",
    COLUMN(Post, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Post, user_id, .references = &User_model),
    COLUMN(Post, title),
    BELONGS_TO(Post, user, User, user_id));

static int show(Database *db)
{
    Session *s = session_open(db);
    User *ann = session_add(s, User, .name = "Ann");
    User *bob = session_add(s, User, .name = "Bob");
    Post *draft = session_add(s, Post, .title = "A draft", .user = bob);
    if (session_commit(s) == STATUS_OK) {
        User *eve = session_add(s, User, .name = "Eve");
        session_add(s, Post, .title = "Hello", .user = eve);
        session_add(s, Post, .title = "News", .user = ann);
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
    Database *db = database_open(NULL, MODELS(User, Post), DATABASE_OPTIONS(.schema = "docs"));
    database_drop_tables(db);
    database_create_tables(db);
    if (database_error(db))
        fputs(error_text(database_error(db)), stderr);
    int failed = database_error(db) ? 1 : show(db);
    database_drop_tables(db);
    database_close(db);
    return failed;
}
