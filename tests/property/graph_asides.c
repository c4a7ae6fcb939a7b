/* What the program does beside the plain changes: links of collections, rows that it knows by their keys alone, structs that
 * are merged, objects that are read again, rows that are written at once; values that the server computes
 * (graph_formulas.c), objects that leave and come back (graph_leaving.c). */
#include "graph.h"

/* The rows as the database has them: when the changes began, with what was written at once since then. */
static struct item was[ITEMS];
static int was_count;

void begin_asides(void)
{
    memcpy(was, items, sizeof(items));
    was_count = item_count;
}

const struct item *item_before(const struct item *item)
{
    return &was[item - items];
}

/* What session_link and session_unlink have said is not said again by a field. An orphan is what had an owner. */
bool is_kept(const struct item *item, int r, const struct item *target)
{
    bool owned = item->stored && item->old_refs[r];
    return item->linked[r] || (!target && tables[item->table].ref[r].orphans && !owned);
}

/* --- collections --- */

static void note_link(struct item *item, int r, struct item *owner)
{
    item->refs[r] = owner;
    item->by_pointer[r] |= owner != NULL;
    item->changed[r] = item->linked[r] = true;
}

static void link_many(void)
{
    struct item *owner = pick(-1, true);
    const struct table *t = owner ? &tables[owner->table] : NULL;
    if (!t || !owner->object || !t->has)
        return;
    int m = (int)below((uint32_t)t->has), r = t->many[m].ref;
    struct item *item = pick(t->many[m].table, true);
    if (!item || !item->object || (item->changed[r] && !item->linked[r]))
        return;
    show(item, "is linked to the owner by", r, owner);
    check_ok(howdah_session_link_field(s, owner->object, offset_of_many(m), item->object));
    if (item->changed[r] || item->refs[r] != owner)
        note_link(item, r, owner);
}

static void unlink_many(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object || !item->stored || !tables[item->table].refs)
        return;
    int r = (int)below((uint32_t)tables[item->table].refs), m = 0;
    struct item *owner = item->refs[r];
    if (!owner || !owner->object || owner->deleted || item->changed[r])
        return;
    const struct table *t = &tables[owner->table];
    while (m < t->has && (t->many[m].table != item->table || t->many[m].ref != r))
        m++;
    if (m == t->has)
        return;
    show(item, "is unlinked from the owner by", r, owner);
    check_ok(howdah_session_unlink_field(s, owner->object, offset_of_many(m), item->object));
    note_link(item, r, NULL);
}

/* --- rows that are known by their keys --- */

static void change_stub(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->stored || item->object || item->loaded || tables[item->table].versioned ||
        tables[item->table].by_xmin)
        return;
    Value key[2];
    size_t parts = key_parts(&tables[item->table], item->key, key);
    item->stub = howdah_session_stub_key(s, &tables[item->table].model, key, parts);
    check_no_error();
    item->deleted =
        chance(40) && !tables[item->table].has_code && !is_rest(item); /* whom the server clears by it, nobody knows */
    show(item, item->deleted ? "is deleted by its key" : "is changed by its key", 0, NULL);
    if (item->deleted) {
        check_ok(session_delete(s, item->stub));
        return;
    }
    if (chance(30)) {
        set_formula(item, item->stub);
        return;
    }
    item->formulas[FORMULA_TEXT] = 0; /* whatever it is: it was not loaded */
    item->text = (int)below(9);
    item->stub->text = session_text(s, "x%d", item->text);
}

/* --- objects that are read again, structs that are merged --- */

bool has_pending_links(const struct item *item)
{
    for (int i = 0; i < link_count; i++)
        if (item_links[i].wanted != item_links[i].stored && (item_links[i].from == item || item_links[i].to == item))
            return true;
    for (int i = 0; i < item_count; i++)
        for (int r = 0; r < REFS; r++)
            if (items[i].linked[r] && (items[i].refs[r] == item || items[i].old_refs[r] == item))
                return true;
    return false;
}

bool is_settled(const struct item *item)
{
    bool settled = item->stored && item->new_key == item->key && item->new_code == item->code && !item->stub &&
                   item - items < was_count && was[item - items].stored && !has_pending_links(item);
    for (int r = 0; r < REFS; r++)
        settled = settled && !item->changed[r];
    return settled;
}

void see(struct item *item, Row *object)
{
    item->object = object;
    item->loaded = true;
    for (int r = 0; r < REFS; r++)
        item->shown[r] = item->changed[r] ? item->shown[r] : object->pointers[r];
}

/* What was changed is dropped. */
static void read_again(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object || !is_settled(item))
        return;
    bool later = chance(50);
    show(item, later ? "is expired" : "is refreshed", 0, NULL);
    check_ok(later ? session_expire(s, item->object) : session_refresh(s, item->object));
    const struct item *row = &was[item - items];
    item->loose = row->loose;
    item->firm = row->firm;
    item->shelf = row->shelf;
    item->place = row->place;
    item->text = row->text;
    item->nick = row->nick;
    drop_formulas(item);
    see(item, item->object);
}

/* Of one that the session does not have, only what is named. */
static void merge(void)
{
    static const size_t text[] = {offsetof(Row, text)};
    struct item *item = pick(-1, true);
    if (!item || !item->stored || item->stub || item->new_key != item->key || (!item->object && item->loaded))
        return;
    const struct table *t = &tables[item->table];
    Row row = item->object ? *item->object : (Row){0};
    memset(&row.links, 0, sizeof(row.links));
    memset(row.many, 0, sizeof(row.many));
    memset(row.pointers, 0, sizeof(row.pointers));
    put_key(t, &row, item->key);
    item->text = (int)below(9);
    row.text = session_text(s, "x%d", item->text);
    show(item, "is merged, text", item->text, NULL);
    Row *merged = howdah_session_merge_object(s, &t->model, &row, item->object ? NULL : text, !item->object);
    check_no_error();
    ck_assert(merged && (!item->object || merged == item->object));
    see(item, merged);
}

/* --- rows that are written at once --- */

Row row_of(const struct item *item, int text)
{
    const struct table *t = &tables[item->table];
    Row row = {
        .code = item->code, .loose = item->loose, .firm = item->firm, .shelf = item->shelf, .place = item->place};
    row.version = !t->versioned;
    row.text = session_text(s, "x%d", text);
    row.nick = nick_text(item->nick);
    put_key(t, &row, item->key);
    for (int r = 0; r < t->refs; r++)
        put_ref(t, &row, r, item->refs[r] != NULL, item->refs[r] ? old_value(item->refs[r], t->ref[r].by_code) : 0);
    return row;
}

/* What is NULL in the struct the server fills by itself. */
static bool has_defaults(const struct table *t)
{
    bool any = false;
    for (int r = 0; r < t->refs; r++)
        any |= t->ref[r].rests;
    return any;
}

static void write_at_once(void)
{
    struct item *item = pick(-1, true), *row = item ? &was[item - items] : NULL, *committed;
    if (!item || tables[item->table].kind == KEY_GENERATED || has_defaults(&tables[item->table]) || !is_settled(item) ||
        !(committed = committed_item(item)))
        return;
    const struct table *t = &tables[item->table];
    bool ignored = chance(30);
    if ((!item->object && item->loaded) || item->text != row->text)
        return;
    const size_t offsets[] = {t->kind == KEY_PAIR ? offsetof(Row, half) : form_of(t->kind)->key, offsetof(Row, id)};
    int text = (int)below(9);
    Row value = row_of(row, text);
    show(item, ignored ? "is not written at once, text" : "is written at once, text", text, NULL);
    Row *object =
        howdah_session_upsert_object(s, &t->model, ignored ? HOWDAH_ON_CONFLICT_IGNORE : HOWDAH_ON_CONFLICT_UPDATE,
                                     offsets, t->kind == KEY_PAIR ? 2 : 1, &value);
    check_no_error();
    ck_assert(ignored ? !object : object && (!item->object || object == item->object));
    if (ignored)
        return;
    item->text = row->text = committed->text = text;
    see(item, object);
    see(committed, object);
    live_sql("UPDATE oracle.%s SET text = 'x%d' WHERE (%s) = (%s); COMMIT; BEGIN", t->name, text, key_columns(t),
             key_values(t, item->key));
}

void change_aside(void)
{
    static void (*const ways[])(void) = {link_many,     link_many,     unlink_many, change_stub,
                                         change_stub,   read_again,    merge,       write_at_once,
                                         change_by_sql, change_by_sql, send_away,   attach_row};
    ways[below(COUNT_OF(ways))]();
}
