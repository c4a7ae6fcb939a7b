/* expect: (no member named|does not refer to any field|unknown field) */
#include "models.h"

#ifdef MISUSE
MODEL(Post, "posts", COLUMN(Post, title, .uniqe = true));
#else
MODEL(Post, "posts", COLUMN(Post, title, .unique = true));
#endif
