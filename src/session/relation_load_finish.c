/* The end of a load: rows, and what the program has moved, become what stands in the fields. All memory is taken before the
 * first field changes. */
#include "foreign_key.h"
#include "join_row.h"
#include "object.h"
#include "relation_load.h"
#include "snapshot.h"

/* --- which rows count --- */

bool relation_row_stays(const struct relation_load *load, const struct entry *entry, uint32_t key)
{
    const struct relation *relation = load->relation;
    if (relation->field->kind == HOWDAH_FIELD_BELONGS_TO)
        return entry->state == ENTRY_LOADED || entry->state == ENTRY_NEW;
    if (entry->state != ENTRY_LOADED)
        return false;
    if (relation->join) {
        enum join_state state = join_row_state(load->s, relation, load->by_key[key], entry);
        return state == JOIN_AS_STORED || (state == JOIN_ADDED && load->form != RELATION_ROWS); /* else it is a move */
    }
    return placement_of(load->s, relation->foreign_key, relation->target, entry) == PLACED_BY_ROW;
}

/* The join table with a model that the rows are linked by, or are links of themselves while some are pending; or NULL. */
static const struct mapper *modelled_join(const struct relation_load *load)
{
    const struct mapper *join = load->relation->join, *links = load->relation->target->links;
    if (join && join->modelled)
        return join;
    return load->s->join_links ? links : NULL;
}

static void sift_rows(struct relation_load *load)
{
    bool modelled = modelled_join(load) != NULL;                /* whose objects know of rows */
    bool all = !load->known_rows && !load->strays && !modelled; /* stay */
    size_t kept = all ? load->row_count : 0;
    for (size_t i = kept; i < load->row_count; i++) {
        if (load->row_keys[i] == KEY_NONE)
            continue;
        if ((load->known_rows || modelled) && !relation_row_stays(load, load->rows[i], load->row_keys[i])) {
            load->provisional[load->row_keys[i]] = true;
            continue;
        }
        load->rows[kept] = load->rows[i];
        load->row_keys[kept++] = load->row_keys[i];
    }
    load->row_count = kept;
    for (size_t i = 0; i < load->move_count; i++)
        load->provisional[load->moves[i].key] = true;
    if (load->s->flushed && load->relation->field->kind != HOWDAH_FIELD_BELONGS_TO) /* the rows are those of a flush */
        memset(load->provisional, true, load->index.count);
}

/* --- what a rollback takes back --- */

struct provisional {
    struct provisional *next;
    const struct relation *relation;
    struct entry *entry;
};

static struct provisional *new_note(struct howdah_session *s)
{
    struct provisional *note = s->spare_provisional;
    if (!note)
        return ARENA_NEW(&s->arena, struct provisional);
    s->spare_provisional = note->next;
    return note;
}

static bool note_provisional(struct relation_load *load)
{
    for (size_t i = 0; i < load->source_count; i++) {
        uint32_t key = load->source_keys[i];
        if (!load->sources[i] || key == KEY_NONE || !load->provisional[key])
            continue;
        struct provisional *note = new_note(load->s);
        if (!note)
            return false;
        *note = (struct provisional){load->s->provisional, load->relation, load->sources[i]};
        load->s->provisional = note;
    }
    return true;
}

/* The notes are used again. */
void relation_keep_provisional(struct howdah_session *s)
{
    while (s->provisional) {
        struct provisional *note = s->provisional;
        s->provisional = note->next;
        note->next = s->spare_provisional;
        s->spare_provisional = note;
    }
}

/* --- order --- */

/* Heapsort: it needs no memory, and no recursion. */
static void sort(const struct mapper *mapper, void **items, size_t count)
{
    for (size_t end = count, start = count / 2; end > 1;) {
        if (start) {
            start--;
        } else {
            void *largest = items[0];
            items[0] = items[--end];
            items[end] = largest;
        }
        for (size_t at = start, child = 2 * at + 1; child < end; at = child, child = 2 * at + 1) {
            if (child + 1 < end && key_compare(mapper, items[child], items[child + 1]) < 0)
                child++;
            if (key_compare(mapper, items[at], items[child]) >= 0)
                break;
            void *item = items[at];
            items[at] = items[child];
            items[child] = item;
        }
    }
}

/* Where the model asks for no order, that of the primary key, in which rows come most often. */
static void sort_by_key(const struct mapper *mapper, void **items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (key_compare(mapper, items[i - 1], items[i]) > 0) {
            sort(mapper, items, count);
            return;
        }
}

/* --- collections --- */

static bool make_room(struct relation_load *load, struct collection *collections)
{
    for (size_t i = 0; i < load->row_count; i++)
        collections[load->row_keys[i]].count++;
    for (size_t i = 0; i < load->move_count; i++)
        collections[load->moves[i].key].count++;
    for (uint32_t key = 0; key < load->index.count; key++) {
        struct collection *collection = &collections[key];
        collection->loaded = true;
        if (collection->count && !(collection->items = collection_allocate(load->s, collection->count))) {
            collection->count = 0;
            return false;
        }
    }
    return true;
}

static void give_back(struct relation_load *load, struct collection *collections)
{
    for (uint32_t key = 0; key < load->index.count; key++)
        if (collections[key].items)
            collection_release(load->s, collections[key].items, collections[key].count);
}

static void put_items(struct relation_load *load, struct collection *collections)
{
    const struct mapper *target = load->relation->target;
    for (uint32_t key = 0; key < load->index.count; key++)
        collections[key].count = 0;
    for (size_t i = 0; i < load->row_count; i++) {
        struct collection *collection = &collections[load->row_keys[i]];
        collection->items[collection->count++] = entry_object(target, load->rows[i]);
    }
    bool in_order = load->relation->field->order_by || (!load->known_rows && (load->ascending || load->grouped));
    for (uint32_t key = 0; !in_order && key < load->index.count; key++)
        sort_by_key(target, collections[key].items, collections[key].count);
    for (size_t i = 0; i < load->move_count; i++) {
        struct collection *collection = &collections[load->moves[i].key];
        collection->items[collection->count++] = entry_object(target, load->moves[i].entry);
    }
}

static bool finish_many(struct relation_load *load)
{
    const struct mapper *mapper = load->relation->mapper;
    static const struct collection none = {NULL, 0, true};
    struct collection *collections = arena_allocate_zero(
        load->arena, (load->index.count + (size_t)1) * sizeof(*collections), _Alignof(struct collection));
    if (!collections)
        return false;
    if (!make_room(load, collections)) {
        give_back(load, collections);
        return false;
    }
    put_items(load, collections);
    for (size_t i = 0; i < load->source_count; i++) {
        struct entry *source = load->sources[i];
        uint32_t key = load->source_keys[i];
        if (!source)
            continue;
        collection_put(load->relation, entry_object(mapper, source), entry_snapshot(mapper, source),
                       key == KEY_NONE ? &none : &collections[key]);
    }
    return true;
}

/* --- pointers --- */

/* Sets the pointer of the object and of its snapshot: it does not become dirty. That there is none is remembered for a
 * foreign key as it is in the row; the program may still change what it has changed. */
static void set_pointer(const struct howdah_session *s, const struct relation *relation, struct entry *entry,
                        void *target)
{
    const struct mapper *mapper = relation->mapper;
    void *object = entry_object(mapper, entry), *snapshot = entry_snapshot(mapper, entry);
    bool own = relation->field->kind == HOWDAH_FIELD_BELONGS_TO;
    object_set_pointer(relation, object, target);
    object_set_pointer(relation, snapshot, target);
    bool absent = !target && entry->state == ENTRY_LOADED &&
                  (!own || placement_of(s, relation->foreign_key, mapper, entry) == PLACED_BY_ROW);
    if (absent || entry->absent)
        relation_set_absent(relation, entry, absent);
}

/* Whether nobody asked for that key: a foreign key leads to a row, so this one isn't the row's any more. */
static bool is_out_of_date(const struct relation_load *load, const void *found)
{
    const struct relation *relation = load->relation;
    return !found && load->asked_by_rows && relation->field->kind == HOWDAH_FIELD_BELONGS_TO &&
           !relation->foreign_key->type;
}

static bool finish_pointers(struct relation_load *load)
{
    const struct mapper *target = load->relation->target;
    void **found = arena_allocate_zero(load->arena, (load->index.count + (size_t)1) * sizeof(*found), _Alignof(void *));
    if (!found)
        return false;
    for (size_t i = load->row_count; i-- > 0;) /* the first row of a key counts */
        found[load->row_keys[i]] = entry_object(target, load->rows[i]);
    for (size_t i = 0; i < load->move_count; i++)
        found[load->moves[i].key] = entry_object(target, load->moves[i].entry);
    for (size_t i = 0; i < load->source_count; i++) {
        uint32_t key = load->source_keys[i];
        if (load->sources[i] && (key == KEY_NONE || !is_out_of_date(load, found[key])))
            set_pointer(load->s, load->relation, load->sources[i], key == KEY_NONE ? NULL : found[key]);
    }
    return true;
}

/* --- the other side --- */

/* The pointer back, where none is set, or one to an object that the session has not any more. */
static void set_back(const struct relation_load *load, const struct relation *back, struct entry *entry,
                     struct entry *parent)
{
    const void *pointer = object_pointer(back, entry_object(back->mapper, entry));
    void *object = entry_object(load->relation->mapper, parent);
    if (pointer == object || pointer != object_pointer(back, entry_snapshot(back->mapper, entry)))
        return;
    const struct entry *other = pointer ? slabs_find(&load->s->slabs, pointer) : NULL;
    if (!other || other->state == ENTRY_DETACHED)
        set_pointer(load->s, back, entry, object);
}

static void set_other_side(struct relation_load *load)
{
    const struct relation *relation = load->relation;
    const struct relation *back = NULL;
    if (load->back)
        back = load->known_rows ? load->back : NULL; /* new objects have it */
    else if (relation->inverse && relation->inverse->field->kind == HOWDAH_FIELD_HAS_ONE &&
             !relation->inverse->field->where)
        back = relation->inverse;
    for (size_t i = 0; back && i < load->row_count; i++)
        set_back(load, back, load->rows[i], load->by_key[load->row_keys[i]]);
}

static void forget_collection(struct howdah_session *s, const struct provisional *note)
{
    static const struct collection unknown;
    const struct mapper *mapper = note->relation->mapper;
    void *object = entry_object(mapper, note->entry), *snapshot = entry_snapshot(mapper, note->entry);
    struct collection collection = collection_get(note->relation, snapshot);
    collection_release(s, collection.items, collection.count);
    collection_put(note->relation, object, snapshot, &unknown);
}

void relation_forget_provisional(struct howdah_session *s)
{
    for (const struct provisional *note = s->provisional; note; note = note->next) {
        if (relation_is_many(note->relation)) {
            forget_collection(s, note);
        } else {
            set_pointer(s, note->relation, note->entry, NULL);
            relation_set_absent(note->relation, note->entry, false);
        }
    }
    relation_keep_provisional(s);
}

void relation_forget_links(struct howdah_session *s, const struct mapper *target)
{
    for (const struct provisional *note = s->provisional; note; note = note->next)
        if (note->relation->join && note->relation->target == target)
            forget_collection(s, note);
}

bool relation_load_finish(struct relation_load *load)
{
    load->provisional = arena_allocate_zero(load->arena, load->index.count + (size_t)1, 1);
    const struct mapper *join = modelled_join(load);
    if (!load->provisional)
        return !session_no_memory(load->s);
    if (join && !join_rows_follow(load->s, join)) /* which rows that came now are for, or are */
        return false;
    sift_rows(load);
    struct provisional *before = load->s->provisional;
    bool done = note_provisional(load);
    if (done)
        done = relation_is_many(load->relation) ? finish_many(load) : finish_pointers(load);
    if (!done) {
        load->s->provisional = before;
        return !session_no_memory(load->s);
    }
    set_other_side(load);
    return true;
}
