/* expect: Colour_labels.*undeclared|undeclared identifier .Colour_labels */
#include "models.h"

#ifdef MISUSE
MODEL(User, "users", COLUMN_ENUM(User, level, Colour));
#else
MODEL(User, "users", COLUMN_ENUM(User, level, Level));
#endif
