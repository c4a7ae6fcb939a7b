/* What planning costs by itself: new objects of ten tables, each of which refers to itself and to the one before. */
#include "bench.h"

#include <stdio.h>
#include <string.h>

enum { TABLES = 10, CHILDREN = 4 };

typedef struct Node Node;
struct Node {
    int64_t id;
    NullInt64 parent_id;
    NullInt64 above_id;
    const char *name;
    Node *parent;
    Node *above; /* of the table before */
};

/* clang-format off */
MODEL(Node, "nodes",
    COLUMN(Node, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Node, parent_id, .references = &Node_model),
    COLUMN(Node, above_id,  .references = &Node_model),
    COLUMN(Node, name),
    BELONGS_TO(Node, parent, Node, parent_id),
    BELONGS_TO(Node, above, Node, above_id));
/* clang-format on */

enum { PARENT = 4, ABOVE, FIELDS };

static char tables[TABLES][24];
static Field fields[TABLES][FIELDS];
static Model models[TABLES];

/* Copies of the one. */
static void make_models(const Model *list[TABLES + 1])
{
    for (int i = 0; i < TABLES; i++) {
        const Model *above = &models[i > 0 ? i - 1 : 0];
        snprintf(tables[i], sizeof(tables[i]), "nodes_%d", i);
        memcpy(fields[i], Node_model.fields, sizeof(fields[i]));
        fields[i][1].references = fields[i][PARENT].target = &models[i];
        fields[i][2].references = fields[i][ABOVE].target = above;
        models[i] = Node_model;
        models[i].name = models[i].table = tables[i];
        models[i].fields = fields[i];
        list[i] = &models[i];
    }
    list[TABLES] = NULL;
}

/* Trees of four children a node, which hang on the trees of the table before. */
static void add_nodes(struct bench *b, Session *s, int count)
{
    int a_table = count / TABLES;
    for (int i = 0; i < count; i++) {
        int place = i % a_table;
        Node node = {.name = "a node",
                     .parent = place > 0 ? b->objects[i - place + (place - 1) / CHILDREN] : NULL,
                     .above = i >= a_table ? b->objects[i - a_table] : NULL};
        b->objects[i] = howdah_session_add_object(s, &models[i / a_table], &node);
    }
}

void plan_prepare(struct bench *b, const struct job *job)
{
    const Model *list[TABLES + 1];
    make_models(list);
    b->crowd = database_open(b->conninfo, list, &b->options);
    if (database_error(b->crowd))
        contestant_fail("%s", error_text(database_error(b->crowd)));
    bench_room(b, 1, job->objects);
    b->sessions[0] = session_open(b->crowd);
    add_nodes(b, b->sessions[0], job->objects);
    bench_expect(b->sessions[0]);
}

void plan_run(struct bench *b, const struct job *job)
{
    (void)job;
    if (!session_plan(b->sessions[0]))
        bench_expect(b->sessions[0]);
}
