/* Tests on databases that others have made, by scripts as psql runs them: COPY data and its own commands included. */
#ifndef SAMPLES_PSQL_H
#define SAMPLES_PSQL_H

#include <check.h>

/* What main returns: runs the suite on a database of its own that the files of the sample data have made, one after the
 * other; the list ends with NULL. Skips, and says so, where there is no sample data. */
int psql_main(const char *const *files, Suite *(*make_suite)(void));

#endif
