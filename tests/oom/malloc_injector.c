#include "malloc_injector.h"

#include <errno.h>
#include <stdlib.h>

/* glibc's own, which its manual allows to be replaced (The GNU C Library, 3.2.5, Replacing malloc). */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

/* The program's own code: that of the test, and Check, which is linked into it. */
extern const char __executable_start, etext;

/* One thread does all the work of these tests. */
static struct {
    bool armed;
    enum failing_how how;
    size_t countdown; /* 0: it failed */
    size_t failed;
} state;

static bool may_allocate(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;
    bool own = at >= (uintptr_t)&__executable_start && at < (uintptr_t)&etext;
    if (!state.armed || own)
        return true;
    if (state.countdown > 1) {
        state.countdown--;
        return true;
    }
    if (state.countdown == 0 && state.how == FAILING_ONCE)
        return true;
    state.countdown = 0;
    state.failed++;
    errno = ENOMEM;
    return false;
}

void *malloc(size_t size)
{
    return may_allocate(__builtin_return_address(0)) ? __libc_malloc(size) : NULL;
}

void *calloc(size_t count, size_t size)
{
    return may_allocate(__builtin_return_address(0)) ? __libc_calloc(count, size) : NULL;
}

void *realloc(void *block, size_t size)
{
    return may_allocate(__builtin_return_address(0)) ? __libc_realloc(block, size) : NULL;
}

static void at(size_t n, enum failing_how how)
{
    state.how = how;
    state.countdown = n;
    state.failed = 0;
    state.armed = true;
}

static void off(void)
{
    state.armed = false;
}

static size_t failures(void)
{
    return state.failed;
}

const struct injector malloc_injector = {at, off, failures};
