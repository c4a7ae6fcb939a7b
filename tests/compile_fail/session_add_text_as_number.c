/* warning: int-conversion|makes pointer from integer|incompatible integer to pointer */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_add(s, User, .name = 1);
#else
    session_add(s, User, .name = "1");
#endif
}
