/* expect: no member named .nmae */
#include "models.h"

void run(Session *s, User *user);
void run(Session *s, User *user)
{
#ifdef MISUSE
    session_set_sql(s, user, nmae, "upper(name)");
#else
    session_set_sql(s, user, name, "upper(name)");
#endif
}
