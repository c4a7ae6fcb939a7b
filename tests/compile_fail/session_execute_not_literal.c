/* expect: expected .*\) */
#include "models.h"

void run(Session *s, const char *sql);
void run(Session *s, const char *sql)
{
#ifdef MISUSE
    session_execute(s, NULL, sql);
#else
    (void)sql;
    session_execute(s, NULL, "DELETE FROM users");
#endif
}
