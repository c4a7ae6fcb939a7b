#include "clock.h"

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

moment clock_deadline(int milliseconds, int standard)
{
    int chosen = milliseconds ? milliseconds : standard;
    return chosen < 0 ? MOMENT_NEVER : clock_now() + (moment)chosen * NS_PER_MS;
}

int clock_left(moment deadline)
{
    if (deadline == MOMENT_NEVER)
        return -1;
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
