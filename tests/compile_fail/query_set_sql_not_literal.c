/* expect: expected .*\) */
#include "models.h"

void run(Query *q, const char *sql);
void run(Query *q, const char *sql)
{
#ifdef MISUSE
    query_set_sql(q, User, name, sql);
#else
    (void)sql;
    query_set_sql(q, User, name, "upper(name)");
#endif
}
