/* expect: no member named .pool_sise|does not refer to any field */
#include "models.h"

void run(const Model *const *models);
void run(const Model *const *models)
{
#ifdef MISUSE
    database_open(NULL, models, DATABASE_OPTIONS(.pool_sise = 4));
#else
    database_open(NULL, models, DATABASE_OPTIONS(.pool_size = 4));
#endif
}
