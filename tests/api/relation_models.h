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

#define RELATED MODELS(User, Post, Tag, Comment, Badge, Login, Note, Node, Room, Desk)

#endif
