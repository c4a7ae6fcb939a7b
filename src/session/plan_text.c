/* The plan as people read it: a table with a row for each step. A cell that is too long for its column goes on in the
 * lines below, so that a plan fits into a page. */
#include "renewed.h"
#include "transaction.h"
#include "work.h"

#include "base/buffer.h"

enum { STEP, STATEMENT, ROWS, REASON, TRIP, COLUMN_COUNT };
enum { INDENT = 2 };

static const struct {
    const char *title;
    size_t widest;
    bool number;
} columns[COLUMN_COUNT] = {[STEP] = {"step", 10, true},
                           [STATEMENT] = {"statement", 44, false},
                           [ROWS] = {"rows", 20, true},
                           [REASON] = {"why it stands here", 50, false},
                           [TRIP] = {"round trip", 10, true}};

struct table {
    struct work *w;
    struct buffer out;
    struct buffer cells[COLUMN_COUNT]; /* of the row at hand */
    size_t widths[COLUMN_COUNT];
};

/* --- what a step does --- */

/* A name may have anything in it, but a line ends where the table says. */
static void put_name(struct buffer *out, const char *name)
{
    for (; *name; name++)
        buffer_byte(out, (unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name);
}

static void put_table(struct buffer *out, const struct work *w, const struct mapper *mapper)
{
    if (strcmp(mapper->schema, w->s->db->options.schema) != 0) {
        put_name(out, mapper->schema);
        buffer_byte(out, '.');
    }
    put_name(out, mapper->table);
}

static void put_columns(struct buffer *out, const struct mapper *mapper, const uint64_t *set, const char *separator)
{
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        if (!column_in(set, i))
            continue;
        buffer_text(out, separator);
        put_name(out, mapper->columns[i].name);
        separator = ", ";
    }
}

static void put_keys(struct buffer *out, const struct foreign_key *const *keys, uint32_t count)
{
    for (uint32_t k = 0; k < count; k++)
        for (uint32_t i = 0; i < keys[k]->count; i++) {
            buffer_text(out, k + i ? ", " : " SET ");
            put_name(out, keys[k]->owner->columns[keys[k]->columns[i]].name);
        }
}

/* What the server computes, and from what. */
static void put_formulas(struct buffer *out, const struct formula *formula, const char *separator)
{
    for (; formula; formula = formula->next) {
        buffer_text(out, separator);
        put_name(out, formula->column->name);
        buffer_text(out, " = ");
        put_name(out, formula->shown);
        separator = ", ";
    }
}

static void put_insert(struct buffer *out, const struct work *w, const struct batch *batch)
{
    buffer_text(out, "INSERT INTO ");
    put_table(out, w, batch->mapper);
    bool sends = !column_set_is_empty(batch->columns, column_words(batch->mapper));
    buffer_text(out, sends || batch->formulas ? "" : " DEFAULT VALUES");
    put_columns(out, batch->mapper, batch->columns, " (");
    put_formulas(out, batch->formulas, sends ? ", " : " (");
    buffer_text(out, sends || batch->formulas ? ")" : "");
}

static void put_update(struct buffer *out, const struct work *w, const struct batch *batch)
{
    buffer_text(out, "UPDATE ");
    put_table(out, w, batch->follow ? batch->follow->keys[0]->owner : batch->mapper);
    if (batch->follow) {
        put_keys(out, batch->follow->keys, batch->follow->key_count);
        return;
    }
    bool only_defaults = column_set_is_empty(batch->columns, column_words(batch->mapper));
    put_columns(out, batch->mapper, batch->columns, " SET ");
    put_columns(out, batch->mapper, batch->defaults, only_defaults ? " SET " : ", ");
    put_formulas(out, batch->formulas, only_defaults && !batch->defaults ? " SET " : ", ");
    if (batch->mapper->version && !batch->parks && !column_in(batch->columns, batch->mapper->version->index)) {
        buffer_text(out, ", ");
        put_name(out, batch->mapper->version->name);
    }
    buffer_text(out, batch->parks ? " to NULL" : "");
}

static void put_write(struct buffer *out, const struct work *w, const struct batch *batch)
{
    switch (batch->operation) {
    case HOWDAH_OPERATION_CONTROL:
    case HOWDAH_OPERATION_KEYS: break;
    case HOWDAH_OPERATION_INSERT: put_insert(out, w, batch); break;
    case HOWDAH_OPERATION_UPDATE: put_update(out, w, batch); break;
    case HOWDAH_OPERATION_DELETE:
        buffer_text(out, "DELETE FROM ");
        put_table(out, w, batch->mapper);
        break;
    }
}

static void put_cleared(struct buffer *out, const struct foreign_key *key)
{
    const char *separator = " SET ";
    for (uint32_t i = 0; i < key->count; i++) {
        const struct column *c = &key->owner->columns[key->columns[i]];
        if (!c->nullable)
            continue;
        buffer_text(out, separator);
        put_name(out, c->name);
        separator = ", ";
    }
}

static void put_sweep(struct buffer *out, const struct work *w, const struct sweep_path *path)
{
    buffer_text(out, path->deletes ? "DELETE FROM " : "UPDATE ");
    put_table(out, w, path->mappers[path->depth - 1]);
    if (!path->deletes)
        put_cleared(out, path->keys[path->depth - 1]);
}

static const struct batch *batch_of(const struct work *w, uint32_t chunk)
{
    return w->batches[w->chunks[chunk].batch];
}

static void put_statement(struct buffer *out, const struct work *w, uint32_t index)
{
    const struct step *step = &w->infos[index];
    const struct mapper *mapper;
    switch (step->kind) {
    case STEP_CONTROL:
        buffer_text(out, step->setting ? "set " : w->steps[index].statement->text);
        put_name(out, step->setting ? step->setting->name : "");
        break;
    case STEP_TRANSACTION_ID: buffer_text(out, "read the transaction's id"); break;
    case STEP_FENCE: buffer_text(out, "INSERT INTO howdah_commits"); break;
    case STEP_DRAW:
    case STEP_GATHER:
        mapper = batch_of(w, step->chunk)->mapper;
        buffer_text(out, "keys for ");
        put_table(out, w, mapper);
        buffer_byte(out, '.');
        put_name(out, mapper->columns[step->column].name);
        break;
    case STEP_SWEEP: put_sweep(out, w, &step->sweep->path); break;
    case STEP_RENEW:
        buffer_text(out, "read again ");
        put_table(out, w, step->renewal->mapper);
        break;
    case STEP_WRITE:
        for (uint32_t i = 0; i < step->chunk_count; i++) {
            buffer_text(out, i ? " and " : "");
            put_write(out, w, batch_of(w, step->chunk + i));
        }
        break;
    }
}

/* Of rows that nobody has loaded the number is not known. */
static void put_rows(struct buffer *out, const struct work *w, uint32_t index)
{
    struct howdah_step step = howdah_plan_step((const void *)w, index);
    if (w->infos[index].kind == STEP_SWEEP)
        buffer_byte(out, '?');
    else if (step.rows)
        buffer_printf(out, "%zu", step.rows);
}

/* --- cells --- */

/* In characters: bytes that begin one. */
static size_t width_of(const char *text, size_t size)
{
    size_t width = 0;
    for (size_t i = 0; i < size; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

/* How many bytes of the text fit into the width: whole words, or as much of one as there is room for. */
static size_t fitting(const char *text, size_t size, size_t width)
{
    size_t at = 0, words = 0;
    for (size_t used = 0; at < size; at++) {
        used += ((unsigned char)text[at] & 0xc0) != 0x80;
        if (used > width)
            break;
        if (text[at] == ' ')
            words = at + 1;
    }
    return at == size || text[at] == ' ' || !words ? at : words;
}

static void put_spaces(struct buffer *out, size_t count)
{
    while (count--)
        buffer_byte(out, ' ');
}

/* The cells of a step; false if memory is out. */
static bool fill(struct table *t, uint32_t index)
{
    bool good = true;
    for (uint32_t c = 0; c < COLUMN_COUNT; c++)
        buffer_reset(&t->cells[c]);
    buffer_printf(&t->cells[STEP], "%u", index + 1);
    put_statement(&t->cells[STATEMENT], t->w, index);
    put_rows(&t->cells[ROWS], t->w, index);
    put_name(&t->cells[REASON], t->w->infos[index].reason);
    buffer_printf(&t->cells[TRIP], "%u", t->w->infos[index].round_trip);
    for (uint32_t c = 0; c < COLUMN_COUNT; c++)
        good = good && !t->cells[c].failed;
    return good;
}

static bool measure(struct table *t)
{
    for (uint32_t c = 0; c < COLUMN_COUNT; c++)
        t->widths[c] = strlen(columns[c].title);
    for (uint32_t i = 0; i < t->w->step_count; i++) {
        if (!fill(t, i))
            return false;
        for (uint32_t c = 0; c < COLUMN_COUNT; c++) {
            size_t width = width_of(t->cells[c].data, t->cells[c].size);
            width = width < columns[c].widest ? width : columns[c].widest;
            t->widths[c] = width > t->widths[c] ? width : t->widths[c];
        }
    }
    return true;
}

/* --- lines --- */

/* The next part of a cell; returns how many bytes of it are left. */
static size_t put_part(struct table *t, uint32_t c, const char *text, size_t size, bool first)
{
    size_t indent = first || !size ? 0 : INDENT, width = t->widths[c] - indent;
    size_t taken = fitting(text, size, width), shown = taken;
    while (shown && text[shown - 1] == ' ')
        shown--;
    put_spaces(&t->out, indent + (columns[c].number ? width - width_of(text, shown) : 0));
    buffer_append(&t->out, text, shown);
    if (!columns[c].number)
        put_spaces(&t->out, width - width_of(text, shown));
    while (taken < size && text[taken] == ' ')
        taken++;
    return size - taken;
}

static void end_line(struct buffer *out)
{
    while (out->size && out->data[out->size - 1] == ' ')
        out->size--;
    buffer_byte(out, '\n');
}

static void put_row(struct table *t)
{
    size_t left[COLUMN_COUNT], most;
    for (uint32_t c = 0; c < COLUMN_COUNT; c++)
        left[c] = t->cells[c].size;
    bool first = true;
    do {
        most = 0;
        for (uint32_t c = 0; c < COLUMN_COUNT; c++) {
            put_spaces(&t->out, c ? 2 : 0);
            const char *text = left[c] ? t->cells[c].data + (t->cells[c].size - left[c]) : "";
            left[c] = put_part(t, c, text, left[c], first);
            most = left[c] > most ? left[c] : most;
        }
        end_line(&t->out);
        first = false;
    } while (most);
}

static void put_head(struct table *t)
{
    for (uint32_t c = 0; c < COLUMN_COUNT; c++) {
        buffer_reset(&t->cells[c]);
        buffer_text(&t->cells[c], columns[c].title);
    }
    put_row(t);
    for (uint32_t c = 0; c < COLUMN_COUNT; c++) {
        put_spaces(&t->out, c ? 2 : 0);
        for (size_t i = 0; i < t->widths[c]; i++)
            buffer_byte(&t->out, '-');
    }
    end_line(&t->out);
}

static const char *render(struct work *w)
{
    struct table t = {.w = w};
    buffer_init(&t.out, &w->s->db->allocator);
    for (uint32_t c = 0; c < COLUMN_COUNT; c++)
        buffer_init(&t.cells[c], &w->s->db->allocator);
    bool good = measure(&t);
    if (good)
        put_head(&t);
    for (uint32_t i = 0; good && i < w->step_count; i++) {
        good = fill(&t, i);
        if (good)
            put_row(&t);
    }
    const char *text = good ? buffer_copy_text(&t.out, &w->arena) : NULL;
    for (uint32_t c = 0; c < COLUMN_COUNT; c++)
        buffer_done(&t.cells[c]);
    buffer_done(&t.out);
    return text;
}

const char *howdah_plan_text(const struct howdah_plan *plan)
{
    struct work *w = (struct work *)(uintptr_t)plan;
    if (!w || !w->step_count)
        return "";
    if (!w->text)
        w->text = render(w);
    return w->text ? w->text : "";
}
