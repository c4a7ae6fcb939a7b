/* expect: not a structure or union|request for member|pointer; did you mean to use '->'|no member named .items */
#include "models.h"

#ifdef MISUSE
MODEL(User, "users", HAS_MANY(User, first, Post, user_id));
#else
MODEL(User, "users", HAS_MANY(User, posts, Post, user_id));
#endif
