/* expect: expected .*\) */
#include "models.h"

void run(Session *s, const char *sql);
void run(Session *s, const char *sql)
{
#ifdef MISUSE
    session_sql(s, User, NULL, sql);
#else
    (void)sql;
    session_sql(s, User, NULL, "SELECT * FROM users");
#endif
}
