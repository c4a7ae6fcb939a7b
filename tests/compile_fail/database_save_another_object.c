/* warning: pointer.type.mismatch */
#include "models.h"

void run(Database *db, User *user, Error *error);
void run(Database *db, User *user, Error *error)
{
#ifdef MISUSE
    if (database_save(db, Post, user, error) != STATUS_OK)
        user->id = 0;
#else
    if (database_save(db, User, user, error) != STATUS_OK)
        user->id = 0;
#endif
}
