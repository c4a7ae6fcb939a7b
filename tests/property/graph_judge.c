/* The judge: either tables and objects are as the oracle says, or nothing happened, and there is a reason. */
#include "graph.h"

/* --- reasons --- */

static const char *broken_pair(const struct item *a, const struct item *b)
{
    const struct table *t = &tables[a->table];
    if (a == b || a->table != b->table || a->deleted || b->deleted)
        return NULL;
    if (a->new_key && a->new_key == b->new_key)
        return "two rows with one key";
    if (t->has_code && a->new_code == b->new_code)
        return "a code twice";
    if (t->has_loose && a->loose.valid && b->loose.valid && a->loose.value == b->loose.value)
        return "a loose value twice";
    if (t->has_firm && a->firm == b->firm)
        return "a firm value twice";
    if (a->nick.number && a->nick.number == b->nick.number)
        return "a nick twice";
    if (a->place != b->place)
        return NULL;
    bool one_shelf = a->shelf == b->shelf,
         one_loose = a->loose.valid && b->loose.valid && a->loose.value == b->loose.value;
    if ((t->spot_kind == SPOT_SHELF && one_shelf) || (t->spot_kind == SPOT_LOOSE && one_loose))
        return "a spot twice";
    bool part = t->part_kind != PART_NONE && a->loose.valid == b->loose.valid;
    return part && a->loose.valid == (t->part_kind == PART_NOT_NULL) ? "a place twice" : NULL;
}

/* What nobody wrote refers to a deleted row, though another one has its value in the end. The server refuses that, but
 * where both are written by one statement. */
static const char *broken_ref(const struct item *item, int r, bool done)
{
    const struct item *target = done ? last_ref(item, r) : final_ref(item, r);
    bool good = target ? !target->deleted : !tables[item->table].ref[r].required;
    return good ? NULL : "a reference to nothing";
}

/* The constraint that the net change would break, or has broken; NULL: none. */
static const char *broken(bool done)
{
    const char *why = NULL;
    for (int i = 0; i < item_count && !why; i++) {
        for (int r = 0; r < tables[items[i].table].refs && !items[i].deleted && !why; r++)
            why = broken_ref(&items[i], r, done);
        for (int k = 0; k < item_count && !why; k++)
            why = broken_pair(&items[i], &items[k]);
    }
    return why;
}

/* A swap that nothing can do, rows that would follow two changed keys, a pointer to an object that was deleted (though
 * another one has its row), or goes with a deleted one: said before anything was sent. */
static bool is_documented(const Error *error)
{
    bool swap = error->status == STATUS_UNIQUE && error->other;
    bool deleted = error->status == STATUS_MISUSE && strstr(error->message, "point it elsewhere");
    return !error->statement && (swap || deleted ||
                                 (error->status == STATUS_INVALID && (strstr(error->message, "ON_UPDATE_CASCADE") ||
                                                                      strstr(error->message, "flush this one first"))));
}

/* --- objects --- */

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_row(const struct table *t, const Row *a, const Row *b)
{
    bool same = a->firm == b->firm && a->version == b->version && a->xid == b->xid && a->shelf == b->shelf &&
                a->place == b->place && same_text(a->text, b->text) && same_text(a->nick, b->nick) &&
                a->loose.valid == b->loose.valid && (!a->loose.valid || a->loose.value == b->loose.value) &&
                (!t->has_code || a->code == b->code);
    for (int r = 0; r < t->refs; r++)
        same = same && ref_of_row(t, a, r) == ref_of_row(t, b, r);
    return same;
}

static const char *describe(const struct table *t, const Row *row, char text[256])
{
    int at = snprintf(text, 256,
                      "code %" PRId64 ", loose %d%s, firm %d, spot %d/%d, text %s, nick %s, version %d, xid %" PRId64,
                      row->code, row->loose.value, row->loose.valid ? "" : " (NULL)", row->firm, row->shelf, row->place,
                      row->text, row->nick ? row->nick : "(NULL)", row->version, row->xid);
    for (int r = 0; r < t->refs; r++)
        at += snprintf(text + at, 256 - (size_t)at, ", ref%d %" PRId64, r, ref_of_row(t, row, r));
    return text;
}

static bool holds(const Row *row, const struct item_link *link)
{
    for (size_t i = 0; i < row->links.count; i++)
        if (key_of_row(&tables[link->to->table], row->links.items[i]) == link->to->new_key)
            return true;
    return false;
}

static void check_links(uint64_t graph, const struct item *item)
{
    size_t count = 0;
    if (tables[item->table].links < 0 || !howdah_session_is_loaded_field(s, item->object, offsetof(Row, links)))
        return;
    for (int i = 0; i < link_count; i++)
        if (item_links[i].from == item && link_stands(&item_links[i])) {
            count++;
            ck_assert_msg(holds(item->object, &item_links[i]), "seed %" PRIu64 ": %s %" PRId64 " lacks a link", graph,
                          tables[item->table].name, item->new_key);
        }
    ck_assert_msg(item->object->links.count == count, "seed %" PRIu64 ": %s %" PRId64 " has %zu links, not %zu", graph,
                  tables[item->table].name, item->new_key, item->object->links.count, count);
}

/* A new item has the key or code that was another one's. */
static bool takes_a_value(const struct item *owner)
{
    int i = 0;
    while (i < item_count && !(items[i].stored && items[i].table == owner->table &&
                               (items[i].key == owner->new_key || items[i].code == owner->new_code)))
        i++;
    return !owner->stored && i < item_count;
}

/* A collection that is loaded holds those that refer to its owner, and nobody else. (Who refers by value to the key that
 * the owner gets in the same commit is found when it is loaded anew.) */
static void check_manys(uint64_t graph, const struct item *owner)
{
    const struct table *t = &tables[owner->table];
    bool moves = owner->moved || (owner->stored && (owner->new_key != owner->key || owner->new_code != owner->code)) ||
                 takes_a_value(owner);
    for (int m = 0; m < t->has; m++) {
        const struct table *of = &tables[t->many[m].table];
        size_t count = 0, found = 0, held = owner->object->many[m].count;
        if (!owner->object->many[m].loaded || moves)
            continue;
        for (int i = 0; i < item_count; i++) {
            if (items[i].table != t->many[m].table || items[i].deleted || last_ref(&items[i], t->many[m].ref) != owner)
                continue;
            count++;
            for (size_t k = 0; k < held; k++)
                found += key_of_row(of, owner->object->many[m].items[k]) == items[i].new_key;
        }
        ck_assert_msg(held == count && found == count,
                      "seed %" PRIu64 ": %s %" PRId64 " has %zu of %zu in collection %d, and %zu in all", graph,
                      t->name, owner->new_key, found, count, m, held);
    }
}

/* Whether it is the item's object, which the program may not have seen. */
static bool is_object_of(const Row *row, const struct item *item)
{
    return session_contains(s, row) &&
           (item->object ? row == item->object : key_of_row(&tables[item->table], row) == item->new_key);
}

/* A pointer leads to the object of the row that the foreign key names, or nowhere. */
static void check_pointers(uint64_t graph, const struct item *item)
{
    for (int r = 0; r < tables[item->table].refs; r++) {
        const Row *to = item->object->pointers[r];
        const struct item *target = last_ref(item, r);
        ck_assert_msg(!to || (target && is_object_of(to, target)),
                      "seed %" PRIu64 ": pointer %d of %s %" PRId64 " leads astray", graph, r, tables[item->table].name,
                      item->new_key);
    }
}

static void check_objects(uint64_t graph)
{
    char mine[256], others[256];
    Session *other = session_open(db);
    for (int i = 0; i < item_count; i++) {
        const Row *row = items[i].object;
        const struct table *t = &tables[items[i].table];
        Value key[2];
        ck_assert_msg(!row || items[i].unseen || session_contains(s, row) == !items[i].deleted,
                      "seed %" PRIu64 ": %s %" PRId64 " is %s", graph, t->name, items[i].new_key,
                      items[i].deleted ? "still there" : "forgotten");
        if (!row || items[i].deleted)
            continue;
        size_t parts = key_parts(t, items[i].new_key, key);
        const Row *stored = howdah_session_find_key(other, &t->model, key, parts);
        ck_assert_msg(stored, "seed %" PRIu64 ": an object's row is not there", graph);
        ck_assert_msg(same_row(t, row, stored), "seed %" PRIu64 ": %s %" PRId64 " is not as its row: %s; not %s", graph,
                      t->name, items[i].new_key, describe(t, row, mine), describe(t, stored, others));
        ck_assert_msg(howdah_session_find_key(s, &t->model, key, parts) == row,
                      "seed %" PRIu64 ": the identity map does not know %s %" PRId64, graph, t->name, items[i].new_key);
        check_links(graph, &items[i]);
        check_pointers(graph, &items[i]);
        check_manys(graph, &items[i]);
    }
    session_close(other);
    ck_assert_msg(plan_step_count(session_plan(s)) == 0, "seed %" PRIu64 ": something is left to write:\n%s", graph,
                  plan_text(session_plan(s)));
}

/* --- the verdict --- */

/* What ON DELETE SET DEFAULT does to rows their objects do not follow. */
static void note_fallen(void)
{
    for (int i = 0; i < item_count; i++)
        if (!items[i].deleted && has_fallen(&items[i])) {
            items[i].fallen = true;
            show(&items[i], "has fallen back", 0, NULL);
        }
}

void refresh_fallen(void)
{
    for (int i = 0; i < item_count; i++)
        if (items[i].object && !items[i].deleted && items[i].fallen)
            check_ok(session_refresh(s, items[i].object));
}

void judge_done(uint64_t graph, bool flushed)
{
    delete_dependents();
    const char *why = broken(true);
    ck_assert_msg(!why, "seed %" PRIu64 ": committed, but there is %s", graph, why);
    apply();
    note_fallen();
    refresh_fallen();
    if (flushed)
        return;
    judge_rows(graph);
    if (!any_out_of_sight())
        check_objects(graph);
}

/* Rows of a join table follow keys that are handed on from row to row, in an order that nobody can say. */
static bool links_collide(const Error *error)
{
    return error->status == STATUS_UNIQUE && error->table && error->table[0] == 'j';
}

/* Unique values that the server computes are known to nobody before. */
static bool is_computed(const Error *error)
{
    int i = 0;
    while (i < item_count &&
           !(items[i].computed && error->table && strcmp(tables[items[i].table].name, error->table) == 0))
        i++;
    return error->status == STATUS_UNIQUE && i < item_count;
}

/* Rows of the table have an order by other reasons than by what only the server compares. */
static bool is_ordered(int table)
{
    const struct table *t = &tables[table];
    bool ordered = t->refs || t->links >= 0 || t->has_code || t->has_loose || t->has_firm ||
                   t->spot_kind != SPOT_NONE || t->part_kind != PART_NONE;
    for (int i = 0; i < table_count; i++) {
        for (int r = 0; r < tables[i].refs; r++)
            ordered |= tables[i].ref[r].target == table;
        ordered |= tables[i].links == table;
    }
    return ordered;
}

/* A value that the server takes for another row's which gives it up: deletes, updates and inserts of a table go in this order
 * where nothing else orders them, which is not enough among updates. */
static bool collides_on_the_way(const Error *error)
{
    if (error->status != STATUS_UNIQUE || !error->constraint || !strstr(error->constraint, "_nick_key"))
        return false;
    for (int i = 0; i < item_count; i++)
        for (int k = 0; k < item_count; k++) {
            const struct item *taker = &items[i], *giver = item_before(&items[k]);
            if (taker->table != items[k].table || i == k || taker->deleted || !items[k].stored || !taker->nick.number ||
                taker->nick.number != giver->nick.number)
                continue;
            if (is_ordered(taker->table) || (taker->stored && !items[k].deleted))
                return true;
        }
    return false;
}

/* The row to which others fall back goes along with what it refers to, before those that fall, or others go. */
static bool has_lost_rest(const Error *error)
{
    int i = 0;
    while (i < item_count && !(items[i].deleted && is_rest(&items[i])))
        i++;
    return error->status == STATUS_FOREIGN_KEY && i < item_count;
}

/* Who is written with a reference to a deleted row comes too late for ON DELETE SET DEFAULT. */
static bool is_late_to_fall(const Error *error)
{
    for (int i = 0; error->status == STATUS_FOREIGN_KEY && i < item_count; i++)
        for (int r = 0; r < tables[items[i].table].refs; r++) {
            const struct item *target = items[i].refs[r];
            if (tables[items[i].table].ref[r].falls && !items[i].deleted && (!items[i].stored || items[i].changed[r]) &&
                target && target->deleted)
                return true;
        }
    return false;
}

/* Rows that the session has not loaded go along with others, forbid these to go before, and have values that are taken; or
 * they take others along, which the session believes to be there. */
static bool is_out_of_sight(const Error *error)
{
    bool so = error->status == STATUS_STALE || error->status == STATUS_FOREIGN_KEY || error->status == STATUS_UNIQUE;
    return so && any_out_of_sight();
}

/* A row that is found by its old values is deleted together with one that takes along, by ON DELETE CASCADE, what it refers
 * to: the database may clear its reference first (see the limits in docs/unit-of-work.md). */
static bool is_cleared_before(const Error *error)
{
    for (int i = 0; error->status == STATUS_STALE && i < item_count; i++) {
        const struct table *t = &tables[items[i].table];
        if (!error->object || items[i].object != error->object || !items[i].deleted || !t->model.optimistic)
            continue;
        for (int r = 0; r < t->refs; r++)
            if ((t->ref[r].clears || t->ref[r].falls) && t->ref[r].on_delete && items[i].old_refs[r] &&
                items[i].old_refs[r]->follows)
                return true;
    }
    return false;
}

/* A commit that failed leaves everything as it was: it fails again, for the same reason. `begun`: in another transaction
 * that the program has begun. */
static void check_again(uint64_t graph, const Error *error, bool begun)
{
    char *message = strdup(error->message);
    session_clear_error(s);
    if (begun && session_begin(s, NULL) == STATUS_MISUSE)
        session_clear_error(s); /* refused before anything was sent, that transaction goes on */
    ck_assert_msg(session_commit(s) != STATUS_OK, "seed %" PRIu64 ": refused, then committed", graph);
    ck_assert_msg(strcmp(session_error(s)->message, message) == 0,
                  "seed %" PRIu64 ": refused because %s, then because %s", graph, message, session_error(s)->message);
    free(message);
}

/* A new row refers to nothing that it must refer to. That it would go along with another one, which nobody has loaded, comes
 * too late. */
static bool is_incomplete(void)
{
    for (int i = 0; i < item_count; i++)
        for (int r = 0; r < tables[items[i].table].refs; r++)
            if (tables[items[i].table].ref[r].required && !items[i].stored && !items[i].deleted && !items[i].refs[r] &&
                !tables[items[i].table].ref[r].rests)
                return true;
    return false;
}

static bool any_fallen(void)
{
    int i = 0;
    while (i < item_count && !items[i].fallen)
        i++;
    return i < item_count;
}

enum verdict judge_refusal(uint64_t graph, bool alone, bool begun)
{
    const Error *error = session_error(s);
    bool incomplete = error && error->status == STATUS_NOT_NULL && is_incomplete();
    delete_dependents();
    const char *why = broken(false);
    ck_assert_msg(error && error->outcome == OUTCOME_NOT_DONE, "seed %" PRIu64 ": %s", graph, error_text(error));
    bool reason = why || incomplete || is_documented(error) || links_collide(error) || is_computed(error) ||
                  is_out_of_sight(error) || is_cleared_before(error) || collides_on_the_way(error) ||
                  has_lost_rest(error) || is_late_to_fall(error);
    ck_assert_msg(reason, "seed %" PRIu64 ": refused without a reason: %s", graph, error_text(error));
    if (alone && !any_fallen()) /* going back, objects forget what was read again */
        check_again(graph, error, begun);
    return why ? REFUSED : IMPOSSIBLE;
}

void judge_rows(uint64_t graph)
{
    const char *rows = differences();
    ck_assert_msg(!*rows, "seed %" PRIu64 ": the database%s", graph, rows);
}

void judge_rollback(uint64_t graph)
{
    judge_rows(graph);
    check_objects(graph);
}
