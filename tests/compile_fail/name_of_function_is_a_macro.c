/* expect: session_find is a macro already */

#ifdef MISUSE
#define session_find(x) (x)
#include <howdah/howdah.h>
#else
#define session_find(x) (x)
#define HOWDAH_NO_SHORT_NAMES
#include <howdah/howdah.h>
#endif
