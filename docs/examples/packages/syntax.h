/* The syntax of single values in a control file. What is wrong with one is a short static text, or NULL: as
 * the validators of models want it. */
#ifndef PACKAGES_SYNTAX_H
#define PACKAGES_SYNTAX_H

#include <howdah/howdah.h>

/* Longer ones don't fit into an index. */
enum { NAME_LENGTH_MAX = 255 };

const char *package_name_fault(const char *text);
const char *architecture_fault(const char *text);
/* As deb-version(7): [epoch:]upstream[-revision]. */
const char *version_fault(const char *text);

/* Digits only, up to INT64_MAX. */
bool number_read(const char *text, int64_t *ret);
/* Exactly 2 * size hexadecimal digits. */
bool hex_read(const char *text, unsigned char *ret_bytes, size_t size);
bool label_read(const Enum *labels, const char *text, int *ret_value);

/* As RFC 3629: the shortest form, no surrogates, up to U+10FFFF. */
bool utf8_valid(const char *text, size_t size);

#endif
