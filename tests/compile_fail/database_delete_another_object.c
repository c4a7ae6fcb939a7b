/* warning: pointer.type.mismatch */
#include "models.h"

void run(Database *db, User *user, Error *error);
void run(Database *db, User *user, Error *error)
{
#ifdef MISUSE
    if (database_delete(db, Post, user, error) != STATUS_OK)
        user->id = 0;
#else
    if (database_delete(db, User, user, error) != STATUS_OK)
        user->id = 0;
#endif
}
