/* expect: Writer_model.*undeclared|undeclared identifier .Writer_model|unknown type name .Writer|.Writer. undeclared */
#include "models.h"

#ifdef MISUSE
MODEL(Post, "posts", BELONGS_TO(Post, user, Writer, user_id));
#else
MODEL(Post, "posts", BELONGS_TO(Post, user, User, user_id));
#endif
