/* Recipes, their herbs and their cooks: MANY_TO_MANY over join tables that have models. */
#ifndef API_RECIPE_MODELS_H
#define API_RECIPE_MODELS_H

#include <howdah/howdah.h>

typedef struct Recipe Recipe;
typedef struct Herb Herb;
typedef struct Use Use;
typedef struct Cook Cook;
typedef struct Credit Credit;

struct Recipe {
    int64_t id;
    const char *title;
    MANY(Herb) herbs;
    MANY(Use) uses;
    MANY(Cook) cooks;
    MANY(Credit) credits;
};

struct Herb {
    int64_t id;
    const char *name;
    MANY(Recipe) recipes;
    MANY(Use) uses;
};

/* Its key is the link. */
struct Use {
    int64_t recipe_id;
    int64_t herb_id;
    PgTimestamp since;
    int32_t grams;
    const char *note;
    int32_t version;
    Recipe *recipe;
    Herb *herb;
};

struct Cook {
    int64_t id;
    const char *name;
    MANY(Recipe) recipes;
};

/* It has a key of its own, and needs more than a link says. */
struct Credit {
    int64_t id;
    int64_t recipe_id;
    int64_t cook_id;
    const char *role;
    Recipe *recipe;
    Cook *cook;
};

extern const Model Recipe_model, Herb_model, Use_model, Cook_model, Credit_model;

/* clang-format off */
MODEL(Recipe, "recipes",
    COLUMN(Recipe, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Recipe, title),
    MANY_TO_MANY(Recipe, herbs, Herb, "uses", "recipe_id", "herb_id"),
    HAS_MANY(Recipe, uses, Use, recipe_id),
    MANY_TO_MANY(Recipe, cooks, Cook, "credits", "recipe_id", "cook_id"),
    HAS_MANY(Recipe, credits, Credit, recipe_id));
MODEL(Herb, "herbs",
    COLUMN(Herb, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Herb, name),
    MANY_TO_MANY(Herb, recipes, Recipe, "uses", "herb_id", "recipe_id"),
    HAS_MANY(Herb, uses, Use, herb_id));
MODEL(Use, "uses",
    COLUMN(Use, recipe_id, .primary_key = true, .references = &Recipe_model),
    COLUMN(Use, herb_id,   .primary_key = true, .references = &Herb_model),
    COLUMN(Use, since,     .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    COLUMN(Use, grams),
    COLUMN(Use, note,      .nullable = true),
    COLUMN(Use, version,   .version = true),
    BELONGS_TO(Use, recipe, Recipe, recipe_id),
    BELONGS_TO(Use, herb, Herb, herb_id));
MODEL(Cook, "cooks",
    COLUMN(Cook, id,    .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Cook, name),
    MANY_TO_MANY(Cook, recipes, Recipe, "credits", "cook_id", "recipe_id"));
MODEL(Credit, "credits",
    COLUMN(Credit, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Credit, recipe_id, .references = &Recipe_model),
    COLUMN(Credit, cook_id,   .references = &Cook_model),
    COLUMN(Credit, role),
    BELONGS_TO(Credit, recipe, Recipe, recipe_id),
    BELONGS_TO(Credit, cook, Cook, cook_id));
/* clang-format on */

#define RECIPES MODELS(Recipe, Herb, Use, Cook, Credit)

#endif
