/* expect: not compatible with any (generic )?association */
#include "models.h"

#ifdef MISUSE
MODEL(User, "users", HAS_ONE(User, name, Post, user_id));
#else
MODEL(User, "users", HAS_ONE(User, first, Post, user_id));
#endif
