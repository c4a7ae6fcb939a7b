/* Compiling: the conditions of partial unique indexes. What a term of one may be:
 *
 *   current   NOT current   current IS TRUE   gone_at IS NULL   gone_at IS NOT NULL   state = 'open'   kind <> 3
 *
 * Several are joined by AND. Also as the server writes them: (((state)::text = 'open'::text) AND (NOT gone)). Of all else
 * the client does not judge. */
#include "compile.h"
#include "predicate.h"
#include "reader.h"

#include "base/ascii.h"

#include <string.h>

enum { TERMS_MAX = 16, INTEGER_DIGITS = 18 };

struct reading {
    struct compilation *c;
    const struct mapper *mapper;
    const char *at; /* never white space */
    unsigned open;  /* parentheses */
    struct predicate_term terms[TERMS_MAX];
    uint32_t count;
};

/* --- what SQL is made of --- */

static bool is_word(char byte)
{
    char lower = ascii_lower(byte);
    return (lower >= 'a' && lower <= 'z') || is_digit(byte) || byte == '_' || byte == '$' ||
           (unsigned char)byte >= 0x80;
}

static void go_to(struct reading *r, const char *at)
{
    r->at = at + strspn(at, " \t\n\r\f\v");
}

static bool take_word(struct reading *r, const char *word)
{
    const char *rest;
    if (!ascii_begins(r->at, word, &rest) || is_word(*rest))
        return false;
    go_to(r, rest);
    return true;
}

static bool take_sign(struct reading *r, const char *sign)
{
    if (strncmp(r->at, sign, strlen(sign)) != 0)
        return false;
    go_to(r, r->at + strlen(sign));
    return true;
}

/* A name that is not quoted has its letters in lower case. */
static bool is_name_of(const struct column *c, const char *name, size_t length, bool quoted)
{
    if (strlen(c->name) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (c->name[i] != (quoted ? name[i] : ascii_lower(name[i])))
            return false;
    return true;
}

static const struct column *take_column(struct reading *r)
{
    bool quoted = *r->at == '"';
    const char *name = r->at + quoted, *end = name;
    while (quoted ? *end && *end != '"' : is_word(*end))
        end++;
    if (quoted && *end != '"')
        return NULL;
    for (uint32_t i = 0; i < r->mapper->column_count; i++)
        if (is_name_of(&r->mapper->columns[i], name, (size_t)(end - name), quoted)) {
            go_to(r, end + quoted);
            return &r->mapper->columns[i];
        }
    return NULL;
}

/* Behind the first quote: what is doubled within is one. NULL: it has no end, or memory is out. */
static const char *take_string(struct reading *r)
{
    char *text = compile_allocate(r->c, r->c->arena, strlen(r->at), 1), *to = text;
    const char *from = r->at + 1;
    for (; text && *from && (*from != '\'' || from[1] == '\''); *to++ = *from++)
        from += *from == '\'';
    if (!text || *from != '\'')
        return NULL;
    go_to(r, from + 1);
    return text;
}

static bool take_literal(struct reading *r, struct howdah_value *ret)
{
    bool negative = *r->at == '-';
    const char *digits = r->at + negative;
    *ret = (struct howdah_value){.type = HOWDAH_TYPE_BOOL};
    if (*r->at == '\'') {
        ret->type = HOWDAH_TYPE_TEXT;
        return (ret->as.text = take_string(r));
    }
    if (take_word(r, "true"))
        return (ret->as.boolean = true);
    if (take_word(r, "false"))
        return true;
    ret->type = HOWDAH_TYPE_INT64;
    if (!read_digits(&digits, 1, INTEGER_DIGITS, &ret->as.integer) || is_word(*digits))
        return false;
    ret->as.integer *= negative ? -1 : 1;
    go_to(r, digits);
    return true;
}

/* As the server writes what is varchar: (state)::text. */
static void skip_cast(struct reading *r, const struct column *c)
{
    if (c->codec->type != HOWDAH_TYPE_TEXT && c->codec->type != HOWDAH_TYPE_CHARS)
        return;
    if (r->open && strncmp(r->at, ")::", strlen(")::")) == 0 && take_sign(r, ")"))
        r->open--;
    if (take_sign(r, "::") && !take_word(r, "text") && take_word(r, "character"))
        take_word(r, "varying");
}

/* --- terms --- */

/* Where two values are equal for the server if they are for the client, and the column keeps them as they are. */
static bool is_judged(const struct column *c)
{
    static const bool judged[HOWDAH_TYPE_COUNT] = {
        [HOWDAH_TYPE_BOOL] = true, [HOWDAH_TYPE_INT16] = true, [HOWDAH_TYPE_INT32] = true, [HOWDAH_TYPE_INT64] = true,
        [HOWDAH_TYPE_TEXT] = true, [HOWDAH_TYPE_CHARS] = true, [HOWDAH_TYPE_UUID] = true,  [HOWDAH_TYPE_ENUM] = true};
    return judged[c->codec->type] && c->shape != SHAPE_ARRAY && c->keeps == KEEPS_ALL &&
           (!*c->write_cast || c->codec->type == HOWDAH_TYPE_ENUM);
}

static bool put_value(struct reading *r, struct predicate_term *term, struct howdah_value value)
{
    const char *why;
    void *object = is_judged(term->column) ? compile_allocate(r->c, r->c->arena, 1, r->mapper->model->size) : NULL;
    term->value = object;
    return object && column_assign(term->column, value, r->c->arena, object, &why) == HOWDAH_STATUS_OK;
}

static bool put_truth(struct reading *r, struct predicate_term *term, bool truth)
{
    return term->column->codec->type == HOWDAH_TYPE_BOOL &&
           put_value(r, term, (struct howdah_value){.type = HOWDAH_TYPE_BOOL, .as.boolean = truth});
}

/* Behind IS. */
static bool take_test(struct reading *r, struct predicate_term *term)
{
    term->not = take_word(r, "NOT");
    if (take_word(r, "NULL"))
        return true;
    bool truth = take_word(r, "TRUE");
    return !term->not &&(truth || take_word(r, "FALSE")) && put_truth(r, term, truth);
}

/* Behind = and <>. */
static bool take_comparison(struct reading *r, struct predicate_term *term, bool not )
{
    struct howdah_value value;
    term->not = not ;
    if (!take_literal(r, &value))
        return false;
    skip_cast(r, term->column);
    return put_value(r, term, value);
}

static bool take_term(struct reading *r, struct predicate_term *term)
{
    bool not = take_word(r, "NOT");
    term->column = take_column(r);
    if (!term->column)
        return false;
    if (not )
        return put_truth(r, term, false);
    skip_cast(r, term->column);
    if (take_word(r, "IS"))
        return take_test(r, term);
    if (take_sign(r, "="))
        return take_comparison(r, term, false);
    if (take_sign(r, "<>") || take_sign(r, "!="))
        return take_comparison(r, term, true);
    return put_truth(r, term, true);
}

static bool take_condition(struct reading *r)
{
    do {
        while (take_sign(r, "("))
            r->open++;
        if (r->count == TERMS_MAX || !take_term(r, &r->terms[r->count]))
            return false;
        r->count++;
        while (r->open && take_sign(r, ")"))
            r->open--;
    } while (take_word(r, "AND"));
    return !*r->at && !r->open;
}

/* --- into the index --- */

/* The columns that decide whether a row is in it, with those that it is over. */
static void add_columns(struct compilation *c, struct table_index *index, const struct reading *r)
{
    uint32_t *columns = compile_allocate(c, c->arena, index->count + r->count, sizeof(*columns));
    if (!columns)
        return;
    memcpy(columns, index->columns, index->count * sizeof(*columns));
    for (uint32_t i = 0; i < r->count; i++)
        columns[index->count + i] = r->terms[i].column->index;
    index->columns = columns;
    index->whole = index->count + r->count;
}

static void keep_condition(struct compilation *c, struct table_index *index, const struct reading *r)
{
    struct predicate_term *terms = compile_allocate(c, c->arena, r->count, sizeof(*terms));
    struct predicate *where = compile_allocate(c, c->arena, 1, sizeof(*where));
    if (!terms || !where)
        return;
    memcpy(terms, r->terms, r->count * sizeof(*terms));
    *where = (struct predicate){terms, r->count};
    index->where = where;
    add_columns(c, index, r);
}

void compile_conditions(struct compilation *c, const struct mapper *mapper)
{
    for (uint32_t i = 0; i < mapper->index_count; i++) {
        struct table_index *index = &parts_of(c, mapper)->indexes[i];
        if (!index->unique || index->primary || !index->field->where)
            continue;
        struct reading r = {.c = c, .mapper = mapper};
        go_to(&r, index->field->where);
        if (take_condition(&r))
            keep_condition(c, index, &r);
    }
}
