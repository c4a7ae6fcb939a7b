/* warning: -Wformat|format specifies type|expects argument of type */
#include "models.h"

void run(Query *q);
void run(Query *q)
{
#ifdef MISUSE
    query_where_sql(q, "id > %d", "1");
#else
    query_where_sql(q, "id > %d", 1);
#endif
}
