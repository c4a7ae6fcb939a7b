/* expect: not compatible with any (generic )?association */
#include "models.h"

void run(const User *user);
void run(const User *user)
{
#ifdef MISUSE
    Value value = VALUE(user->place);
    (void)value;
#else
    Value value = VALUE(user->name);
    (void)value;
#endif
}
