/* Memory of the session for what a program puts into fields. No I/O. */
#include "session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *howdah_session_text(struct howdah_session *s, const char *format, ...)
{
    if (!session_enter(s))
        return NULL;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = format ? vsnprintf(NULL, 0, format, args) : -1;
    va_end(args);
    char *text = length < 0 ? NULL : arena_allocate(&s->arena, (size_t)length + 1, 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    else if (length < 0)
        session_fail(s, HOWDAH_STATUS_INVALID, NULL, NULL, NULL, "session_text: %s",
                     format ? "the text can't be formatted" : "the format is NULL");
    else
        session_no_memory(s);
    va_end(again);
    session_leave(s);
    return text;
}

void *howdah_session_copy(struct howdah_session *s, const void *data, size_t size)
{
    if (!session_enter(s))
        return NULL;
    void *copy = data || size == 0 ? arena_copy(&s->arena, data, size) : NULL;
    if (!data && size)
        session_fail(s, HOWDAH_STATUS_INVALID, NULL, NULL, NULL, "session_copy: %zu bytes of NULL can't be copied",
                     size);
    else if (!copy)
        session_no_memory(s);
    session_leave(s);
    return copy;
}
