/* expect: no member named .oder_by|does not refer to any field */
#include "models.h"

#ifdef MISUSE
MODEL(User, "users", HAS_MANY_WITH((.oder_by = "title"), User, posts, Post, user_id));
#else
MODEL(User, "users", HAS_MANY_WITH((.order_by = "title"), User, posts, Post, user_id));
#endif
