#include "support/held_clock.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static bool held;
static int64_t behind; /* nanoseconds that it has stood still before */
static int64_t since;  /* while it is held: by the kernel's clock */

static int64_t kernels_now(void)
{
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void clock_hold(void)
{
    pthread_mutex_lock(&mutex);
    if (!held)
        since = kernels_now();
    held = true;
    pthread_mutex_unlock(&mutex);
}

void clock_go(void)
{
    pthread_mutex_lock(&mutex);
    if (held)
        behind += kernels_now() - since;
    held = false;
    pthread_mutex_unlock(&mutex);
}

int clock_gettime(clockid_t id, struct timespec *ret)
{
    if (id != CLOCK_MONOTONIC)
        return (int)syscall(SYS_clock_gettime, id, ret);
    pthread_mutex_lock(&mutex);
    int64_t now = (held ? since : kernels_now()) - behind;
    pthread_mutex_unlock(&mutex);
    *ret = (struct timespec){.tv_sec = (time_t)(now / 1000000000), .tv_nsec = (long)(now % 1000000000)};
    return 0;
}
