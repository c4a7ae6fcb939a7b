/* A plan: what a commit will run, before it runs. */
#ifndef HOWDAH_PLAN_H
#define HOWDAH_PLAN_H

#include <howdah/session.h>

HOWDAH_BEGIN_DECLS

enum howdah_operation {
    HOWDAH_OPERATION_CONTROL = 0, /* BEGIN, COMMIT, the transaction's id */
    HOWDAH_OPERATION_KEYS,        /* generated keys that later steps need */
    HOWDAH_OPERATION_INSERT,
    HOWDAH_OPERATION_UPDATE,
    HOWDAH_OPERATION_DELETE
};

/* One statement of a plan. Texts live as long as the plan. */
struct howdah_step {
    enum howdah_operation operation;
    uint32_t round_trip; /* from 1 */
    const char *sql;
    const char *table;    /* NULL for control */
    const char *reason;   /* why it stands here */
    size_t rows;          /* objects that it writes */
    void *const *objects; /* those objects, in the order of the rows; NULL where there are none */
};

HOWDAH_API size_t howdah_plan_step_count(const struct howdah_plan *plan);
/* A step by index; all zero beyond the end. */
HOWDAH_API struct howdah_step howdah_plan_step(const struct howdah_plan *plan, size_t index);
/* The plan as a table for people: step, statement (what it does to which columns of which table), rows, why it stands here,
 * round trip. About 120 columns wide, ending with a line feed. Values never appear; plan_step has each statement's SQL. The
 * rows of a statement for rows that were not loaded are "?". Never NULL; "" for a plan that writes nothing, for NULL, and
 * where memory is out. Lives as long as the plan; no round trip. */
HOWDAH_API const char *howdah_plan_text(const struct howdah_plan *plan);
/* The plan as a picture, in the language of Graphviz (`dot -Tsvg`): batches of rows, and which waits for which by which
 * constraint. Dashed are rings that one statement writes. "" like plan_text, and where memory is out. Lives as long as the
 * plan; no round trip. */
HOWDAH_API const char *howdah_plan_dot(const struct howdah_plan *plan);

HOWDAH_END_DECLS

#endif
