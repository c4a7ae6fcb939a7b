/* PostgreSQL's binary format, as hand-written code has it: inline, and without checks that need no check. */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OID_BOOL = 16,
    OID_INT8 = 20,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_FLOAT8 = 701,
    OID_TEXT_ARRAY = 1009,
    OID_TIMESTAMPTZ = 1184,
    OID_UUID = 2950,
    OID_JSONB = 3802
};

struct wire {
    char *data;
    size_t size;
    size_t room;
};

static inline char *wire_extend(struct wire *w, size_t more)
{
    if (w->room - w->size < more) {
        w->room = (w->room + more) * 2;
        w->data = realloc(w->data, w->room);
        if (!w->data) {
            fprintf(stderr, "out of memory\n");
            exit(1);
        }
    }
    char *start = w->data + w->size;
    w->size += more;
    return start;
}

static inline void wire_bytes(struct wire *w, const void *data, size_t size)
{
    memcpy(wire_extend(w, size), data, size);
}

static inline void wire_int32(struct wire *w, uint32_t value)
{
    value = __builtin_bswap32(value);
    wire_bytes(w, &value, sizeof(value));
}

static inline void wire_int64(struct wire *w, uint64_t value)
{
    value = __builtin_bswap64(value);
    wire_bytes(w, &value, sizeof(value));
}

static inline void wire_int16(struct wire *w, uint16_t value)
{
    value = __builtin_bswap16(value);
    wire_bytes(w, &value, sizeof(value));
}

static inline void wire_double(struct wire *w, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    wire_int64(w, bits);
}

/* An array's header; its elements follow. */
static inline void wire_array(struct wire *w, uint32_t oid, uint32_t count)
{
    wire_int32(w, 1);
    wire_int32(w, 1);
    wire_int32(w, oid);
    wire_int32(w, count);
    wire_int32(w, 1);
}

static inline uint16_t wire_read16(const char *data)
{
    uint16_t value;
    memcpy(&value, data, sizeof(value));
    return __builtin_bswap16(value);
}

static inline uint32_t wire_read32(const char *data)
{
    uint32_t value;
    memcpy(&value, data, sizeof(value));
    return __builtin_bswap32(value);
}

static inline uint64_t wire_read64(const char *data)
{
    uint64_t value;
    memcpy(&value, data, sizeof(value));
    return __builtin_bswap64(value);
}

static inline double wire_read_double(const char *data)
{
    uint64_t bits = wire_read64(data);
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

#endif
