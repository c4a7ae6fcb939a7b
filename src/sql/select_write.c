/* The writer: pieces become text, or the hash of their shape. */
#include "select.h"

#include "base/hash.h"

/* --- into the text, or the hash --- */

/* Two chains of multiplications, of which each step is quick; seal_hash makes their bits even. */
static inline void mix(struct select_writer *w, uint64_t word)
{
    w->hash[0] = ((w->hash[0] << 27 | w->hash[0] >> 37) ^ word) * 0x9e3779b97f4a7c15ULL;
    w->hash[1] = ((w->hash[1] << 31 | w->hash[1] >> 33) + word) * 0xc4ceb9fe1a85ec53ULL;
}

static void seal_hash(struct select_writer *w)
{
    w->hash[0] = hash_mix(w->hash[0]);
    w->hash[1] = hash_mix(w->hash[1]);
}

static uint64_t load(const char *text, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, text, size);
    return word;
}

/* Up to eight bytes as one word, by two loads of a fixed size that may overlap; their number is mixed in as well. */
static uint64_t short_word(const char *text, size_t length)
{
    if (length >= 4)
        return load(text, 4) | load(text + length - 4, 4) << 32;
    if (length == 0)
        return 0;
    return (unsigned char)text[0] | (uint64_t)(unsigned char)text[length / 2] << 8 |
           (uint64_t)(unsigned char)text[length - 1] << 16;
}

/* Most texts are an operator or a keyword. */
static void mix_text(struct select_writer *w, const char *text, size_t length)
{
    uint64_t seed = length * 0xff51afd7ed558ccdULL;
    if (length <= 8) {
        mix(w, short_word(text, length) + seed);
        return;
    }
    for (size_t i = 0; i + 8 < length; i += 8)
        mix(w, load(text + i, 8));
    mix(w, load(text + length - 8, 8) + seed);
}

void write_bytes(struct select_writer *w, const char *text, size_t length)
{
    if (w->hashing)
        mix_text(w, text, length);
    else
        buffer_append(&w->out, text, length);
}

void write_identifier(struct select_writer *w, const char *name)
{
    if (w->hashing)
        write_text(w, name);
    else
        identifier_quote(name, &w->out);
}

static void write_number(struct select_writer *w, uint32_t number)
{
    char digits[10], *start = digits + sizeof(digits);
    do
        *--start = (char)('0' + number % 10);
    while (number /= 10);
    buffer_append(&w->out, start, (size_t)(digits + sizeof(digits) - start));
}

/* Catalogs don't change while their database is open, so that addresses tell columns and tables apart. */
static void mix_address(struct select_writer *w, const struct select_source *source, const void *address)
{
    mix(w, (uintptr_t)address + (uint64_t)source->alias * 0xff51afd7ed558ccdULL);
}

/* "t0", or of its join table "j0". */
static void write_alias(struct select_writer *w, char letter, const struct select_source *source)
{
    if (w->hashing) {
        mix_address(w, source, NULL);
        return;
    }
    buffer_byte(&w->out, letter);
    write_number(w, source->alias);
}

void write_column(struct select_writer *w, const struct select_source *source, const struct column *column)
{
    if (w->hashing) {
        mix_address(w, source, column);
        return;
    }
    write_alias(w, 't', source);
    buffer_byte(&w->out, '.');
    buffer_text(&w->out, column->quoted);
}

static bool grow_parameters(struct select_writer *w)
{
    uint32_t capacity = w->capacity ? w->capacity * 2 : 16;
    const struct select_parameter **more = arena_allocate_array(w->arena, capacity, sizeof(*more));
    if (!more)
        return false;
    if (w->count)
        memcpy((void *)more, (const void *)w->parameters, w->count * sizeof(*more));
    w->parameters = more;
    w->capacity = capacity;
    return true;
}

/* One that an expression needs twice, one after the other, is sent once. */
static uint32_t number_of(const struct select_writer *w, const struct select_parameter *parameter)
{
    return w->count && w->parameters[w->count - 1] == parameter ? w->count : 0;
}

static bool add_parameter(struct select_writer *w, const struct select_parameter *parameter)
{
    if (w->count >= SELECT_PARAMETERS_MAX || (w->count == w->capacity && !grow_parameters(w))) {
        w->failed = true;
        return false;
    }
    w->parameters[w->count++] = parameter;
    return true;
}

void write_parameter(struct select_writer *w, const struct select_parameter *parameter)
{
    uint32_t number = number_of(w, parameter);
    if (!number && !add_parameter(w, parameter))
        return;
    if (!number)
        number = w->count;
    if (w->hashing) {
        mix(w, (uint64_t)number << 32 | parameter->oid);
    } else {
        buffer_byte(&w->out, '$');
        write_number(w, number);
    }
    if (*parameter->cast)
        write_text(w, parameter->cast);
}

void write_expression(struct select_writer *w, struct select_expression expression)
{
    for (uint32_t i = 0; i < expression.count; i++) {
        const struct select_piece *piece = &expression.pieces[i];
        switch (piece->kind) {
        case PIECE_TEXT: write_bytes(w, piece->text, piece->length); break;
        case PIECE_FIXED:
            if (w->hashing)
                mix(w, (uintptr_t)piece->text);
            else
                write_bytes(w, piece->text, piece->length);
            break;
        case PIECE_COLUMN: write_column(w, piece->source, piece->column); break;
        case PIECE_PARAMETER: write_parameter(w, piece->parameter); break;
        }
    }
}

/* --- sources --- */

/* Of a relation that is filtered only the rows that it has. Its condition names columns without their table, or by "t". */
static void write_table(struct select_writer *w, const struct select_source *source)
{
    const char *where = source->relation ? source->relation->field->where : NULL;
    if (w->hashing) {
        mix_address(w, source, where ? (const void *)source->relation : source->mapper);
        return;
    }
    if (where)
        buffer_text(&w->out, "(SELECT * FROM ");
    buffer_text(&w->out, source->mapper->quoted);
    if (where) {
        buffer_text(&w->out, " AS t WHERE (");
        buffer_text(&w->out, where);
        buffer_text(&w->out, "))");
    }
    buffer_text(&w->out, " AS ");
    write_alias(w, 't', source);
}

static void write_join_column(struct select_writer *w, const struct select_source *source,
                              const struct foreign_key *key, uint32_t part)
{
    write_alias(w, 'j', source);
    write_text(w, ".");
    write_text(w, source->relation->join->columns[key->columns[part]].quoted);
}

/* The table between two sides, with the one that it leads to. */
static void write_join_table(struct select_writer *w, const struct select_source *source)
{
    const struct howdah_field *field = source->relation->field;
    write_identifier(w, source->from->mapper->schema);
    write_text(w, ".");
    write_identifier(w, field->join_table);
    write_text(w, " AS ");
    write_alias(w, 'j', source);
    write_text(w, " JOIN ");
    write_table(w, source);
    write_text(w, " ON ");
    const struct foreign_key *key = source->relation->join_target;
    for (uint32_t i = 0; i < key->count; i++) {
        if (i)
            write_text(w, " AND ");
        write_column(w, source, &source->mapper->columns[key->targets[i]]);
        write_text(w, " = ");
        write_join_column(w, source, key, i);
    }
}

static bool has_join_table(const struct select_source *source)
{
    return source->relation && source->relation->field->kind == HOWDAH_FIELD_MANY_TO_MANY;
}

static void write_key(struct select_writer *w, const struct select_source *source)
{
    const struct foreign_key *key = source->relation->foreign_key;
    bool own = source->relation->field->kind == HOWDAH_FIELD_BELONGS_TO; /* else the key is the target's */
    for (uint32_t i = 0; i < key->count; i++) {
        uint32_t to = own ? key->targets[i] : key->columns[i], from = own ? key->columns[i] : key->targets[i];
        if (i)
            write_text(w, " AND ");
        write_column(w, source, &source->mapper->columns[to]);
        write_text(w, " = ");
        write_column(w, source->from, &source->from->mapper->columns[from]);
    }
    if (!key->type)
        return;
    write_text(w, " AND "); /* polymorphic: the rows, on the key's side, whose label says that it is this one */
    write_column(w, own ? source->from : source, key->type);
    write_text(w, " = ");
    if (w->hashing)
        write_text(w, key->label);
    else
        literal_quote(key->label, &w->out);
}

void write_relation(struct select_writer *w, const struct select_source *source)
{
    if (!has_join_table(source)) {
        write_key(w, source);
        return;
    }
    const struct foreign_key *key = source->relation->join_owner;
    for (uint32_t i = 0; i < key->count; i++) {
        if (i)
            write_text(w, " AND ");
        write_join_column(w, source, key, i);
        write_text(w, " = ");
        write_column(w, source->from, &source->from->mapper->columns[key->targets[i]]);
    }
}

void write_sources(struct select_writer *w, const struct select_scope *scope)
{
    for (const struct select_source *source = scope->first; source; source = source->next) {
        bool joined = source != scope->first, through = has_join_table(source);
        if (joined)
            write_text(w, source->outer_join ? " LEFT JOIN " : " JOIN ");
        if (joined && through)
            write_text(w, "(");
        if (through)
            write_join_table(w, source);
        else
            write_table(w, source);
        if (joined) {
            write_text(w, through ? ") ON " : " ON ");
            write_relation(w, source);
        }
    }
}

/* --- conditions --- */

static void write_opening(struct select_writer *w, const struct select_node *node)
{
    if (node->kind != NODE_EXISTS) {
        write_text(w, node->kind == NODE_NOT ? "NOT (" : "(");
        return;
    }
    write_text(w, "EXISTS (SELECT 1 FROM ");
    write_sources(w, &node->scope);
    write_text(w, " WHERE ");
    write_relation(w, node->scope.first);
}

/* What stands between a condition and the one before it. */
static void write_joint(struct select_writer *w, const struct select_node *node)
{
    bool either = node->parent && node->parent->kind == NODE_OR;
    if (w->hashing)
        mix(w, node->first ? 0 : either ? 2 : 1);
    else if (!node->first)
        write_text(w, either ? " OR " : " AND ");
}

void write_conditions(struct select_writer *w, const struct select_conditions *conditions, const char *before)
{
    for (const struct select_node *node = conditions->first; node; node = node->next) {
        if (node->kind == NODE_END) {
            write_text(w, ")");
            continue;
        }
        if (node == conditions->first)
            write_text(w, before);
        else
            write_joint(w, node);
        if (node->kind == NODE_CONDITION)
            write_expression(w, node->expression);
        else
            write_opening(w, node);
    }
}

/* --- statements --- */

static void writer_init(struct select_writer *w, struct arena *arena, bool hashing)
{
    *w = (struct select_writer){.arena = arena, .hash = {0, 1}, .hashing = hashing};
    w->allocator = arena_allocator(arena);
    buffer_init(&w->out, &w->allocator);
}

static const struct statement *render(struct arena *arena, select_write *write, const void *arg)
{
    struct select_writer w;
    struct statement *statement = ARENA_NEW(arena, struct statement);
    writer_init(&w, arena, false);
    write(&w, arg);
    uint32_t *types = arena_allocate_array(arena, w.count ? w.count : 1, sizeof(*types));
    const char *text = buffer_cstring(&w.out);
    if (!statement || !types || !text || w.failed)
        return NULL;
    for (uint32_t i = 0; i < w.count; i++)
        types[i] = w.parameters[i]->oid;
    *statement = (struct statement){.text = text, .types = types, .parameters = (uint16_t)w.count};
    statement_seal(statement);
    return statement;
}

enum howdah_status select_statement_get(struct text_store *store, struct arena *arena, struct arena *scratch,
                                        select_write *write, const void *arg, struct select_statement *ret)
{
    struct select_writer w;
    writer_init(&w, arena, true);
    write(&w, arg);
    seal_hash(&w);
    if (w.failed)
        return w.count >= SELECT_PARAMETERS_MAX ? HOWDAH_STATUS_INVALID : HOWDAH_STATUS_NO_MEMORY;
    const struct statement *statement = text_store_find(store, w.hash);
    if (!statement && (statement = render(scratch, write, arg)))
        statement = text_store_keep(store, w.hash, statement, arena);
    if (!statement)
        return HOWDAH_STATUS_NO_MEMORY;
    *ret = (struct select_statement){statement, w.parameters};
    return HOWDAH_STATUS_OK;
}
