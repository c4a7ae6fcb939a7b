/* The standard streams, as whoever started the program left them. */
#ifndef PACKAGES_CONSOLE_H
#define PACKAGES_CONSOLE_H

#include <stdbool.h>

/* The first thing of main: a stream that is closed (>&-) reads and writes nothing. Otherwise the next file or socket
 * that is opened would get its number, and what is printed would end up there. False if that can't be. */
bool console_open(void);
/* The last: whether all that was printed has been written. Says it on stderr if not. */
bool console_flush(const char *program);

#endif
