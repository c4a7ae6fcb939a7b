/* warning: pointer.type.mismatch */
#include "models.h"

void run(Database *db, User *user, Error *error);
void run(Database *db, User *user, Error *error)
{
#ifdef MISUSE
    if (database_find(db, Post, user, NULL, error, 1) != STATUS_OK)
        user->id = 0;
#else
    if (database_find(db, User, user, NULL, error, 1) != STATUS_OK)
        user->id = 0;
#endif
}
