#include "cursor.h"

#include "base/hash.h"

enum { VERSION = 1, HEAD = 2, DIGEST = 8, LENGTH = 4 };

bool cursor_keep(struct cursor_values *values, const struct cell *cells, uint32_t count, struct arena *arena)
{
    size_t size = 0;
    for (uint32_t i = 0; i < count; i++)
        size += cells[i].size > 0 ? (size_t)cells[i].size : 0;
    if (size > values->capacity || !values->room) {
        values->room = arena_allocate(arena, size + 64, 1);
        values->capacity = values->room ? size + 64 : 0;
    }
    if (!values->room)
        return false;
    char *to = values->room;
    for (uint32_t i = 0; i < count; i++) {
        values->cells[i] = cells[i];
        values->cells[i].data = (const unsigned char *)to;
        if (cells[i].size > 0)
            to = (char *)memcpy(to, cells[i].data, (size_t)cells[i].size) + cells[i].size;
    }
    return true;
}

/* --- tokens: version, direction, digest of the order, values behind their lengths, digest of it all; as text that may
 * stand in a URL --- */

static uint64_t hash_text(uint64_t seed, const char *text)
{
    return hash_bytes(seed, text, strlen(text));
}

static uint64_t digest_of_order(const struct cursor *cursor)
{
    uint64_t hash = cursor->count;
    for (uint32_t i = 0; i < cursor->count; i++) {
        const struct cursor_key *key = &cursor->keys[i];
        hash = hash_text(hash_text(hash, key->source->mapper->quoted), key->column->quoted);
        hash = hash_combine(hash, (uint64_t)key->source->alias << 8 | (uint64_t)key->desc << 1 | key->nulls_first);
    }
    return hash;
}

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static const char *to_text(const struct buffer *bytes, struct arena *arena)
{
    char *text = bytes->failed ? NULL : arena_allocate(arena, bytes->size / 3 * 4 + 5, 1), *to = text;
    if (!text)
        return NULL;
    for (size_t i = 0; i < bytes->size; i += 3) {
        uint32_t group = 0;
        size_t left = bytes->size - i < 3 ? bytes->size - i : 3;
        for (size_t k = 0; k < 3; k++)
            group = group << 8 | (k < left ? (unsigned char)bytes->data[i + k] : 0);
        for (size_t k = 0; k <= left; k++)
            *to++ = digits[group >> (18 - 6 * k) & 63];
    }
    *to = '\0';
    return text;
}

static bool from_text(const char *text, struct buffer *out)
{
    uint32_t group = 0;
    unsigned bits = 0;
    for (; *text; text++) {
        const char *digit = strchr(digits, *text);
        if (!digit)
            return false;
        group = (group << 6 | (uint32_t)(digit - digits)) & 0xffff;
        bits += 6;
        if (bits >= 8)
            buffer_byte(out, (char)(group >> (bits -= 8) & 0xff));
    }
    return bits < 6 && (group & ((1U << bits) - 1)) == 0;
}

const char *cursor_token(const struct cursor *cursor, const struct cursor_values *values, bool backward,
                         struct arena *arena)
{
    struct buffer bytes;
    const struct howdah_allocator allocator = arena_allocator(arena);
    buffer_init(&bytes, &allocator);
    buffer_byte(&bytes, VERSION);
    buffer_byte(&bytes, (char)backward);
    buffer_int64(&bytes, digest_of_order(cursor));
    for (uint32_t i = 0; i < cursor->count; i++) {
        buffer_int32(&bytes, (uint32_t)values->cells[i].size);
        if (values->cells[i].size > 0)
            buffer_append(&bytes, values->cells[i].data, (size_t)values->cells[i].size);
    }
    if (!bytes.failed)
        buffer_int64(&bytes, hash_bytes(VERSION, bytes.data, bytes.size));
    return to_text(&bytes, arena);
}

/* Whether the value is one of its column's: the server is never sent what it could not read. */
static enum howdah_status check_value(const struct cursor_key *key, struct cell *cell, struct arena *arena)
{
    const struct column *c = key->column;
    const char *why;
    void *object = arena_allocate_zero(arena, c->offset + c->size, _Alignof(max_align_t));
    if (!object)
        return HOWDAH_STATUS_NO_MEMORY;
    cell->type = c->oid;
    if (cell->size < 0)
        return key->nullable ? HOWDAH_STATUS_OK : HOWDAH_STATUS_INVALID;
    enum howdah_status status = column_decode(c, cell, arena, object, &why);
    return status == HOWDAH_STATUS_OK || status == HOWDAH_STATUS_NO_MEMORY ? status : HOWDAH_STATUS_INVALID;
}

static enum howdah_status read_values(struct cursor *cursor, const char *at, const char *end, struct arena *arena)
{
    for (uint32_t i = 0; i < cursor->count; i++) {
        if (end - at < LENGTH)
            return HOWDAH_STATUS_INVALID;
        int32_t size = (int32_t)read_uint32(at);
        at += LENGTH;
        if (size < -1 || size > end - at)
            return HOWDAH_STATUS_INVALID;
        cursor->values[i] = (struct cell){.data = (const unsigned char *)at, .size = size};
        enum howdah_status status = check_value(&cursor->keys[i], &cursor->values[i], arena);
        if (status != HOWDAH_STATUS_OK)
            return status;
        at += size > 0 ? size : 0;
    }
    return at == end ? HOWDAH_STATUS_OK : HOWDAH_STATUS_INVALID;
}

enum howdah_status cursor_read(struct cursor *cursor, const char *token, struct arena *arena)
{
    struct buffer bytes;
    const struct howdah_allocator allocator = arena_allocator(arena);
    buffer_init(&bytes, &allocator);
    bool good = from_text(token, &bytes);
    if (bytes.failed)
        return HOWDAH_STATUS_NO_MEMORY;
    if (!good || bytes.size < HEAD + 2 * DIGEST || bytes.data[0] != VERSION || (bytes.data[1] & ~1) != 0 ||
        read_uint64(bytes.data + HEAD) != digest_of_order(cursor))
        return HOWDAH_STATUS_INVALID;
    const char *end = bytes.data + bytes.size - DIGEST;
    if (read_uint64(end) != hash_bytes(VERSION, bytes.data, bytes.size - DIGEST))
        return HOWDAH_STATUS_INVALID;
    cursor->backward = bytes.data[1];
    cursor->placed = true;
    return read_values(cursor, bytes.data + HEAD + DIGEST, end, arena);
}

/* --- the condition: the first key that differs lies behind, and all before it are equal --- */

struct condition {
    const struct cursor *cursor;
    struct select_piece *pieces;
    uint32_t count;
    const struct select_parameter *parameters[CURSOR_KEYS];
};

static void text(struct condition *c, const char *piece)
{
    c->pieces[c->count++] = piece_text(piece);
}

static void column(struct condition *c, uint32_t key)
{
    c->pieces[c->count++] = piece_column(c->cursor->keys[key].source, c->cursor->keys[key].column);
}

static void value(struct condition *c, uint32_t key)
{
    c->pieces[c->count++] = piece_parameter(c->parameters[key]);
}

static void write_equal(struct condition *c, uint32_t key)
{
    column(c, key);
    text(c, c->cursor->values[key].size < 0 ? " IS NULL" : " = ");
    if (c->cursor->values[key].size >= 0)
        value(c, key);
    text(c, " AND ");
}

/* Whether anything lies behind a key's value: behind NULL where it comes last nothing does. */
static bool has_behind(const struct cursor *cursor, uint32_t key)
{
    return cursor->values[key].size >= 0 || cursor->keys[key].nulls_first != cursor->backward;
}

static void write_behind(struct condition *c, uint32_t key)
{
    const struct cursor_key *k = &c->cursor->keys[key];
    bool null = c->cursor->values[key].size < 0;
    bool nulls_behind = k->nullable && !null && k->nulls_first == c->cursor->backward;
    if (nulls_behind)
        text(c, "(");
    column(c, key);
    if (null) {
        text(c, " IS NOT NULL");
        return;
    }
    text(c, k->desc != c->cursor->backward ? " < " : " > ");
    value(c, key);
    if (!nulls_behind)
        return;
    text(c, " OR ");
    column(c, key);
    text(c, " IS NULL)");
}

static bool make_parameters(struct condition *c, struct arena *arena)
{
    for (uint32_t i = 0; i < c->cursor->count; i++) {
        const struct column *of = c->cursor->keys[i].column;
        struct select_parameter *p = ARENA_NEW(arena, struct select_parameter);
        if (!p)
            return false;
        *p = (struct select_parameter){.oid = of->item_oid,
                                       .cast = of->write_cast,
                                       .data = (const char *)c->cursor->values[i].data,
                                       .size = c->cursor->values[i].size};
        c->parameters[i] = p;
    }
    return true;
}

bool cursor_condition(const struct cursor *cursor, struct arena *arena, struct select_expression *ret)
{
    enum { EQUAL_PIECES = 4, BEHIND_PIECES = 9 };
    struct condition c = {.cursor = cursor};
    size_t most = 2 + (size_t)cursor->count * (EQUAL_PIECES * (size_t)cursor->count + BEHIND_PIECES + 2);
    c.pieces = arena_allocate_array(arena, most, sizeof(*c.pieces));
    if (!c.pieces || !make_parameters(&c, arena))
        return false;
    text(&c, "(");
    for (uint32_t i = 0, written = 0; i < cursor->count; i++) {
        if (!has_behind(cursor, i))
            continue;
        text(&c, written++ ? " OR (" : "(");
        for (uint32_t k = 0; k < i; k++)
            write_equal(&c, k);
        write_behind(&c, i);
        text(&c, ")");
    }
    text(&c, ")");
    *ret = (struct select_expression){c.pieces, c.count};
    return true;
}
