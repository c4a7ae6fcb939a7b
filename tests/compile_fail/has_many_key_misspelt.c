/* expect: no member named .usr_id */
#include "models.h"

#ifdef MISUSE
MODEL(User, "users", HAS_MANY(User, posts, Post, usr_id));
#else
MODEL(User, "users", HAS_MANY(User, posts, Post, user_id));
#endif
