/* warning: pointer type mismatch|incompatible[- ]pointer */
#include "models.h"

void run(Session *s, const User *users, const Post *posts);
void run(Session *s, const User *users, const Post *posts)
{
#ifdef MISUSE
    session_upsert_many(s, User, (login), posts, 1);
#else
    (void)posts;
    session_upsert_many(s, User, (login), users, 1);
#endif
}
