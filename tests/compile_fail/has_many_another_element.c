/* expect: not compatible with any (generic )?association */
#include "models.h"

#ifdef MISUSE
MODEL(User, "users", HAS_MANY(User, posts, User, id));
#else
MODEL(User, "users", HAS_MANY(User, posts, Post, user_id));
#endif
