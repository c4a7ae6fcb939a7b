/* A record of the input as objects: what a package's rows must be. */
#ifndef PACKAGES_RECORD_H
#define PACKAGES_RECORD_H

#include "memory.h"
#include "models.h"
#include "parser.h"
#include "relation_field.h"

/* Zero is empty. The arrays keep their memory from record to record; all texts lie in the arena. */
struct record {
    Package package;       /* without its maintainer */
    Maintainer maintainer; /* email NULL if the record names none */
    Dependency *dependencies;
    size_t dependency_count;
    size_t dependency_capacity;
    Provide *provides;
    size_t provide_count;
    size_t provide_capacity;
    struct terms terms; /* of the field that is being read */
};

enum record_result {
    RECORD_GOOD,
    RECORD_IGNORED, /* dpkg knows the name only: the package is not there */
    RECORD_BAD      /* *ret_problem says why */
};

enum record_result record_read(const struct stanza *stanza, struct arena *arena, struct record *ret,
                               struct problem *ret_problem);
void record_done(struct record *record);

#endif
