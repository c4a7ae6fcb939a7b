/* A program with functions that are called as some that the library has for itself. */
#include <howdah/howdah.h>

#include <stdio.h>
#include <string.h>

int arena_reset(int number);
int map_add(int number);

int arena_reset(int number)
{
    return number + 1;
}

int map_add(int number)
{
    return number + 2;
}

int main(void)
{
    Database *db = howdah_database_open("", NULL, NULL);
    int failed = !db || arena_reset(1) != 2 || map_add(1) != 3;
    howdah_database_close(db);
    return failed;
}
