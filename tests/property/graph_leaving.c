/* Objects that leave the session and come back: evicted for the other steps of a round, with what is pending for them; and
 * rows that the session has never seen, attached as structs. */
#include "graph.h"

/* --- out of the session, until the changes are made --- */

static bool is_linked(const struct item *item)
{
    bool linked = has_pending_links(item);
    for (int r = 0; r < REFS; r++)
        linked |= item->linked[r];
    return linked;
}

/* What was changed stays pending. */
void send_away(void)
{
    struct item *item = pick(-1, true);
    if (!item || !item->object || is_linked(item))
        return;
    show(item, "is evicted for a while", 0, NULL);
    check_ok(session_evict(s, item->object));
    ck_assert(!session_contains(s, item->object));
    item->away = item->object;
    item->object = NULL;
}

void come_back(void)
{
    for (int i = 0; i < item_count; i++) {
        if (!items[i].away)
            continue;
        check_ok(session_attach(s, items[i].away));
        items[i].object = items[i].away;
        items[i].away = NULL;
    }
}

/* --- structs --- */

/* Of a row that nobody else has written since it was committed. */
void attach_row(void)
{
    struct item *item = pick(-1, true), *committed;
    const struct table *t = item ? &tables[item->table] : NULL;
    if (!t || !item->stored || item->loaded || item->met || item->stub || t->versioned || t->by_xmin ||
        !is_settled(item) || !(committed = committed_item(item)))
        return;
    const struct item *row = item_before(item);
    Row value = row_of(row, row->text);
    show(item, "is attached as a struct", 0, NULL);
    Row *object = howdah_session_attach_object(s, &t->model, &value);
    check_no_error();
    see(item, object);
    see(committed, object);
}
