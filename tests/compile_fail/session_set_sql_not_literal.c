/* expect: expected .*\) */
#include "models.h"

void run(Session *s, User *user, const char *sql);
void run(Session *s, User *user, const char *sql)
{
#ifdef MISUSE
    session_set_sql(s, user, name, sql);
#else
    (void)sql;
    session_set_sql(s, user, name, "upper(name)");
#endif
}
