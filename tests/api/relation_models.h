/* Relations of every kind: users have posts, a badge, logins by their mail, notes; posts have tags and comments; a tree; a
 * key of two parts. */
#ifndef API_RELATION_MODELS_H
#define API_RELATION_MODELS_H

#include <howdah/howdah.h>

typedef struct User User;
typedef struct Post Post;
typedef struct Tag Tag;
typedef struct Comment Comment;
typedef struct Badge Badge;
typedef struct Login Login;
typedef struct Note Note;
typedef struct Node Node;
typedef struct Room Room;
typedef struct Desk Desk;

struct User {
    int64_t id;
    const char *name;
    const char *email;
    MANY(Post) posts;
    MANY(Post) drafts;
    MANY(Login) logins;
    MANY(Note) notes;
    Badge *badge;
};

struct Post {
    int64_t id;
    NullInt64 user_id;
    const char *title;
    bool published;
    User *user;
    MANY(Tag) tags;
    MANY(Comment) comments;
    MANY(Note) notes;
};

struct Tag {
    PgUuid id;
    const char *label;
    MANY(Post) posts;
};

struct Comment {
    int32_t id;
    int64_t post_id;
    const char *text;
    Post *post;
};

struct Badge {
    int64_t id;
    int64_t user_id;
    const char *text;
    User *user;
};

struct Login {
    int64_t id;
    const char *email;
    User *user;
};

struct Note {
    int64_t id;
    const char *owner_type;
    int64_t owner_id;
    const char *text;
    User *user;
    Post *post;
};

struct Node {
    int64_t id;
    NullInt64 parent_id;
    const char *label;
    Node *parent;
    MANY(Node) children;
};

struct Room {
    const char *building;
    int16_t number;
    MANY(Desk) desks;
};

struct Desk {
    int64_t id;
    const char *building;
    int16_t number;
    Room *room;
};

extern const Model User_model, Post_model, Tag_model, Comment_model, Badge_model, Login_model, Note_model, Node_model,
    Room_model, Desk_model;

/* clang-format off */
MODEL(User, "users",
    COLUMN(User, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(User, name),
    COLUMN(User, email, .unique = true),
    HAS_MANY(User, posts, Post, user_id),
    HAS_MANY_WITH((.where = "NOT published", .order_by = "title DESC"), User, drafts, Post, user_id),
    HAS_MANY(User, logins, Login, email),
    HAS_MANY_WITH((.type_field = "owner_type", .type_label = "user"), User, notes, Note, owner_id),
    HAS_ONE(User, badge, Badge, user_id));

MODEL(Post, "posts",
    COLUMN(Post, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Post, user_id,   .references = &User_model, .index = true),
    COLUMN(Post, title),
    COLUMN(Post, published),
    BELONGS_TO(Post, user, User, user_id),
    MANY_TO_MANY(Post, tags, Tag, "post_tags", "post_id", "tag_id"),
    HAS_MANY(Post, comments, Comment, post_id),
    HAS_MANY_WITH((.type_field = "owner_type", .type_label = "post"), Post, notes, Note, owner_id));

MODEL(Tag, "tags",
    COLUMN(Tag, id,    .primary_key = true, .generated = GENERATED_UUID_V7),
    COLUMN(Tag, label),
    MANY_TO_MANY_WITH((.order_by = "title"), Tag, posts, Post, "post_tags", "tag_id", "post_id"));

MODEL(Comment, "comments",
    COLUMN(Comment, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Comment, post_id, .references = &Post_model, .index = true),
    COLUMN(Comment, text),
    BELONGS_TO(Comment, post, Post, post_id));

MODEL(Badge, "badges",
    COLUMN(Badge, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Badge, user_id, .references = &User_model, .unique = true),
    COLUMN(Badge, text),
    BELONGS_TO(Badge, user, User, user_id));

MODEL(Login, "logins",
    COLUMN(Login, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Login, email, .references = &User_model, .references_field = "email"),
    BELONGS_TO(Login, user, User, email));

MODEL(Note, "notes",
    COLUMN(Note, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Note, owner_type),
    COLUMN(Note, owner_id),
    COLUMN(Note, text),
    BELONGS_TO_WITH((.type_field = "owner_type", .type_label = "user"), Note, user, User, owner_id),
    BELONGS_TO_WITH((.type_field = "owner_type", .type_label = "post"), Note, post, Post, owner_id));

MODEL(Node, "nodes",
    COLUMN(Node, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Node, parent_id, .references = &Node_model),
    COLUMN(Node, label),
    BELONGS_TO(Node, parent, Node, parent_id),
    HAS_MANY(Node, children, Node, parent_id));

MODEL(Room, "rooms",
    COLUMN(Room, building, .primary_key = true),
    COLUMN(Room, number,   .primary_key = true),
    HAS_MANY(Room, desks, Desk, building, number));

MODEL(Desk, "desks",
    COLUMN(Desk, id,       .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Desk, building),
    COLUMN(Desk, number),
    BELONGS_TO(Desk, room, Room, building, number));
/* clang-format on */

/* Rows of them all: Ada has posts a, b, d with tags x y, y and z; Bob has c and a badge; e is nobody's. */
#define RELATED_ROWS \
    "INSERT INTO users (name, email) VALUES ('Ada', 'ada@x'), ('Bob', 'bob@x'), ('Cid', 'cid@x');" \
    "INSERT INTO posts (user_id, title, published) VALUES (1, 'a', true), (1, 'b', false), (2, 'c', true)," \
    " (1, 'd', false), (NULL, 'e', true);" \
    "INSERT INTO tags (id, label) VALUES ('00000000-0000-0000-0000-00000000000a', 'x')," \
    " ('00000000-0000-0000-0000-00000000000b', 'y'), ('00000000-0000-0000-0000-00000000000c', 'z');" \
    "INSERT INTO post_tags (post_id, tag_id) SELECT p, ('00000000-0000-0000-0000-00000000000' || t)::uuid" \
    " FROM (VALUES (1, 'a'), (1, 'b'), (2, 'b'), (4, 'c')) AS v(p, t);" \
    "INSERT INTO comments (post_id, text) VALUES (1, 'one'), (1, 'two'), (3, 'three');" \
    "INSERT INTO badges (user_id, text) VALUES (2, 'gold');" \
    "INSERT INTO logins (email) VALUES ('ada@x'), ('bob@x'), ('ada@x');" \
    "INSERT INTO notes (owner_type, owner_id, text) VALUES ('user', 1, 'u1'), ('post', 1, 'p1')," \
    " ('user', 2, 'u2'), ('post', 3, 'p3'), ('user', 1, 'u1 again');" \
    "INSERT INTO nodes (parent_id, label) VALUES (NULL, 'root'), (1, 'l'), (1, 'r'), (2, 'll');" \
    "INSERT INTO rooms (building, number) VALUES ('A', 1), ('A', 2), ('B', 1);" \
    "INSERT INTO desks (building, number) VALUES ('A', 1), ('B', 1), ('A', 1)"

#define RELATED MODELS(User, Post, Tag, Comment, Badge, Login, Note, Node, Room, Desk)

#endif
