/* Random numbers, the same everywhere. */
#ifndef PROPERTY_RANDOM_H
#define PROPERTY_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

void random_start(uint64_t number);
uint32_t below(uint32_t limit);
bool chance(uint32_t percent);
/* Others beside these, which are left as they are: from one call to the other. */
void random_aside(uint64_t number);
void random_back(void);
/* What the environment says that a run shall do, as its seed. */
uint64_t number_from(const char *name, uint64_t otherwise);

#endif
