/* expect: no member named .nmae */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_find_by(s, User, nmae, "Bob");
#else
    session_find_by(s, User, name, "Bob");
#endif
}
