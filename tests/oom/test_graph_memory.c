/* Memory that runs out in graphs that need more than an order, with and without a commit fence. */
#include "guilds.h"
#include "sweep.h"

static Status commit(Session *s)
{
    return session_commit(s);
}

/* Ends the work if memory is out. */
#define NEED(s, object) \
    do { \
        if (status_of(s) != STATUS_OK) \
            return status_of(s); \
        ck_assert_ptr_nonnull(object); \
    } while (0)

/* --- rings --- */

static Status add_rings(Session *s)
{
    for (int i = 0; i < 3; i++) {
        Guild *guild = session_add(s, Guild, .name = session_text(s, "guild %d", i));
        Head *head = session_add(s, Head, .name = session_text(s, "head %d", i), .guild = guild);
        if (status_of(s) == STATUS_OK) /* else these are scratch */
            guild->head = head;
    }
    return status_of(s);
}

static Status delete_a_ring(Session *s)
{
    Guild *guild = session_find(s, Guild, 1);
    Head *head = session_find(s, Head, 1);
    NEED(s, guild && head ? head : NULL);
    session_delete(s, guild);
    return session_delete(s, head);
}

/* --- values that go round, and keys that change --- */

static Status swap_places(Session *s)
{
    Peg *a = session_find(s, Peg, "a"), *b = session_find(s, Peg, "b"), *c = session_find(s, Peg, "c");
    NEED(s, a && b ? c : NULL);
    a->place.value = 2;
    b->place.value = 1;
    c->place = (NullInt32){3, true};
    return status_of(s);
}

/* One rope is loaded, the other follows unseen; and so does the row of the join table. */
static Status change_keys(Session *s)
{
    Peg *a = session_find(s, Peg, "a"), *b = session_find(s, Peg, "b");
    Rope *rope = session_find(s, Rope, 1);
    NEED(s, a && b ? rope : NULL);
    a->code = "new a";
    b->code = "new b";
    rope->color = "black";
    return status_of(s);
}

/* A new object with the key of a deleted one, and links that come and go. */
static Status take_over(Session *s)
{
    Peg *c = session_find(s, Peg, "c"), *b = session_find(s, Peg, "b");
    Head *head = session_find(s, Head, 1);
    NEED(s, b && c ? head : NULL);
    session_delete(s, c);
    Peg *peg = session_add(s, Peg, .code = "c", .place = {9, true});
    if (session_load(s, head, pegs) != STATUS_OK)
        return status_of(s);
    session_link(s, head, pegs, b);
    session_link(s, head, pegs, peg);
    return head->pegs.count ? session_unlink(s, head, pegs, head->pegs.items[0]) : status_of(s);
}

/* A new seal, before which the one that may be there makes room; but for those that leave by themselves. */
static Status displace_a_seal(Session *s)
{
    Guild *guild = session_find(s, Guild, 1);
    NEED(s, guild);
    Seal *known = session_stub(s, Seal, 2), *gone = session_stub(s, Seal, 3), *old = session_stub(s, Seal, 1);
    NEED(s, known && old ? gone : NULL);
    session_delete(s, gone);
    return session_link(s, guild, seal, known);
}

/* A rope leaves a peg that stays, while another one goes with its rope. */
static Status leave_a_peg(Session *s)
{
    Peg *a = session_find(s, Peg, "a"), *b = session_find(s, Peg, "b"), *c = session_find(s, Peg, "c");
    Rope *one = session_find(s, Rope, 1), *two = session_find(s, Rope, 2);
    NEED(s, a && b && c && one ? two : NULL);
    one->peg = c;
    session_delete(s, two);
    return session_delete(s, b);
}

/* --- in a transaction, with savepoints --- */

static Status go_back(Session *s)
{
    session_begin(s, NULL);
    if (add_rings(s) != STATUS_OK || session_flush(s) != STATUS_OK)
        return status_of(s);
    uint32_t place = session_savepoint(s);
    if (swap_places(s) != STATUS_OK || session_flush(s) != STATUS_OK)
        return status_of(s);
    uint32_t inner = session_savepoint(s);
    if (change_keys(s) != STATUS_OK || session_flush(s) != STATUS_OK)
        return status_of(s);
    if (session_rollback_to(s, inner) != STATUS_OK || session_rollback_to(s, place) != STATUS_OK)
        return status_of(s);
    Peg *a = session_find(s, Peg, "a");
    NEED(s, a);
    ck_assert_str_eq(a->code, "a");
    ck_assert_int_eq(a->place.value, 1);
    return take_over(s);
}

#define ACT(name, work) \
    { \
        name, guild_rows_sql, work, NULL, commit, STATUS_OK, NULL, false \
    }

static const struct act acts[] = {ACT("rings", add_rings),
                                  ACT("delete a ring", delete_a_ring),
                                  ACT("swap places", swap_places),
                                  ACT("change keys", change_keys),
                                  ACT("take over", take_over),
                                  ACT("go back", go_back),
                                  ACT("displace a seal", displace_a_seal),
                                  ACT("leave a peg", leave_a_peg)};
enum { ACTS = sizeof(acts) / sizeof(*acts) };

START_TEST(test_graph_memory__any)
{
    sweep(&acts[_i]);
}
END_TEST

START_TEST(test_graph_memory__with_a_fence)
{
    sweep_fenced();
    sweep_warm(&acts[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("graph_memory");
    TCase *tcase = tcase_create("graph_memory");
    tcase_set_timeout(tcase, 600);
    tcase_add_unchecked_fixture(tcase, sweep_tables, NULL);
    tcase_add_loop_test(tcase, test_graph_memory__any, 0, ACTS);
    tcase_add_loop_test(tcase, test_graph_memory__with_a_fence, 0, ACTS);
    suite_add_tcase(suite, tcase);
    return sweep_main(suite);
}
