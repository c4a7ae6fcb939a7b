#include "rows.h"

#include "contestant.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { NAME_ROOM = 32, NOTE_ROOM = 136, JSON_ROOM = 80, LABEL_ROOM = 16, NOTES = 8 };
#define MODULUS UINT64_C(2147483647)

struct made {
    const char *labels[ITEM_LABELS];
    char label[ITEM_LABELS][LABEL_ROOM];
    char name[NAME_ROOM];
    char note[NOTE_ROOM];
    char json[JSON_ROOM];
};

static void make_texts(struct made *made, int i)
{
    size_t length = 0;
    snprintf(made->name, NAME_ROOM, "item number %d", i);
    for (int n = 0; n < NOTES; n++)
        length += (size_t)snprintf(made->note + length, NOTE_ROOM - length, "note %d ", i);
    snprintf(made->json, JSON_ROOM, "{\"color\": \"blue\", \"origin\": \"somewhere\", \"weight\": %d}", i);
    snprintf(made->label[0], LABEL_ROOM, "label%d", i % 7);
    snprintf(made->label[1], LABEL_ROOM, "group%d", i % 11);
    snprintf(made->label[2], LABEL_ROOM, "kind%d", i % 13);
    for (int n = 0; n < ITEM_LABELS; n++)
        made->labels[n] = made->label[n];
}

static void make_one(Item *item, struct made *made, int i)
{
    enum { DAYS_TO_2026 = 9497, TOKEN_DIGITS_FROM = 10 };
    make_texts(made, i);
    *item = (Item){
        .name = made->name,
        .note = made->note,
        .active = i % 2 == 0,
        .created_at = {(int64_t)DAYS_TO_2026 * 86400000000 + (int64_t)i * 60000000},
        .price = i * 0.25,
        .quantity = {.value = i, .valid = i % 5 > 0},
        .token = {{[6] = 0x40, [8] = 0x80}},
        .attributes = {made->json},
        .labels = {.items = made->labels, .count = ITEM_LABELS},
    };
    for (int n = 0; n < 4; n++)
        item->token.bytes[15 - n] = (uint8_t)((unsigned)i >> 8 * n);
}

Item *rows_make_items(int count)
{
    Item *items = contestant_take((size_t)count, sizeof(*items) + sizeof(struct made));
    struct made *made = (struct made *)(void *)(items + count);
    for (int i = 0; i < count; i++)
        make_one(&items[i], &made[i], i + 1);
    return items;
}

PgTimestamp rows_now(void)
{
    struct timespec now;
    PgTimestamp ret = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    ret.microseconds = ((int64_t)now.tv_sec - 946684800) * 1000000 + now.tv_nsec / 1000;
    return ret;
}

uint64_t rows_fold(uint64_t h, uint64_t x)
{
    return (h * 31 + x) % MODULUS;
}

uint64_t rows_fold_text(uint64_t h, const char *text)
{
    for (; *text; text++)
        h = rows_fold(h, (unsigned char)*text);
    return h;
}

static uint64_t fold_token(uint64_t h, const PgUuid *token)
{
    char text[40];
    int length = 0;
    for (int i = 0; i < 16; i++) {
        const char *hyphen = i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "";
        length += snprintf(text + length, sizeof(text) - (size_t)length, "%s%02x", hyphen, token->bytes[i]);
    }
    return rows_fold_text(h, text);
}

/* The values have no spaces. */
static uint64_t fold_json(uint64_t h, const char *text)
{
    for (; *text; text++)
        if (*text != ' ')
            h = rows_fold(h, (unsigned char)*text);
    return h;
}

uint64_t rows_fold_item(uint64_t h, const Item *item)
{
    h = rows_fold(h, (uint64_t)item->id);
    h = rows_fold_text(h, item->name);
    h = rows_fold_text(h, item->note);
    h = rows_fold(h, item->active);
    h = rows_fold(h, (uint64_t)(item->created_at.microseconds / 1000000 + 946684800));
    h = rows_fold(h, (uint64_t)(item->price * 4));
    h = rows_fold(h, item->quantity.valid ? (uint64_t)item->quantity.value : 7);
    h = fold_token(h, &item->token);
    h = fold_json(h, item->attributes.text);
    for (size_t i = 0; i < item->labels.count; i++)
        h = rows_fold_text(h, item->labels.items[i]);
    return rows_fold(h, (uint64_t)item->version);
}

uint64_t rows_fold_author(uint64_t h, const Author *author)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < author->books.count; i++) {
        const Book *book = author->books.items[i];
        uint64_t one = rows_fold_text(rows_fold(0, (uint64_t)book->id), book->title);
        sum = (sum + rows_fold(one, (uint64_t)book->year)) % MODULUS;
    }
    h = rows_fold_text(rows_fold(h, (uint64_t)author->id), author->name);
    h = rows_fold(rows_fold(h, (uint64_t)author->score), (uint64_t)author->version);
    return rows_fold(h, sum);
}

uint64_t rows_add_key(uint64_t sum, int64_t i, int64_t id)
{
    return (sum + (uint64_t)i * (uint64_t)id) % MODULUS;
}
