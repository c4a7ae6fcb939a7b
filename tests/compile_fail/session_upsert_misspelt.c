/* expect: no member named .lgoin */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_upsert(s, User, (lgoin), .login = "bob", .name = "Bob");
#else
    session_upsert(s, User, (login), .login = "bob", .name = "Bob");
#endif
}
