/* The conversation with the harness, and the clocks. */
#define _GNU_SOURCE
#include "contestant.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef HAVE_CALLGRIND
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS          ((void)0)
#define CALLGRIND_DUMP_STATS_AT(name) ((void)(name))
#endif

enum { LINE_MAX_LENGTH = 256 };

/* Of allocations.c, where that was preloaded. */
extern unsigned long bench_allocations __attribute__((weak));

static unsigned long allocations(void)
{
    return &bench_allocations ? bench_allocations : 0;
}

void contestant_fail(const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    text[strcspn(text, "\n")] = '\0';
    printf("error %s\n", text);
    exit(1);
}

void *contestant_take(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size);
    if (!block)
        contestant_fail("out of memory");
    return block;
}

static uint64_t nanoseconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static const struct workload *find_workload(const char *name)
{
    const struct workload *w = contestant_workloads;
    while (w->name && strcmp(w->name, name) != 0)
        w++;
    return w;
}

/* "10x200" */
static bool read_size(const char *text, struct job *ret)
{
    char *end;
    long objects = strtol(text, &end, 10), units = 1;
    if (*end == 'x')
        units = strtol(end + 1, &end, 10);
    ret->objects = (int)objects;
    ret->units = (int)units;
    return *end == '\0' && objects > 0 && units > 0 && objects <= 100000000 / units;
}

static int number_of(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    return text ? atoi(text) : otherwise;
}

static void prepare(struct bench *b, const struct workload *w, const struct job *job)
{
    contestant_release(b);
    if (w->before == NOT_CONNECTED)
        contestant_disconnect(b);
    else
        contestant_connect(b);
    if (w->prepare)
        w->prepare(b, job);
    printf("ok 0 0 0\n");
}

/* Callgrind counts between the two dumps; without it they cost a few instructions. */
static void run(struct bench *b, const struct workload *w, const struct job *job)
{
    CALLGRIND_ZERO_STATS;
    unsigned long allocated = allocations();
    uint64_t cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID), wall = nanoseconds(CLOCK_MONOTONIC);
    w->run(b, job);
    wall = nanoseconds(CLOCK_MONOTONIC) - wall;
    cpu = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    CALLGRIND_DUMP_STATS_AT(w->name);
    allocated = allocations() - allocated;
    uint64_t checksum = w->checksum ? w->checksum(b, job) : 0;
    printf("ok %llu %llu %llu", (unsigned long long)wall, (unsigned long long)checksum, (unsigned long long)cpu);
    if (&bench_allocations)
        printf(" %lu", allocated);
    printf("\n");
}

static void answer(struct bench *b, char *line)
{
    struct job job = {.client = number_of("BENCH_CLIENT", 0), .clients = number_of("BENCH_CLIENTS", 1)};
    char *rest = NULL;
    const char *verb = strtok_r(line, " \n", &rest), *name = strtok_r(NULL, " \n", &rest);
    const char *size = strtok_r(NULL, " \n", &rest);
    if (!verb || !name || !size || !read_size(size, &job)) {
        printf("error not a line of the protocol\n");
        return;
    }
    const struct workload *w = find_workload(name);
    if (!w->name || w->unsupported)
        printf("unsupported %s\n", w->name ? w->unsupported : "it was not written");
    else if (strcmp(verb, "prepare") == 0)
        prepare(b, w, &job);
    else if (strcmp(verb, "run") == 0)
        run(b, w, &job);
    else
        printf("error not a verb of the protocol\n");
}

int main(int argc, char **argv)
{
    char line[LINE_MAX_LENGTH];
    if (argc > 1 && strcmp(argv[1], "--version") == 0) {
        puts(contestant_version());
        return 0;
    }
    struct bench *b = contestant_open();
    while (fgets(line, sizeof(line), stdin) && strcmp(line, "quit\n") != 0) {
        answer(b, line);
        fflush(stdout);
    }
    contestant_release(b);
    contestant_disconnect(b);
    contestant_close(b);
    return 0;
}
