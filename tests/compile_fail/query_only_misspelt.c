/* expect: no member named .nmae */
#include "models.h"

void run(Query *q);
void run(Query *q)
{
#ifdef MISUSE
    query_only(q, User, login, nmae);
#else
    query_only(q, User, login, name);
#endif
}
