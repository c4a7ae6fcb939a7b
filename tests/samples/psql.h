/* Scripts that others have made, as psql runs them: COPY data and its own commands included. */
#ifndef SAMPLES_PSQL_H
#define SAMPLES_PSQL_H

#include <stdbool.h>

/* Runs a file of the sample data on the test's database, by psql; messages go to stderr. False: it failed. */
bool psql_run(const char *directory, const char *file);

#endif
