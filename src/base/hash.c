#include "hash.h"

#include <string.h>

uint64_t hash_bytes(uint64_t seed, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    uint64_t hash = hash_combine(seed, size), word;
    for (; size >= sizeof(word); size -= sizeof(word), bytes += sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        hash = hash_combine(hash, word);
    }
    word = 0;
    if (size)
        memcpy(&word, bytes, size);
    return size ? hash_combine(hash, word) : hash;
}
