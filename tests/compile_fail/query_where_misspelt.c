/* expect: no member named .nmae */
#include "models.h"

void run(Query *q);
void run(Query *q)
{
#ifdef MISUSE
    query_where(q, User, nmae, "=", "Bob");
#else
    query_where(q, User, name, "=", "Bob");
#endif
}
