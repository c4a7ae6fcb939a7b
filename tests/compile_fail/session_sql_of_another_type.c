/* warning: incompatible[- ]pointer */
#include "models.h"

void run(Session *s);
void run(Session *s)
{
#ifdef MISUSE
    Post **posts = session_sql(s, User, NULL, "SELECT * FROM users");
    (void)posts;
#else
    User **users = session_sql(s, User, NULL, "SELECT * FROM users");
    (void)users;
#endif
}
