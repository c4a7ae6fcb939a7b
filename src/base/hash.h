/* Hashing of keys and of statement texts. Not for secrets, and never stored. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <howdah/base.h>

/* A well mixed number from a number (the finalizer of MurmurHash3, which is in the public domain). */
static inline uint64_t hash_mix(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    x ^= x >> 33;
    return x;
}

static inline uint64_t hash_combine(uint64_t seed, uint64_t x)
{
    return hash_mix(seed ^ (x + 0x9e3779b97f4a7c15ULL));
}

/* A quick one for numbers that are their own identity. Sixty-four neighbours stay neighbours, since keys that were counted
 * up are asked for in order: their places in a table then share lines of the cache. */
static inline uint32_t hash_integer(uint64_t x)
{
    enum { NEIGHBOURS = 6 };
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)(x >> NEIGHBOURS) * 0x9e3779b97f4a7c15ULL;
    return (uint32_t)((uint64_t)product ^ (uint64_t)(product >> 64)) + (uint32_t)x;
#else
    return (uint32_t)hash_mix(x >> NEIGHBOURS) + (uint32_t)x;
#endif
}

uint64_t hash_bytes(uint64_t seed, const void *data, size_t size);

#endif
