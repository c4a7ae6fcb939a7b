#include "statement_log.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* Collects characters, since stderr has no buffer of its own. */
struct line {
    FILE *to;
    size_t used;
    char bytes[1024];
};

static void flush(struct line *line)
{
    fwrite(line->bytes, 1, line->used, line->to);
    line->used = 0;
}

static void add(struct line *line, char c)
{
    if (line->used == sizeof(line->bytes))
        flush(line);
    line->bytes[line->used++] = c;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without line breaks, and without control characters that a terminal would obey. */
static void add_statement(struct line *line, const char *sql)
{
    bool between = false, begun = false;
    for (; *sql; sql++) {
        if (is_blank(*sql)) {
            between = begun;
            continue;
        }
        if (between)
            add(line, ' ');
        add(line, (unsigned char)*sql < ' ' || *sql == 127 ? '?' : *sql);
        between = false;
        begun = true;
    }
}

void statement_log_write(FILE *to, const struct howdah_statement *statement)
{
    struct line line = {.to = to};
    uint64_t microseconds = statement->nanoseconds / 1000;
    int length =
        snprintf(line.bytes, sizeof(line.bytes), "howdah: %" PRIu64 ".%03u ms, %" PRIu64 " row%s, trip %" PRIu32,
                 microseconds / 1000, (unsigned)(microseconds % 1000), statement->rows, statement->rows == 1 ? "" : "s",
                 statement->round_trip);
    line.used = (size_t)length;
    if (statement->status != HOWDAH_STATUS_OK)
        line.used += (size_t)snprintf(line.bytes + line.used, sizeof(line.bytes) - line.used, ", error %s%s(%s)",
                                      statement->sqlstate, *statement->sqlstate ? " " : "",
                                      howdah_status_name(statement->status));
    flockfile(to);
    add(&line, ':');
    add(&line, ' ');
    add_statement(&line, statement->sql);
    add(&line, '\n');
    flush(&line);
    funlockfile(to);
}

void statement_log_print(const struct howdah_statement *statement)
{
    statement_log_write(stderr, statement);
}
