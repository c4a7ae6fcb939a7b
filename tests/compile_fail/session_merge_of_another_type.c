/* warning: pointer.type.mismatch */
#include "models.h"

void run(Session *s, const User *user);
void run(Session *s, const User *user)
{
#ifdef MISUSE
    session_merge(s, Post, user);
#else
    session_merge(s, User, user);
#endif
}
