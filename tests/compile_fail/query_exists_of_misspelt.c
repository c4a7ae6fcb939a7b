/* expect: has no member named|no member named */
#include "models.h"

void run(Query *q);
void run(Query *q)
{
#ifdef MISUSE
    query_exists(q, User, post);
#else
    query_exists(q, User, posts);
#endif
}
