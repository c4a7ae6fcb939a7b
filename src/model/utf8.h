/* UTF-8, as strictly as the server reads it. */
#ifndef MODEL_UTF8_H
#define MODEL_UTF8_H

#include <stdbool.h>
#include <stddef.h>

enum { UTF8_MAX = 4 };

/* No surrogates, no overlong forms, nothing above U+10FFFF. A NUL is valid. */
bool utf8_is_valid(const char *text, size_t size);

/* Writes a code point of at most U+10FFFF; the number of bytes. */
size_t utf8_write(unsigned code, char to[UTF8_MAX]);

#endif
