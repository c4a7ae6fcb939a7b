/* Fields that relate packages, deb-control(5): terms joined by commas, alternatives by bars:
 *
 *     libc6 (>= 2.36), python3:any | python3-minimal [amd64 arm64] <!nocheck> */
#ifndef PACKAGES_RELATION_FIELD_H
#define PACKAGES_RELATION_FIELD_H

#include "memory.h"
#include "models.h"
#include "parser.h"

struct term {
    int32_t position; /* in the field, from 0 */
    int32_t alternative;
    const char *name;
    const char *qualifier; /* "any"; NULL without one */
    enum relation relation;
    const char *version;     /* NULL with RELATION_ANY */
    const char *restriction; /* "[amd64 arm64] <!nocheck>"; NULL without one */
};

struct terms {
    struct term *items;
    size_t count;
    size_t capacity;
};

/* Reads the field into `ret`, which keeps its memory from field to field; texts go to the arena. False with
 * the reason and its line if the field is malformed. */
bool relation_field_read(const struct field *field, struct arena *arena, struct terms *ret, struct problem *problem);

#endif
