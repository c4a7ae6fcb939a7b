#define _GNU_SOURCE /* timegm */
#include "text.h"

#include "contestant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

PgTimestamp text_to_time(const char *text)
{
    struct tm tm = {0};
    PgTimestamp ret = {0};
    if (sscanf(text, "%d-%d-%d %d:%d:%d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec) !=
        6)
        contestant_fail("not a time: %s", text);
    tm.tm_year -= 1900;
    tm.tm_mon--;
    ret.microseconds = ((int64_t)timegm(&tm) - 946684800) * 1000000;
    return ret;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

PgUuid text_to_uuid(const char *text)
{
    PgUuid ret;
    for (int i = 0; i < 16; i++) {
        while (*text == '-')
            text++;
        ret.bytes[i] = (uint8_t)(hex_digit(text[0]) * 16 + hex_digit(text[1]));
        text += 2;
    }
    return ret;
}

TextArray text_to_array(const char *text)
{
    TextArray ret = {0};
    size_t room = 1;
    for (const char *c = text; *c; c++)
        room += *c == ',';
    ret.items = contestant_take(room, sizeof(*ret.items));
    for (text++; *text && *text != '}'; text += *text == ',') {
        char *item = contestant_take(strlen(text), 1), *end = item;
        if (*text == '"') {
            for (text++; *text != '"'; text++)
                *end++ = *text == '\\' ? *++text : *text;
            text++;
        } else {
            while (*text != ',' && *text != '}')
                *end++ = *text++;
        }
        ret.items[ret.count++] = item;
    }
    return ret;
}

const char *text_of_time(char room[TEXT_TIME_ROOM], PgTimestamp time)
{
    struct tm tm;
    time_t seconds = (time_t)(time.microseconds / 1000000 + 946684800);
    gmtime_r(&seconds, &tm);
    strftime(room, TEXT_TIME_ROOM, "%Y-%m-%d %H:%M:%S+00", &tm);
    return room;
}

const char *text_of_uuid(char room[TEXT_UUID_ROOM], const PgUuid *uuid)
{
    for (int i = 0; i < 16; i++)
        snprintf(room + i * 2, 3, "%02x", uuid->bytes[i]);
    return room;
}

const char *text_of_array(char room[TEXT_ARRAY_ROOM], const TextArray *array)
{
    char *end = room;
    *end++ = '{';
    for (size_t i = 0; i < array->count; i++) {
        *end++ = '"';
        for (const char *c = array->items[i]; *c && end < room + TEXT_ARRAY_ROOM - 8; c++) {
            if (*c == '"' || *c == '\\')
                *end++ = '\\';
            *end++ = *c;
        }
        *end++ = '"';
        *end++ = i + 1 < array->count ? ',' : '}';
    }
    if (array->count == 0)
        *end++ = '}';
    *end = '\0';
    return room;
}

char *text_copy(const char *text)
{
    char *copy = strdup(text);
    if (!copy)
        contestant_fail("out of memory");
    return copy;
}
