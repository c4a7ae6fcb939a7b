/* expect: no member named .titel */
#include "models.h"

#ifdef MISUSE
MODEL(Post, "posts", COLUMN(Post, titel));
#else
MODEL(Post, "posts", COLUMN(Post, title));
#endif
