#include "input.h"

#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* A temporary file with all of `from`, or NULL. */
static FILE *spool(FILE *from, struct problem *why)
{
    FILE *to = tmpfile();
    if (!to) {
        problem_note(why, 0, "can't make a temporary file: %s", strerror(errno));
        return NULL;
    }
    char block[64 * 1024];
    size_t size;
    while ((size = fread(block, 1, sizeof block, from)) > 0 && fwrite(block, 1, size, to) == size)
        continue;
    if (ferror(from) || fflush(to) != 0 || ferror(to)) {
        problem_note(why, 0, "can't be copied to a temporary file: %s", strerror(errno));
        fclose(to);
        return NULL;
    }
    rewind(to);
    return to;
}

FILE *input_open_file(const char *path, struct problem *ret_why)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "re");
    if (!file) {
        problem_note(ret_why, 0, "can't be opened: %s", strerror(errno));
        return NULL;
    }
    if (!standard && fseeko(file, 0, SEEK_SET) == 0)
        return file;
    FILE *copy = spool(file, ret_why);
    if (!standard)
        fclose(file);
    return copy;
}

/* Starts the command, and returns its output. */
static FILE *start(char *const argv[], pid_t *ret_pid, struct problem *why)
{
    int ends[2];
    if (pipe(ends) != 0) {
        problem_note(why, 0, "can't make a pipe: %s", strerror(errno));
        return NULL;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[1]);
    int error = posix_spawnp(ret_pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    FILE *output = error ? NULL : fdopen(ends[0], "r");
    if (!output) {
        problem_note(why, 0, "can't be run: %s", strerror(error ? error : errno));
        close(ends[0]);
    }
    return output;
}

FILE *input_open_index(struct problem *ret_why)
{
    char program[] = "apt-cache", command[] = "dumpavail";
    char *const argv[] = {program, command, NULL};
    pid_t pid = 0;
    FILE *output = start(argv, &pid, ret_why);
    if (!output)
        return NULL;
    FILE *copy = spool(output, ret_why);
    fclose(output);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (copy && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        problem_note(ret_why, 0, "has failed");
        fclose(copy);
        return NULL;
    }
    return copy;
}
