/* warning: pointer.type.mismatch */
#include "models.h"

void run(Session *s, const User *user);
void run(Session *s, const User *user)
{
#ifdef MISUSE
    session_attach_struct(s, Post, user);
#else
    session_attach_struct(s, User, user);
#endif
}
