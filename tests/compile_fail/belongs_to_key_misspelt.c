/* expect: no member named .user_di */
#include "models.h"

#ifdef MISUSE
MODEL(Post, "posts", BELONGS_TO(Post, user, User, user_di));
#else
MODEL(Post, "posts", BELONGS_TO(Post, user, User, user_id));
#endif
