/* HOWDAH_EACH(f, a, b, ...) is f(a), f(b), ...; HOWDAH_COUNT(a, b, ...) is how many there are. 1 to 32
 * arguments: written out, since a recursive macro gives error messages that nobody can read. */
#ifndef HOWDAH_EACH_H
#define HOWDAH_EACH_H

#include <howdah/base.h>

#define HOWDAH_COUNT(...) \
    HOWDAH_COUNT_OF(__VA_ARGS__, HOWDAH_TOO_MANY_, HOWDAH_TOO_MANY_, HOWDAH_TOO_MANY_, HOWDAH_TOO_MANY_, 32, 31, 30, \
                    29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, \
                    3, 2, 1, 0)
/* What a compiler complains about, of 33 to 64. */
#define HOWDAH_TOO_MANY_ \
    more_than_32_arguments, more_than_32_arguments, more_than_32_arguments, more_than_32_arguments, \
        more_than_32_arguments, more_than_32_arguments, more_than_32_arguments, more_than_32_arguments
#define HOWDAH_COUNT_OF(...) HOWDAH_COUNT_(__VA_ARGS__)
#define HOWDAH_COUNT_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20, a21, \
                      a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, a37, a38, a39, a40, \
                      a41, a42, a43, a44, a45, a46, a47, a48, a49, a50, a51, a52, a53, a54, a55, a56, a57, a58, a59, \
                      a60, a61, a62, a63, a64, count, ...) \
    count

#define HOWDAH_PASTE(a, b)        HOWDAH_PASTE_(a, b)
#define HOWDAH_PASTE_(a, b)       a##b
#define HOWDAH_EACH(f, ...)       HOWDAH_PASTE(HOWDAH_EACH_, HOWDAH_COUNT(__VA_ARGS__))(f, __VA_ARGS__)
#define HOWDAH_EACH_1(f, a)       f(a)
#define HOWDAH_EACH_2(f, a, ...)  f(a), HOWDAH_EACH_1(f, __VA_ARGS__)
#define HOWDAH_EACH_3(f, a, ...)  f(a), HOWDAH_EACH_2(f, __VA_ARGS__)
#define HOWDAH_EACH_4(f, a, ...)  f(a), HOWDAH_EACH_3(f, __VA_ARGS__)
#define HOWDAH_EACH_5(f, a, ...)  f(a), HOWDAH_EACH_4(f, __VA_ARGS__)
#define HOWDAH_EACH_6(f, a, ...)  f(a), HOWDAH_EACH_5(f, __VA_ARGS__)
#define HOWDAH_EACH_7(f, a, ...)  f(a), HOWDAH_EACH_6(f, __VA_ARGS__)
#define HOWDAH_EACH_8(f, a, ...)  f(a), HOWDAH_EACH_7(f, __VA_ARGS__)
#define HOWDAH_EACH_9(f, a, ...)  f(a), HOWDAH_EACH_8(f, __VA_ARGS__)
#define HOWDAH_EACH_10(f, a, ...) f(a), HOWDAH_EACH_9(f, __VA_ARGS__)
#define HOWDAH_EACH_11(f, a, ...) f(a), HOWDAH_EACH_10(f, __VA_ARGS__)
#define HOWDAH_EACH_12(f, a, ...) f(a), HOWDAH_EACH_11(f, __VA_ARGS__)
#define HOWDAH_EACH_13(f, a, ...) f(a), HOWDAH_EACH_12(f, __VA_ARGS__)
#define HOWDAH_EACH_14(f, a, ...) f(a), HOWDAH_EACH_13(f, __VA_ARGS__)
#define HOWDAH_EACH_15(f, a, ...) f(a), HOWDAH_EACH_14(f, __VA_ARGS__)
#define HOWDAH_EACH_16(f, a, ...) f(a), HOWDAH_EACH_15(f, __VA_ARGS__)
#define HOWDAH_EACH_17(f, a, ...) f(a), HOWDAH_EACH_16(f, __VA_ARGS__)
#define HOWDAH_EACH_18(f, a, ...) f(a), HOWDAH_EACH_17(f, __VA_ARGS__)
#define HOWDAH_EACH_19(f, a, ...) f(a), HOWDAH_EACH_18(f, __VA_ARGS__)
#define HOWDAH_EACH_20(f, a, ...) f(a), HOWDAH_EACH_19(f, __VA_ARGS__)
#define HOWDAH_EACH_21(f, a, ...) f(a), HOWDAH_EACH_20(f, __VA_ARGS__)
#define HOWDAH_EACH_22(f, a, ...) f(a), HOWDAH_EACH_21(f, __VA_ARGS__)
#define HOWDAH_EACH_23(f, a, ...) f(a), HOWDAH_EACH_22(f, __VA_ARGS__)
#define HOWDAH_EACH_24(f, a, ...) f(a), HOWDAH_EACH_23(f, __VA_ARGS__)
#define HOWDAH_EACH_25(f, a, ...) f(a), HOWDAH_EACH_24(f, __VA_ARGS__)
#define HOWDAH_EACH_26(f, a, ...) f(a), HOWDAH_EACH_25(f, __VA_ARGS__)
#define HOWDAH_EACH_27(f, a, ...) f(a), HOWDAH_EACH_26(f, __VA_ARGS__)
#define HOWDAH_EACH_28(f, a, ...) f(a), HOWDAH_EACH_27(f, __VA_ARGS__)
#define HOWDAH_EACH_29(f, a, ...) f(a), HOWDAH_EACH_28(f, __VA_ARGS__)
#define HOWDAH_EACH_30(f, a, ...) f(a), HOWDAH_EACH_29(f, __VA_ARGS__)
#define HOWDAH_EACH_31(f, a, ...) f(a), HOWDAH_EACH_30(f, __VA_ARGS__)
#define HOWDAH_EACH_32(f, a, ...) f(a), HOWDAH_EACH_31(f, __VA_ARGS__)

#endif
