#include "psql.h"

#include "support/live.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Messages go to stderr. False: it failed. */
static bool run_file(const char *directory, const char *file)
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

int psql_main(const char *const *files, Suite *(*make_suite)(void))
{
    const char *directory = getenv("HOWDAH_SAMPLE_DATA");
    if (!directory || !*directory) {
        printf("skipped: no sample data; configure with -Dsample_data=DIR\n");
        return 77;
    }
    live_open();
    bool ready = true;
    for (; ready && *files; files++)
        ready = run_file(directory, *files);
    int failed = 1;
    if (ready) {
        SRunner *runner = srunner_create(make_suite());
        srunner_run_all(runner, CK_ENV);
        failed = srunner_ntests_failed(runner);
        srunner_free(runner);
    }
    live_close();
    return failed != 0;
}
