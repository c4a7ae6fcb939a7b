/* Runs programs twice in a row, in a database of their own where conninfo NULL leads:
 *
 *   run_twice PROGRAM[=EXPECTED]...
 *
 * Each must end with 0 both times, and print what is in the file EXPECTED, if there is one. */
#include "support/live.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { OUTPUT_MAX = 1 << 16 };

/* The programs know only PGHOST, PGUSER ...: what HOWDAH_CONNINFO says must be there, too. */
static void export_conninfo(void)
{
    PQconninfoOption *options = PQconninfoParse(live_conninfo(), NULL);
    for (const PQconninfoOption *o = options; o && o->keyword; o++)
        if (o->val && o->envvar)
            setenv(o->envvar, o->val, 1);
    PQconninfoFree(options);
}

static void read_all(FILE *from, char text[OUTPUT_MAX])
{
    size_t size = fread(text, 1, OUTPUT_MAX - 1, from);
    text[size] = '\0';
    while (fgetc(from) != EOF)
        ;
}

static int run(const char *program, const char *expected)
{
    static char output[OUTPUT_MAX], wanted[OUTPUT_MAX];
    fflush(stdout);
    setenv("RUN_TWICE", program, 1); /* whatever is in its path, the shell takes it as it is */
    FILE *pipe = popen("exec \"$RUN_TWICE\"", "r");
    if (!pipe)
        return 1;
    read_all(pipe, output);
    int status = pclose(pipe);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        printf("%s: status %d\n%s", program, status, output);
        return 1;
    }
    FILE *file = expected ? fopen(expected, "r") : NULL;
    if (expected && !file) {
        perror(expected);
        return 1;
    }
    if (!file)
        return 0;
    read_all(file, wanted);
    fclose(file);
    if (strcmp(output, wanted) == 0)
        return 0;
    printf("%s printed:\n%sinstead of:\n%s", program, output, wanted);
    return 1;
}

int main(int argc, char **argv)
{
    int failed = 0;
    live_open();
    export_conninfo();
    for (int i = 1; i < argc; i++) {
        char *expected = strchr(argv[i], '=');
        if (expected)
            *expected++ = '\0';
        for (int round = 1; round <= 2; round++)
            if (run(argv[i], expected)) {
                printf("%s failed in round %d\n", argv[i], round);
                failed = 1;
            }
    }
    live_close();
    return failed;
}
