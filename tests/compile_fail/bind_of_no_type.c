/* expect: _Generic|generic */
#include "models.h"

void run(Session *s, const User *user);
void run(Session *s, const User *user)
{
#ifdef MISUSE
    session_execute(s, NULL, "DELETE FROM users WHERE id = %p", BIND(user));
#else
    session_execute(s, NULL, "DELETE FROM users WHERE id = %p", BIND(user->id));
#endif
}
