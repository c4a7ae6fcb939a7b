/* expect: not compatible with any (generic )?association */
#include "models.h"

#ifdef MISUSE
MODEL(Post, "posts", BELONGS_TO(Post, title, User, user_id));
#else
MODEL(Post, "posts", BELONGS_TO(Post, user, User, user_id));
#endif
