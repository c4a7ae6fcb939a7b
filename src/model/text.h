/* Small texts that the compiled models keep: made without printf, since thousands of them are made at start. */
#ifndef MODEL_TEXT_H
#define MODEL_TEXT_H

#include "base/arena.h"

enum { DECIMAL_MAX = 21 };

/* All parts one after the other, in the arena; NULL if memory is out. Ends with NULL. */
const char *text_join(struct arena *arena, const char *first, ...) __attribute__((sentinel));
/* The number's digits with a final NUL; `ret_text` is returned. */
char *text_decimal(uint64_t number, char ret_text[DECIMAL_MAX]);
/* Whether the word is one of the list, which has commas between them. */
bool text_lists(const char *list, const char *word, size_t length);
/* Whether a message speaks of the name, in whatever language and quotes: it has it as a word of its own. */
bool text_names(const char *message, const char *name);

#endif
