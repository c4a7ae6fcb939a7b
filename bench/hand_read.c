/* Reading by hand. */
#include "hand.h"
#include "wire.h"

#define COLUMNS "id, name, note, active, created_at, price, quantity, token, attributes, labels"

PGresult *hand_expect(PGconn *conn, PGresult *result, ExecStatusType status)
{
    if (PQresultStatus(result) != status) {
        fprintf(stderr, "%s: %s\n", PQresStatus(PQresultStatus(result)), PQerrorMessage(conn));
        exit(1);
    }
    return result;
}

static void prepare(PGconn *conn, const char *name, const char *sql)
{
    PQclear(hand_expect(conn, PQprepare(conn, name, sql, 0, NULL), PGRES_COMMAND_OK));
}

void hand_prepare_reads(PGconn *conn)
{
    prepare(conn, "find", "SELECT " COLUMNS " FROM howdah_bench.items WHERE id = $1::bigint");
    prepare(conn, "load", "SELECT " COLUMNS " FROM howdah_bench.items ORDER BY id LIMIT $1::bigint");
    prepare(
        conn, "has_rows",
        "SELECT EXISTS (SELECT 1 FROM howdah_bench.items WHERE id > $1::bigint AND name LIKE $2 AND active = $3::boolean"
        " AND quantity IS NOT NULL AND price < $4::double precision)");
}

void hand_prepare(PGconn *conn)
{
    hand_prepare_reads(conn);
    hand_prepare_writes(conn);
}

static PGresult *execute(PGconn *conn, const char *name, int64_t number)
{
    uint64_t wire = __builtin_bswap64((uint64_t)number);
    const char *value = (const char *)&wire;
    int length = sizeof(wire), format = 1;
    return hand_expect(conn, PQexecPrepared(conn, name, 1, &value, &length, &format, 1), PGRES_TUPLES_OK);
}

/* The columns that need no memory. */
static inline void read_plain(const PGresult *result, int row, Item *item)
{
    item->id = (int64_t)wire_read64(PQgetvalue(result, row, 0));
    item->active = *PQgetvalue(result, row, 3) != 0;
    item->created_at.microseconds = (int64_t)wire_read64(PQgetvalue(result, row, 4));
    item->price = wire_read_double(PQgetvalue(result, row, 5));
    item->quantity.valid = !PQgetisnull(result, row, 6);
    item->quantity.value = item->quantity.valid ? (int32_t)wire_read32(PQgetvalue(result, row, 6)) : 0;
    memcpy(item->token.bytes, PQgetvalue(result, row, 7), sizeof(item->token.bytes));
}

enum { ARRAY_HEADER = 20, ARRAY_COUNT_AT = 12 };

static const char *put_text(char **room, const char *data, size_t length)
{
    char *text = *room;
    memcpy(text, data, length);
    text[length] = '\0';
    *room += length + 1;
    return text;
}

void hand_find(PGconn *conn, int64_t id, Item *ret, char room[HAND_ROOM])
{
    PGresult *result = execute(conn, "find", id);
    if (PQntuples(result) != 1) {
        fprintf(stderr, "no item %lld\n", (long long)id);
        exit(1);
    }
    read_plain(result, 0, ret);
    const char *array = PQgetvalue(result, 0, 9);
    const char **labels = (const char **)(void *)room;
    uint32_t count = wire_read32(array + ARRAY_COUNT_AT);
    room += count * sizeof(*labels);
    array += ARRAY_HEADER;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = wire_read32(array);
        labels[i] = put_text(&room, array + 4, length);
        array += 4 + length;
    }
    ret->labels.items = labels;
    ret->labels.nulls = NULL;
    ret->labels.count = count;
    ret->name = put_text(&room, PQgetvalue(result, 0, 1), (size_t)PQgetlength(result, 0, 1));
    ret->note = put_text(&room, PQgetvalue(result, 0, 2), (size_t)PQgetlength(result, 0, 2));
    /* jsonb: a version byte, then the text */
    ret->attributes.text = put_text(&room, PQgetvalue(result, 0, 8) + 1, (size_t)PQgetlength(result, 0, 8) - 1);
    PQclear(result);
}

static void *take(size_t size)
{
    void *block = malloc(size);
    if (!block) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return block;
}

static const char *copy_text(const char *data, size_t length)
{
    char *text = take(length + 1);
    memcpy(text, data, length);
    text[length] = '\0';
    return text;
}

static Item *load_one(const PGresult *result, int row)
{
    Item *item = take(sizeof(*item));
    read_plain(result, row, item);
    item->name = copy_text(PQgetvalue(result, row, 1), (size_t)PQgetlength(result, row, 1));
    item->note = copy_text(PQgetvalue(result, row, 2), (size_t)PQgetlength(result, row, 2));
    item->attributes.text = copy_text(PQgetvalue(result, row, 8) + 1, (size_t)PQgetlength(result, row, 8) - 1);
    const char *array = PQgetvalue(result, row, 9);
    uint32_t count = wire_read32(array + ARRAY_COUNT_AT);
    item->labels.items = take(count * sizeof(*item->labels.items));
    item->labels.nulls = NULL;
    item->labels.count = count;
    array += ARRAY_HEADER;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t length = wire_read32(array);
        item->labels.items[i] = copy_text(array + 4, length);
        array += 4 + length;
    }
    return item;
}

Item **hand_load(PGconn *conn, int count)
{
    PGresult *result = execute(conn, "load", count);
    Item **items = take((size_t)count * sizeof(*items));
    if (PQntuples(result) != count) {
        fprintf(stderr, "%d rows instead of %d\n", PQntuples(result), count);
        exit(1);
    }
    for (int i = 0; i < count; i++)
        items[i] = load_one(result, i);
    PQclear(result);
    return items;
}

static void drop_text(const char *text)
{
    free((void *)(uintptr_t)text);
}

void hand_free(Item **items, int count)
{
    for (int i = 0; i < count; i++) {
        for (size_t k = 0; k < items[i]->labels.count; k++)
            drop_text(items[i]->labels.items[k]);
        free(items[i]->labels.items);
        drop_text(items[i]->name);
        drop_text(items[i]->note);
        drop_text(items[i]->attributes.text);
        free(items[i]);
    }
    free(items);
}

void hand_has_rows(PGconn *conn, int times)
{
    uint64_t id = __builtin_bswap64(1), price = __builtin_bswap64(0x3ff8000000000000); /* 1.5 */
    const char *const values[] = {(const char *)&id, "an item%", "\1", (const char *)&price};
    const int lengths[] = {sizeof(id), 8, 1, sizeof(price)}, formats[] = {1, 1, 1, 1};
    for (int i = 0; i < times; i++) {
        PGresult *result = PQexecPrepared(conn, "has_rows", 4, values, lengths, formats, 1);
        hand_expect(conn, result, PGRES_TUPLES_OK);
        if (PQgetlength(result, 0, 0) != 1)
            exit(1);
        PQclear(result);
    }
}
