/* What the tests of written relations share. */
#ifndef API_LINK_CHECKS_H
#define API_LINK_CHECKS_H

#include "api/link_models.h"
#include "api/scene.h"

#define check_items(collection, ...) \
    do { \
        const void *const expected_[] = {__VA_ARGS__}; \
        ck_assert_uint_eq((collection).count, COUNT_OF(expected_)); \
        for (size_t i_ = 0; i_ < COUNT_OF(expected_); i_++) \
            ck_assert_msg((const void *)(collection).items[i_] == expected_[i_], "item %zu is another", i_); \
    } while (0)
#define check_empty(collection) ck_assert_uint_eq((collection).count, 0)

#endif
