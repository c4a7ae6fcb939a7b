/* expect: expected expression */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_stub(s, User);
#else
    session_stub(s, User, 1);
#endif
}
