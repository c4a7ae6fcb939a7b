/* A hundred models of twenty columns: what it costs to open them, and to have them. */
#ifndef BENCH_WIDE_H
#define BENCH_WIDE_H

#include <howdah/howdah.h>

enum { WIDE_MODELS = 100, WIDE_COLUMNS = 20 };

/* Built once; ends with NULL. */
const Model *const *wide_models(void);

#endif
