/* expect: no member named .titel */
#include "models.h"

#ifdef MISUSE
MODEL(Post, "posts", INDEX(Post, NULL, user_id, titel));
#else
MODEL(Post, "posts", INDEX(Post, NULL, user_id, title));
#endif
