/* expect: not compatible with any (generic )?association */
#include <howdah/howdah.h>

#ifdef MISUSE
typedef struct Thing {
    int32_t *field;
} Thing;
#else
typedef struct Thing {
    NullInt32 field;
} Thing;
#endif

MODEL(Thing, "things", COLUMN(Thing, field));
