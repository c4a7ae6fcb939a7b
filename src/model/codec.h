/* Codecs: how one C value of a type is checked, compared, hashed, copied, and turned into PostgreSQL's
 * binary format and back. One row of one table for each type (codec.c); nothing else knows a type.
 *
 * A codec handles a value that is not NULL. Whether it is NULL, and the wrapping of nullable structs and
 * arrays around it, is column.h's. */
#ifndef MODEL_CODEC_H
#define MODEL_CODEC_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/cell.h"

#include <howdah/model.h>

struct codec {
    enum howdah_type type;
    const char *c_name;   /* for messages: "int32_t" */
    const char *sql_type; /* of the wire, and the column's default type: "integer" */
    uint32_t oid;         /* of sql_type */
    uint32_t array_oid;
    size_t size;       /* of the C value; 0 where the field says (CHARS, CODEC) */
    bool has_pointers; /* the value refers to memory that must be copied to be kept */
    bool is_text;      /* it is one pointer, to a text with a NUL behind it */

    /* Appends the wire value, without a length. Only for values that `check` let pass. */
    void (*encode)(const struct howdah_field *field, const void *value, struct buffer *out);
    /* Fills *value from wire bytes of type `oid`; text goes to the arena. OK, INVALID (these bytes can't
     * be such a value), or NO_MEMORY. */
    enum howdah_status (*decode)(const struct howdah_field *field, const unsigned char *data, size_t size,
                                 struct arena *arena, void *value);
    /* As the server's = decides, with NaN equal to NaN. */
    bool (*equal)(const struct howdah_field *field, const void *a, const void *b);
    /* Equal values have one hash. */
    uint64_t (*hash)(const struct howdah_field *field, const void *value);
    /* -1, 0, 1 in a fixed total order (for sorting rows by key); agrees with equal. */
    int (*compare)(const struct howdah_field *field, const void *a, const void *b);
    /* Replaces what the value points to by a copy. False if memory is out. NULL where !has_pointers, or is_text. */
    bool (*copy)(const struct howdah_field *field, struct arena *arena, void *value);
    /* NULL, or why the value can't be sent: "is not valid UTF-8", "has no label 7", "is not a number". *bytes grows by
     * about what its text takes on the wire, which is known here anyway. */
    const char *(*check)(const struct howdah_field *field, const void *value, size_t *bytes);
    /* Appends the value's text form, as the server's input function reads it in any locale and setting. */
    void (*text)(const struct howdah_field *field, const void *value, struct buffer *out);
};

/* Replaces what the value points to by a copy. False if memory is out: it is as it was. */
static inline bool codec_copy(const struct codec *codec, const struct howdah_field *field, struct arena *arena,
                              void *value)
{
    const char *text;
    if (!codec->is_text)
        return codec->copy(field, arena, value);
    memcpy(&text, value, sizeof(text));
    text = arena_copy_text(arena, text, strlen(text));
    if (text)
        memcpy(value, &text, sizeof(text));
    return text;
}

/* The codec of a plain type, without flags; NULL for none. */
const struct codec *codec_of(enum howdah_type type);

/* Whether a JSON field (or array of JSON) is of type json: kept as text, so that = is decided by bytes, and with OIDs
 * 114 and 199. The codec's row tells of jsonb. */
bool codec_json_type_is_plain(const char *sql_type);

static inline bool codec_json_is_plain(const struct howdah_field *field)
{
    return field && field->sql_type && codec_json_type_is_plain(field->sql_type);
}

#endif
