/* expect: not compatible with any (generic )?association */
#include "models.h"

void run(User *user);
void run(User *user)
{
#ifdef MISUSE
    if (!SET_TEXT(user->name, "bob"))
        user->id = 0;
#else
    if (!SET_TEXT(user->login, "bob"))
        user->id = 0;
#endif
}
