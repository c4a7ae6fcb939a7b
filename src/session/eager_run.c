/* The plan of a query that brings relations: a statement for its rows, and one for each relation, whose keys are those of
 * the same rows as a sub-select; so nothing has to wait for anything. Where the rows can't be told twice (a lock, a limit
 * without an order), the keys that came are sent in a second round trip of the same transaction. */
#include "eager.h"

#include "foreign_key.h"
#include "query.h"
#include "relation_answers.h"
#include "transaction.h"

/* A relation that is under way. */
struct branch {
    const struct eager_node *node;
    struct eager_run *run;
    struct branch *parent; /* NULL: the query's rows */
    struct relation_request request;
    struct select_statement prepared;
    struct pg_binding binding;
    struct relation_load own;
    struct answer_set *answers; /* of first rows only; NULL: the relation is loaded */
    struct relation_load *load; /* of either */
    bool begun;
};

struct eager_run {
    struct howdah_query *q;
    struct howdah_session *s;
    const struct eager_root *root;
    struct arena arena;
    struct select select; /* the query's, as it is run */
    enum select_form form;
    struct select_statement prepared;
    struct pg_binding binding;
    struct branch *branches;
    size_t branch_count;
    bool by_keys; /* the first relations ask by the keys that came, as parameters */
};

/* --- what is selected --- */

/* The order with the primary key behind it, so that a limit cuts the same rows off each time. */
static bool add_key_order(struct eager_run *run)
{
    struct select_terms terms = {0};
    const struct select_source *root = run->select.scope.first;
    for (const struct select_term *term = run->select.orders.first; term; term = term->next)
        if (!select_add_term(&terms, &run->arena, term))
            return false;
    for (uint32_t i = 0; i < root->mapper->key_count; i++) {
        const struct column *c = &root->mapper->columns[root->mapper->key[i]];
        struct select_piece *piece = ARENA_NEW(&run->arena, struct select_piece);
        if (!piece)
            return false;
        *piece = piece_column(root, c);
        const struct select_term term = {.expression = {piece, 1}, .source = root, .column = c};
        if (!select_add_term(&terms, &run->arena, &term))
            return false;
    }
    run->select.orders = terms;
    return true;
}

/* Whether a second look could give other rows. */
static bool select_whole(struct eager_run *run)
{
    struct select *select = &run->select;
    *select = run->q->select;
    select->limit = select_limit(select, run->root->form);
    bool cut = select->limit || select->offset;
    bool plain = !select->distinct && !select->groups.first && !select->having.first;
    run->by_keys = select->lock || (cut && (!select->orders.first || !plain));
    return run->by_keys || !cut || add_key_order(run);
}

static void write_rows(struct select_writer *w, const void *arg)
{
    const struct eager_run *run = arg;
    write_select(w, &run->select, SELECT_ROWS);
}

/* --- branches --- */

static uint32_t depth_of(const struct eager_node *node)
{
    uint32_t depth = 0;
    for (; node; node = node->parent)
        depth++;
    return depth;
}

static bool make_request(struct eager_run *run, struct branch *branch)
{
    uint32_t depth = depth_of(branch->node);
    const struct relation **path = arena_allocate_array(&run->arena, depth, sizeof(*path));
    if (!path)
        return false;
    uint32_t at = depth;
    for (const struct eager_node *node = branch->node; node; node = node->parent)
        path[--at] = node->relation;
    uint64_t most = branch->node->most;
    branch->request = (struct relation_request){.form = most ? RELATION_TOP : RELATION_ROWS,
                                                .path = path,
                                                .depth = depth,
                                                .root = run->by_keys ? NULL : &run->select,
                                                .most = most ? answers_parameter(&run->arena, most) : NULL};
    return !most || branch->request.most;
}

static enum howdah_status prepare(struct eager_run *run, select_write *write, const void *arg,
                                  struct select_statement *ret, struct pg_binding *binding)
{
    struct howdah_session *s = run->s;
    enum howdah_status status = select_statement_get(&s->db->texts, &run->arena, &s->scratch, write, arg, ret);
    if (status == HOWDAH_STATUS_OK && query_make_binding(&run->arena, ret, binding))
        return status;
    if (status == HOWDAH_STATUS_INVALID)
        return session_fail(s, status, query_root(run->q)->model->name, NULL, NULL, "the query has more than %d values",
                            SELECT_PARAMETERS_MAX);
    return session_no_memory(s);
}

static bool begin_load(struct eager_run *run, struct branch *branch)
{
    const struct eager_node *node = branch->node;
    branch->begun = false;
    branch->load = NULL;
    if (!node->most) {
        relation_load_init(&branch->own, run->s, node->relation, RELATION_ROWS, &run->arena);
        branch->own.asked_by_rows = true;
        branch->load = &branch->own;
    } else {
        branch->answers = answers_new(run->s, node->relation, node->most);
        branch->load = branch->answers ? &branch->answers->load : NULL;
    }
    if (branch->load)
        branch->load->read_only = run->q->read_only;
    return branch->load;
}

static void end_load(struct branch *branch)
{
    if (branch->answers)
        answers_free(branch->answers);
    else if (branch->load)
        relation_load_done(branch->load);
    branch->answers = NULL;
    branch->load = NULL;
}

static enum howdah_status prepare_branch(struct eager_run *run, struct branch *branch, const struct eager_node *node)
{
    branch->node = node;
    branch->run = run;
    branch->parent = node->parent ? &run->branches[node->parent->index] : NULL;
    if (!begin_load(run, branch) || !make_request(run, branch))
        return session_no_memory(run->s);
    return prepare(run, relation_write, &branch->request, &branch->prepared, &branch->binding);
}

static enum howdah_status prepare_all(struct eager_run *run)
{
    for (const struct eager_node *node = run->q->eager; node; node = node->next)
        run->branch_count++;
    run->branches =
        arena_allocate_zero(&run->arena, run->branch_count * sizeof(*run->branches), _Alignof(struct branch));
    if (!run->branches || !select_whole(run))
        return session_no_memory(run->s);
    enum howdah_status status = prepare(run, write_rows, run, &run->prepared, &run->binding);
    for (const struct eager_node *node = run->q->eager; node && status == HOWDAH_STATUS_OK; node = node->next)
        status = prepare_branch(run, &run->branches[node->index], node);
    return status;
}

/* --- sources --- */

static size_t parent_count(const struct branch *branch)
{
    return branch->parent ? branch->parent->load->row_count : *branch->run->root->count;
}

static struct entry *root_at(const struct eager_run *run, size_t i)
{
    return slabs_find(&run->s->slabs, (*run->root->objects)[i]);
}

static struct entry *parent_at(const struct branch *branch, size_t i)
{
    return branch->parent ? branch->parent->load->rows[i] : root_at(branch->run, i);
}

/* Whether the object's field is to be filled: not what is there already, nor by a foreign key that is not the row's. */
static bool wants(const struct branch *branch, const struct entry *entry)
{
    const struct relation *relation = branch->node->relation;
    if (entry->state != ENTRY_LOADED && entry->state != ENTRY_DELETED)
        return false;
    if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO &&
        placement_of(branch->run->s, relation->foreign_key, relation->mapper, entry) != PLACED_BY_ROW)
        return false;
    return branch->answers || !relation_is_loaded(branch->run->s, relation, entry);
}

/* The parents have all come: the relation's own rows are next. */
static enum howdah_status begin(struct branch *branch)
{
    struct howdah_session *s = branch->run->s;
    size_t most = parent_count(branch), count = 0;
    struct entry **sources = arena_allocate_array(branch->load->arena, most, sizeof(*sources));
    if (!sources)
        return session_no_memory(s);
    for (size_t i = 0; i < most; i++) {
        struct entry *parent = parent_at(branch, i);
        if (wants(branch, parent))
            sources[count++] = parent;
    }
    branch->begun = true;
    return relation_load_begin(branch->load, sources, count) ? HOWDAH_STATUS_OK : s->error.status;
}

/* --- the executor's callbacks --- */

static enum howdah_status take_root(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    const struct eager_run *run = arg;
    return run->root->row(run->root->arg, step, cells, count);
}

static bool index_root_keys(struct branch *branch, struct key_index *ret)
{
    const struct relation *first = branch->request.path[0];
    const struct relation_ends ends = relation_ends(first);
    size_t count = *branch->run->root->count;
    if (!key_index_init(ret, &branch->run->arena, first->mapper, ends.columns, ends.count, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        const void *row = entry_snapshot(first->mapper, root_at(branch->run, i));
        bool null = first->field->kind == HOWDAH_FIELD_BELONGS_TO && !foreign_key_applies(first->foreign_key, row);
        for (uint32_t part = 0; part < ends.count; part++)
            null |= column_is_null(&first->mapper->columns[ends.columns[part]], row);
        if (!null)
            key_index_add(ret, row);
    }
    return true;
}

/* The keys of the query's rows, as the first relation of the path goes by them. */
static enum howdah_status bind_keys(struct branch *branch)
{
    const struct eager_run *run = branch->run;
    const struct relation *first = branch->request.path[0];
    const struct relation_ends ends = relation_ends(first);
    struct parameters *p = &run->s->parameters;
    const char **values = (const char **)(uintptr_t)branch->binding.values;
    int *sizes = (int *)(uintptr_t)branch->binding.sizes;
    struct key_index keys; /* each once */
    struct pg_binding arrays;
    branch->binding.bytes = 0; /* they are counted when they are sent */
    if (!index_root_keys(branch, &keys) || !parameters_begin(p, KEY_PARTS_MAX))
        return HOWDAH_STATUS_NO_MEMORY;
    for (uint32_t i = 0; i < ends.count; i++)
        parameters_add_fields(p, &first->mapper->columns[ends.columns[i]], (void *const *)keys.keys, keys.count);
    enum howdah_status status = parameters_bind(p, &arrays);
    for (uint32_t i = 0; status == HOWDAH_STATUS_OK && i < ends.count; i++) {
        values[i] = arrays.values[i];
        sizes[i] = arrays.sizes[i];
    }
    return status;
}

static enum howdah_status bind_branch(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct branch *branch = arg;
    enum howdah_status status = branch->run->by_keys ? bind_keys(branch) : HOWDAH_STATUS_OK;
    (void)step;
    *ret = branch->binding;
    return status;
}

static enum howdah_status take_row(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct branch *branch = arg;
    enum howdah_status status = branch->begun ? HOWDAH_STATUS_OK : begin(branch);
    if (status != HOWDAH_STATUS_OK)
        return status;
    return relation_load_row(branch->load, step, cells, count) ? HOWDAH_STATUS_OK : branch->run->s->error.status;
}

static enum howdah_status end_branch(void *arg, struct pg_step *step, const struct pg_done *done)
{
    struct branch *branch = arg;
    (void)step;
    (void)done;
    return branch->begun ? HOWDAH_STATUS_OK : begin(branch);
}

static void restart(void *arg)
{
    struct eager_run *run = arg;
    *run->root->count = 0;
    *run->root->result = (struct sibling_result){0};
    for (size_t i = 0; i < run->branch_count; i++) {
        relation_load_restart(run->branches[i].load);
        run->branches[i].begun = false;
    }
}

/* --- the plan --- */

/* Whose statement the server can't run with the tables as they are. */
static void name_failed(const struct eager_run *run, const struct pg_plan *plan)
{
    const struct pg_step *step = plan->failed < plan->count ? &plan->steps[plan->failed] : NULL;
    if (step && step->bind == bind_branch)
        session_name_relation(run->s, ((const struct branch *)step->arg)->node->relation);
    else if (step && step->arg == run)
        query_name_culprit(run->q);
}

static enum howdah_status run_steps(struct eager_run *run)
{
    struct howdah_session *s = run->s;
    size_t head = transaction_head_count(s), count = head;
    struct pg_step *steps = arena_allocate_array(&run->arena, head + run->branch_count + 3, sizeof(*steps));
    bool own = s->transaction == TRANSACTION_NONE, many = !run->select.limit;
    if (!steps)
        return session_no_memory(s);
    transaction_put_head(s, steps);
    if (own)
        steps[count++] = (struct pg_step){.statement = &transaction_begin_snapshot, .role = PG_BEGIN};
    steps[count++] = (struct pg_step){.statement = run->prepared.statement,
                                      .sync = run->by_keys,
                                      .many = many,
                                      .binding = &run->binding,
                                      .row = take_root,
                                      .arg = run};
    for (size_t i = 0; i < run->branch_count; i++)
        steps[count++] = (struct pg_step){.statement = run->branches[i].prepared.statement,
                                          .many = many,
                                          .bind = bind_branch,
                                          .row = take_row,
                                          .done = end_branch,
                                          .arg = &run->branches[i]};
    if (own)
        steps[count++] = (struct pg_step){.statement = &transaction_commit_statement, .role = PG_COMMIT};
    struct pg_plan plan = {.steps = steps, .count = count, .restart = restart, .restart_arg = run};
    enum howdah_status status = transaction_read_plan(s, &plan);
    if (status == HOWDAH_STATUS_SCHEMA)
        name_failed(run, &plan);
    return status;
}

static enum howdah_status finish(struct branch *branch)
{
    struct howdah_session *s = branch->run->s;
    if (!branch->answers)
        return relation_load_finish(branch->load) ? HOWDAH_STATUS_OK : s->error.status;
    if (!answers_keep(branch->answers))
        return session_no_memory(s);
    answers_forget_older(branch->answers);
    branch->answers = NULL; /* the session's now */
    branch->load = NULL;
    return HOWDAH_STATUS_OK;
}

enum howdah_status eager_run(struct howdah_query *q, const struct eager_root *root)
{
    struct eager_run run = {.q = q, .s = q->s, .root = root};
    arena_init(&run.arena, &q->s->db->allocator);
    enum howdah_status status = prepare_all(&run);
    if (status == HOWDAH_STATUS_OK)
        status = run_steps(&run);
    for (size_t i = 0; i < run.branch_count && status == HOWDAH_STATUS_OK; i++)
        status = finish(&run.branches[i]);
    for (size_t i = 0; i < run.branch_count && run.branches; i++)
        end_load(&run.branches[i]);
    arena_done(&run.arena);
    return status;
}
