#include "random.h"

#include <stdlib.h>

static uint64_t state, kept_state;

void random_start(uint64_t number)
{
    state = number;
}

void random_aside(uint64_t number)
{
    kept_state = state;
    state = state * 0x9e3779b97f4a7c15u + number;
}

void random_back(void)
{
    state = kept_state;
}

uint32_t below(uint32_t limit)
{
    state += 0x9e3779b97f4a7c15u;
    uint64_t x = state;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (uint32_t)((x ^ (x >> 31)) % limit);
}

bool chance(uint32_t percent)
{
    return below(100) < percent;
}

uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}
