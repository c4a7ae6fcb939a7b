/* The statements that make and hand on generated keys inside one pipeline, where the client can't know them yet.
 *
 * Keys are drawn at the pipeline's head and kept in settings of the transaction (placeholders "howdah.k0", ...), where
 * later statements find them by name. The gathering subscripts an array that an InitPlan has made: each look-up is then
 * a matter of arithmetic, where a subscripted expression would be parsed again for each row. */
#include "statements.h"

enum { OID_TEXT = 25, OID_INT8 = 20, OID_TEXT_ARRAY = 1009, OID_INT8_ARRAY = 1016 };

static const uint32_t draw_types[] = {OID_TEXT, OID_TEXT, OID_TEXT, OID_INT8};
static const uint32_t gather_types[] = {OID_TEXT, OID_TEXT_ARRAY, OID_INT8_ARRAY, OID_INT8_ARRAY};
static const uint32_t may_draw_types[] = {OID_TEXT, OID_TEXT};

#define DRAWN_KEYS \
    " FROM (SELECT ARRAY(SELECT pg_catalog.nextval(" \
    "(SELECT coalesce(pg_catalog.pg_get_serial_sequence($2, $3), '')::pg_catalog.regclass)) " \
    "FROM pg_catalog.generate_series(1, (SELECT $4))) AS keys OFFSET 0) AS k"
#define KEEP_KEYS "pg_catalog.set_config($1, k.keys::pg_catalog.text, true) IS NULL"
/* Those that are BEFORE, FOR EACH ROW, and ON INSERT, of the table or of its partitions. */
#define IS_SUCH   "(g.tgtype & 7) = 7 AND g.tgenabled <> 'D'"
#define HAS_TRIGGERS(table) \
    "(EXISTS (SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = " table "::pg_catalog.regclass AND " IS_SUCH \
    ") OR ((SELECT c.relkind = 'p' FROM pg_catalog.pg_class AS c WHERE c.oid = " table "::pg_catalog.regclass) AND " \
    "EXISTS (SELECT FROM pg_catalog.pg_partition_tree(" table \
    "::pg_catalog.regclass) AS p JOIN pg_catalog.pg_trigger " \
    "AS g ON g.tgrelid = p.relid WHERE " IS_SUCH ")))"
#define INSERT_RULES \
    "SELECT FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class = $1::pg_catalog.regclass AND r.ev_type = '3' AND "
/* Row security may let rows in that it does not show: where it is not one expression that says both. */
#define HIDES_ROWS \
    "pg_catalog.row_security_active($1::pg_catalog.regclass) AND EXISTS (SELECT FROM pg_catalog.pg_policy AS y WHERE " \
    "y.polrelid = $1::pg_catalog.regclass AND (y.polcmd IN ('r', 'a') OR (y.polcmd = '*' AND y.polwithcheck IS NOT NULL)))"

/* The hashes are what statement_seal gives. */
const struct statement statement_draw_keys = {
    .text = "SELECT k.keys, " KEEP_KEYS DRAWN_KEYS,
    .types = draw_types,
    .parameters = 4,
    .hash = {0x7e32d756cbd06b06, 0xda6edfc0d20d0553},
};

const struct statement statement_draw_sure_keys = {
    .text = "SELECT k.keys, CASE WHEN " HAS_TRIGGERS("$2") " THEN pg_catalog.current_setting('" STATEMENT_TRIGGERS
                                                           "') IS NULL ELSE " KEEP_KEYS " END" DRAWN_KEYS,
    .types = draw_types,
    .parameters = 4,
    .hash = {0x4ae0119dc003c288, 0xbc0e26ca1a562c70},
};

const struct statement statement_gather_keys = {
    .text =
        "SELECT pg_catalog.set_config($1, ARRAY(SELECT coalesce((ARRAY(SELECT k.key FROM pg_catalog.unnest($2) WITH "
        "ORDINALITY AS n(name, ord), "
        "pg_catalog.unnest(pg_catalog.current_setting(n.name)::pg_catalog.int8[]) WITH ORDINALITY AS k(key, ord) "
        "ORDER BY n.ord, k.ord))[r.place], r.value) FROM unnest($3, $4) WITH ORDINALITY AS r(place, value, ord) "
        "ORDER BY r.ord)::pg_catalog.text, true) IS NULL",
    .types = gather_types,
    .parameters = 4,
    .hash = {0x96b7bf202472c4b6, 0x1d4455ae691e51a2},
};

const struct statement statement_may_draw_keys = {
    .text = "SELECT CASE WHEN NOT coalesce(pg_catalog.has_sequence_privilege("
            "pg_catalog.pg_get_serial_sequence($1, $2), 'USAGE'), false) THEN 3 WHEN " HAS_TRIGGERS(
                "$1") " THEN 2 ELSE 1 END + CASE WHEN EXISTS (" INSERT_RULES "NOT r.is_instead) THEN 4 ELSE 0 END + "
                      "CASE WHEN pg_catalog.has_column_privilege($1, $2, 'SELECT') AND NOT EXISTS (" INSERT_RULES
                      "r.is_instead) AND NOT (" HIDES_ROWS ") THEN 0 ELSE 8 END",
    .types = may_draw_types,
    .parameters = 2,
    .hash = {0xda4a909f6b80cc76, 0xba65f30bd2b66e3e},
};
