/* Values that the server computes: session_set_sql for columns of loaded, new and stubbed rows, beside plain changes of the
 * same rows. A formula stands as long as the field has what it had when it was set: another value replaces it. */
#include "graph.h"

/* --- fields by their numbers --- */

static int32_t *field_of(struct item *item, enum formula_field field)
{
    return (int32_t *[FORMULAS]){&item->loose.value, &item->firm, &item->shelf, &item->place, &item->text}[field];
}

static Status loose_by_sql(Row *row, bool stored, int n)
{
    return stored ? session_set_sql(s, row, loose, "loose + %d", n) : session_set_sql(s, row, loose, "%d", n);
}

static Status firm_by_sql(Row *row, bool stored, int n)
{
    return stored ? session_set_sql(s, row, firm, "firm + %d", n) : session_set_sql(s, row, firm, "%d", n);
}

static Status shelf_by_sql(Row *row, bool stored, int n)
{
    return stored ? session_set_sql(s, row, shelf, "shelf + %d", n) : session_set_sql(s, row, shelf, "%d", n);
}

static Status place_by_sql(Row *row, bool stored, int n)
{
    return stored ? session_set_sql(s, row, place, "place + %d", n) : session_set_sql(s, row, place, "%d", n);
}

static Status text_by_sql(Row *row, bool stored, int n)
{
    return stored ? session_set_sql(s, row, text, "'x' || (substr(text, 2)::int + %d)", n)
                  : session_set_sql(s, row, text, "'x' || %d::int", n);
}

static Status (*const set_by_sql[FORMULAS])(Row *row, bool stored, int n) = {
    [FORMULA_LOOSE] = loose_by_sql, [FORMULA_FIRM] = firm_by_sql, [FORMULA_SHELF] = shelf_by_sql,
    [FORMULA_PLACE] = place_by_sql, [FORMULA_TEXT] = text_by_sql,
};

/* --- what a field shows until the commit, and what comes of it --- */

/* Of a new row that is nothing. */
static const struct item nothing = {.text = NO_TEXT};

static const struct item *shown(const struct item *item)
{
    return item->stored ? item_before(item) : &nothing;
}

static void show_old(struct item *item, enum formula_field field)
{
    struct item old = *shown(item);
    *field_of(item, field) = *field_of(&old, field);
    if (field == FORMULA_LOOSE)
        item->loose.valid = old.loose.valid;
}

static bool shows_old(struct item *item, enum formula_field field)
{
    struct item old = *shown(item);
    if (field == FORMULA_LOOSE && !(item->loose.valid && old.loose.valid))
        return item->loose.valid == old.loose.valid;
    return *field_of(item, field) == *field_of(&old, field);
}

static bool has_formula(const struct item *item)
{
    bool any = false;
    for (int f = 0; f < FORMULAS; f++)
        any |= item->formulas[f] != 0;
    return any;
}

void drop_formulas(struct item *item)
{
    memset(item->formulas, 0, sizeof(item->formulas));
}

void settle_formulas(void)
{
    for (int i = 0; i < item_count; i++) {
        struct item *item = &items[i];
        item->computed |= has_formula(item);
        for (enum formula_field f = 0; f < FORMULAS; f++) {
            if (!item->formulas[f] || !shows_old(item, f))
                continue;
            *field_of(item, f) = (item->stored ? *field_of(item, f) : 0) + item->formulas[f];
            item->loose.valid |= f == FORMULA_LOOSE && !item->stored;
        }
        drop_formulas(item);
    }
}

/* --- setting --- */

void set_formula(struct item *item, Row *row)
{
    static const int values[] = {1, 2, 40, 60};
    enum formula_field field = (enum formula_field)below(FORMULAS);
    int n = values[below(COUNT_OF(values))];
    show(item, "is given SQL for its", (int)field, NULL);
    check_ok(set_by_sql[field](row, item->stored, n));
    item->formulas[field] = n;
    show_old(item, field);
}

void change_by_sql(void)
{
    struct item *item = pick(-1, true);
    if (item && item->object)
        set_formula(item, item->object);
}
