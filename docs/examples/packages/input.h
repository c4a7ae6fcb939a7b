/* Where the records come from: a file, or what apt-cache prints. */
#ifndef PACKAGES_INPUT_H
#define PACKAGES_INPUT_H

#include <stdio.h>

#include "problem.h"

/* Both return a file that can be read again from any offset, for fclose(), or NULL with the reason. */

/* "-" is the standard input. What can't be read twice is copied to a temporary file that has no name. */
FILE *input_open_file(const char *path, struct problem *ret_why);
/* Runs `apt-cache dumpavail` and keeps what it prints, if it succeeds. */
FILE *input_open_index(struct problem *ret_why);

#endif
