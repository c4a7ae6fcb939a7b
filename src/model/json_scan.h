/* Steps over the tokens of a JSON text, which is well-formed. */
#ifndef MODEL_JSON_SCAN_H
#define MODEL_JSON_SCAN_H

#include <stddef.h>

/* To the next byte that is not white space. */
static inline const char *json_skip_space(const char *at)
{
    while ((unsigned char)*at <= ' ' && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
        at++;
    return at;
}

/* Past the string that begins at `at`. */
static inline const char *json_skip_string(const char *at)
{
    for (at++; *at != '"'; at++) {
        if (*at == '\\')
            at++;
    }
    return at + 1;
}

/* Past the number, true, false or null that begins at `at`. */
static inline const char *json_skip_word(const char *at)
{
    while ((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || *at == '-' || *at == '+' || *at == '.' ||
           *at == 'E')
        at++;
    return at;
}

/* Past the value of any kind that begins at `at`. */
static inline const char *json_skip_value(const char *at)
{
    size_t depth = 0;
    do {
        at = json_skip_space(at);
        if (*at == '"') {
            at = json_skip_string(at);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            depth--;
            at++;
        } else if (*at == ',' || *at == ':') {
            at++;
        } else {
            at = json_skip_word(at);
        }
    } while (depth);
    return at;
}

/* The value of four hexadecimal digits, or -1. */
static inline int json_hex(const char *at)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        char c = at[i];
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

#endif
