#include "formulas.h"

#include "snapshot.h"

#include <stdarg.h>

/* A formula, and what became of it. */
struct pending_formula {
    struct formula formula;
    bool contested; /* the value that it is about was flushed, and is not in the row */
};

/* One entry's. The node stays when they are written, since a flush may be undone. */
struct computed {
    struct map_node node;
    const struct entry *entry;
    struct pending_formula *first; /* linked by formula.next */
};

static uint32_t hash_of(const struct entry *entry)
{
    return hash_integer((uintptr_t)entry);
}

static bool match(const struct map_node *node, const void *entry)
{
    return ((const struct computed *)(const void *)node)->entry == entry;
}

static struct computed *find(const struct howdah_session *s, const struct entry *entry)
{
    return (void *)map_find(&s->computed, hash_of(entry), match, entry);
}

/* NULL where nothing is pending. */
static struct computed *look(const struct howdah_session *s, const struct entry *entry)
{
    return marks_set(s, entry, MARK_COMPUTED) ? find(s, entry) : NULL;
}

static struct pending_formula *next_of(const struct pending_formula *pending)
{
    return (struct pending_formula *)(uintptr_t)pending->formula.next;
}

const struct formula *formulas_pending(const struct howdah_session *s, const struct entry *entry)
{
    const struct computed *computed = look(s, entry);
    return computed ? &computed->first->formula : NULL;
}

static bool is_zero(const struct column *c, const void *object)
{
    const unsigned char *bytes = column_field(c, object);
    for (size_t i = 0; i < c->size; i++)
        if (bytes[i])
            return false;
    return true;
}

bool formulas_make(struct howdah_session *s, const struct entry *entry, const struct column *c)
{
    const struct mapper *mapper = entry_mapper(s, entry);
    const void *object = entry_object(mapper, entry);
    if (!formulas_find(formulas_pending(s, entry), c))
        return false;
    if (entry->state == ENTRY_NEW)
        return column_is_null(c, object) || is_zero(c, object);
    return snapshot_equal(c, object, entry_snapshot(mapper, entry), s->key_object) &&
           (c->shape != SHAPE_ARRAY || snapshot_is_unedited(c, object));
}

void formulas_forget(struct howdah_session *s, struct entry *entry)
{
    struct computed *computed = look(s, entry);
    if (!computed)
        return;
    computed->first = NULL;
    marks_drop_all(s, entry, MARK_COMPUTED);
}

/* --- the list of an entry --- */

static struct pending_formula *take_out(struct computed *computed, const struct column *c)
{
    struct pending_formula *before = NULL, *at = computed->first;
    for (; at && at->formula.column != c; at = next_of(at))
        before = at;
    if (at && before)
        before->formula.next = at->formula.next;
    else if (at)
        computed->first = next_of(at);
    return at;
}

static void put_in(struct computed *computed, struct pending_formula *pending)
{
    struct pending_formula *before = NULL, *at = computed->first;
    for (; at && at->formula.column->index < pending->formula.column->index; at = next_of(at))
        before = at;
    pending->formula.next = at ? &at->formula : NULL;
    if (before)
        before->formula.next = &pending->formula;
    else
        computed->first = pending;
}

void formulas_forget_column(struct howdah_session *s, struct entry *entry, const struct column *c)
{
    struct computed *computed = look(s, entry);
    if (!computed)
        return;
    take_out(computed, c);
    marks_drop(s, entry, MARK_COMPUTED, c->index);
}

const struct column *formulas_contested(const struct howdah_session *s, const struct entry *entry)
{
    const struct computed *computed = look(s, entry);
    for (const struct pending_formula *at = computed ? computed->first : NULL; at; at = next_of(at))
        if (at->contested)
            return at->formula.column;
    return NULL;
}

void formulas_unflush(struct howdah_session *s, struct entry *entry, const struct formula *formulas, const void *object,
                      const void *row)
{
    struct computed *computed = formulas ? find(s, entry) : look(s, entry);
    if (!computed || (formulas && computed->first && &computed->first->formula == formulas))
        return; /* these have not been written yet */
    for (struct pending_formula *at = computed->first; at; at = next_of(at)) {
        const struct column *c = at->formula.column;
        at->contested |= entry->state == ENTRY_NEW || !column_equal(c, object, row) || formulas_find(formulas, c);
    }
    for (const struct formula *at = formulas, *next; at; at = next) {
        next = at->next;
        if (!computed->first || !formulas_find(&computed->first->formula, at->column))
            put_in(computed, (struct pending_formula *)(uintptr_t)at);
    }
    for (const struct pending_formula *at = computed->first; at; at = next_of(at))
        (void)marks_add(s, entry, MARK_COMPUTED, at->formula.column->index); /* it has been marked before */
}

/* --- setting --- */

static struct computed *make(struct howdah_session *s, struct entry *entry)
{
    struct computed *computed = find(s, entry);
    if (computed)
        return computed;
    computed = ARENA_NEW(&s->arena, struct computed);
    if (!computed || !map_add(&s->computed, &computed->node, hash_of(entry)))
        return NULL;
    computed->entry = entry;
    computed->first = NULL;
    return computed;
}

/* What the field had pending is replaced: it shows what is in the row. */
static void unassign(const struct mapper *mapper, const struct entry *entry, const struct column *c)
{
    void *object = entry_object(mapper, entry);
    if (entry->state == ENTRY_LOADED)
        snapshot_restore_column(c, object, entry_snapshot(mapper, entry));
    else
        memset(column_field(c, object), 0, c->size);
}

/* NULL, or why the column can't be set. */
static const char *refusal(const struct column *c)
{
    return !c               ? "that field is no column"
           : c->version     ? "is the version, which the library counts"
           : c->server_only ? "is made by the server and can't be assigned"
                            : NULL;
}

static const char *show(struct howdah_session *s, const struct scanned *scanned)
{
    struct buffer text;
    buffer_init(&text, &s->db->allocator);
    sql_put(scanned, 1, &text);
    const char *copy = buffer_copy_text(&text, &s->arena);
    buffer_done(&text);
    return copy;
}

static enum howdah_status fail(struct howdah_session *s, const struct mapper *mapper, const struct column *c,
                               void *object, const char *what, const char *why)
{
    const char *model = mapper->model->name, *field = c ? c->field->name : NULL;
    return session_fail(s, HOWDAH_STATUS_INVALID, model, field, object, "%s%s%s: %s%s", model, field ? "." : "",
                        field ? field : "", what, why);
}

static enum howdah_status set_sql(struct howdah_session *s, void *object, size_t offset, const char *format,
                                  va_list arguments)
{
    struct entry *entry = session_entry_to_change(s, object, "set SQL for a field of");
    if (!entry)
        return s->error.status;
    const struct mapper *mapper = entry_mapper(s, entry);
    const struct column *c = mapper_column_at(mapper, offset);
    const char *why = refusal(c);
    if (why)
        return fail(s, mapper, c, object, "", why);
    struct pending_formula *pending = ARENA_NEW(&s->arena, struct pending_formula);
    if (!pending)
        return session_no_memory(s);
    *pending = (struct pending_formula){.formula.column = c};
    enum howdah_status status =
        format ? format_read(&s->db->texts, format, arguments, true, &s->arena, &pending->formula.format, &why)
               : HOWDAH_STATUS_INVALID;
    if (status == HOWDAH_STATUS_INVALID)
        return fail(s, mapper, c, object, "the SQL can't be sent: ", format ? why : "it is NULL");
    pending->formula.shown = status ? NULL : show(s, &pending->formula.format.scanned);
    struct computed *computed = pending->formula.shown ? make(s, entry) : NULL;
    if (!computed || !marks_add(s, entry, MARK_COMPUTED, c->index))
        return session_no_memory(s);
    take_out(computed, c);
    put_in(computed, pending);
    unassign(mapper, entry, c);
    marks_drop(s, entry, MARK_ASSIGNED, c->index);
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_session_set_sql_field(struct howdah_session *s, void *object, size_t offset,
                                                const char *format, ...)
{
    va_list arguments;
    if (!session_enter(s))
        return session_refusal(s);
    va_start(arguments, format);
    enum howdah_status status = set_sql(s, object, offset, format, arguments);
    va_end(arguments);
    session_leave(s);
    return status;
}
