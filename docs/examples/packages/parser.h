/* Control files as dpkg and apt write them (deb822(5)): records of "Field: value" lines, each ended by an
 * empty line; lines that begin with a blank continue the value before them.
 *
 * One record is read at a time, in memory that is bounded by STANZA_MAX. What is wrong with one record is
 * noted in it, and the next one can be read; what makes the whole input worthless (cut short, binary) ends
 * the reading. */
#ifndef PACKAGES_PARSER_H
#define PACKAGES_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

#include "problem.h"

enum { STANZA_MAX = 1024 * 1024, FIELDS_MAX = 256 };

struct field {
    const char *name;
    const char *value; /* lines are joined by \n, without the one blank that they begin with */
    unsigned long line;
};

/* One record. Its texts live until the parser reads the next one. */
struct stanza {
    unsigned long line; /* of its first field */
    off_t offset;       /* in the input; parser_seek goes back to it */
    size_t field_count;
    struct field fields[FIELDS_MAX];
    struct problem problem; /* the record must be skipped */
};

struct parser {
    FILE *file; /* the caller's */
    unsigned long line;
    off_t offset;
    char *text; /* of one record */
    size_t size;
    size_t capacity;
};

enum parser_result {
    PARSER_STANZA,
    PARSER_END,
    PARSER_REFUSED /* the input is no control file, or not all of one */
};

void parser_init(struct parser *parser, FILE *file);
void parser_done(struct parser *parser);

/* Reads the next record. *ret_why is filled only where the input is refused. */
enum parser_result parser_next(struct parser *parser, struct stanza *ret_stanza, struct problem *ret_why);
/* Goes on at a record that was read before. False if the file can't do that. */
bool parser_seek(struct parser *parser, off_t offset, unsigned long line);

/* The field of that name, in any case of letters, or NULL. */
const struct field *stanza_find(const struct stanza *stanza, const char *name);

#endif
