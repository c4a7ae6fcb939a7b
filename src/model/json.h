/* JSON texts: whether they are well-formed, and their order by value, as jsonb has it. Nothing here allocates or
 * recurses. */
#ifndef MODEL_JSON_H
#define MODEL_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The only version of jsonb's binary format, and its first byte; no JSON text begins with it. */
enum { JSONB_VERSION = 1 };

/* NULL, or why the server would refuse the text, which must be valid UTF-8. jsonb is stricter than json: no \u0000,
 * no half of a surrogate pair, no number that numeric can't hold. */
const char *json_fault(const char *text, bool jsonb);
/* The same, and the length of a text without faults in which there is nothing but ASCII, as in most; else 0. */
struct json_look {
    const char *fault;
    size_t ascii;
};
struct json_look json_look(const char *text, bool jsonb);

/* By value: key order, white space, the form of numbers and of escapes, and all but the last of doubled keys mean
 * nothing. A text that is not well-formed, that is nested deeper than JSON_DEPTH, or that has objects with more than
 * JSON_MEMBERS keys out of jsonb's order, equals none but the same text. */
enum { JSON_DEPTH = 128, JSON_MEMBERS = 512 };
bool json_equal(const char *a, const char *b);
/* -1, 0, 1 in a total order of this library's own. */
int json_compare(const char *a, const char *b);
uint64_t json_hash(const char *text);

#endif
