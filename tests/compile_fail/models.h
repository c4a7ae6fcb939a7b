/* A small world for the cases. */
#ifndef MODELS_H
#define MODELS_H

#include <howdah/howdah.h>

typedef struct User User;
typedef struct Post Post;
typedef enum Level { LEVEL_LOW, LEVEL_HIGH } Level;

struct User {
    int64_t id;
    const char *name;
    char login[16];
    Level level;
    struct {
        int x, y;
    } place;
    MANY(Post) posts;
    Post *first;
};

struct Post {
    int64_t id;
    int64_t user_id;
    const char *title;
    User *user;
    MANY(User) readers;
};

extern const Model User_model, Post_model;
extern const struct howdah_enum Level_labels;

#endif
