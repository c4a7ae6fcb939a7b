#include "culprit.h"

#include "join_row.h"
#include "keepers.h"
#include "renewed.h"

#include "base/error.h"
#include "model/text.h"

#define READ_ONLY_TRANSACTION "25006"
#define NOT_SUPPORTED         "0A000"
#define GENERATED_ALWAYS      "428C9"
#define NO_SUCH_COLUMN        "42703"

bool is_fault_of_row(const struct howdah_error *error, bool by_policy)
{
    switch (error->status) {
    case HOWDAH_STATUS_STALE:
    case HOWDAH_STATUS_UNIQUE:
    case HOWDAH_STATUS_FOREIGN_KEY:
    case HOWDAH_STATUS_NOT_NULL:
    case HOWDAH_STATUS_CHECK:
    case HOWDAH_STATUS_EXCLUSION:
    case HOWDAH_STATUS_DATA: return true;
    case HOWDAH_STATUS_SERVER: return strcmp(error->sqlstate, READ_ONLY_TRANSACTION) != 0;
    case HOWDAH_STATUS_PERMISSION: return by_policy;
    default: return false;
    }
}

bool work_blames_row(const struct work *w, bool by_policy)
{
    return w->surplus || is_fault_of_row(&w->s->error, by_policy);
}

const struct mapper *mapper_of_error(const struct howdah_session *s)
{
    const struct howdah_error *error = &s->error;
    const struct catalog *catalog = &s->db->catalog;
    for (uint32_t i = 0; error->table && i < catalog->mapper_count; i++) {
        const struct mapper *mapper = &catalog->mappers[i];
        if (mapper->table && strcmp(mapper->table, error->table) == 0 &&
            (!error->schema || strcmp(mapper->schema, error->schema) == 0))
            return mapper;
    }
    return NULL;
}

/* System columns of a row that goes into a partition the server gives only sometimes. The words that would tell this from
 * others of that SQLSTATE, as of a trigger, are in the server's language. */
static void name_system_column(struct howdah_error *e, const struct mapper *mapper)
{
    const struct column *token = mapper ? mapper->token : NULL;
    bool inserts = e->statement && strstr(e->statement, "INSERT INTO ");
    if (!token || !token->xmin || !inserts || strcmp(e->sqlstate, NOT_SUPPORTED) != 0)
        return;
    error_attach(e, &e->field, token->field->name);
    error_message(
        e,
        "%s (%s.%s is the row's xmin, which an INSERT into a partitioned table does not return: if this is one, "
        "give the table a column for .version, or map the partition)",
        e->message, mapper->model->name, token->field->name);
}

/* The only column of which the server's words speak, in whatever language and quotes; NULL: there is none, or several. */
static const struct column *column_in_words(const struct mapper *mapper, const char *words)
{
    const struct column *found = NULL;
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        if (!text_names(words, mapper->columns[i].name))
            continue;
        if (found)
            return NULL;
        found = &mapper->columns[i];
    }
    return found;
}

/* The table makes what the model sends, does not make what the model leaves to it, or has no such column. */
static void name_made_column(struct howdah_error *e, const struct mapper *mapper, const struct column *c)
{
    if (e->status == HOWDAH_STATUS_NOT_NULL && c->field->generated)
        error_message(e, "%s (the table does not make %s.%s itself: give it a default, or drop .generated)", e->message,
                      mapper->model->name, c->field->name);
    if (strcmp(e->sqlstate, GENERATED_ALWAYS) == 0)
        error_message(e, "%s (the table makes %s.%s itself: .generated = HOWDAH_GENERATED_%s)", e->message,
                      mapper->model->name, c->field->name, c->key ? "IDENTITY" : "BY_SERVER");
    if (strcmp(e->sqlstate, NO_SUCH_COLUMN) == 0)
        error_message(e, "%s (that is %s.%s: mend the table, or the model)", e->message, mapper->model->name,
                      c->field->name);
}

/* The field that the server's words are about. */
static void name_field(struct howdah_session *s, const struct mapper *mapper)
{
    struct howdah_error *e = &s->error;
    name_system_column(e, mapper);
    const struct column *c = NULL;
    if (mapper && e->constraint)
        c = mapper_column_of_constraint(mapper, e->constraint);
    if (mapper && !c && e->column)
        c = mapper_column_named(mapper, e->column);
    if (mapper && !e->column && strcmp(e->sqlstate, GENERATED_ALWAYS) == 0 && (c = column_in_words(mapper, e->message)))
        error_attach(e, &e->column, c->name);
    if (mapper && !e->model)
        error_attach(e, &e->model, mapper->model->name);
    if (c && !e->field)
        error_attach(e, &e->field, c->field->name);
    if (c)
        name_made_column(e, mapper, c);
}

/* The rows that the failed statement may have stumbled over: of one of several parts those of the table that the server
 * names. */
static uint32_t suspects(const struct work *w, const struct step *info, struct entry **ret_first)
{
    const struct mapper *named = info->chunk_count > 1 ? mapper_of_error(w->s) : NULL;
    bool stale = info->chunk_count > 1 && w->failed_chunk != NONE;
    uint32_t rows = 0;
    for (uint32_t i = 0; i < info->chunk_count; i++) {
        const struct chunk *chunk = &w->chunks[info->chunk + i];
        const struct batch *batch = w->batches[chunk->batch];
        if (stale ? w->failed_chunk != info->chunk + i : named && batch->mapper != named)
            continue;
        rows += chunk->count;
        *ret_first = w->changes[batch->changes[chunk->first]].entry;
    }
    return rows;
}

struct entry *work_only_suspect(const struct work *w, size_t failed)
{
    struct entry *entry = NULL;
    bool writes = failed < w->step_count && w->infos[failed].kind == STEP_WRITE;
    return writes && suspects(w, &w->infos[failed], &entry) == 1 ? entry : NULL;
}

void session_name_culprit(struct howdah_session *s, const struct mapper *mapper)
{
    const struct mapper *named = mapper_of_error(s);
    bool told = error_reopen(&s->error);
    name_field(s, named ? named : mapper);
    if (told)
        error_finish(&s->error);
}

void session_name_relation(struct howdah_session *s, const struct relation *relation)
{
    struct howdah_error *e = &s->error;
    bool told = error_reopen(e);
    error_attach(e, &e->model, relation->mapper->model->name);
    error_attach(e, &e->field, relation->field->name);
    if (told)
        error_finish(e);
}

/* Of the row, if it is known and can be its fault; else of the table that the server names, or that was written. */
static void name_row(struct howdah_session *s, const struct mapper *mapper, struct entry *entry, bool of_row)
{
    const struct mapper *named = mapper_of_error(s);
    if (of_row && entry) /* of another table than the statement's, if a second try went wrong before it */
        mapper = entry_mapper(s, entry);
    if (of_row && mapper && mapper->join_of) {
        join_row_name(s, mapper, entry);
        return;
    }
    if (of_row && entry) { /* model and field are the object's; where another table refers to it, .table tells */
        s->error.object = entry_object(mapper, entry);
        error_attach(&s->error, &s->error.model, mapper->model->name);
    }
    if (!s->error.object || !named || named == mapper)
        name_field(s, named ? named : mapper);
}

void session_name_late(struct howdah_session *s, struct entry *entry)
{
    name_row(s, NULL, entry, true);
}

/* Whose rows a step is about that writes none of the program's. */
static const struct mapper *mapper_of_step(const struct work *w, const struct step *info)
{
    switch (info->kind) {
    case STEP_DRAW:
    case STEP_GATHER: return w->batches[w->chunks[info->chunk].batch]->mapper;
    case STEP_SWEEP: return info->sweep->path.mappers[info->sweep->path.depth - 1];
    case STEP_RENEW: return info->renewal->mapper;
    case STEP_CONTROL:
    case STEP_TRANSACTION_ID:
    case STEP_FENCE:
    case STEP_WRITE: break;
    }
    return NULL;
}

/* What COMMIT says, or what is no write at all. A constraint that the models know is one that the plan keeps to at each
 * step: then it can be had to speak at its row. */
static void name_unwritten(struct work *w, const struct step *info, bool at_commit, bool again)
{
    struct howdah_session *s = w->s;
    const struct mapper *named = mapper_of_error(s);
    bool known = named && s->error.constraint && mapper_column_of_constraint(named, s->error.constraint);
    struct entry *entry = at_commit && again && known ? work_blame_commit(w) : w->s->late;
    name_row(s, info ? mapper_of_step(w, info) : NULL, entry, true);
    if (at_commit && !entry && is_fault_of_row(&s->error, false))
        error_message(&s->error, "%s (which row can't be told, since %s)", s->error.message,
                      again ? "it came with COMMIT" : "earlier work of the transaction is gone");
}

/* SQL of the program's to which the server points: it is the same for each row, so that the first one stands for all. */
static bool name_formula(struct work *w, const char *text, const struct step *info)
{
    struct howdah_error *e = &w->s->error;
    for (uint32_t i = 0; w->failed_at && i < info->chunk_count; i++) {
        const struct chunk *chunk = &w->chunks[info->chunk + i];
        const struct batch *batch = w->batches[chunk->batch];
        const struct formula *formula = formulas_at(batch->formulas, text, w->failed_at);
        if (!formula)
            continue;
        const char *model = batch->mapper->model->name, *field = formula->column->field->name;
        e->object = entry_object(batch->mapper, w->changes[batch->changes[chunk->first]].entry);
        error_attach(e, &e->model, model);
        error_attach(e, &e->field, field);
        error_message(e, "%s (%s.%s: mend what session_set_sql gave it)", e->message, model, field);
        return true;
    }
    return false;
}

void work_name_culprit(struct work *w, size_t failed, bool again)
{
    struct howdah_session *s = w->s;
    if (failed >= w->step_count || w->infos[failed].kind != STEP_WRITE) {
        bool known = failed < w->step_count;
        name_unwritten(w, known ? &w->infos[failed] : NULL, known && w->steps[failed].role == PG_COMMIT, again);
        return;
    }
    if (name_formula(w, w->steps[failed].statement->text, &w->infos[failed]))
        return;
    uint32_t index = w->infos[failed].chunk;
    const struct chunk *chunk = &w->chunks[index];
    const struct batch *batch = w->batches[chunk->batch];
    const struct mapper *mapper = batch->mapper;
    struct entry *entry = NULL;
    uint32_t rows = suspects(w, &w->infos[failed], &entry);
    bool of_row = work_blames_row(w, w->by_policy), joint = w->infos[failed].chunk_count > 1;
    bool stale = s->error.status == HOWDAH_STATUS_STALE;
    if (rows != 1)
        entry = NULL;
    if (again && !joint && stale && w->change_count > 1) {
        struct entry *first = work_blame_stale(w);
        entry = first ? first : entry;
    } else if (of_row && !entry && again && (joint || !stale)) {
        entry = work_blame(w, index);
        stale = s->error.status == HOWDAH_STATUS_STALE;
    }
    if (stale)
        work_name_keepers(w, mapper, batch->operation);
    name_row(s, mapper, entry, of_row);
    if (of_row && !entry && !mapper->join_of)
        error_message(&s->error, "%s (one of %u rows; which one can't be told, since %s)", s->error.message, rows,
                      joint   ? "one statement wrote all of them"
                      : again ? "it did not happen again"
                              : "earlier work of the transaction is gone");
}
