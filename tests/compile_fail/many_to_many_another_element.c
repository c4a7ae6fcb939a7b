/* expect: not compatible with any (generic )?association */
#include "models.h"

#ifdef MISUSE
MODEL(Post, "posts", MANY_TO_MANY(Post, readers, Post, "readers", "post_id", "user_id"));
#else
MODEL(Post, "posts", MANY_TO_MANY(Post, readers, User, "readers", "post_id", "user_id"));
#endif
