#include "clock.h"

#include "hash.h"

#include <limits.h>
#include <poll.h>
#include <time.h>

enum { NS_PER_MS = 1000000 };

moment clock_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (moment)now.tv_sec * 1000 * NS_PER_MS + now.tv_nsec;
}

moment clock_after(int milliseconds)
{
    return clock_now() + (moment)milliseconds * NS_PER_MS;
}

int clock_until(moment deadline)
{
    moment left = deadline - clock_now();
    if (left <= 0)
        return 0;
    left = (left + NS_PER_MS - 1) / NS_PER_MS;
    return left > INT_MAX ? INT_MAX : (int)left;
}

void clock_pause(int milliseconds, moment deadline)
{
    int left = clock_left(deadline);
    poll(NULL, 0, left >= 0 && left < milliseconds ? left : milliseconds);
}

int clock_draw(int milliseconds, const void *who)
{
    moment now = clock_now();
    uint64_t drawn = hash_bytes((uint64_t)(uintptr_t)who, &now, sizeof(now));
    return milliseconds - (int)(drawn % (uint64_t)(milliseconds / 2 + 1));
}
