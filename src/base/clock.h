/* Time that only runs forward, and deadlines in it. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* A moment of CLOCK_MONOTONIC in nanoseconds. */
typedef int64_t moment;
#define MOMENT_NEVER INT64_MAX

moment clock_now(void);
moment clock_after(int milliseconds);
/* The moment `milliseconds` from now: 0 stands for `standard`, -1 (of either) for no limit. */
static inline moment clock_deadline(int milliseconds, int standard)
{
    int chosen = milliseconds ? milliseconds : standard;
    return chosen < 0 ? MOMENT_NEVER : clock_after(chosen);
}

/* What is left until then, for poll(): milliseconds rounded up, 0 when it has passed. */
int clock_until(moment deadline);
/* The same, or -1 for no limit. */
static inline int clock_left(moment deadline)
{
    return deadline == MOMENT_NEVER ? -1 : clock_until(deadline);
}

/* Waits that long, but not beyond the deadline; less if a signal comes. */
void clock_pause(int milliseconds, moment deadline);
/* A pause from half as long to that long: those who were refused at the same time should not meet again. `who` is an
 * address that nobody else draws with. */
int clock_draw(int milliseconds, const void *who);

#endif
