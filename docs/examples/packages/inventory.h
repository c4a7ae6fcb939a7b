/* What is in the input: found by reading it once before anything is written, so that a bad input writes nothing.
 *
 * For each package it keeps where its record stands, not the record: about 80 bytes each. */
#ifndef PACKAGES_INVENTORY_H
#define PACKAGES_INVENTORY_H

#include "map.h"
#include "models.h"
#include "parser.h"
#include "record.h"

enum package_fate {
    FATE_WRITE, /* its rows must become what the record says */
    FATE_KEEP,  /* its record is bad: what is in the tables stays as it is */
    FATE_DONE   /* its rows have been dealt with */
};

struct known_package {
    off_t offset; /* of its record */
    unsigned long line;
    enum package_fate fate;
};

/* Records spell some teams in several ways: the first name that is met counts. */
struct known_maintainer {
    const char *email;
    const char *name;
    int64_t id;        /* of the row; 0 while there is none */
    Maintainer *added; /* in the session, until the commit that gives it an id */
};

/* Zero is empty. */
struct inventory {
    struct known_package *packages; /* in the order of the input */
    size_t package_count;
    size_t package_capacity;
    struct known_maintainer *maintainers;
    size_t maintainer_count;
    size_t maintainer_capacity;
    size_t records;
    size_t skipped;
    struct map package_map;    /* "name architecture" */
    struct map maintainer_map; /* email */
    struct arena names;        /* of maintainers */
};

/* Reads the whole input. Each record that is skipped is told to `on_skip`. False with the reason if the input
 * is refused. */
bool inventory_read(struct inventory *ret, struct parser *parser,
                    void (*on_skip)(void *arg, const struct problem *problem), void *arg, struct problem *ret_why);
void inventory_done(struct inventory *inventory);

/* NULL if the input doesn't have it. */
struct known_package *inventory_package(struct inventory *inventory, const char *name, const char *architecture);
struct known_maintainer *inventory_maintainer(struct inventory *inventory, const char *email);

#endif
