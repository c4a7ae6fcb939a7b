/* A row of items out of a result in text format. */
#include "bench.h"

#include "../contestant/text.h"

#include <stdlib.h>

void item_read(const PGresult *result, int row, Item *ret)
{
    ret->id = column_int64(result, row, 0);
    ret->name = column_text(result, row, 1);
    ret->note = column_text(result, row, 2);
    ret->active = *PQgetvalue(result, row, 3) == 't';
    ret->created_at = text_to_time(PQgetvalue(result, row, 4));
    ret->price = strtod(PQgetvalue(result, row, 5), NULL);
    ret->quantity.valid = !PQgetisnull(result, row, 6);
    ret->quantity.value = column_int32(result, row, 6);
    ret->token = text_to_uuid(PQgetvalue(result, row, 7));
    ret->attributes.text = column_text(result, row, 8);
    ret->labels = text_to_array(PQgetvalue(result, row, 9));
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
