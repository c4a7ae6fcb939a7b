/* warning: -Wformat|format specifies type|expects argument of type */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_sql(s, User, NULL, "SELECT * FROM users WHERE id = %d", "1");
#else
    session_sql(s, User, NULL, "SELECT * FROM users WHERE id = %d", 1);
#endif
}
