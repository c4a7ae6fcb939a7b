/* expect: no member named .nmae */
#include "models.h"

void run(Session *s, const User *user);
void run(Session *s, const User *user)
{
#ifdef MISUSE
    session_merge_only(s, User, (login, nmae), user);
#else
    session_merge_only(s, User, (login, name), user);
#endif
}
