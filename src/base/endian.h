/* Integers between the machine's order and the network's, in which PostgreSQL sends them. */
#ifndef BASE_ENDIAN_H
#define BASE_ENDIAN_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define network16(x) __builtin_bswap16(x)
#define network32(x) __builtin_bswap32(x)
#define network64(x) __builtin_bswap64(x)
#else
#define network16(x) ((uint16_t)(x))
#define network32(x) ((uint32_t)(x))
#define network64(x) ((uint64_t)(x))
#endif

static inline uint16_t read_uint16(const void *bytes)
{
    uint16_t wire;
    memcpy(&wire, bytes, sizeof(wire));
    return network16(wire);
}

static inline uint32_t read_uint32(const void *bytes)
{
    uint32_t wire;
    memcpy(&wire, bytes, sizeof(wire));
    return network32(wire);
}

static inline uint64_t read_uint64(const void *bytes)
{
    uint64_t wire;
    memcpy(&wire, bytes, sizeof(wire));
    return network64(wire);
}

static inline void write_uint32(void *bytes, uint32_t value)
{
    uint32_t wire = network32(value);
    memcpy(bytes, &wire, sizeof(wire));
}

#endif
