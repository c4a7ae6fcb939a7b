/* Rows by their numbers: made, stored, and changed by plain SQL. */
#include "graph.h"

#include <stdarg.h>

struct item items[ITEMS];
int item_count;
struct item_link item_links[LINKS];
int link_count;

/* --- SQL that grows --- */

static char *sql;
static size_t sql_size, sql_room;

static void sql_add(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void sql_add(const char *format, ...)
{
    va_list args;
    if (sql_room - sql_size < 1024)
        sql = realloc(sql, sql_room = 2 * sql_room + 4096);
    va_start(args, format);
    sql_size += (size_t)vsnprintf(sql + sql_size, 1024, format, args);
    va_end(args);
}

static void sql_begin(void)
{
    sql_size = 0;
    sql_add("%s", "");
}

/* --- what stands in the end --- */

struct item *pick(int table, bool alive)
{
    for (int tries = 0; tries < 20 && item_count; tries++) {
        struct item *item = &items[below((uint32_t)item_count)];
        if ((table < 0 || item->table == table) && (!alive || !item->deleted) && !item->gone)
            return item;
    }
    return NULL;
}

int64_t old_value(const struct item *item, bool by_code)
{
    return by_code ? item->code : item->key;
}

int64_t new_value(const struct item *item, bool by_code)
{
    return by_code ? item->new_code : item->new_key;
}

const struct item *standing(const struct item *item)
{
    return item && item->deleted && item->taker && !item->taker->deleted ? item->taker : item;
}

const struct item *named(const struct item *item, int r)
{
    const struct item *target = item->refs[r], *was = NULL, *went = NULL;
    bool by_code = tables[item->table].ref[r].by_code;
    int64_t value = target->follows ? new_value(target, by_code) : old_value(target, by_code); /* as it was written */
    for (int i = 0; i < item_count; i++) {
        const struct item *other = &items[i];
        if (other->table != target->table)
            continue;
        if (!other->deleted && value && new_value(other, by_code) == value)
            return other;
        if (other->deleted && other->stored && standing(other) == other && old_value(other, by_code) == value)
            was = other;
        if (other->follows && new_value(other, by_code) == value)
            went = other; /* with the value that it was given before */
    }
    return was ? was : went ? went : target;
}

const struct item *rest_of(const struct table *t, int r)
{
    int i = 0;
    while (t->ref[r].rests && items[i].table != t->ref[r].target)
        i++; /* the first of its table, and there is one */
    return t->ref[r].rests ? &items[i] : NULL;
}

bool is_rest(const struct item *item)
{
    for (int i = 0; i < table_count; i++)
        for (int r = 0; r < tables[i].refs; r++)
            if (rest_of(&tables[i], r) == item)
                return true;
    return false;
}

static bool goes(const struct item *target)
{
    return target && target->deleted && (target->stored || target->follows);
}

bool has_fallen(const struct item *item)
{
    for (int r = 0; r < tables[item->table].refs; r++)
        if (tables[item->table].ref[r].falls && goes(standing(item->refs[r])))
            return true;
    return false;
}

const struct item *final_ref(const struct item *item, int r)
{
    const struct table *t = &tables[item->table];
    const struct item *target = item->refs[r];
    bool written = item->changed[r] && !(item->stored && target == item->old_refs[r]);
    target = target && target->deleted && written && !item->by_pointer[r] ? named(item, r) : standing(target);
    if (t->ref[r].rests && (goes(target) || (!target && !item->stored)))
        return rest_of(t, r);
    return t->ref[r].clears && goes(target) ? NULL : target;
}

const struct item *last_ref(const struct item *item, int r)
{
    const struct item *target = final_ref(item, r);
    return target && target->deleted ? named(item, r) : target;
}

static bool goes_along(const struct item *item, bool in_sight)
{
    const struct table *t = &tables[item->table];
    for (int r = 0; r < t->refs; r++) {
        const struct item *target = t->ref[r].cascades ? final_ref(item, r) : NULL;
        if (goes(target) && (!in_sight || (item->loaded && (target->loaded || target->stub) && !target->unseen)))
            return true;
    }
    return false;
}

static bool delete_more(bool in_sight)
{
    bool more = false;
    for (int i = 0; i < item_count; i++)
        if (!items[i].deleted && goes_along(&items[i], in_sight)) {
            items[i].deleted = items[i].follows = more = true;
            items[i].unseen = !in_sight;
        }
    return more;
}

/* What has left a relation that keeps no orphans. */
static void delete_orphans(void)
{
    for (int i = 0; i < item_count; i++)
        for (int r = 0; r < tables[items[i].table].refs; r++)
            items[i].deleted |= tables[items[i].table].ref[r].orphans && items[i].stored && items[i].changed[r] &&
                                items[i].old_refs[r] && !items[i].refs[r];
}

void delete_dependents(void)
{
    delete_orphans();
    while (delete_more(true))
        ;
    while (delete_more(false))
        ;
}

bool any_out_of_sight(void)
{
    int i = 0;
    while (i < item_count && !(items[i].follows && (items[i].unseen || !items[i].loaded)))
        i++;
    return i < item_count;
}

bool link_stands(const struct item_link *link)
{
    return link->wanted && !link->from->deleted && !link->to->deleted;
}

/* --- as SQL --- */

static void put_number(const char *before, NullInt64 value)
{
    if (value.valid)
        sql_add("%s%" PRId64, before, value.value);
    else
        sql_add("%sNULL", before);
}

static void put_reference(const struct table *t, int r, const struct item *target)
{
    const struct table *to = &tables[t->ref[r].target];
    bool by_code = t->ref[r].by_code;
    if (!target)
        sql_add(!by_code && to->kind == KEY_PAIR ? ", NULL, NULL" : ", NULL");
    else if (by_code)
        sql_add(", %" PRId64, target->new_code);
    else
        sql_add(", %s", key_values(to, target->new_key));
}

static void put_insert(const struct item *item)
{
    const struct table *t = &tables[item->table];
    sql_add("INSERT INTO oracle.%s VALUES (%s", t->name, key_values(t, item->new_key));
    if (t->has_code)
        sql_add(", %" PRId64, item->new_code);
    for (int r = 0; r < t->refs; r++)
        put_reference(t, r, last_ref(item, r));
    put_number(", ", (NullInt64){item->loose.value, item->loose.valid});
    sql_add(", %d, %d, %d, 'x%d', 1", item->firm, item->shelf, item->place, item->text);
    if (t->nick_kind != NICK_NONE)
        sql_add(item->nick.number ? ", '%c%d'" : ", NULL", item->nick.large ? 'N' : 'n', item->nick.number);
    sql_add(");");
}

static void put_link(const struct item_link *link)
{
    const struct table *from = &tables[link->from->table], *to = &tables[link->to->table];
    sql_add("INSERT INTO oracle.%s (%s, %s) VALUES (%s", from->join, from->join_from, from->join_to,
            key_values(from, link->from->new_key));
    sql_add(", %s);", key_values(to, link->to->new_key));
}

/* --- rows --- */

static void make_links(void)
{
    link_count = 0;
    for (int i = 0; i < item_count; i++)
        for (int k = 0; k < item_count && link_count < LINKS / 2; k++)
            if (tables[items[i].table].links == items[k].table && chance(20))
                item_links[link_count++] = (struct item_link){&items[i], &items[k], true, true};
}

void make_rows(void)
{
    int first[TABLES], count[TABLES];
    item_count = 0;
    for (int t = 0; t < table_count; t++) {
        first[t] = item_count;
        count[t] = 1 + (int)below(ROWS);
        for (int i = 0; i < count[t]; i++) {
            struct item *item = &items[item_count++];
            *item = (struct item){.table = t, .stored = true, .key = i + 1, .new_key = i + 1};
            item->code = item->new_code = 1001 + i;
            item->loose = (NullInt32){i + 1, chance(70)};
            item->firm = item->place = i + 1;
            item->shelf = 1 + i % 2;
            item->nick.number = tables[t].nick_kind != NICK_NONE ? i + 1 : 0;
        }
    }
    for (int i = 0; i < item_count; i++)
        for (int r = 0; r < tables[items[i].table].refs; r++) {
            int target = tables[items[i].table].ref[r].target;
            if (tables[items[i].table].ref[r].required || chance(60))
                items[i].refs[r] = &items[first[target] + (int)below((uint32_t)count[target])];
            items[i].old_refs[r] = items[i].refs[r];
        }
    make_links();
}

void store_rows(void)
{
    sql_begin();
    sql_add("BEGIN; SET LOCAL session_replication_role = replica;");
    for (int t = 0; t < table_count; t++) {
        sql_add("DELETE FROM t%d; DELETE FROM oracle.t%d;", t, t);
        if (tables[t].links >= 0)
            sql_add("DELETE FROM j%d; DELETE FROM oracle.j%d;", t, t);
    }
    for (int i = 0; i < item_count; i++)
        put_insert(&items[i]);
    for (int i = 0; i < link_count; i++)
        put_link(&item_links[i]);
    for (int t = 0; t < table_count; t++) {
        sql_add("INSERT INTO t%d TABLE oracle.t%d;", t, t);
        if (tables[t].links >= 0)
            sql_add("INSERT INTO j%d TABLE oracle.j%d;", t, t);
        if (tables[t].kind == KEY_GENERATED)
            sql_add("ALTER TABLE t%d ALTER id RESTART 1000;", t);
    }
    sql_add("COMMIT");
    live_sql("%s", sql);
}

void apply(void)
{
    sql_begin();
    for (int i = 0; i < item_count; i++) {
        const struct table *t = &tables[items[i].table];
        if (!items[i].stored && items[i].object)
            items[i].new_key = key_of_row(t, items[i].object);
        if (items[i].stored)
            sql_add("DELETE FROM oracle.%s WHERE (%s) = (%s);", t->name, key_columns(t), key_values(t, items[i].key));
    }
    for (int i = 0; i < item_count; i++)
        if (!items[i].deleted)
            put_insert(&items[i]);
    for (int t = 0; t < table_count; t++)
        if (tables[t].links >= 0)
            sql_add("DELETE FROM oracle.j%d;", t);
    for (int i = 0; i < link_count; i++)
        if (link_stands(&item_links[i]))
            put_link(&item_links[i]);
    live_sql("%s", sql);
}

static void add_difference(const char *table, const char *separator)
{
    sql_add("%sSELECT coalesce(' has %s ' || x.row::text, '') || coalesce(' lacks %s ' || y.row::text, '') AS name FROM"
            " (SELECT to_jsonb(a) - 'version' AS row FROM public.%s a) x FULL JOIN"
            " (SELECT to_jsonb(b) - 'version' AS row FROM oracle.%s b) y USING (row)"
            " WHERE x.row IS NULL OR y.row IS NULL",
            separator, table, table, table, table);
}

const char *differences(void)
{
    sql_begin();
    sql_add("SELECT string_agg(name, '; ') FROM (");
    for (int t = 0; t < table_count; t++) {
        add_difference(tables[t].name, t ? " UNION ALL " : "");
        if (tables[t].links >= 0)
            add_difference(tables[t].join, " UNION ALL ");
    }
    sql_add(") d");
    return live_sql("%s", sql);
}
