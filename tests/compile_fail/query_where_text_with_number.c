/* expect: size of (the )?unnamed array is negative|array size is negative|array with a negative size */
#include "models.h"

void compare(Query *q);
void compare(Query *q)
{
#ifdef MISUSE
    query_where(q, User, name, "=", 5);
#else
    query_where(q, User, name, "=", "Ann");
#endif
}
