/* expect: not compatible with any (generic )?association */
#include "models.h"

void run(Query *q, const User *user);
void run(Query *q, const User *user)
{
#ifdef MISUSE
    query_where(q, User, id, "=", user->place);
#else
    query_where(q, User, id, "=", user->id);
#endif
}
