/* expect: text is compared with text, and a number with a number */
#include "models.h"

void compare(Query *q);
void compare(Query *q)
{
#ifdef MISUSE
    query_where(q, User, id, "=", "one");
#else
    query_where(q, User, id, "=", 1);
#endif
}
