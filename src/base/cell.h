/* One value of a result: bytes as the server sent them. They live as long as the callback that gets them. */
#ifndef BASE_CELL_H
#define BASE_CELL_H

#include <stdint.h>

struct cell {
    const unsigned char *data;
    int32_t size;  /* -1 is NULL */
    uint32_t type; /* OID */
};

#endif
