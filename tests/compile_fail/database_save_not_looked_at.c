/* warning: unused.result */
#include "models.h"

void run(Database *db, User *user, Error *error);
void run(Database *db, User *user, Error *error)
{
#ifdef MISUSE
    database_save(db, User, user, error);
#else
    if (database_save(db, User, user, error) != STATUS_OK)
        user->id = 0;
#endif
}
