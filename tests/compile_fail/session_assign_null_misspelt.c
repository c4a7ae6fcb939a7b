/* expect: no member named .nmae */
#include "models.h"

void run(Session *s, User *user);
void run(Session *s, User *user)
{
#ifdef MISUSE
    session_assign_null(s, user, nmae);
#else
    session_assign_null(s, user, name);
#endif
}
