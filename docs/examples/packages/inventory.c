#include "inventory.h"

#include <stdlib.h>
#include <string.h>

#include "syntax.h"

struct reader {
    struct inventory *inventory;
    struct stanza *stanza;
    struct record *record;
    struct arena *arena; /* of one record */
    void (*on_skip)(void *arg, const struct problem *problem);
    void *arg;
};

static void skip(struct reader *r, const struct problem *problem)
{
    r->inventory->skipped++;
    r->on_skip(r->arg, problem);
}

enum { PACKAGE_KEY_SIZE = 2 * NAME_LENGTH_MAX + 2 };

/* Neither part has a blank. */
static const char *package_key(char key[PACKAGE_KEY_SIZE], const char *name, const char *architecture)
{
    snprintf(key, PACKAGE_KEY_SIZE, "%s %s", name, architecture);
    return key;
}

static bool add_package(struct reader *r, const char *name, const char *architecture, enum package_fate fate)
{
    struct inventory *inventory = r->inventory;
    char key[PACKAGE_KEY_SIZE];
    bool is_new = false;
    size_t number =
        map_put(&inventory->package_map, package_key(key, name, architecture), inventory->package_count, &is_new);
    if (!is_new) {
        struct problem problem = {0};
        problem_note(&problem, r->stanza->line, "%s for %s has a record already, at line %lu", name, architecture,
                     inventory->packages[number].line);
        skip(r, &problem);
        return false;
    }
    inventory->packages = array_grow(inventory->packages, inventory->package_count, &inventory->package_capacity,
                                     sizeof *inventory->packages);
    inventory->packages[inventory->package_count++] =
        (struct known_package){.offset = r->stanza->offset, .line = r->stanza->line, .fate = fate};
    return true;
}

static void add_maintainer(struct inventory *inventory, const Maintainer *maintainer)
{
    bool is_new = false;
    if (!maintainer->email)
        return;
    map_put(&inventory->maintainer_map, maintainer->email, inventory->maintainer_count, &is_new);
    if (!is_new)
        return;
    inventory->maintainers = array_grow(inventory->maintainers, inventory->maintainer_count,
                                        &inventory->maintainer_capacity, sizeof *inventory->maintainers);
    inventory->maintainers[inventory->maintainer_count++] = (struct known_maintainer){
        .email = arena_text(&inventory->names, maintainer->email, strlen(maintainer->email)),
        .name = arena_text(&inventory->names, maintainer->name, strlen(maintainer->name)),
    };
}

/* A bad record that still tells which package it is about must not look as if the package were gone. */
static void keep_package(struct reader *r)
{
    const struct field *name = stanza_find(r->stanza, "Package");
    const struct field *architecture = stanza_find(r->stanza, "Architecture");
    if (name && architecture && !package_name_fault(name->value) && !architecture_fault(architecture->value) &&
        !inventory_package(r->inventory, name->value, architecture->value))
        add_package(r, name->value, architecture->value, FATE_KEEP);
}

static void read_one(struct reader *r)
{
    struct problem problem = {0};
    const Package *package = &r->record->package;
    enum record_result result = record_read(r->stanza, r->arena, r->record, &problem);
    r->inventory->records += result != RECORD_IGNORED;
    if (result == RECORD_BAD) {
        skip(r, &problem);
        keep_package(r);
    } else if (result == RECORD_GOOD && add_package(r, package->name, package->architecture, FATE_WRITE)) {
        add_maintainer(r->inventory, &r->record->maintainer);
    }
    arena_empty(r->arena);
}

bool inventory_read(struct inventory *ret, struct parser *parser,
                    void (*on_skip)(void *arg, const struct problem *problem), void *arg, struct problem *ret_why)
{
    struct stanza stanza = {0};
    struct record record = {0};
    struct arena arena = {0};
    struct reader reader = {ret, &stanza, &record, &arena, on_skip, arg};
    enum parser_result result;
    while ((result = parser_next(parser, &stanza, ret_why)) == PARSER_STANZA)
        read_one(&reader);
    record_done(&record);
    arena_empty(&arena);

    if (result == PARSER_REFUSED)
        return false;
    if (ret->records == ret->skipped) /* of some other kind: it must not empty the tables */
        return problem_note(ret_why, 0, ret->records ? "has no record of a package that is good" : "has no records");
    return true;
}

void inventory_done(struct inventory *inventory)
{
    free(inventory->packages);
    free(inventory->maintainers);
    map_done(&inventory->package_map);
    map_done(&inventory->maintainer_map);
    arena_empty(&inventory->names);
    *inventory = (struct inventory){0};
}

struct known_package *inventory_package(struct inventory *inventory, const char *name, const char *architecture)
{
    char key[PACKAGE_KEY_SIZE];
    size_t number = 0;
    bool found = map_find(&inventory->package_map, package_key(key, name, architecture), &number);
    return found ? &inventory->packages[number] : NULL;
}

struct known_maintainer *inventory_maintainer(struct inventory *inventory, const char *email)
{
    size_t number = 0;
    return map_find(&inventory->maintainer_map, email, &number) ? &inventory->maintainers[number] : NULL;
}
