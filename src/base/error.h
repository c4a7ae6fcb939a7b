/* Filling a howdah_error. It allocates nothing: all texts go into the error's own storage. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <howdah/error.h>

/* The error of handles that don't exist, since memory was out when they should have been made. */
extern const struct howdah_error error_no_memory;

void error_clear(struct howdah_error *e);
/* Clears the error, sets status and message; returns the status. The outcome is NONE: writers set theirs. */
enum howdah_status error_set(struct howdah_error *e, enum howdah_status status, const char *format, ...)
    HOWDAH_PRINTF(3, 4);
/* The same with a text of several lines: as many of them as the storage holds, and a word about the others. */
enum howdah_status error_set_lines(struct howdah_error *e, enum howdah_status status, const char *lines);
/* Replaces the message and keeps the rest. */
void error_message(struct howdah_error *e, const char *format, ...) HOWDAH_PRINTF(2, 3);
/* Stores a copy of `text` (NULL: none) and points *member, one of the error's members, to it. */
void error_attach(struct howdah_error *e, const char **member, const char *text);
/* Copies a whole error, texts included. */
void error_copy(struct howdah_error *to, const struct howdah_error *from);
/* Renders .text from all the rest. Called once, when the error is complete. */
void error_finish(struct howdah_error *e);
/* Takes the text back, so that more can be attached before it is finished again. False if there was none. */
bool error_reopen(struct howdah_error *e);

#endif
