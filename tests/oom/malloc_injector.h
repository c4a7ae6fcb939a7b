/* Makes malloc itself fail for the shared libraries of the process: libpq and libc have no hook. The program that
 * links this file defines malloc, calloc and realloc in front of those of the C library (glibc only). */
#ifndef OOM_MALLOC_INJECTOR_H
#define OOM_MALLOC_INJECTOR_H

#include "sweep.h"

extern const struct injector malloc_injector;

#endif
