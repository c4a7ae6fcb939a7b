/* A blog of several companies, for the tests of queries: two ways to one model, references to itself, a nullable
 * reference, a join table, and columns of many types. */
#ifndef API_QUERY_MODELS_H
#define API_QUERY_MODELS_H

#include <howdah/howdah.h>

typedef struct Company Company;
typedef struct User User;
typedef struct Post Post;
typedef struct Tag Tag;
typedef struct Badge Badge;
typedef enum Mood { MOOD_CALM, MOOD_WILD } Mood;

struct Company {
    int64_t id;
    const char *name;
    const char *network;
    MANY(User) users;
};

struct User {
    int64_t id;
    NullInt64 company_id;
    NullInt64 boss_id;
    const char *name;
    const char *email;
    NullInt32 age;
    bool active;
    double score;
    PgDate born;
    Company *company;
    User *boss;
    MANY(User) staff;
    MANY(Post) posts;
    Badge *badge;
};

struct Badge {
    int64_t id;
    int64_t user_id;
    const char *code;
};

struct Post {
    int64_t id;
    int64_t author_id;
    NullInt64 editor_id;
    char slug[16];
    const char *title;
    const char *body;
    PgJson meta;
    PgJson raw;
    TextArray words;
    Int32Array marks;
    PgNumeric price;
    PgTimestamp at;
    PgUuid token;
    int mood;
    User *author;
    User *editor;
    MANY(Tag) tags;
};

struct Tag {
    int64_t id;
    const char *label;
    MANY(Post) posts;
};

extern const Model Company_model, User_model, Badge_model, Post_model, Tag_model;

/* clang-format off */
ENUM(Mood, "mood", LABEL(MOOD_CALM, "calm"), LABEL(MOOD_WILD, "wild"));

MODEL(Company, "companies",
    COLUMN(Company, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Company, name),
    COLUMN(Company, network, .nullable = true, .sql_type = "cidr"),
    HAS_MANY(Company, users, User, company_id));

MODEL(User, "users",
    COLUMN(User, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(User, company_id, .references = &Company_model),
    COLUMN(User, boss_id,    .references = &User_model),
    COLUMN(User, name),
    COLUMN(User, email,      .nullable = true),
    COLUMN(User, age),
    COLUMN(User, active),
    COLUMN(User, score),
    COLUMN(User, born),
    BELONGS_TO(User, company, Company, company_id),
    BELONGS_TO(User, boss, User, boss_id),
    HAS_MANY(User, staff, User, boss_id),
    HAS_MANY(User, posts, Post, author_id),
    HAS_ONE(User, badge, Badge, user_id));

MODEL(Badge, "badges",
    COLUMN(Badge, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Badge, user_id, .references = &User_model, .unique = true),
    COLUMN(Badge, code));

MODEL(Post, "posts",
    COLUMN(Post, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Post, author_id, .references = &User_model),
    COLUMN(Post, editor_id, .references = &User_model),
    COLUMN(Post, slug),
    COLUMN(Post, title),
    COLUMN(Post, body,      .nullable = true),
    COLUMN(Post, meta,      .nullable = true),
    COLUMN(Post, raw,       .nullable = true, .sql_type = "json"),
    COLUMN(Post, words,     .nullable = true),
    COLUMN(Post, marks,     .nullable = true),
    COLUMN(Post, price,     .nullable = true),
    COLUMN(Post, at),
    COLUMN(Post, token),
    COLUMN_ENUM(Post, mood, Mood),
    BELONGS_TO(Post, author, User, author_id),
    BELONGS_TO(Post, editor, User, editor_id),
    MANY_TO_MANY(Post, tags, Tag, "post_tags", "post_id", "tag_id"));

MODEL(Tag, "tags",
    COLUMN(Tag, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Tag, label, .unique = true),
    MANY_TO_MANY(Tag, posts, Post, "post_tags", "tag_id", "post_id"));
/* clang-format on */

#define BLOG MODELS(Company, User, Badge, Post, Tag)

/* Rows for them. */
#define BLOG_ROWS \
    "INSERT INTO companies (name, network) VALUES ('Acme', '10.0.0.0/8'), ('Initech', NULL);" \
    "INSERT INTO users (company_id, boss_id, name, email, age, active, score, born) VALUES" \
    " (1, NULL, 'Ann', 'ann@example.com', 44, true, 1.5, '1980-01-01')," \
    " (1, 1, 'Bob', 'bob@example.com', 20, true, 2.5, '1990-01-01')," \
    " (2, 1, 'Cid', NULL, NULL, false, 0, '2000-01-01')," \
    " (NULL, 2, '50%_off\\', 'dora@example.org', 31, true, -1, 'infinity');" \
    "INSERT INTO badges (user_id, code) VALUES (1, 'gold'), (3, 'tin');" \
    "INSERT INTO posts (author_id, editor_id, slug, title, body, meta, raw, words, marks, price, at, token, mood)" \
    " VALUES (1, 2, 'first', 'First elephant', 'the quick brown fox', '{\"n\": 5, \"a\": {\"b\": \"x\"}, \"t\": true}'," \
    " '{\"k\": \"v\"}', '{a,b}', '{1,2}', 10.5, '2026-01-01Z', '00000000-0000-7000-8000-000000000001', 'calm')," \
    " (1, NULL, 'second', 'Second howdah', NULL, '{\"n\": \"5\", \"pinned\": 1}', NULL, '{}', NULL, NULL," \
    " '2026-01-02Z', '00000000-0000-7000-8000-000000000002', 'wild')," \
    " (2, 1, 'third', 'Third rider', 'lazy dogs sleep', NULL, NULL, '{b,c}', '{2,3}', 99.99, '2026-01-03Z'," \
    " '00000000-0000-7000-8000-000000000003', 'wild');" \
    "INSERT INTO tags (label) VALUES ('c'), ('sql'), ('unused');" \
    "INSERT INTO post_tags (post_id, tag_id) VALUES (1, 1), (1, 2), (3, 2)"

#endif
