/* A JSON object of texts, for the fields of a record that no column takes. */
#ifndef PACKAGES_JSON_TEXT_H
#define PACKAGES_JSON_TEXT_H

#include "memory.h"
#include "parser.h"

/* {"Build-Ids": "...", "Conffiles": "..."} of those fields that `wanted` picks; "{}" of none. */
const char *json_object(const struct stanza *stanza, bool (*wanted)(const struct field *), struct arena *arena);

#endif
