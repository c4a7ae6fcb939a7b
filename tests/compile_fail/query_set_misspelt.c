/* expect: no member named .nmae */
#include "models.h"

void run(Query *q);
void run(Query *q)
{
#ifdef MISUSE
    query_set(q, User, nmae, "Bob");
#else
    query_set(q, User, name, "Bob");
#endif
}
