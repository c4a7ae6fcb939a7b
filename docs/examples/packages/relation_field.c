#include "relation_field.h"

#include <string.h>

#include "syntax.h"

#define BLANKS " \t\n"

struct cursor {
    const struct field *field;
    const char *at;
    struct arena *arena;
    struct problem *problem;
};

static bool fail(const struct cursor *c, const char *reason)
{
    unsigned long line = c->field->line;
    for (const char *text = c->field->value; text < c->at; text++)
        line += *text == '\n';
    return problem_note(c->problem, line, "%s: %s at \"%.30s\"", c->field->name, reason, c->at);
}

static void skip_blanks(struct cursor *c)
{
    c->at += strspn(c->at, BLANKS);
}

static bool skip_character(struct cursor *c, char wanted)
{
    skip_blanks(c);
    if (*c->at != wanted)
        return false;
    c->at++;
    skip_blanks(c);
    return true;
}

/* The text up to one of `stops`. */
static const char *take_word(struct cursor *c, const char *stops)
{
    size_t length = strcspn(c->at, stops);
    const char *word = arena_text(c->arena, c->at, length);
    c->at += length;
    return word;
}

static bool take_name(struct cursor *c, struct term *term)
{
    struct cursor start = *c;
    term->name = take_word(c, BLANKS ":([<|,)]>");
    const char *fault = package_name_fault(term->name);
    if (fault)
        return fail(&start, *term->name ? fault : "the name of a package is missing");
    if (*c->at != ':')
        return true;
    c->at++;
    start = *c;
    term->qualifier = take_word(c, BLANKS "([<|,)]>");
    fault = architecture_fault(term->qualifier);
    return !fault || fail(&start, "this is no architecture");
}

/* Longer operators first. "<" and ">" are old spellings that include equality. */
static const struct {
    const char *text;
    enum relation relation;
} operators[] = {
    {"<<", RELATION_EARLIER}, {"<=", RELATION_AT_MOST}, {">=", RELATION_AT_LEAST}, {">>", RELATION_LATER},
    {"=", RELATION_EXACTLY},  {"<", RELATION_AT_MOST},  {">", RELATION_AT_LEAST},
};

static bool take_operator(struct cursor *c, enum relation *ret)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        size_t length = strlen(operators[i].text);
        if (strncmp(c->at, operators[i].text, length) == 0) {
            c->at += length;
            *ret = operators[i].relation;
            return true;
        }
    }
    return fail(c, "a version needs one of << <= = >= >> before it");
}

/* "(>= 1.2)" */
static bool take_version(struct cursor *c, struct term *term)
{
    if (!skip_character(c, '('))
        return true;
    if (!take_operator(c, &term->relation))
        return false;
    skip_blanks(c);
    struct cursor start = *c;
    term->version = take_word(c, BLANKS ")");
    const char *fault = version_fault(term->version);
    if (fault)
        return fail(&start, fault);
    return skip_character(c, ')') || fail(c, "a closing parenthesis is missing");
}

/* "[amd64 !i386]", "<!nocheck>": binary packages have none, but the syntax does. */
static bool take_restriction(struct cursor *c, struct term *term)
{
    const char *start = c->at;
    const char *end = start;
    for (;;) {
        char close = *c->at == '[' ? ']' : *c->at == '<' ? '>' : '\0';
        if (!close)
            break;
        const char stops[] = {close, ',', '|', '\0'};
        size_t length = strcspn(c->at, stops);
        if (c->at[length] != close)
            return fail(c, "a closing bracket is missing");
        c->at += length + 1;
        end = c->at;
        skip_blanks(c);
    }
    if (end > start)
        term->restriction = arena_text(c->arena, start, (size_t)(end - start));
    return true;
}

static bool take_term(struct cursor *c, struct term *term)
{
    if (!take_name(c, term) || !take_version(c, term))
        return false;
    skip_blanks(c);
    return take_restriction(c, term);
}

bool relation_field_read(const struct field *field, struct arena *arena, struct terms *ret, struct problem *problem)
{
    struct cursor c = {.field = field, .at = field->value, .arena = arena, .problem = problem};
    struct term term = {0};
    ret->count = 0;
    skip_blanks(&c);
    while (*c.at) {
        int32_t position = term.position, alternative = term.alternative;
        term = (struct term){.position = position, .alternative = alternative};
        if (!take_term(&c, &term))
            return false;
        ret->items = array_grow(ret->items, ret->count, &ret->capacity, sizeof *ret->items);
        ret->items[ret->count++] = term;
        if (skip_character(&c, '|')) {
            term.alternative++;
            if (!*c.at)
                return fail(&c, "an alternative is missing");
        } else if (skip_character(&c, ',')) { /* the last term may end with one, too */
            term.position++;
            term.alternative = 0;
        } else if (*c.at) {
            return fail(&c, "a comma or a bar is missing");
        }
    }
    return true;
}
