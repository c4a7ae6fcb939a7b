/* expect: no member named .nmae|does not refer to any field */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_add(s, User, .nmae = "Bob");
#else
    session_add(s, User, .name = "Bob");
#endif
}
