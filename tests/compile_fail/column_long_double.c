/* expect: not compatible with any (generic )?association */
#include <howdah/howdah.h>

#ifdef MISUSE
typedef struct Thing {
    long double field;
} Thing;
#else
typedef struct Thing {
    double field;
} Thing;
#endif

MODEL(Thing, "things", COLUMN(Thing, field));
