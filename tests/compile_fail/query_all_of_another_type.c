/* warning: incompatible.pointer.types */
#include "models.h"

void run(Query *q, size_t *count);
void run(Query *q, size_t *count)
{
#ifdef MISUSE
    User **users = query_all(q, Post, count);
    (void)users;
#else
    User **users = query_all(q, User, count);
    (void)users;
#endif
}
