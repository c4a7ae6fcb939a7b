/* From keys to the rows that a relation leads to: joins, over a join table or not, and the first few of each key. */
#include "relation_parts.h"

void write_join_open(struct select_writer *w, const struct relation *relation)
{
    uint32_t own = relation_ends(relation).count;
    const struct foreign_key *to = relation->join_target;
    if (!relation->join)
        return;
    write_text(w, "(SELECT ");
    for (uint32_t i = 0; i < own; i++) {
        write_comma(w, i);
        write_key(w, OWN_KEY + i);
    }
    for (uint32_t i = 0; i < to->count; i++) {
        write_text(w, ", ");
        write_of(w, "j", &relation->join->columns[to->columns[i]]);
        write_as(w, OWN_KEY + own + i);
    }
    write_text(w, " FROM ");
}

void write_join_close(struct select_writer *w, const struct relation *relation)
{
    struct relation_ends ends = relation_ends(relation);
    if (!relation->join)
        return;
    write_text(w, " JOIN ");
    write_text(w, relation->join->quoted);
    write_text(w, " AS j ON ");
    write_equal(w, "j", relation->join, ends.others, ends.count, OWN_KEY, relation);
    write_text(w, ") AS k");
}

void write_target(struct select_writer *w, const struct relation *relation)
{
    struct relation_ends ends = relation_ends(relation);
    const struct foreign_key *to = relation->join_target;
    write_text(w, " JOIN ");
    write_text(w, relation->target->quoted);
    write_text(w, " AS t ON ");
    if (relation->join)
        write_equal(w, "t", relation->target, to->targets, to->count, OWN_KEY + ends.count, NULL);
    else
        write_equal(w, "t", relation->target, ends.others, ends.count, OWN_KEY, relation);
}

void write_lateral(struct select_writer *w, const struct relation_request *r, const struct relation *relation)
{
    struct relation_ends ends = relation_ends(relation);
    const struct foreign_key *to = relation->join_target;
    write_text(w, " CROSS JOIN LATERAL (SELECT t.* FROM ");
    write_text(w, relation->target->quoted);
    write_text(w, " AS t WHERE ");
    if (relation->join) {
        write_text(w, "(");
        for (uint32_t i = 0; i < to->count; i++) {
            write_comma(w, i);
            write_of(w, "t", &relation->target->columns[to->targets[i]]);
        }
        write_text(w, ") IN (SELECT ");
        for (uint32_t i = 0; i < to->count; i++) {
            write_comma(w, i);
            write_of(w, "j", &relation->join->columns[to->columns[i]]);
        }
        write_text(w, " FROM ");
        write_text(w, relation->join->quoted);
        write_text(w, " AS j WHERE ");
        write_equal(w, "j", relation->join, ends.others, ends.count, OWN_KEY, relation);
        write_text(w, ")");
    } else {
        write_equal(w, "t", relation->target, ends.others, ends.count, OWN_KEY, relation);
    }
    write_filter(w, " AND ", relation);
    write_order(w, relation);
    write_text(w, " LIMIT ");
    write_parameter(w, r->most);
    write_text(w, ") AS t");
}
