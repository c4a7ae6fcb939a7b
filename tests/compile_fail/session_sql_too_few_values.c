/* warning: -Wformat|more .%. conversions than|matching */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_sql_one(s, User, "SELECT * FROM users WHERE id = %d");
#else
    session_sql_one(s, User, "SELECT * FROM users WHERE id = %d", 1);
#endif
}
