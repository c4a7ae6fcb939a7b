/* warning: incompatible.pointer.types */
#include "models.h"

#ifdef MISUSE
MODEL(User, "users", COLUMN_CODEC(User, place, &Level_labels));
#else
static const Codec codec;
MODEL(User, "users", COLUMN_CODEC(User, place, &codec));
#endif
