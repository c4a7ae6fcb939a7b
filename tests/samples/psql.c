#include "psql.h"

#include "support/live.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

bool psql_run(const char *directory, const char *file)
{
    char path[4096];
    int result = 1;
    snprintf(path, sizeof(path), "%s/%s", directory, file);
    pid_t child = fork();
    if (child == 0) {
        execlp("psql", "psql", "-X", "-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", live_conninfo(), "-f",
               path, (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &result, 0) == child && result == 0;
}
