/* expect: expected expression */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_find(s, User);
#else
    session_find(s, User, 1);
#endif
}
