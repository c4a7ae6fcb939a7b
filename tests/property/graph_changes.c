/* What the program does: random changes through the public interface, noted for the oracle. */
#include "graph.h"

/* --- loading --- */

static size_t offset_of_links(void)
{
    return offsetof(Row, links);
}

/* A load has brought some of them. */
static void meet_all(int table)
{
    for (int i = 0; i < item_count; i++)
        items[i].met |= items[i].table == table;
}

void load_rows(void)
{
    for (int t = 0; t < table_count; t++) {
        size_t count, at = 0;
        if (chance(15))
            continue;
        Query *q = howdah_session_query_model(s, models[t]);
        const struct key_form *form = form_of(tables[t].kind); /* in the order of the numbers */
        howdah_query_order_by_field(q, models[t], form->key, ORDER_ASC);
        if (tables[t].kind == KEY_PAIR)
            howdah_query_order_by_field(q, models[t], offsetof(Row, half), ORDER_ASC);
        Row **rows = (Row **)(void *)howdah_query_all_objects(q, models[t], &count);
        for (int i = 0; i < item_count; i++)
            if (items[i].table == t && items[i].stored) {
                Row *row = rows[at++];
                ck_assert_int_eq(key_of_row(&tables[t], row), items[i].key);
                items[i].loaded = true;
                items[i].object = chance(95) ? row : NULL;
            }
        if (tables[t].links >= 0 && count && chance(60)) {
            check_ok(howdah_session_load_field(s, rows[0], offset_of_links()));
            meet_all(tables[t].links);
        }
    }
}

size_t offset_of_many(int number)
{
    return offsetof(Row, many) + (size_t)number * sizeof(((Row *)0)->many[0]);
}

static bool is_loaded(int table)
{
    int i = 0;
    while (i < item_count && (items[i].table != table || !items[i].stored))
        i++;
    return i < item_count && items[i].loaded;
}

/* Collections of tables that were loaded: they bring nothing that the session does not know. */
void load_manys(void)
{
    random_aside(2);
    for (int i = 0; i < item_count; i++) {
        const struct table *t = &tables[items[i].table];
        for (int m = 0; m < t->has && items[i].object; m++)
            if (is_loaded(t->many[m].table) && chance(20))
                check_ok(howdah_session_load_field(s, items[i].object, offset_of_many(m)));
    }
    random_back();
}

/* --- saying what happens, with HOWDAH_PROPERTY_SHOW --- */

static const char *name_of(const struct item *item, char text[32])
{
    if (!item)
        return "nothing";
    snprintf(text, 32, "%s %" PRId64 "%s", tables[item->table].name, item->key ? item->key : (int64_t)(item - items),
             item->key ? "" : " (new)");
    return text;
}

void show(const struct item *item, const char *what, int number, const struct item *other)
{
    char a[32], b[32];
    if (getenv("HOWDAH_PROPERTY_SHOW"))
        fprintf(stderr, "  %s %s %d %s\n", name_of(item, a), what, number, name_of(other, b));
}

void show_rows(void)
{
    char a[32], b[32];
    for (int i = 0; i < item_count && getenv("HOWDAH_PROPERTY_SHOW"); i++) {
        fprintf(stderr, "  %s, code %" PRId64 "%s:", name_of(&items[i], a), items[i].code,
                items[i].object   ? ""
                : items[i].loaded ? ", out of sight"
                                  : ", not loaded");
        for (int r = 0; r < tables[items[i].table].refs; r++)
            fprintf(stderr, " ref%d %s", r, name_of(items[i].refs[r], b));
        fprintf(stderr, "\n");
    }
}

/* --- references --- */

/* How the program says it: by pointer, or by value. Once a pointer, always a pointer. */
static void set_ref(struct item *item, int r, struct item *target)
{
    const struct table *t = &tables[item->table];
    Row *row = item->object;
    bool by_code = t->ref[r].by_code;
    bool known = target && (target->stored || by_code || tables[target->table].kind != KEY_GENERATED);
    bool pointer = target && target->object && (item->by_pointer[r] || !known || chance(50));
    if ((target && !target->object && (item->by_pointer[r] || !known)) || is_kept(item, r, target))
        return;
    show(item, pointer ? "points by" : "refers by", r, target);
    item->refs[r] = target;
    item->changed[r] = true;
    row->pointers[r] = item->shown[r]; /* a value that is changed goes before it */
    if (!target) {
        put_ref(t, row, r, false, 0);
    } else if (pointer) {
        item->by_pointer[r] = true;
        row->pointers[r] = target->object;
        bool had = item->stored && item->old_refs[r];
        put_ref(t, row, r, had, had ? old_value(item->old_refs[r], by_code) : 0);
    } else {
        put_ref(t, row, r, true, new_value(target, by_code));
    }
}

static void change_ref(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object || !tables[item->table].refs)
        return;
    int r = (int)below((uint32_t)tables[item->table].refs);
    bool required = tables[item->table].ref[r].required;
    struct item *target = !required && chance(20) ? NULL : pick(tables[item->table].ref[r].target, chance(90));
    if (target || !required)
        set_ref(item, r, target);
}

/* A value that is what it was can't say that it means another row from now on: a pointer can. */
static void say_by_pointer(struct item *item, int r, bool by_code)
{
    struct item *target = item->refs[r];
    put_ref(&tables[item->table], item->object, r, true, old_value(item->old_refs[r], by_code));
    item->object->pointers[r] = target->object;
    item->by_pointer[r] |= target->object != NULL;
    if (!target->object)
        item->refs[r] = item->old_refs[r];
}

static void settle_ref(struct item *item, int r)
{
    const struct table *t = &tables[item->table];
    const struct item *target = item->refs[r], *old = item->old_refs[r];
    bool by_code = t->ref[r].by_code;
    if (!item->object || !item->changed[r] || !target || item->deleted || item->linked[r])
        return;
    if (item->stored && old && target != old && new_value(target, by_code) == old_value(old, by_code))
        say_by_pointer(item, r, by_code);
    else if (!item->object->pointers[r] || item->object->pointers[r] == item->shown[r])
        put_ref(t, item->object, r, true,
                target->deleted || (item->stored && target == old) ? old_value(target, by_code)
                                                                   : new_value(target, by_code));
}

/* Who refers to a row by value says its new one. */
static void settle_values(void)
{
    for (int i = 0; i < item_count; i++)
        for (int r = 0; r < tables[items[i].table].refs; r++)
            settle_ref(&items[i], r);
}

/* --- objects --- */

static bool has_links(const struct item *item)
{
    for (int i = 0; i < link_count; i++)
        if (item_links[i].from == item || item_links[i].to == item)
            return true;
    return false;
}

static bool has_key(int table, int64_t key)
{
    for (int i = 0; i < item_count; i++)
        if (items[i].table == table && !items[i].deleted && items[i].new_key == key)
            return true;
    return false;
}

/* A deleted row whose key a new object may have. */
static struct item *pick_taken(int table)
{
    struct item *old = chance(30) ? pick(table, false) : NULL;
    bool free = old && old->deleted && !old->taker && old->stored && old->object && !has_links(old) &&
                !has_key(table, old->key) && tables[table].has == 0;
    return free ? old : NULL;
}

static void add_nick(struct item *item)
{
    random_aside(9);
    if (tables[item->table].nick_kind != NICK_NONE && chance(60))
        item->nick = (struct nick){1 + (int)below(12), chance(50)};
    random_back();
    item->object->nick = nick_text(item->nick);
}

static void add_item(void)
{
    if (item_count == ITEMS)
        return;
    struct item *item = &items[item_count];
    *item = (struct item){.table = (int)below((uint32_t)table_count), .loaded = true};
    const struct table *t = &tables[item->table];
    struct item *old = t->kind != KEY_GENERATED ? pick_taken(item->table) : NULL;
    item->code = item->new_code = old ? old->code : 1100 + item_count;
    if (old)
        old->taker = item;
    item->loose = (NullInt32){1 + (int32_t)below(9), chance(50)};
    item->firm = chance(50) ? 100 + item_count : 1 + (int32_t)below(8);
    item->shelf = 1 + (int32_t)below(2);
    item->place = chance(50) ? 100 + item_count : 1 + (int32_t)below(8);
    item->text = (int)below(9);
    Row row = {.code = item->code,
               .loose = item->loose,
               .firm = item->firm,
               .shelf = item->shelf,
               .place = item->place,
               .text = session_text(s, "x%d", item->text),
               .version = !t->versioned};
    if (t->kind != KEY_GENERATED) {
        item->key = item->new_key = old ? old->key : 100 + item_count;
        put_key(t, &row, item->key);
    }
    item->object = howdah_session_add_object(s, &t->model, &row);
    check_no_error();
    show(item, "is new, in place of", 0, old);
    add_nick(item);
    item_count++;
    for (int r = 0; r < t->refs; r++) {
        struct item *target = t->ref[r].required || chance(60) ? pick(t->ref[r].target, true) : NULL;
        if (target)
            set_ref(item, r, target);
    }
}

static void delete_item(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object || is_rest(item))
        return;
    show(item, "is deleted", 0, NULL);
    item->deleted = true;
    check_ok(session_delete(s, item->object));
}

/* --- values --- */

/* The value of another row, or a new one; or both rows swap theirs. */
static void take_value(int32_t *mine, int32_t *other, bool swap)
{
    int32_t value = *mine;
    *mine = other && chance(70) ? *other : 20 + (int32_t)below(9);
    if (swap)
        *other = value;
}

static void take_loose(struct item *item, struct item *other, bool swap)
{
    NullInt32 value = item->loose;
    item->loose = other && chance(70) ? other->loose : (NullInt32){1 + (int32_t)below(9), chance(70)};
    if (swap)
        other->loose = value;
}

void set_values(struct item *item)
{
    if (!item || !item->object || item->deleted)
        return;
    item->object->loose = item->loose;
    item->object->firm = item->firm;
    item->object->place = item->place;
    if (item->text != NO_TEXT)
        item->object->text = session_text(s, "x%d", item->text);
}

static void change_value(void)
{
    struct item *item = pick(-1, true), *other = item ? pick(item->table, false) : NULL;
    if (!item || !item->object)
        return;
    bool swap = other && other != item && other->object && !other->deleted && chance(40);
    switch (below(4)) {
    case 0: take_loose(item, other, swap); break;
    case 1: take_value(&item->firm, other ? &other->firm : NULL, swap); break;
    case 2: take_value(&item->place, other ? &other->place : NULL, swap); break;
    default: item->text = (int)below(9);
    }
    show(item, swap ? "swaps a value with" : "has other values, and", 0, other);
    set_values(item);
    set_values(other);
}

const char *nick_text(struct nick nick)
{
    return nick.number ? session_text(s, "%c%d", nick.large ? 'N' : 'n', nick.number) : NULL;
}

void change_nick(void)
{
    struct item *item = pick(-1, true), *other = item ? pick(item->table, false) : NULL;
    if (!item || !item->object || tables[item->table].nick_kind == NICK_NONE)
        return;
    struct nick before = item->nick;
    item->nick.number = chance(30) ? before.number : other && chance(70) ? other->nick.number : (int)below(20);
    item->nick.large = chance(50);
    item->object->nick = nick_text(item->nick);
    bool swap = other && other != item && other->object && !other->deleted && chance(40);
    show(item, swap ? "swaps its nick with" : "has the nick", item->nick.number, other);
    if (!swap)
        return;
    other->nick = before;
    other->object->nick = nick_text(before);
}

static void change_key(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object || !item->stored || tables[item->table].kind == KEY_GENERATED || is_rest(item))
        return;
    struct item *other = chance(30) ? pick(item->table, false) : NULL;
    item->new_key = other && other != item ? other->key : 50 + (int64_t)below(20);
    put_key(&tables[item->table], item->object, item->new_key);
    show(item, "has the key", (int)item->new_key, other);
}

/* What others refer to, beside the key. */
static void change_code(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object || !tables[item->table].has_code || is_rest(item))
        return;
    struct item *other = chance(30) ? pick(item->table, false) : NULL;
    item->new_code = other && other != item ? other->code : 1050 + (int64_t)below(20);
    item->object->code = item->new_code;
    show(item, "has the code", (int)item->new_code, other);
}

/* --- links --- */

static struct item_link *find_link(const struct item *from, const struct item *to)
{
    for (int i = 0; i < link_count; i++)
        if (item_links[i].from == from && item_links[i].to == to)
            return &item_links[i];
    return NULL;
}

static void change_link(void)
{
    struct item *from = pick(-1, true);
    if (!from || !from->object || tables[from->table].links < 0)
        return;
    struct item *to = pick(tables[from->table].links, true);
    if (!to || !to->object)
        return;
    struct item_link *link = find_link(from, to);
    if (!link && link_count == LINKS)
        return;
    if (!link)
        *(link = &item_links[link_count++]) = (struct item_link){.from = from, .to = to};
    link->wanted = !link->wanted;
    show(from, link->wanted ? "is linked to" : "is unlinked from", 0, to);
    Status status = link->wanted ? howdah_session_link_field(s, from->object, offset_of_links(), to->object)
                                 : howdah_session_unlink_field(s, from->object, offset_of_links(), to->object);
    check_ok(status);
}

/* --- all together --- */

static void see_pointers(void)
{
    for (int i = 0; i < item_count; i++)
        for (int r = 0; r < REFS && items[i].object && !items[i].gone; r++)
            if (!items[i].changed[r])
                items[i].shown[r] = items[i].object->pointers[r];
}

/* Dice of their own decide whether something is done beside a step: the step's are as if nothing was. */
static void step_aside(uint64_t graph, uint32_t step, uint64_t left_out, uint32_t *number)
{
    random_start((graph ^ (uint64_t)1 << 62) * 0x9e3779b97f4a7c15u + step);
    if (*number == ASIDES || !chance(40))
        return;
    if (!(left_out >> *number & 1))
        change_aside();
    ++*number;
}

struct steps change_rows(uint64_t graph, uint32_t most, uint64_t left_out, uint64_t left_out_asides)
{
    static void (*const ways[])(void) = {change_ref,   change_ref,   add_item,   add_item,    delete_item, delete_item,
                                         change_value, change_value, change_key, change_code, change_link, change_link};
    struct steps steps = {.plain = 1 + below(most)};
    random_start(graph * 0x2545f4914f6cdd1du + 3);
    bool asides = chance(50);
    see_pointers();
    begin_asides();
    for (uint32_t i = 0; i < steps.plain; i++) {
        if (asides)
            step_aside(graph, i, left_out_asides, &steps.asides);
        random_start(graph * 0x9e3779b97f4a7c15u + i);
        if (left_out >> i & 1)
            continue;
        ways[below(COUNT_OF(ways))]();
        random_aside(10);
        if (chance(30))
            change_nick();
    }
    come_back();
    settle_values();
    settle_formulas();
    return steps;
}
