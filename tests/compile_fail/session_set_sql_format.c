/* warning: -Wformat|format specifies type|expects argument of type */
#include "models.h"

void run(Session *s, User *user);
void run(Session *s, User *user)
{
#ifdef MISUSE
    session_set_sql(s, user, name, "name || %s", 1);
#else
    session_set_sql(s, user, name, "name || %s", "1");
#endif
}
