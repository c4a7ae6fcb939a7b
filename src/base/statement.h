/* A statement as it is prepared: text, parameter types, and the hash of both that names it. Made by src/sql,
 * run by src/pg. */
#ifndef BASE_STATEMENT_H
#define BASE_STATEMENT_H

#include <howdah/base.h>

struct statement {
    const char *text;
    const uint32_t *types; /* OIDs of the parameters */
    uint16_t parameters;
    bool control;     /* BEGIN, COMMIT, SET ...: never prepared, not counted as a statement */
    bool service;     /* of the transaction itself, its id for example: not counted either */
    uint64_t hash[2]; /* of text and types */
};

/* Sets the hash from the rest. */
void statement_seal(struct statement *statement);

#endif
