#include "acts.h"

#include <string.h>

Status act_commit(Session *s)
{
    return session_commit(s);
}

/* --- adding --- */

static Status add_by_pointer(Session *s)
{
    const char *tags[] = {"new", "shiny"};
    int64_t sizes[] = {3, 4};
    Maker *maker = session_add(s, Maker, .name = "Cid", .code = "C3", .mail = "cid@example.com", .age = {20, true},
                               .trade = TRADE_POTTER);
    if (!maker)
        return status_of(s);
    session_add(s, Item, .slug = "plate", .title = "Plate", .maker = maker, .tags = {tags, NULL, 2});
    session_add(s, Item, .slug = "cup", .title = "Cup", .note = "blue", .maker = maker, .data = {"{\"ml\": 200}"},
                .sizes = {sizes, NULL, 2}, .price = {"3.20"}, .picture = {"\1\2", 2});
    session_add(s, Label, .text = "new");
    return status_of(s);
}

const struct act act_add = {"add by pointer", "", add_by_pointer, NULL, act_commit, STATUS_OK, NULL, false};

/* One row goes without BEGIN and COMMIT. */
static Status add_one(Session *s)
{
    session_add(s, Maker, .name = "Dee", .code = "D4", .mail = "dee@example.com");
    return status_of(s);
}

const struct act act_add_one = {"add one row", "", add_one, NULL, act_commit, STATUS_OK, NULL, true};

/* --- changing --- */

static Status change(Session *s)
{
    Maker *ada = session_find(s, Maker, 1), *again = session_find(s, Maker, 1);
    NEED(s, ada);
    ck_assert_ptr_eq(ada, again);
    Item *anvil = session_find(s, Item, 1);
    NEED(s, anvil);
    const char *name = session_text(s, "Ada %s", "Smith");
    const int64_t *sizes = session_copy(s, (const int64_t[]){7, 8, 9, 10}, 4 * sizeof(int64_t));
    NEED(s, name);
    ada->name = name;
    ada->age.valid = false;
    ck_assert(SET_TEXT(anvil->slug, "great-anvil"));
    anvil->data.text = "{\"kg\": 60}";
    anvil->tags.items[0] = "steel";
    anvil->sizes = (Int64Array){(int64_t *)(uintptr_t)sizes, NULL, 4};
    anvil->price.text = "99.99";
    session_assign_null(s, anvil, note);
    session_delete(s, session_find(s, Item, 2));
    session_add(s, Item, .slug = "file", .title = "File", .maker = again);
    return status_of(s);
}

const struct act act_change = {
    "change, add and delete", workshop_rows_sql, change, NULL, act_commit, STATUS_OK, NULL, false};

/* --- a fault of the data --- */

static Maker *twin; /* of the try under way */

static Status add_twins(Session *s)
{
    session_add(s, Maker, .name = "Eve", .code = "E5", .mail = "eve@example.com");
    session_add(s, Maker, .name = "Fay", .code = "F6", .mail = "fay@example.com");
    twin = session_add(s, Maker, .name = "Eve again", .code = "E6", .mail = "eve@example.com");
    return status_of(s);
}

static void mend_twin(Session *s)
{
    const Error *error = session_error(s);
    ck_assert_str_eq(error->constraint, "makers_mail_key");
    ck_assert_str_eq(error->field, "mail");
    /* Nobody can be named where there was no memory to look for him. */
    ck_assert(error->object == NULL || error->object == twin);
    twin->mail = "eve2@example.com";
    session_clear_error(s);
}

const struct act act_unique = {"unique violation", "", add_twins, NULL, act_commit, STATUS_UNIQUE, mend_twin, false};

/* --- reading --- */

static bool count_row(void *arg, const void *object)
{
    const Item *item = object;
    ck_assert_ptr_nonnull(item->title);
    ++*(int *)arg;
    return true;
}

static Status read_rows(Session *s)
{
    Item *first = query_first(session_query(s, Item), Item);
    NEED(s, first);
    Query *query = session_query(s, Item);
    query_where(query, Item, price, ">", 1);
    query_where(query, Item, title, "<>", "Wheel");
    query_order_by(query, Item, title, ORDER_DESC);
    query_limit(query, 10);
    const char *sql = query_sql(query);
    NEED(s, sql);
    size_t count;
    Item **items = query_all(query, Item, &count);
    ck_assert(items || count == 0);
    NEED(s, items);
    ck_assert_uint_eq(count, 2);
    ck_assert_str_eq(items[0]->title, "Bowl");
    ck_assert_str_eq(items[1]->data.text, "{\"kg\": 50}");
    int rows = 0;
    if (query_each(session_query(s, Item), Item, count_row, &rows) == STATUS_OK)
        ck_assert_int_eq(rows, 3);
    return status_of(s);
}

const struct act act_query = {"query", workshop_rows_sql, read_rows, NULL, NULL, STATUS_OK, NULL, false};

/* --- a transaction of the program --- */

static Status flush_twice(Session *s)
{
    session_begin(s, BEGIN_OPTIONS(.isolation = ISOLATION_REPEATABLE_READ));
    Status status = add_by_pointer(s);
    if (status == STATUS_OK)
        status = session_flush(s);
    if (status != STATUS_OK)
        return status;
    Maker *cid = session_find_by(s, Maker, mail, "cid@example.com");
    NEED(s, cid);
    cid->name = "Cid B."; /* of a model without a version, which would count the flushes that were lost */
    status = session_flush(s);
    if (status != STATUS_OK)
        return status;
    session_delete(s, session_find_by(s, Item, slug, "plate"));
    return status_of(s);
}

const struct act act_flush = {"flush", "", flush_twice, NULL, act_commit, STATUS_OK, NULL, false};
