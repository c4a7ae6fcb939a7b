/* expect: not compatible with any (generic )?association */
#include <howdah/howdah.h>

#ifdef MISUSE
typedef struct Thing {
    int field[4];
} Thing;
#else
typedef struct Thing {
    Int32Array field;
} Thing;
#endif

MODEL(Thing, "things", COLUMN(Thing, field));
