#include "scan.h"

#include "model/text.h"

#include "base/ascii.h"

#include <stdio.h>
#include <string.h>

enum { HOLES_FIRST = 8, HOLES_MAX = UINT16_MAX, WHY_MAX = 256, EXCERPT_MAX = 16, WORD_SIZE = 32 };

/* The literal is read once, from piece to piece: a word, a quoted text, a comment, a conversion, any other character.
 * */
struct scan {
    const char *format, *at;
    const char *piece; /* where the piece under way begins */
    struct arena *arena;
    struct buffer text;
    struct hole *holes;
    size_t hole_count, hole_capacity;
    bool fragment;
    bool failed; /* with `why`, or without memory */
    const char *why;

    int depth;  /* of parentheses */
    bool any;   /* piece but blanks and comments */
    bool ended; /* behind a semicolon */
    size_t end; /* of the text before it */
    /* E'a' goes on as such behind a line's end, with comments in between or not */
    bool after_escapes, after_newline;

    size_t words;
    char first[WORD_SIZE], second[WORD_SIZE], last[WORD_SIZE]; /* words, in lower case; cut */
    bool writes, atomic, streams;
    bool temporary, dropped, held, locked, configured; /* CREATE TEMP, COMMIT DROP, HOLD, advisory lock, set_config */
    bool lasting;                                      /* set_config with anything but true; pg_settings is written */
    bool ours;                                         /* a setting of the library's: LOCAL, or in set_config */
    enum named { NAMED_NOTHING, NAMED_SETTING, NAMED_LOCK } named; /* by the last word or quoted name */
    struct call {
        int depth; /* of its arguments; 0: none is under way */
        unsigned commas, tokens, truths;
    } call; /* of set_config */
};

/* --- saying what is wrong, and where --- */

static bool fail_memory(struct scan *s)
{
    s->failed = true;
    return false;
}

static bool fail(struct scan *s, const char *where, const char *what)
{
    char why[WHY_MAX];
    char excerpt[EXCERPT_MAX + 1];
    size_t length = 0;
    if (s->text.failed) /* what seems wrong may be what is missing */
        return fail_memory(s);
    while (length < EXCERPT_MAX && where[length] && where[length] != '\n') {
        excerpt[length] = where[length];
        length++;
    }
    while (length && ((unsigned char)where[length] & 0xc0) == 0x80) /* not in the middle of a character */
        length--;
    excerpt[length] = '\0';
    int written =
        snprintf(why, sizeof(why), "character %zu ('%s'): %s", (size_t)(where - s->format) + 1, excerpt, what);
    s->why = written < 0 ? NULL : arena_copy_text(s->arena, why, strlen(why));
    s->failed = true;
    return false;
}

/* --- characters, as the server's lexer sees them whatever the locale --- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool begins_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool continues_word(char c)
{
    return begins_word(c) || is_digit(c) || c == '$';
}

/* --- taking over text --- */

static void take(struct scan *s, size_t count)
{
    buffer_append(&s->text, s->at, count);
    s->at += count;
}

/* One character inside quotes or a comment, where a conversion has no place. */
static bool take_inside(struct scan *s, const char *where)
{
    if (s->at[0] != '%') {
        take(s, 1);
        return true;
    }
    if (s->at[1] != '%')
        return fail(s, s->at, where);
    s->at++;
    take(s, 1);
    return true;
}

/* --- what words say --- */

static bool is_word(const char *word, const char *const *list)
{
    while (*list && (**list != *word || strcmp(*list, word) != 0))
        list++;
    return *list != NULL;
}

/* The same of a list with commas, for what is asked once of a statement. */
static bool is_among(const char *word, const char *list)
{
    return text_lists(list, word, strlen(word));
}

static void copy_word(char *to, size_t size, const char *word, size_t length)
{
    size_t count = length < size ? length : size - 1;
    for (size_t i = 0; i < count; i++)
        to[i] = ascii_lower(word[i]);
    to[count] = '\0';
}

static bool is_ours(const char *name, size_t length)
{
    static const char *const ours[] = {"array_nulls", "client_encoding", "names", "standard_conforming_strings", NULL};
    char text[WORD_SIZE];
    copy_word(text, sizeof(text), name, length);
    return is_word(text, ours) || strncmp(text, "howdah.", strlen("howdah.")) == 0;
}

bool sql_setting_is_ours(const char *name)
{
    return is_ours(name, strlen(name));
}

/* UPDATE, but not that of FOR UPDATE and FOR NO KEY UPDATE. */
static bool is_writing(const struct scan *s, const char *word)
{
    static const char *const writing[] = {"insert", "update", "delete", "merge", "into", NULL};
    bool locks = strcmp(word, "update") == 0 && (strcmp(s->last, "for") == 0 || strcmp(s->last, "key") == 0);
    return is_word(word, writing) && !locks;
}

/* What a statement leaves behind in the connection. */
static void note_remains(struct scan *s, const char *word)
{
    static const char *const temporary[] = {"temp", "temporary", NULL};
    static const char *const before_it[] = {"create", "replace", "local", "global", "into", NULL};
    s->temporary = s->temporary || (is_word(word, temporary) && is_word(s->last, before_it));
    s->dropped = s->dropped || (strcmp(word, "drop") == 0 && strcmp(s->last, "commit") == 0);
    s->held = s->held || (strcmp(word, "hold") == 0 && strcmp(s->last, "with") == 0);
}

/* The same by what it names, quoted or not. */
static void note_named(struct scan *s, const char *name)
{
    static const char *const locks[] = {"pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock",
                                        "pg_try_advisory_lock_shared", NULL};
    static const char *const before_settings[] = {"update", "only", "pg_catalog", NULL};
    bool settings = strcmp(name, "pg_settings") == 0 && is_word(s->last, before_settings);
    s->temporary = s->temporary || (strcmp(name, "pg_temp") == 0 && strcmp(s->first, "create") == 0);
    s->lasting = s->lasting || (settings && strcmp(s->first, "update") == 0);
    s->ours = s->ours || (strcmp(s->last, "local") == 0 && sql_setting_is_ours(name));
    s->named = strcmp(name, "set_config") == 0 ? NAMED_SETTING : is_word(name, locks) ? NAMED_LOCK : NAMED_NOTHING;
}

/* set_config lasts as long as the transaction if its third argument is the word true, and nothing else: what is bound, or
 * computed, nobody knows here. Called behind each token; `named` is what came right before it. */
static void follow_call(struct scan *s, char token, bool word, enum named named)
{
    static const char *const notation[] = {"is_local", NULL};
    struct call *call = &s->call;
    s->locked = s->locked || (named == NAMED_LOCK && token == '(');
    if (named == NAMED_SETTING && token == '(') {
        s->configured = true;
        s->lasting = s->lasting || call->depth; /* one within another */
        *call = (struct call){.depth = s->depth};
    } else if (call->depth && s->depth < call->depth) {
        s->lasting = s->lasting || call->commas != 2 || call->tokens != 1 || call->truths != 1;
        call->depth = 0;
    } else if (call->depth == s->depth && token == ',') {
        call->commas++;
    } else if (call->depth == s->depth && call->commas == 0 && token == '\'') {
        s->ours = s->ours || is_ours(s->piece + 1, (size_t)(s->at - s->piece) - 2);
    } else if (call->depth && call->commas == 2 && !strchr(":=>", token) && !(word && is_word(s->last, notation))) {
        call->tokens++;
        call->truths += word && strcmp(s->last, "true") == 0;
    }
}

/* --- quotes and comments; each begins at its first character --- */

static bool take_text(struct scan *s, bool escapes)
{
    take(s, 1);
    while (*s->at) {
        if (*s->at == '\'' && s->at[1] != '\'') {
            take(s, 1);
            s->after_escapes = escapes;
            s->after_newline = false;
            return true;
        }
        if (*s->at == '\'' || (escapes && *s->at == '\\' && s->at[1] && s->at[1] != '%'))
            take(s, 2);
        else if (!take_inside(s, "a conversion inside quotes would not be bound: join texts with ||, or write %%"))
            return false;
    }
    return fail(s, s->piece, "the quote does not end");
}

static bool take_quote(struct scan *s)
{
    return take_text(s, s->after_escapes && s->after_newline);
}

/* A quoted name may be that of a function, too; no keyword, and as it is. */
static void note_name(struct scan *s, const char *name, size_t length)
{
    char text[WORD_SIZE];
    size_t count = length < sizeof(text) ? length : sizeof(text) - 1;
    memcpy(text, name, count);
    text[count] = '\0';
    note_named(s, text);
}

static bool take_name(struct scan *s)
{
    const char *name = s->at + 1;
    take(s, 1);
    while (*s->at) {
        if (*s->at == '"') {
            note_name(s, name, (size_t)(s->at - name));
            take(s, 1);
            return true;
        }
        if (!take_inside(s, "a conversion can't be a part of a quoted name"))
            return false;
    }
    return fail(s, s->piece, "the quoted name does not end");
}

/* The length of $tag$ at `at`; 0 if there is none. */
static size_t dollar_tag(const char *at)
{
    size_t length = 1;
    if (begins_word(at[1]))
        while (begins_word(at[length]) || is_digit(at[length]))
            length++;
    return at[length] == '$' ? length + 1 : 0;
}

static bool take_dollar(struct scan *s)
{
    const char *tag = s->at;
    size_t length = dollar_tag(tag);
    if (is_digit(s->at[1]))
        return fail(s, s->at, "parameters have no numbers here: write a conversion, as in %d");
    if (!length)
        return fail(s, s->at, "a lone $ has no meaning");
    take(s, length);
    while (*s->at) {
        if (strncmp(s->at, tag, length) == 0) {
            take(s, length);
            return true;
        }
        if (!take_inside(s, "a conversion inside dollar quotes would not be bound"))
            return false;
    }
    return fail(s, s->piece, "the dollar quote does not end");
}

static bool take_line_comment(struct scan *s)
{
    while (*s->at && *s->at != '\n' && *s->at != '\r')
        if (!take_inside(s, "a conversion inside a comment would not be bound"))
            return false;
    if (!*s->at && s->fragment)
        return fail(s, s->piece, "a fragment can't end in a comment");
    return true;
}

static bool take_block_comment(struct scan *s)
{
    size_t depth = 0;
    while (*s->at) {
        if (s->at[0] == '/' && s->at[1] == '*') {
            take(s, 2);
            depth++;
        } else if (s->at[0] == '*' && s->at[1] == '/') {
            take(s, 2);
            if (--depth == 0)
                return true;
        } else if (!take_inside(s, "a conversion inside a comment would not be bound")) {
            return false;
        }
    }
    return fail(s, s->piece, "the comment does not end");
}

/* --- words and numbers --- */

static void note_word(struct scan *s, const char *word, size_t length)
{
    static const char *const streams[] = {"stdin", "stdout", NULL};
    char text[WORD_SIZE];
    copy_word(text, sizeof(text), word, length);
    if (s->words < 2)
        memcpy(s->words ? s->second : s->first, text, sizeof(text));
    s->words++;
    s->writes = s->writes || is_writing(s, text);
    s->streams = s->streams || is_word(text, streams);
    s->atomic = s->atomic || strcmp(text, "atomic") == 0;
    note_remains(s, text);
    note_named(s, text);
    memcpy(s->last, text, sizeof(text));
}

static bool take_word(struct scan *s)
{
    size_t length = 1;
    while (continues_word(s->at[length]))
        length++;
    if (length == 1 && ascii_lower(*s->at) == 'e' && s->at[1] == '\'') {
        take(s, 1);
        return take_text(s, true);
    }
    note_word(s, s->at, length);
    take(s, length);
    return true;
}

/* With whatever letters stand in it: 1.5e3, 0x1f, 1_000. */
static bool take_number(struct scan *s)
{
    size_t length = 1;
    while (s->at[length] != '$' && (continues_word(s->at[length]) || s->at[length] == '.'))
        length++;
    if (s->at[length] == '$')
        return fail(s, s->at, "a $ can't follow a number");
    take(s, length);
    return true;
}

/* --- conversions --- */

static const struct spelling {
    char text[4]; /* none begins another */
    uint8_t conversion;
} spellings[] = {
    {"d", CONVERSION_INT},
    {"i", CONVERSION_INT},
    {"hd", CONVERSION_INT},
    {"hhd", CONVERSION_INT},
    {"u", CONVERSION_UNSIGNED},
    {"hu", CONVERSION_UNSIGNED},
    {"hhu", CONVERSION_UNSIGNED},
    {"ld", CONVERSION_LONG},
    {"li", CONVERSION_LONG},
    {"lu", CONVERSION_UNSIGNED_LONG},
    {"lld", CONVERSION_LONG_LONG},
    {"lli", CONVERSION_LONG_LONG},
    {"llu", CONVERSION_UNSIGNED_LONG_LONG},
    {"zu", CONVERSION_SIZE},
    {"zd", CONVERSION_PTRDIFF},
    {"td", CONVERSION_PTRDIFF},
    {"jd", CONVERSION_INTMAX},
    {"ju", CONVERSION_UINTMAX},
    {"f", CONVERSION_REAL},
    {"lf", CONVERSION_REAL},
    {"s", CONVERSION_TEXT},
    {".*s", CONVERSION_COUNTED_TEXT},
    {"p", CONVERSION_VALUE},
};

static const struct spelling *find_spelling(const char *at)
{
    for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++)
        if (strncmp(at, spellings[i].text, strlen(spellings[i].text)) == 0)
            return &spellings[i];
    return NULL;
}

static bool add_hole(struct scan *s, enum conversion conversion)
{
    if (s->hole_count == HOLES_MAX)
        return fail(s, s->piece, "a statement has 65535 parameters at most");
    if (s->hole_count == s->hole_capacity) {
        size_t capacity = s->hole_capacity ? s->hole_capacity * 2 : HOLES_FIRST;
        struct hole *holes = arena_allocate_array(s->arena, capacity, sizeof(*holes));
        if (!holes)
            return fail_memory(s);
        if (s->hole_count)
            memcpy(holes, s->holes, s->hole_count * sizeof(*holes));
        s->holes = holes;
        s->hole_capacity = capacity;
    }
    s->holes[s->hole_count++] = (struct hole){s->text.size, conversion};
    return true;
}

/* A placeholder beside a letter, a digit or a $ would be read as one word with it. */
static bool stands_alone(const struct scan *s, const char *behind)
{
    bool placeholder_before = s->hole_count && s->holes[s->hole_count - 1].at == s->text.size;
    bool word_before = s->text.size && continues_word(s->text.data[s->text.size - 1]);
    return !word_before && !placeholder_before && !continues_word(*behind);
}

static bool take_percent(struct scan *s)
{
    if (s->at[1] == '%') {
        s->at++;
        take(s, 1);
        return true;
    }
    const struct spelling *spelling = find_spelling(s->at + 1);
    if (!spelling)
        return fail(
            s, s->at,
            "no such conversion: there are %d %u %ld %lu %lld %llu %zu %f %s %.*s, %p with BIND(x), and %% for a "
            "percent sign");
    const char *behind = s->at + 1 + strlen(spelling->text);
    if (!stands_alone(s, behind))
        return fail(s, s->at, "a conversion must stand apart from words and numbers: put a blank there");
    s->at = behind;
    return add_hole(s, spelling->conversion);
}

/* --- all else --- */

static bool take_parenthesis(struct scan *s)
{
    s->depth += *s->at == '(' ? 1 : -1;
    if (s->depth < 0 && s->fragment)
        return fail(s, s->at, "the parenthesis closes one that the fragment did not open");
    take(s, 1);
    return true;
}

static bool take_semicolon(struct scan *s)
{
    if (s->fragment)
        return fail(s, s->at, "a fragment is a part of one statement: no semicolon");
    bool ends = s->depth == 0 && !s->atomic;
    if (ends && !s->ended)
        s->end = s->text.size;
    s->ended = s->ended || ends;
    take(s, 1);
    return true;
}

static bool take_space(struct scan *s)
{
    s->after_newline = s->after_newline || *s->at == '\n' || *s->at == '\r';
    take(s, 1);
    return true;
}

static bool take_one(struct scan *s)
{
    take(s, 1);
    return true;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

typedef bool take_piece(struct scan *s);

static take_piece *piece_at(const struct scan *s)
{
    switch (s->at[0]) {
    case '%': return take_percent;
    case '\'': return take_quote;
    case '"': return take_name;
    case '$': return take_dollar;
    case '(':
    case ')': return take_parenthesis;
    case ';': return take_semicolon;
    case '-': return s->at[1] == '-' ? take_line_comment : take_one;
    case '/': return s->at[1] == '*' ? take_block_comment : take_one;
    default: break;
    }
    return is_space(*s->at) ? take_space : is_digit(*s->at) ? take_number : begins_word(*s->at) ? take_word : take_one;
}

static bool take_next(struct scan *s)
{
    take_piece *piece = piece_at(s);
    bool space = piece == take_space || piece == take_line_comment;
    bool token = !space && piece != take_block_comment && piece != take_semicolon;
    if (s->ended && token)
        return fail(s, s->at, "one statement at a time: nothing may follow the semicolon");
    char first = *s->at;
    enum named named = s->named;
    s->piece = s->at;
    s->any = s->any || token;
    s->after_escapes = s->after_escapes && (space || piece == take_quote);
    s->named = token ? NAMED_NOTHING : s->named;
    if (!piece(s))
        return false;
    if (token)
        follow_call(s, first, piece == take_word, named);
    return true;
}

/* --- the whole --- */

/* What would stay with the connection; SQL_READS: nothing. */
static enum sql_kind remains_of(const struct scan *s)
{
    if (is_among(s->first, "listen,unlisten"))
        return SQL_LISTENING;
    if (is_among(s->first, "prepare,discard,deallocate"))
        return SQL_PREPARED;
    if (s->held && strcmp(s->first, "declare") == 0)
        return SQL_HELD;
    if (s->lasting || is_among(s->first, "set,reset,load"))
        return SQL_SETTING;
    return s->temporary && !s->dropped ? SQL_TEMPORARY : s->locked ? SQL_LOCKED : SQL_READS;
}

static enum sql_kind kind_of(const struct scan *s)
{
    if (s->fragment)
        return SQL_READS;
    bool prepares = strcmp(s->first, "prepare") == 0 && strcmp(s->second, "transaction") == 0;
    bool sets_local = strcmp(s->first, "set") == 0 && is_among(s->second, "local,transaction,constraints");
    if (prepares || is_among(s->first, "begin,start,commit,end,rollback,abort,savepoint,release"))
        return SQL_TRANSACTION;
    if (s->streams && strcmp(s->first, "copy") == 0)
        return SQL_COPY;
    if (sets_local)
        return s->ours ? SQL_OURS : SQL_LOCAL;
    enum sql_kind remains = remains_of(s);
    if (remains != SQL_READS)
        return remains;
    if (s->configured && (s->ours || !s->writes))
        return s->ours ? SQL_OURS : SQL_LOCAL;
    return is_among(s->first, "select,with,values,table,show,explain") && !s->writes ? SQL_READS : SQL_WRITES;
}

static bool scan_all(struct scan *s)
{
    while (*s->at)
        if (!take_next(s))
            return false;
    if (!s->any)
        return fail(s, s->format, "there is nothing to run");
    if (s->fragment && s->depth != 0)
        return fail(s, s->at, "a parenthesis of the fragment is not closed");
    if (s->fragment && (s->lasting || s->locked))
        return fail(s, s->format, "the lock, or setting, would stay with the connection, which serves others");
    return !s->text.failed || fail_memory(s);
}

enum howdah_status sql_scan(const char *format, bool fragment, struct arena *arena, struct scanned *ret,
                            const char **ret_why)
{
    struct scan s = {.format = format, .at = format, .arena = arena, .fragment = fragment};
    buffer_init(&s.text, arena->allocator);
    bool good = scan_all(&s);
    const char *text = good ? buffer_copy_text(&s.text, arena) : NULL;
    if (text)
        *ret = (struct scanned){.text = text,
                                .size = s.text.size,
                                .end = s.ended ? s.end : s.text.size,
                                .holes = s.holes,
                                .hole_count = (uint32_t)s.hole_count,
                                .kind = kind_of(&s)};
    buffer_done(&s.text);
    if (text)
        return HOWDAH_STATUS_OK;
    *ret_why = s.why;
    return s.why ? HOWDAH_STATUS_INVALID : HOWDAH_STATUS_NO_MEMORY;
}

void sql_put(const struct scanned *scanned, uint32_t first, struct buffer *out)
{
    size_t done = 0;
    char number[DECIMAL_MAX];
    for (uint32_t i = 0; i < scanned->hole_count; i++) {
        size_t at = scanned->holes[i].at;
        buffer_append(out, scanned->text + done, at - done);
        buffer_byte(out, '$');
        buffer_text(out, text_decimal(first + i, number));
        done = at;
    }
    buffer_append(out, scanned->text + done, scanned->size - done);
}
