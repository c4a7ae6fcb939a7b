/* The server's detail names columns and values, as text. Rows that a transaction has written are known to its session: the
 * one with these values is meant, without asking again. Types of which a value has several spellings are left out. */
#include "late.h"

#include "culprit.h"
#include "transaction.h"

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

static bool put(char text[LATE_KEY_MAX], size_t *used, const char *piece)
{
    size_t length = strlen(piece);
    if (length >= LATE_KEY_MAX - *used)
        return false;
    memcpy(text + *used, piece, length + 1);
    *used += length;
    return true;
}

/* As the server quotes a name, or not: quotes are not looked at. */
static bool put_name(char text[LATE_KEY_MAX], size_t *used, const char *name)
{
    return !strchr(name, '"') && put(text, used, name);
}

static bool put_value(char text[LATE_KEY_MAX], size_t *used, const struct column *c, const void *row)
{
    const struct howdah_value value = column_value(c, row);
    char number[HOWDAH_TEXT_MAX];
    switch (value.type) {
    case HOWDAH_TYPE_INT16:
    case HOWDAH_TYPE_INT32:
    case HOWDAH_TYPE_INT64: snprintf(number, sizeof(number), "%" PRId64, value.as.integer); break;
    case HOWDAH_TYPE_BOOL: snprintf(number, sizeof(number), "%s", value.as.boolean ? "t" : "f"); break;
    case HOWDAH_TYPE_UUID: howdah_uuid_to_text(value.as.uuid, number); break;
    case HOWDAH_TYPE_TEXT: return value.as.text && put(text, used, value.as.text);
    default: return false;
    }
    return put(text, used, number);
}

static bool has_values(const struct wanted *wanted, const void *row)
{
    char text[LATE_KEY_MAX];
    size_t used = 0;
    bool good = !columns_any_null(wanted->mapper->columns, wanted->columns, wanted->count, row);
    for (uint32_t i = 0; good && i < wanted->count; i++)
        good =
            put(text, &used, i ? ", " : "(") && put_name(text, &used, wanted->mapper->columns[wanted->columns[i]].name);
    good = good && put(text, &used, ")=(");
    for (uint32_t i = 0; good && i < wanted->count; i++)
        good = (i == 0 || put(text, &used, ", ")) &&
               put_value(text, &used, &wanted->mapper->columns[wanted->columns[i]], row);
    return good && put(text, &used, ")") && strcmp(text, wanted->key) == 0;
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

static struct entry *of_index(struct wanted wanted, const struct table_index *index)
{
    wanted.columns = index->columns;
    wanted.count = index->count;
    return find(&wanted);
}

/* The row that refers to nothing; or the one to which others refer, and which is there no more. */
static struct entry *of_foreign_key(struct wanted wanted, const struct foreign_key *key)
{
    wanted.columns = key->columns;
    wanted.count = key->count;
    struct entry *entry = find(&wanted);
    if (entry)
        return entry;
    wanted.mapper = key->target;
    wanted.columns = key->targets;
    wanted.gone = true;
    return find(&wanted);
}

/* The column whose name the key has there, "b, c)=(1, 2)"; NULL: none of the model. */
static const struct column *column_at(const struct mapper *mapper, const char *key)
{
    size_t length = strcspn(key, ",)");
    for (uint32_t i = 0; i < mapper->column_count; i++)
        if (strlen(mapper->columns[i].name) == length && memcmp(mapper->columns[i].name, key, length) == 0)
            return &mapper->columns[i];
    return NULL;
}

/* A unique constraint of which the model does not speak: its columns are those of the key. */
static struct entry *of_key(struct wanted wanted)
{
    uint32_t columns[LATE_PARTS_MAX];
    const char *at = wanted.key + 1;
    for (wanted.count = 0; wanted.count < LATE_PARTS_MAX; at += 2) {
        const struct column *c = column_at(wanted.mapper, at);
        if (!c)
            return NULL;
        columns[wanted.count++] = c->index;
        at += strlen(c->name);
        if (strncmp(at, ", ", 2) != 0)
            break;
    }
    wanted.columns = columns;
    return *at == ')' ? find(&wanted) : NULL;
}

struct entry *late_culprit(struct howdah_session *s, const struct work *w, const char *key)
{
    const struct mapper *mapper = mapper_of_error(s);
    const char *constraint = s->error.constraint;
    const struct wanted wanted = {.s = s, .w = w, .key = key, .mapper = mapper};
    if (!mapper || !constraint || !*key)
        return NULL;
    for (uint32_t i = 0; i < mapper->index_count; i++)
        if (mapper->indexes[i].unique && strcmp(mapper->indexes[i].name, constraint) == 0)
            return of_index(wanted, &mapper->indexes[i]);
    for (uint32_t i = 0; i < mapper->foreign_key_count; i++)
        if (strcmp(mapper->foreign_keys[i].name, constraint) == 0)
            return of_foreign_key(wanted, &mapper->foreign_keys[i]);
    return s->error.status == HOWDAH_STATUS_UNIQUE ? of_key(wanted) : NULL;
}
