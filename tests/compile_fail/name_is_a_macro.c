/* expect: Status is a macro already; include howdah.h before its header */

#ifdef MISUSE
#define Status int
#include <howdah/howdah.h>
#else
#include <howdah/howdah.h>
#define Status int
#endif
