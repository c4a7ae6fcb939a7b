#include "support/failing.h"

#include <stdlib.h>
#include <string.h>

/* In front of each block; as big as the strictest alignment. */
union header {
    size_t size;
    max_align_t aligned;
};

/* A lock that libraries and sanitizers need not know: the hook may be called by any thread. */
static void lock(struct failing *f)
{
    while (__atomic_exchange_n(&f->lock, 1, __ATOMIC_ACQUIRE))
        ;
}

static void unlock(struct failing *f)
{
    __atomic_store_n(&f->lock, 0, __ATOMIC_RELEASE);
}

static bool may_allocate(struct failing *f)
{
    f->calls++;
    if (!f->armed)
        return true;
    if (f->countdown > 1) {
        f->countdown--;
        return true;
    }
    if (f->countdown == 0 && f->how == FAILING_ONCE)
        return true;
    f->countdown = 0;
    f->failed++;
    return false;
}

static void *resize(struct failing *f, union header *block, size_t size)
{
    size_t before = block ? block->size : 0;
    union header *resized = NULL;
    if (size <= SIZE_MAX - sizeof(*resized))
        resized = realloc(block, sizeof(*resized) + size);
    if (!resized)
        return NULL;
    resized->size = size;
    f->blocks += block ? 0 : 1;
    f->bytes += size - before;
    if (f->bytes > f->peak)
        f->peak = f->bytes;
    return resized + 1;
}

static void *reallocate(void *arg, void *data, size_t size)
{
    struct failing *f = arg;
    union header *block = data ? (union header *)data - 1 : NULL;
    void *result = NULL;
    lock(f);
    if (size) {
        if (may_allocate(f))
            result = resize(f, block, size);
    } else if (block) {
        f->blocks--;
        f->bytes -= block->size;
        free(block);
    }
    unlock(f);
    return result;
}

void failing_init(struct failing *f)
{
    memset(f, 0, sizeof(*f));
    f->hook.reallocate = reallocate;
    f->hook.arg = f;
}

void failing_at(struct failing *f, size_t n, enum failing_how how)
{
    lock(f);
    f->countdown = n;
    f->how = how;
    f->failed = 0;
    f->armed = true;
    unlock(f);
}

void failing_off(struct failing *f)
{
    lock(f);
    f->armed = false;
    unlock(f);
}

static size_t look(struct failing *f, const size_t *counter)
{
    lock(f);
    size_t value = *counter;
    unlock(f);
    return value;
}

bool failing_reached(struct failing *f)
{
    return look(f, &f->failed) > 0;
}

size_t failing_blocks(struct failing *f)
{
    return look(f, &f->blocks);
}

size_t failing_bytes(struct failing *f)
{
    return look(f, &f->bytes);
}

size_t failing_calls(struct failing *f)
{
    return look(f, &f->calls);
}
