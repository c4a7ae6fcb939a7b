/* Many rows of one table in one transaction.
 *
 * One row: a statement is a transaction. Few rows: all in one pipeline without BEGIN and COMMIT, which is one transaction and
 * one wait; a statement that misses a row because of its version raises an error by a cast. Many rows: BEGIN and the
 * statements, a look at the numbers of rows, then COMMIT: on a socket of this machine the second wait is cheaper than the
 * guard. Very many new rows: their keys from the sequence, then COPY. */
#include "bench.h"

enum { SINGLE_MAX = 2, GUARDED_MAX = 999, FAR_GUARDED_MAX = 10000, COPY_MIN = 2000 };

#define GUARD(work, count) \
    "WITH x AS (" work " RETURNING 1), n AS (SELECT count(*) AS n FROM x)" \
    " SELECT CASE WHEN n = " count " THEN n::int ELSE ('stale: ' || n)::int END FROM n"
#define NEW_COLUMNS "name, note, active, created_at, price, quantity, token, attributes, labels"
#define UPDATE_MANY \
    "UPDATE items AS t SET name = u.name, price = u.price, version = t.version + 1" \
    " FROM (SELECT unnest(a.id), unnest(a.version), unnest(a.name), unnest(a.price) FROM (SELECT $1::bigint[]," \
    " $2::integer[], $3::text[], $4::float8[] OFFSET 0) AS a(id, version, name, price)) AS u(id, version, name, price)" \
    " WHERE t.id = u.id AND t.version = u.version"
#define DELETE_MANY \
    "DELETE FROM items AS t USING (SELECT unnest(a.id), unnest(a.version) FROM (SELECT $1::bigint[], $2::integer[]" \
    " OFFSET 0) AS a(id, version)) AS u(id, version)" \
    " WHERE t.id = u.id AND t.version = u.version"
#define UPDATE_ONE \
    "UPDATE items SET name = $3::text, price = $4::float8, version = version + 1 WHERE id = $1::bigint AND version = $2::integer"
#define DELETE_ONE "DELETE FROM items WHERE id = $1::bigint AND version = $2::integer"

static const struct statement
    insert_one = {"insert_one", "INSERT INTO items (" NEW_COLUMNS ", version)"
                                " VALUES ($1::text, $2::text, $3::bool, $4::timestamptz, $5::float8, $6::int4,"
                                " $7::uuid, $8::jsonb, $9::text[], 1) RETURNING id"},
    /* ORDER BY pins which id goes to which row. */
    insert_many = {"insert_many",
                   "INSERT INTO items (" NEW_COLUMNS ", version) SELECT " NEW_COLUMNS ", version"
                   " FROM unnest((SELECT $1::items[])) WITH ORDINALITY AS u(id, " NEW_COLUMNS ", version, ord)"
                   " ORDER BY ord RETURNING id"},
    new_keys = {"new_item_keys", "SELECT nextval('items_id_seq') FROM generate_series(1, $1::integer)"},
    update_one = {"update_one", UPDATE_ONE}, update_each = {"update_each", GUARD(UPDATE_ONE, "1")},
    update_guarded = {"update_guarded", GUARD(UPDATE_MANY, "cardinality($1)")},
    update_many = {"update_many", UPDATE_MANY}, delete_one = {"delete_one", DELETE_ONE},
    delete_each = {"delete_each", GUARD(DELETE_ONE, "1")},
    delete_guarded = {"delete_guarded", GUARD(DELETE_MANY, "cardinality($1)")},
    delete_many = {"delete_many", DELETE_MANY};

static int chunk_size(int done, int count)
{
    return count - done < CHUNK ? count - done : CHUNK;
}

/* --- inserts --- */

void insert_prepare(struct bench *b, const struct job *job)
{
    best_need(b, &insert_one);
    best_need(b, &insert_many);
    best_need(b, &new_keys);
    b->items = rows_make_items(job_total(job));
    b->keys = contestant_take((size_t)job_total(job), sizeof(*b->keys));
}

/* An element's type may be left open: the statement says it. */
static void send_inserts(struct bench *b, const Item *items, int count)
{
    if (count <= SINGLE_MAX) {
        for (int i = 0; i < count; i++) {
            item_parameters(b, &items[i]);
            best_send(b, &insert_one, 9);
        }
        return;
    }
    for (int done = 0; done < count; done += CHUNK) {
        int size = chunk_size(done, count);
        struct wire *w = best_array(b, 0, 0, size);
        for (int i = 0; i < size; i++)
            put_item(w, &items[done + i]);
        best_send(b, &insert_many, 1);
    }
}

static void insert(struct bench *b, const Item *items, int count, int64_t *ret_keys)
{
    best_pipeline(b);
    send_inserts(b, items, count);
    best_sync(b);
    for (int done = 0; done < count;) {
        PGresult *result = best_next(b, PGRES_TUPLES_OK);
        for (int i = 0, rows = PQntuples(result); i < rows; i++)
            ret_keys[done++] = get_int64(result, i, 0);
        PQclear(result);
    }
    best_end(b);
}

static void copy(struct bench *b, const Item *items, int count, int64_t *ret_keys)
{
    best_int32(b, 0, count);
    PGresult *result = best_execute(b, &new_keys, 1);
    struct wire *w = copy_in(b, "COPY items (id, " NEW_COLUMNS ", version) FROM STDIN (FORMAT binary)");
    for (int i = 0; i < count; i++) {
        ret_keys[i] = get_int64(result, i, 0);
        copy_in_row(b, w, 11);
        copy_item(w, ret_keys[i], &items[i]);
    }
    copy_in_end(b, w, count);
    PQclear(result);
}

void insert_run(struct bench *b, const struct job *job)
{
    for (int r = 0, first = 0; r < job->units; r++, first += job->objects)
        (job->objects < COPY_MIN ? insert : copy)(b, &b->items[first], job->objects, &b->keys[first]);
}

void insert_arrays_run(struct bench *b, const struct job *job)
{
    for (int r = 0, first = 0; r < job->units; r++, first += job->objects)
        insert(b, &b->items[first], job->objects, &b->keys[first]);
}

uint64_t keys_checksum(struct bench *b, const struct job *job)
{
    uint64_t sum = 0;
    for (int i = 0; i < job_total(job); i++)
        sum = rows_add_key(sum, i + 1, b->keys[i]);
    return sum;
}

/* --- updates and deletes --- */

static void need_changes(struct bench *b)
{
    static const struct statement *const all[] = {&update_one, &update_each, &update_guarded, &update_many,
                                                  &delete_one, &delete_each, &delete_guarded, &delete_many};
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        best_need(b, all[i]);
}

void change_prepare(struct bench *b, const struct job *job)
{
    need_changes(b);
    load_items(b, job_total(job));
}

void dirty_prepare(struct bench *b, const struct job *job)
{
    need_changes(b);
    load_items(b, job->objects);
}

/* What sends some rows as parameters of one statement. */
typedef void send_rows(struct bench *b, const struct statement *statement, const Item *items, int count);

static void put_keys(struct bench *b, const Item *items, int count)
{
    struct wire *ids = best_array(b, 0, OID_INT8, count), *versions = best_array(b, 1, OID_INT4, count);
    for (int i = 0; i < count; i++) {
        put_int64(ids, items[i].id);
        put_int32(versions, items[i].version);
    }
}

static void put_key(struct bench *b, const Item *item)
{
    best_int64(b, 0, item->id);
    best_int32(b, 1, item->version);
}

static void send_updates(struct bench *b, const struct statement *statement, const Item *items, int count)
{
    put_keys(b, items, count);
    struct wire *names = best_array(b, 2, OID_TEXT, count), *prices = best_array(b, 3, OID_FLOAT8, count);
    for (int i = 0; i < count; i++) {
        put_text(names, items[i].name);
        wire_int32(prices, 8);
        wire_double(prices, items[i].price);
    }
    best_send(b, statement, 4);
}

static void send_update(struct bench *b, const struct statement *statement, const Item *items, int count)
{
    (void)count;
    put_key(b, items);
    best_text(b, 2, items->name);
    wire_double(best_parameter(b, 3), items->price);
    best_send(b, statement, 4);
}

static void send_deletes(struct bench *b, const struct statement *statement, const Item *items, int count)
{
    put_keys(b, items, count);
    best_send(b, statement, 2);
}

static void send_delete(struct bench *b, const struct statement *statement, const Item *items, int count)
{
    (void)count;
    put_key(b, items);
    best_send(b, statement, 2);
}

struct change {
    const struct statement *one, *each, *guarded, *many;
    send_rows *send_one, *send_many;
};

static const struct change update_change = {&update_one,  &update_each, &update_guarded,
                                            &update_many, send_update,  send_updates},
                           delete_change = {&delete_one,  &delete_each, &delete_guarded,
                                            &delete_many, send_delete,  send_deletes};

static void write_one(struct bench *b, const struct change *change, const Item *item)
{
    change->send_one(b, change->one, item, 1);
    PGresult *result = best_alone(b);
    if (strcmp(PQcmdTuples(result), "1") != 0)
        contestant_fail("the row was not as it had been read");
    PQclear(result);
}

static void write_guarded(struct bench *b, const struct change *change, const Item *items, int count)
{
    int statements = count <= SINGLE_MAX ? count : (count + CHUNK - 1) / CHUNK;
    best_pipeline(b);
    if (count <= SINGLE_MAX)
        for (int i = 0; i < count; i++)
            change->send_one(b, change->each, &items[i], 1);
    else
        for (int done = 0; done < count; done += CHUNK)
            change->send_many(b, change->guarded, items + done, chunk_size(done, count));
    best_sync(b);
    for (int i = 0; i < statements; i++)
        PQclear(best_next(b, PGRES_TUPLES_OK));
    best_end(b);
}

static void write_checked(struct bench *b, const struct change *change, const Item *items, int count)
{
    best_pipeline(b);
    best_send_text(b, "BEGIN");
    for (int done = 0; done < count; done += CHUNK)
        change->send_many(b, change->many, items + done, chunk_size(done, count));
    best_sync(b);
    PQclear(best_next(b, PGRES_COMMAND_OK));
    for (int done = 0; done < count; done += CHUNK)
        best_affected(b, chunk_size(done, count));
    best_end(b);
    PQclear(PQexec(b->conn, "COMMIT"));
}

static void write_items(struct bench *b, const struct change *change, Item *items, int count)
{
    if (count == 1)
        write_one(b, change, items);
    else
        (count <= (b->far ? FAR_GUARDED_MAX : GUARDED_MAX) ? write_guarded : write_checked)(b, change, items, count);
    for (int i = 0; i < count; i++)
        items[i].version++;
}

static void update(struct bench *b, Item *items, int count)
{
    for (int i = 0; i < count; i++) {
        items[i].name = rows_changed_name(items[i].id);
        items[i].price += 1;
    }
    write_items(b, &update_change, items, count);
}

void update_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        update(b, &b->items[r * job->objects], job->objects);
}

void delete_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        write_items(b, &delete_change, &b->items[r * job->objects], job->objects);
}

void dirty_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        update(b, &b->items[r * 10], 10);
}
