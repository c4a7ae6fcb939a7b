/* What Check's own build generates, for systems that have C99's header. */
#ifndef CHECK_STDINT_H
#define CHECK_STDINT_H

#include <stdint.h>

#endif
