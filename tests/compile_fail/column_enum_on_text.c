/* expect: not compatible with any (generic )?association */
#include "models.h"

#ifdef MISUSE
MODEL(User, "users", COLUMN_ENUM(User, name, Level));
#else
MODEL(User, "users", COLUMN_ENUM(User, level, Level));
#endif
