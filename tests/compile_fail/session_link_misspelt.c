/* expect: no member named .post */
#include "models.h"

void run(Session *s, User *user, Post *post);
void run(Session *s, User *user, Post *post)
{
#ifdef MISUSE
    session_link(s, user, post, post);
#else
    session_link(s, user, posts, post);
#endif
}
