/* expect: not compatible with any (generic )?association */
#include <howdah/howdah.h>

#ifdef MISUSE
typedef struct Thing {
    char *field;
} Thing;
#else
typedef struct Thing {
    const char *field;
} Thing;
#endif

MODEL(Thing, "things", COLUMN(Thing, field));
