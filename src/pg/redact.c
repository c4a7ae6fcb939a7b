#include "redact.h"

#include <libpq-fe.h>
#include <string.h>

/* The part behind "postgresql://" or "postgres://", or NULL. */
static const char *uri_rest(const char *conninfo)
{
    static const char *const prefixes[] = {"postgresql://", "postgres://"};
    for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
        if (strncmp(conninfo, prefixes[i], strlen(prefixes[i])) == 0)
            return conninfo + strlen(prefixes[i]);
    return NULL;
}

/* A password with an unescaped '@' or '/' ends too early, and leaves an '@' where none can be: behind the
 * first one, or behind the first '/'. */
static bool uri_is_ambiguous(const char *rest)
{
    const char *stop = rest + strcspn(rest, "@/");
    return *stop && memchr(stop + 1, '@', strcspn(stop + 1, "?")) != NULL;
}

static bool is_readable(const char *conninfo)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &message);
    PQfreemem(message);
    PQconninfoFree(options);
    return options != NULL;
}

bool redact_needed(const char *conninfo)
{
    if (!conninfo)
        return false;
    const char *rest = uri_rest(conninfo);
    return (rest && uri_is_ambiguous(rest)) || !is_readable(conninfo);
}

void redact_line(char *ret_line, size_t size, const char *text)
{
    static const char blanks[] = " \t\r\n\v\f";
    size_t used = 0;
    text += strspn(text, blanks);
    while (*text && used + 1 < size) {
        size_t word = strcspn(text, blanks);
        size_t length = word < size - used - 1 ? word : size - used - 1;
        memcpy(ret_line + used, text, length);
        used += length;
        text += word;
        text += strspn(text, blanks);
        if (*text && used + 1 < size)
            ret_line[used++] = ' ';
    }
    ret_line[used] = '\0';
}
