/* An allocator hook that fails where it is told to, and knows what was not freed.
 *
 *   struct failing failing;
 *   failing_init(&failing);
 *   ... DATABASE_OPTIONS(.allocator = &failing.hook) ...
 *   failing_at(&failing, n, FAILING_ONCE);     the n-th allocation from now fails, n >= 1
 *   ... the work ...
 *   failing_off(&failing);
 *   ck_assert_uint_eq(failing_blocks(&failing), 0);
 *
 * A sweep goes on until failing_reached says that the n-th allocation did not come any more:
 *
 *   for (size_t n = 1; sweep; n++) { failing_at(&failing, n, how); work(); sweep = failing_reached(&failing); }
 *
 * Every block comes with its exact size from malloc, so that ASan and Valgrind see overruns. Threads may
 * share one. It must not move while it is in use. */
#ifndef SUPPORT_FAILING_H
#define SUPPORT_FAILING_H

#include <howdah/base.h>

enum failing_how {
    FAILING_ONCE, /* only that allocation */
    FAILING_FROM  /* that one and all that follow */
};

struct failing {
    struct howdah_allocator hook;
    size_t countdown; /* allocations until one fails; 0: it failed */
    bool armed;
    enum failing_how how;
    size_t calls;  /* allocations asked for since failing_init */
    size_t blocks; /* alive now */
    size_t bytes;  /* of them */
    size_t peak;   /* highest `bytes` so far; may be set to 0 */
    size_t failed; /* allocations that failed since failing_at */
    int lock;
};

void failing_init(struct failing *f);
/* From now on the n-th allocation (or growing reallocation) fails; 1 is the next one. */
void failing_at(struct failing *f, size_t n, enum failing_how how);
/* No allocation fails any more. failing_reached still tells what happened since the last failing_at. */
void failing_off(struct failing *f);
/* Whether an allocation has failed since failing_at. */
bool failing_reached(struct failing *f);

/* What is alive now. */
size_t failing_blocks(struct failing *f);
size_t failing_bytes(struct failing *f);
/* How many allocations there were since failing_init. */
size_t failing_calls(struct failing *f);

#endif
