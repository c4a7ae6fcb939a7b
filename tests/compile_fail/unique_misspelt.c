/* expect: no member named .titel */
#include "models.h"

#ifdef MISUSE
MODEL(Post, "posts", UNIQUE(Post, NULL, titel));
#else
MODEL(Post, "posts", UNIQUE(Post, NULL, title));
#endif
