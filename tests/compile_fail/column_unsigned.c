/* expect: not compatible with any (generic )?association */
#include <howdah/howdah.h>

#ifdef MISUSE
typedef struct Thing {
    uint32_t field;
} Thing;
#else
typedef struct Thing {
    int64_t field;
} Thing;
#endif

MODEL(Thing, "things", COLUMN(Thing, field));
