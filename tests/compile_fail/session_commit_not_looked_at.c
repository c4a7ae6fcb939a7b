/* warning: unused.result */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    session_commit(s);
#else
    if (session_commit(s) != STATUS_OK)
        session_close(s);
#endif
}
