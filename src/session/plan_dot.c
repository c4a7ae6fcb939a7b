/* The plan as a picture: text for Graphviz. A node for each batch, an edge where rows of one wait for rows of another,
 * with the constraint that says so. Batches that need each other stand in a box, their edges dashed: one statement writes
 * all of them. */
#include "work.h"

#include "base/buffer.h"

static const char *const verbs[] = {[HOWDAH_OPERATION_INSERT] = "insert into",
                                    [HOWDAH_OPERATION_UPDATE] = "update",
                                    [HOWDAH_OPERATION_DELETE] = "delete from"};

static const char *const colors[] = {[HOWDAH_OPERATION_INSERT] = "darkgreen",
                                     [HOWDAH_OPERATION_UPDATE] = "darkorange",
                                     [HOWDAH_OPERATION_DELETE] = "firebrick"};

static const char *const labels[] = {
    [EDGE_REFERS] = "refers to it", [EDGE_REFERRED] = "referred to it", [EDGE_RELEASES] = "releases its value"};

/* Inside quotes. */
static void put_text(struct buffer *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            buffer_byte(out, '\\');
        buffer_byte(out, *text);
    }
}

static void put_node(struct buffer *out, const struct batch *batch)
{
    const char *table = batch->follow ? batch->follow->keys[0]->owner->table : batch->mapper->table;
    buffer_printf(out, "    b%u [label=\"%s ", batch->index, verbs[batch->operation]);
    put_text(out, table);
    if (batch->follow)
        buffer_text(out, "\\nrows that follow");
    else
        buffer_printf(out, "\\n%u %s", batch->count, batch->count == 1 ? "row" : "rows");
    for (const struct formula *formula = batch->formulas; formula; formula = formula->next) {
        buffer_text(out, "\\n");
        put_text(out, formula->column->name);
        buffer_text(out, " = ");
        put_text(out, formula->shown);
    }
    buffer_printf(out, "%s\", color=%s];\n", batch->parks ? "\\nNULL for a while" : "", colors[batch->operation]);
}

static void put_nodes(struct buffer *out, const struct work *w)
{
    for (uint32_t i = 0; i < w->batch_count; i++) {
        const struct batch *leader = w->batches[w->order[i]];
        if (leader->leader != leader->index || !leader->count)
            continue;
        if (leader->parts)
            buffer_printf(out, "    subgraph cluster_%u { label=\"one statement\"; style=dashed;\n", leader->index);
        for (uint32_t p = 0; p < leader->part_count; p++)
            put_node(out, leader->parts[p]);
        if (leader->parts)
            buffer_text(out, "    }\n");
        else
            put_node(out, leader);
    }
}

static void put_edge(struct buffer *out, const struct work *w, const struct row_edge *edge)
{
    const struct batch *before = w->batches[w->changes[edge->before].batch];
    const struct batch *after = w->batches[w->changes[edge->after].batch];
    buffer_printf(out, "    b%u -> b%u [label=\"", before->index, after->index);
    put_text(out, edge->constraint);
    buffer_printf(out, "\\n%s\"%s];\n", labels[edge->reason],
                  before->leader == after->leader && !edge->apart ? ", style=dashed" : "");
}

/* One edge for each pair of batches, whatever the number of rows: edges are gone through by their first batch. */
static bool put_edges(struct buffer *out, struct work *w)
{
    uint32_t *first = arena_allocate_zero(&w->arena, ((size_t)w->batch_count + 2) * sizeof(*first), sizeof(*first));
    uint32_t *seen = arena_allocate_zero(&w->arena, ((size_t)w->batch_count + 1) * sizeof(*seen), sizeof(*seen));
    uint32_t *list = arena_allocate_array(&w->arena, (size_t)w->edge_count + 1, sizeof(*list));
    if (!first || !seen || !list)
        return false;
    for (uint32_t i = 0; i < w->edge_count; i++)
        first[w->changes[w->edges[i].before].batch + 2]++;
    for (uint32_t b = 2; b < w->batch_count + 2; b++)
        first[b] += first[b - 1];
    for (uint32_t i = 0; i < w->edge_count; i++)
        list[first[w->changes[w->edges[i].before].batch + 1]++] = i;
    for (uint32_t b = 0; b < w->batch_count; b++)
        for (uint32_t at = first[b]; at < first[b + 1]; at++) {
            uint32_t after = w->changes[w->edges[list[at]].after].batch;
            if (seen[after] == b + 1)
                continue;
            seen[after] = b + 1;
            put_edge(out, w, &w->edges[list[at]]);
        }
    return true;
}

const char *howdah_plan_dot(const struct howdah_plan *plan)
{
    struct work *w = (struct work *)(uintptr_t)plan;
    struct buffer out;
    if (!w || !w->step_count)
        return "";
    buffer_init(&out, &w->s->db->allocator);
    buffer_text(&out, "digraph plan {\n    node [shape=box];\n");
    put_nodes(&out, w);
    bool good = put_edges(&out, w);
    buffer_text(&out, "}\n");
    const char *text = good ? buffer_copy_text(&out, &w->arena) : NULL;
    buffer_done(&out);
    return text ? text : "";
}
