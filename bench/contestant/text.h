/* Values as PostgreSQL writes them, for contestants that send and receive text. */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include <howdah/howdah.h>

enum { TEXT_TIME_ROOM = 40, TEXT_UUID_ROOM = 40, TEXT_ARRAY_ROOM = 512 };

/* "2026-01-01 00:01:00+00": the session's time zone is UTC. */
PgTimestamp text_to_time(const char *text);
PgUuid text_to_uuid(const char *text);
/* {a,b,"c d"}: one malloc for the array, one for each text. */
TextArray text_to_array(const char *text);

const char *text_of_time(char room[TEXT_TIME_ROOM], PgTimestamp time);
const char *text_of_uuid(char room[TEXT_UUID_ROOM], const PgUuid *uuid);
const char *text_of_array(char room[TEXT_ARRAY_ROOM], const TextArray *array);
/* strdup, or the end of the process. */
char *text_copy(const char *text);

#endif
