/* A row of items out of a result in text format. */
#define _GNU_SOURCE /* timegm */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "2026-01-01 00:01:00+00": the session's time zone is UTC. */
static PgTimestamp read_time(const char *text)
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

static PgUuid read_uuid(const char *text)
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

/* {a,b,"c d"}: one block for the array, one for each text. */
static TextArray read_array(const char *text)
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

void item_read(const PGresult *result, int row, Item *ret)
{
    ret->id = column_int64(result, row, 0);
    ret->name = column_text(result, row, 1);
    ret->note = column_text(result, row, 2);
    ret->active = *PQgetvalue(result, row, 3) == 't';
    ret->created_at = read_time(PQgetvalue(result, row, 4));
    ret->price = strtod(PQgetvalue(result, row, 5), NULL);
    ret->quantity.valid = !PQgetisnull(result, row, 6);
    ret->quantity.value = column_int32(result, row, 6);
    ret->token = read_uuid(PQgetvalue(result, row, 7));
    ret->attributes.text = column_text(result, row, 8);
    ret->labels = read_array(PQgetvalue(result, row, 9));
    ret->version = column_int32(result, row, 10);
}

static void drop(const char *text)
{
    free((void *)(uintptr_t)text);
}

void item_free(Item *item)
{
    for (size_t i = 0; i < item->labels.count; i++)
        drop(item->labels.items[i]);
    free(item->labels.items);
    drop(item->name);
    drop(item->note);
    drop(item->attributes.text);
}
