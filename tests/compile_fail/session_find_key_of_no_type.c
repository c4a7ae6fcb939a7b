/* expect: not compatible with any (generic )?association */
#include "models.h"

void run(Session *s, const User *user);
void run(Session *s, const User *user)
{
#ifdef MISUSE
    session_find(s, User, user);
#else
    session_find(s, User, user->id);
#endif
}
