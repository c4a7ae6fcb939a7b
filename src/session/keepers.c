#include "keepers.h"

#include "parameters.h"
#include "transaction.h"

#include "base/error.h"

#include <string.h>

enum { OID_TEXT = 25, OID_INT8 = 20, NAMES_MOST = 300 };
enum { TRIGGER_ON_INSERT = 4, TRIGGER_ON_DELETE = 8, TRIGGER_ON_UPDATE = 16 }; /* of pg_trigger.tgtype */

static const uint32_t keeper_types[] = {OID_TEXT, OID_INT8};

const struct statement statement_keepers = {
    .text = "SELECT pg_catalog.string_agg(k.name, ', ') FROM ("
            "SELECT 'trigger ' || pg_catalog.quote_ident(g.tgname) FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = "
            "$1::pg_catalog.regclass AND (g.tgtype & 3) = 3 AND g.tgtype & $2 <> 0 AND g.tgenabled <> 'D' "
            "UNION ALL SELECT 'policy ' || pg_catalog.quote_ident(p.polname) FROM pg_catalog.pg_policy AS p WHERE "
            "p.polrelid = $1::pg_catalog.regclass AND pg_catalog.row_security_active(p.polrelid) AND "
            "p.polcmd IN ('*', 'r', CASE WHEN $2 & 8 <> 0 THEN 'd'::\"char\" ELSE 'w'::\"char\" END) "
            "UNION ALL SELECT 'rule ' || pg_catalog.quote_ident(r.rulename) FROM pg_catalog.pg_rewrite AS r WHERE "
            "r.ev_class = $1::pg_catalog.regclass AND r.is_instead AND "
            "r.ev_type = CASE WHEN $2 & 8 <> 0 THEN '4'::\"char\" ELSE '2'::\"char\" END"
            ") AS k(name)",
    .types = keeper_types,
    .parameters = 2,
    .hash = {0xf414af4ecd973086, 0x3041ff6cb43410b3}, /* what statement_seal gives */
};

struct asking {
    struct howdah_session *s;
    const struct mapper *mapper;
    int64_t bits;
    char names[NAMES_MOST];
};

static enum howdah_status bind(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    const struct asking *asking = arg;
    struct parameters *p = &asking->s->parameters;
    (void)step;
    if (!parameters_begin(p, 2))
        return HOWDAH_STATUS_NO_MEMORY;
    parameters_add_text(p, asking->mapper->quoted);
    parameters_add_number(p, asking->bits);
    return parameters_bind(p, ret);
}

static enum howdah_status take(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct asking *asking = arg;
    size_t size = count == 1 && cells[0].size > 0 ? (size_t)cells[0].size : 0;
    (void)step;
    if (size < sizeof(asking->names)) { /* else they would be too many to help */
        memcpy(asking->names, cells[0].data, size);
        asking->names[size] = '\0';
    }
    return HOWDAH_STATUS_OK;
}

/* A key that the program gave may have become another one when the row was new. */
static int64_t bits_of(const struct mapper *mapper, enum howdah_operation operation)
{
    return (operation == HOWDAH_OPERATION_DELETE ? TRIGGER_ON_DELETE : TRIGGER_ON_UPDATE) |
           (mapper->identity ? 0 : TRIGGER_ON_INSERT);
}

void work_name_keepers(struct work *w, const struct mapper *mapper, enum howdah_operation operation)
{
    struct howdah_session *s = w->s;
    struct asking asking = {s, mapper, bits_of(mapper, operation), ""};
    struct pg_step step = {.statement = &statement_keepers, .bind = bind, .row = take, .arg = &asking};
    struct howdah_error cause;
    if (w->lone) { /* one statement in one round trip: more would cost more than it did */
        error_message(&s->error, "%s (or a trigger, policy or rule of %s kept it from being written)", s->error.message,
                      mapper->quoted);
        return;
    }
    if (s->transaction != TRANSACTION_NONE)
        return; /* it is at its savepoint again, and goes on */
    error_copy(&cause, &s->error);
    error_clear(&s->error);
    (void)transaction_read(s, &step);
    error_copy(&s->error, &cause);
    if (*asking.names)
        error_message(&s->error, "%s (or one of these kept it from being written%s: %s)", s->error.message,
                      mapper->identity ? "" : ", or changed its key", asking.names);
}
