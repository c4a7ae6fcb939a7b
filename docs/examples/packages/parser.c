#include "parser.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "syntax.h"

void parser_init(struct parser *parser, FILE *file)
{
    *parser = (struct parser){.file = file, .line = 1};
}

void parser_done(struct parser *parser)
{
    free(parser->text);
    *parser = (struct parser){0};
}

bool parser_seek(struct parser *parser, off_t offset, unsigned long line)
{
    if (parser->offset == offset && parser->line == line)
        return true;
    if (fseeko(parser->file, offset, SEEK_SET) != 0)
        return false;
    parser->offset = offset;
    parser->line = line;
    return true;
}

static void append(struct parser *parser, char c)
{
    parser->text = array_grow(parser->text, parser->size, &parser->capacity, 1);
    parser->text[parser->size++] = c;
}

/* --- reading: lines up to an empty one --- */

/* Appends one line with its newline. False at the end of the input, or with the reason in *why. */
static bool read_line(struct parser *parser, struct problem *why)
{
    for (size_t length = 0;; length++) {
        int c = getc_unlocked(parser->file);
        if (c == EOF && ferror(parser->file))
            return problem_note(why, parser->line, "can't be read: %s", strerror(errno));
        if (c == EOF && length > 0)
            return problem_note(why, parser->line, "the input ends in the middle of this line: is it cut short?");
        if (c == EOF)
            return false;
        if (c == '\0')
            return problem_note(why, parser->line, "a NUL byte: this is a binary file, not a control file");
        if (parser->size == STANZA_MAX)
            return problem_note(why, parser->line, "a record of more than %d bytes: this is no control file",
                                STANZA_MAX);
        append(parser, (char)c);
        parser->offset++;
        if (c == '\n') {
            parser->line++;
            return true;
        }
    }
}

/* Whether the line at `start` holds nothing but blanks: it ends a record. */
static bool line_is_empty(const struct parser *parser, size_t start)
{
    const char *line = parser->text + start;
    size_t size = parser->size - start;
    for (size_t i = 0; i < size; i++) {
        if (!strchr(" \t\r\n", line[i]))
            return false;
    }
    return true;
}

/* Leaves the lines of one record in parser->text. */
static enum parser_result read_stanza(struct parser *parser, struct stanza *stanza, struct problem *why)
{
    parser->size = 0;
    for (;;) {
        size_t start = parser->size;
        off_t offset = parser->offset;
        unsigned long line = parser->line;
        if (!read_line(parser, why))
            break;
        if (!line_is_empty(parser, start)) {
            if (start == 0) {
                stanza->offset = offset;
                stanza->line = line;
            }
            continue;
        }
        parser->size = start;
        if (start > 0)
            return PARSER_STANZA;
    }
    if (parser->size > 0)
        problem_note(why, stanza->line, "no empty line ends the record that begins here: is the input cut short?");
    return why->text[0] ? PARSER_REFUSED : PARSER_END;
}

/* --- splitting: the lines of one record into fields, in place --- */

static char *skip_blanks(char *text)
{
    return text + strspn(text, " \t");
}

static void trim_end(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && strchr(" \t\r", text[length - 1]))
        length--;
    text[length] = '\0';
}

/* "Field: value". Printable characters but the colon; a hyphen or # may not begin it. */
static struct field *begin_field(struct stanza *stanza, char *line, unsigned long number)
{
    char *colon = strchr(line, ':');
    if (!colon) {
        problem_note(&stanza->problem, number, "a line without a colon: \"%.40s\"", line);
        return NULL;
    }
    *colon = '\0';
    trim_end(line);
    bool named = *line && !strchr("-#", *line);
    for (const char *c = line; *c; c++)
        named = named && *c > ' ' && *c < 0x7f;
    if (!named) {
        problem_note(&stanza->problem, number, "\"%.40s\" can't be the name of a field", line);
        return NULL;
    }
    if (stanza_find(stanza, line)) {
        problem_note(&stanza->problem, number, "field %.40s stands here twice", line);
        return NULL;
    }
    if (stanza->field_count == FIELDS_MAX) {
        problem_note(&stanza->problem, number, "more than %d fields", FIELDS_MAX);
        return NULL;
    }
    char *value = skip_blanks(colon + 1);
    trim_end(value);
    struct field *field = &stanza->fields[stanza->field_count++];
    *field = (struct field){.name = line, .value = value, .line = number};
    return field;
}

/* Moves the line to the end of the value before it. There is room: what stood between is dropped. */
static char *continue_value(char *end, char *line)
{
    trim_end(line);
    size_t length = strlen(line + 1);
    *end = '\n';
    memmove(end + 1, line + 1, length + 1);
    return end + 1 + length;
}

static void split_stanza(struct parser *parser, struct stanza *stanza)
{
    unsigned long number = stanza->line;
    struct field *field = NULL; /* that a continued line belongs to */
    char *end = NULL;           /* of its value */
    char *next;
    for (char *line = parser->text; *line; line = next, number++) {
        next = line + strcspn(line, "\n");
        *next++ = '\0';
        if (!utf8_valid(line, strlen(line)))
            problem_note(&stanza->problem, number, "a line that is not valid UTF-8");
        if (*line == ' ' || *line == '\t') {
            if (field)
                end = continue_value(end, line);
            else
                problem_note(&stanza->problem, number, "a line that continues no field");
            continue;
        }
        field = begin_field(stanza, line, number);
        if (field)
            end = (char *)field->value + strlen(field->value);
    }
}

/* --- both --- */

static bool is_binary(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < ' ' && !strchr("\t\r\n", text[i]))
            return true;
    }
    return !utf8_valid(text, size);
}

enum parser_result parser_next(struct parser *parser, struct stanza *ret_stanza, struct problem *ret_why)
{
    bool first = parser->offset == 0;
    ret_stanza->field_count = 0;
    ret_stanza->problem = (struct problem){0};
    *ret_why = (struct problem){0};
    enum parser_result result = read_stanza(parser, ret_stanza, ret_why);
    if (result != PARSER_STANZA)
        return result;

    if (first && is_binary(parser->text, parser->size)) {
        problem_note(ret_why, ret_stanza->line, "bytes that are no UTF-8 text: this is a binary file");
        return PARSER_REFUSED;
    }
    append(parser, '\0');
    split_stanza(parser, ret_stanza);
    return PARSER_STANZA;
}

const struct field *stanza_find(const struct stanza *stanza, const char *name)
{
    for (size_t i = 0; i < stanza->field_count; i++) {
        if (strcasecmp(stanza->fields[i].name, name) == 0)
            return &stanza->fields[i];
    }
    return NULL;
}
