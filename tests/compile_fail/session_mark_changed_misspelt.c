/* expect: no member named .nmae */
#include "models.h"

void run(Session *s, User *user);
void run(Session *s, User *user)
{
#ifdef MISUSE
    session_mark_changed(s, user, nmae);
#else
    session_mark_changed(s, user, name);
#endif
}
