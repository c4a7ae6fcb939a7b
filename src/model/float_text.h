/* Floating point numbers as text: the fewest decimal digits that read back as the same number, written as the
 * server writes them, and without printf, whose decimal point depends on the locale. */
#ifndef MODEL_FLOAT_TEXT_H
#define MODEL_FLOAT_TEXT_H

#include <stddef.h>

enum { FLOAT_TEXT_MAX = 32 };

/* Each returns the length; there is no final NUL. "NaN", "Infinity", "-Infinity", "-0", "0.1", "1e+20". */
size_t float_to_text(float value, char text[FLOAT_TEXT_MAX]);
size_t double_to_text(double value, char text[FLOAT_TEXT_MAX]);

#endif
