/* Conditions of partial unique indexes: which of them the client can judge, and what it makes of a row. */
#include "mapper_support.h"

#include "model/predicate.h"

typedef enum Phase { PHASE_DRAFT, PHASE_LIVE } Phase;

typedef struct Ticket {
    int64_t id;
    const char *state;
    char kind[8];
    NullInt32 level;
    bool urgent;
    NullBool Checked;
    NullTimestamp gone_at;
    Phase phase;
    double weight;
    const char *folded;
    PgNumeric price;
    TextArray tags;
} Ticket;

static ENUM(Phase, "phase", LABEL(PHASE_DRAFT, "draft"), LABEL(PHASE_LIVE, "it's live"));

/* clang-format off */
static struct howdah_field rows[] = {
    COLUMN(Ticket, id,      .primary_key = true),
    COLUMN(Ticket, state,   .nullable = true),
    COLUMN(Ticket, kind),
    COLUMN(Ticket, level),
    COLUMN(Ticket, urgent),
    COLUMN(Ticket, Checked),
    COLUMN(Ticket, gone_at),
    COLUMN_ENUM(Ticket, phase, Phase),
    COLUMN(Ticket, weight),
    COLUMN(Ticket, folded,  .sql_type = "citext"),
    COLUMN(Ticket, price,   .sql_type = "numeric(5,2)"),
    COLUMN(Ticket, tags),
    UNIQUE_WITH((.where = NULL), Ticket, "tickets_open", state, level),
};
/* clang-format on */
static const Model model = {.struct_size = sizeof(Model),
                            .size = sizeof(Ticket),
                            .alignment = _Alignof(Ticket),
                            .name = "Ticket",
                            .table = "tickets",
                            .fields = rows,
                            .field_count = sizeof(rows) / sizeof(*rows)};
static const char **const where = &rows[sizeof(rows) / sizeof(*rows) - 1].where;

static const struct table_index *compile_index(const char *condition)
{
    mapper_teardown();
    mapper_setup();
    *where = condition;
    const struct mapper *mapper = compile_model(&model);
    return &mapper->indexes[mapper->index_count - 1];
}

/* Of these four the index has those whose letter is given. */
static const Ticket a = {.state = "open", .kind = "x", .level = {3, true}, .urgent = true, .phase = PHASE_LIVE},
                    b = {.state = "o'pen", .kind = "", .Checked = {true, true}, .gone_at = {{1}, true}},
                    c = {.state = "Open", .kind = "x y", .level = {-7, true}, .Checked = {false, true}},
                    d = {.state = NULL, .kind = "x", .urgent = true, .gone_at = {{0}, true}, .phase = PHASE_LIVE};

static void check_holds(const char *condition, const char *expected)
{
    const Ticket *const tickets[] = {&a, &b, &c, &d};
    const struct predicate *predicate = compile_index(condition)->where;
    char found[8] = "";
    ck_assert_msg(predicate, "not judged: %s", condition);
    for (size_t i = 0, length = 0; i < 4; i++)
        if (predicate_holds(predicate, tickets[i]))
            found[length++] = "abcd"[i];
    ck_assert_msg(strcmp(found, expected) == 0, "%s: %s, not %s", condition, found, expected);
}

START_TEST(test_mapper_condition__terms)
{
    check_holds("urgent", "ad");
    check_holds("NOT urgent", "bc");
    check_holds("urgent IS TRUE", "ad");
    check_holds("urgent = false", "bc");
    check_holds("\"Checked\"", "b");
    check_holds("not \"Checked\"", "c");
    check_holds("\"Checked\" is false", "c");
    check_holds("\"Checked\" IS NULL", "ad");
    check_holds("gone_at IS NULL", "ac");
    check_holds("Gone_At IS NOT NULL", "bd");
    check_holds("state = 'open'", "a");
    check_holds("state = 'o''pen'", "b");
    check_holds("state <> 'open'", "bc");
    check_holds("state!='open'", "bc");
    check_holds("kind = 'x'", "ad");
    check_holds("kind = ''", "b");
    check_holds("level = -7", "c");
    check_holds("level <> 3", "c");
    check_holds("id = 0", "abcd");
    check_holds("phase = 'it''s live'", "ad");
    check_holds("phase <> 'it''s live'", "bc");
}
END_TEST

START_TEST(test_mapper_condition__several)
{
    check_holds("urgent AND state = 'open'", "a");
    check_holds(" urgent and\n\t gone_at is not null\n", "d");
    check_holds("(urgent AND (phase = 'it''s live') AND (level IS NOT NULL))", "a");
    check_holds("((state)::text = 'open'::text)", "a");
    check_holds("(((kind)::text <> 'x'::character varying) AND (NOT urgent))", "bc");
    check_holds("state = 'AND' AND urgent", "");
    const struct table_index *index = compile_index("urgent AND gone_at IS NULL");
    ck_assert_uint_eq(index->count, 2);
    ck_assert_uint_eq(index->whole, 4);
    for (uint32_t i = 0; i < index->where->count; i++)
        ck_assert_uint_eq(index->columns[index->count + i], index->where->terms[i].column->index);
}
END_TEST

/* Anything else leaves the index to the server. */
START_TEST(test_mapper_condition__not_judged)
{
    static const char *const conditions[] = {
        "",
        "nothing",
        "level > 3",
        "level = 3.5",
        "level = 3 OR urgent",
        "urgent OR level = 3",
        "NOT (urgent)",
        "NOT level",
        "level",
        "level = 'x'",
        "level = 99999999999",
        "level = 9999999999999999999",
        "level IS DISTINCT FROM 3",
        "urgent IS NOT TRUE",
        "urgent = 't'",
        "Checked",
        "\"checked\"",
        "\"Checked",
        "state = 'open",
        "state = open",
        "state = E'open'",
        "state = 'op' || 'en'",
        "state = 'open'::citext",
        "state LIKE 'open'",
        "lower(state) = 'open'",
        "kind = 'longer than it'",
        "phase = 'dead'",
        "weight = 1",
        "folded = 'x'",
        "price = 1",
        "tags = 'x'",
        "gone_at = '2020-01-01'",
        "(urgent",
        "urgent)",
        "urgent AND",
        "AND urgent",
        "urgent AND AND urgent",
        "urgent urgent",
        "(level)::text = '3'",
#define FOUR "urgent AND urgent AND urgent AND urgent"
        FOUR " AND " FOUR " AND " FOUR " AND " FOUR " AND urgent",
    };
    for (size_t i = 0; i < sizeof(conditions) / sizeof(*conditions); i++)
        ck_assert_msg(!compile_index(conditions[i])->where, "judged: %s", conditions[i]);
}
END_TEST

/* What SQL NULL in a column does to the row. */
START_TEST(test_mapper_condition__null_leads_in)
{
    const struct mapper *mapper;
    const struct predicate *predicate =
        compile_index("gone_at IS NULL AND level IS NOT NULL AND state <> 'open'")->where;
    mapper = catalog_find(&catalog, &model);
    ck_assert(predicate_wants_null(predicate, column_of(mapper, "gone_at")));
    ck_assert(!predicate_wants_null(predicate, column_of(mapper, "level")));
    ck_assert(!predicate_wants_null(predicate, column_of(mapper, "state")));
    ck_assert(!predicate_wants_null(predicate, column_of(mapper, "urgent")));
}
END_TEST

START_TEST(test_mapper_condition__no_memory)
{
    const Model *const models[] = {&model, NULL};
    bool reached = true;
    *where = "state = 'open' AND phase = 'draft' AND gone_at IS NULL";
    for (size_t n = 1; reached; n++) {
        failing_at(&memory, n, FAILING_ONCE);
        enum howdah_status status = catalog_init(&catalog, &memory.hook, models, NULL, &faults);
        reached = failing_reached(&memory);
        failing_off(&memory);
        ck_assert_int_eq(status, reached ? STATUS_NO_MEMORY : STATUS_OK);
        mapper_teardown();
        mapper_setup();
    }
}
END_TEST

MAPPER_MAIN("mapper_condition", test_mapper_condition__terms, test_mapper_condition__several,
            test_mapper_condition__not_judged, test_mapper_condition__null_leads_in, test_mapper_condition__no_memory)
