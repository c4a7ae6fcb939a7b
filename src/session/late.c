/* The server's detail names columns and values, as text. Rows that a transaction has written are known to its session: the
 * one with these values is meant, without asking again. Types of which a value has several spellings are left out. */
#include "late.h"

#include "culprit.h"
#include "transaction.h"

#include "model/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LATE_PARTS_MAX = 32 }; /* columns of an index, as the server has them */

/* What is looked for: rows of a table with these values. */
struct wanted {
    struct howdah_session *s;
    const struct work *w;
    const char *key;
    const struct mapper *mapper;
    const uint32_t *columns;
    uint32_t count;
    bool gone; /* rows that had them, and have them no more; else those that have them now */
};

/* --- a row's values, as the server writes them --- */

/* Steps over the piece, if it comes next. */
static bool take(const char **at, const char *piece)
{
    size_t length = strlen(piece);
    bool next = strncmp(*at, piece, length) == 0;
    *at += next ? length : 0;
    return next;
}

static bool take_value(const char **at, const struct column *c, const void *row)
{
    const struct howdah_value value = column_value(c, row);
    char number[HOWDAH_TEXT_MAX];
    switch (value.type) {
    case HOWDAH_TYPE_INT16:
    case HOWDAH_TYPE_INT32:
    case HOWDAH_TYPE_INT64: snprintf(number, sizeof(number), "%" PRId64, value.as.integer); break;
    case HOWDAH_TYPE_BOOL: return take(at, value.as.boolean ? "t" : "f");
    case HOWDAH_TYPE_UUID: howdah_uuid_to_text(value.as.uuid, number); break;
    case HOWDAH_TYPE_TEXT: return take(at, value.as.text);
    default: return false;
    }
    return take(at, number);
}

static bool has_values(const struct wanted *wanted, const void *row)
{
    const struct column *columns = wanted->mapper->columns;
    const char *at = wanted->key;
    bool good = !columns_any_null(columns, wanted->columns, wanted->count, row);
    for (uint32_t i = 0; good && i < wanted->count; i++)
        good = take(&at, i ? ", " : "(") && take(&at, columns[wanted->columns[i]].name);
    for (uint32_t i = 0; good && i < wanted->count; i++)
        good = take(&at, i ? ", " : ")=(") && take_value(&at, &columns[wanted->columns[i]], row);
    return good && strcmp(at, ")") == 0;
}

/* --- the rows that were written --- */

static bool is_meant(const struct wanted *wanted, const void *before, const void *now)
{
    bool had = before && has_values(wanted, before), has = now && has_values(wanted, now);
    return wanted->gone ? had && !has : has;
}

/* By the last plan, up to its COMMIT. */
static struct entry *of_plan(const struct wanted *wanted)
{
    for (uint32_t i = 0; wanted->w && i < wanted->w->change_count; i++) {
        const struct change *change = &wanted->w->changes[i];
        const void *now = change->operation == HOWDAH_OPERATION_DELETE ? NULL : change->image;
        bool written = change->mapper == wanted->mapper && change->fate != FATE_DROPPED && !change_is_extra(change);
        if (written && is_meant(wanted, change->old, now))
            return change->entry;
    }
    return NULL;
}

/* By flushes before it. */
static struct entry *of_flushes(const struct wanted *wanted)
{
    const struct flushed *at = NULL;
    struct entry *entry;
    const void *before;
    while ((at = transaction_next_flushed(wanted->s, at, &entry, &before))) {
        if (entry->mapper != wanted->mapper->index)
            continue;
        const void *now = entry->state == ENTRY_DETACHED ? NULL : entry_snapshot(wanted->mapper, entry);
        if (is_meant(wanted, before, now))
            return entry;
    }
    return NULL;
}

static struct entry *find(const struct wanted *wanted)
{
    struct entry *entry = wanted->mapper->join_of ? NULL : of_plan(wanted);
    return entry || wanted->mapper->join_of ? entry : of_flushes(wanted);
}

/* --- the constraint --- */

/* The column whose name the key has there, "b, c)=(1, 2)"; NULL: none of the model. */
static const struct column *take_column(const struct mapper *mapper, const char **at)
{
    for (uint32_t i = 0; i < mapper->column_count; i++) {
        const char *end = *at;
        if (!take(&end, mapper->columns[i].name) || (*end != ',' && *end != ')'))
            continue;
        *at = end;
        return &mapper->columns[i];
    }
    return NULL;
}

/* Whether the model speaks of the constraint or not: its columns are those of the key. */
static struct entry *of_key(struct wanted wanted)
{
    uint32_t columns[LATE_PARTS_MAX];
    const char *at = wanted.key + 1;
    do {
        const struct column *c = wanted.count < LATE_PARTS_MAX ? take_column(wanted.mapper, &at) : NULL;
        if (!c)
            return NULL;
        columns[wanted.count++] = c->index;
    } while (take(&at, ", "));
    wanted.columns = columns;
    return find(&wanted);
}

/* Where rows refer to what is there no more, the message names its table besides theirs, and the key is of its columns. */
static const struct mapper *named_besides(const struct howdah_session *s, const struct mapper *owner)
{
    const struct catalog *catalog = &s->db->catalog;
    for (uint32_t i = 0; i < catalog->mapper_count; i++) {
        const struct mapper *mapper = &catalog->mappers[i];
        bool other = mapper->table && (!owner || strcmp(mapper->table, owner->table) != 0);
        if (other && text_names(s->error.message, mapper->table))
            return mapper;
    }
    return NULL;
}

struct entry *late_culprit(struct howdah_session *s, const struct work *w, const char *key)
{
    const struct mapper *owner = mapper_of_error(s);
    bool refers = s->error.status == HOWDAH_STATUS_FOREIGN_KEY;
    const struct mapper *besides = refers ? named_besides(s, owner) : NULL;
    struct wanted wanted = {.s = s, .w = w, .key = key, .mapper = besides ? besides : owner, .gone = besides != NULL};
    struct entry *entry = NULL;
    if (!*key || (!refers && s->error.status != HOWDAH_STATUS_UNIQUE))
        return NULL;
    while (wanted.mapper && !(entry = of_key(wanted)) && refers && !wanted.gone)
        wanted.gone = true; /* it refers to its own table */
    return entry;
}
