/* warning: -Wformat|format specifies type|expects argument of type */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_execute(s, NULL, "DELETE FROM users WHERE name = %s", 1);
#else
    session_execute(s, NULL, "DELETE FROM users WHERE name = %s", "Bob");
#endif
}
