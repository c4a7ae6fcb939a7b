/* What is wrong with an input, and where. */
#ifndef PACKAGES_PROBLEM_H
#define PACKAGES_PROBLEM_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct problem {
    unsigned long line; /* from 1; 0: no line is to blame */
    char text[256];     /* empty: no problem */
};

/* Keeps the first problem of several. Always false, so that a check can end with `return problem_note(...)`. */
__attribute__((format(printf, 3, 4))) static inline bool problem_note(struct problem *problem, unsigned long line,
                                                                      const char *format, ...)
{
    if (problem->text[0])
        return false;
    va_list args;
    va_start(args, format);
    vsnprintf(problem->text, sizeof problem->text, format, args);
    va_end(args);
    problem->line = line;
    for (char *c = problem->text; *c; c++) { /* quoted input must not steer a terminal */
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    }
    return false;
}

#endif
