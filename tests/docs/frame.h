/* What stands around the fragments of the documents: what they may use without showing it. */
#ifndef DOCS_FRAME_H
#define DOCS_FRAME_H

#include <howdah/howdah.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern Database *db;
extern Session *s;

#endif
