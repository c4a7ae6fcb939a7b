/* What every other header of Howdah needs: version, visibility and compiler attributes. */
#ifndef HOWDAH_BASE_H
#define HOWDAH_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOWDAH_VERSION_MAJOR 0
#define HOWDAH_VERSION_MINOR 1
#define HOWDAH_VERSION_PATCH 0

#if defined(__GNUC__)
#define HOWDAH_API                 __attribute__((visibility("default")))
#define HOWDAH_MUST_CHECK          __attribute__((warn_unused_result))
#define HOWDAH_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define HOWDAH_API
#define HOWDAH_MUST_CHECK
#define HOWDAH_PRINTF(text, first)
#endif

#ifdef __cplusplus
#define HOWDAH_BEGIN_DECLS extern "C" {
#define HOWDAH_END_DECLS   }
#else
#define HOWDAH_BEGIN_DECLS
#define HOWDAH_END_DECLS
#endif

/* Handles. What they hold is private; each may be NULL wherever a function takes one. */
struct howdah_database;
struct howdah_session;
struct howdah_query;
struct howdah_plan;
struct howdah_model;

/* A hook for every allocation of a database, its pool and its sessions.
 *
 * `reallocate` behaves like realloc, except that size 0 always frees and returns NULL, and that block
 * NULL allocates. It may be called by several threads at once. What it returns must be aligned for
 * any type. Memory of libpq itself does not pass through it: libpq has no such hook. */
struct howdah_allocator {
    void *(*reallocate)(void *arg, void *block, size_t size);
    void *arg;
};

#endif
