/* expect: expected .*\) */
#include "models.h"

void run(Query *q, const char *sql);
void run(Query *q, const char *sql)
{
#ifdef MISUSE
    query_where_sql(q, sql);
#else
    (void)sql;
    query_where_sql(q, "id > 0");
#endif
}
