#include "record.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "json_text.h"
#include "syntax.h"

/* What the readers of fields work on. */
struct reading {
    struct arena *arena;
    struct record *record;
    struct problem *problem;
};

/* How one field is read. Most readers fill the member of Package at `offset`. */
struct rule {
    const char *field;
    bool (*read)(struct reading *r, const struct field *field, const struct rule *rule);
    size_t offset;
    const char *(*fault)(const char *text);
    const Enum *labels;
    size_t size;
    enum dependency_kind kind;
};

static void *member(struct reading *r, const struct rule *rule)
{
    return (char *)&r->record->package + rule->offset;
}

static const char *keep(struct reading *r, const char *text)
{
    return arena_text(r->arena, text, strlen(text));
}

static bool fail(struct reading *r, const struct field *field, const char *reason)
{
    return problem_note(r->problem, field->line, "%s: \"%.60s\" %s", field->name, field->value, reason);
}

/* --- single values --- */

static bool read_text(struct reading *r, const struct field *field, const struct rule *rule)
{
    const char *fault = rule->fault ? rule->fault(field->value) : NULL;
    if (fault)
        return fail(r, field, fault);
    *(const char **)member(r, rule) = keep(r, field->value);
    return true;
}

static bool read_size(struct reading *r, const struct field *field, const struct rule *rule)
{
    int64_t number = 0;
    if (!number_read(field->value, &number))
        return fail(r, field, "is not a number");
    *(NullInt64 *)member(r, rule) = (NullInt64){number, true};
    return true;
}

static bool read_yes(struct reading *r, const struct field *field, const struct rule *rule)
{
    bool yes = strcasecmp(field->value, "yes") == 0;
    if (!yes && strcasecmp(field->value, "no") != 0)
        return fail(r, field, "must be yes or no");
    *(bool *)member(r, rule) = yes;
    return true;
}

static bool read_label(struct reading *r, const struct field *field, const struct rule *rule)
{
    int value = 0;
    if (!label_read(rule->labels, field->value, &value))
        return fail(r, field, "is none of the values that this field may have");
    *(int *)member(r, rule) = value;
    return true;
}

static bool read_hex(struct reading *r, const struct field *field, const struct rule *rule)
{
    unsigned char *bytes = arena_take(r->arena, rule->size);
    if (!hex_read(field->value, bytes, rule->size))
        return fail(r, field, "is no such checksum in hexadecimal digits");
    *(PgBytes *)member(r, rule) = (PgBytes){bytes, rule->size};
    return true;
}

/* --- values with parts --- */

enum { MAINTAINER_MAX = 1000 }; /* there is an index on it, too */

/* "install ok installed" */
static bool read_status(struct reading *r, const struct field *field, const struct rule *rule)
{
    (void)rule;
    char words[3][32];
    char excess;
    Package *package = &r->record->package;
    int want = 0, health = 0, state = 0;
    if (sscanf(field->value, "%31s %31s %31s %c", words[0], words[1], words[2], &excess) != 3)
        return fail(r, field, "must have three words");
    if (!label_read(&Want_labels, words[0], &want) || !label_read(&Health_labels, words[1], &health) ||
        !label_read(&State_labels, words[2], &state))
        return fail(r, field, "is no status that dpkg knows");
    package->want = (enum want)want;
    package->health = (enum health)health;
    package->state = (enum state)state;
    return true;
}

/* "Jane Doe <jane@example.org>". A text without brackets is all that there is to know: it stands for both. */
static bool read_maintainer(struct reading *r, const struct field *field, const struct rule *rule)
{
    (void)rule;
    Maintainer *maintainer = &r->record->maintainer;
    const char *open = strchr(field->value, '<');
    const char *close = open ? strchr(open, '>') : NULL;
    if (!*field->value || strlen(field->value) > MAINTAINER_MAX)
        return fail(r, field, "is empty or too long");
    if (!close || close == open + 1) {
        maintainer->email = maintainer->name = keep(r, field->value);
        return true;
    }
    size_t length = (size_t)(open - field->value);
    while (length > 0 && strchr(" \t\n", field->value[length - 1]))
        length--;
    maintainer->name = arena_text(r->arena, field->value, length);
    maintainer->email = arena_text(r->arena, open + 1, (size_t)(close - open - 1));
    return true;
}

/* "glibc" or "glibc (2.36-9)" */
static bool read_source(struct reading *r, const struct field *field, const struct rule *rule)
{
    (void)rule;
    Package *package = &r->record->package;
    size_t length = strcspn(field->value, " (");
    const char *open = strchr(field->value + length, '(');
    const char *close = open ? strchr(open, ')') : NULL;
    package->source = arena_text(r->arena, field->value, length);
    if (close)
        package->source_version = arena_text(r->arena, open + 1, (size_t)(close - open - 1));
    const char *fault = package_name_fault(package->source);
    if (!fault && close)
        fault = version_fault(package->source_version);
    return !fault || fail(r, field, fault);
}

/* The first line is the summary. In the others a dot alone stands for an empty line. */
static bool read_description(struct reading *r, const struct field *field, const struct rule *rule)
{
    (void)rule;
    Package *package = &r->record->package;
    size_t length = strcspn(field->value, "\n");
    package->summary = arena_text(r->arena, field->value, length);
    if (!field->value[length])
        return true;
    char *text = arena_text(r->arena, field->value + length + 1, strlen(field->value + length + 1));
    package->description = text;
    char *out = text;
    for (const char *line = text; *line;) {
        size_t size = strcspn(line, "\n");
        bool dot = size == 1 && *line == '.';
        const char *next = line + size + (line[size] == '\n');
        if (!dot) {
            memmove(out, line, size);
            out += size;
        }
        if (next > line + size)
            *out++ = '\n';
        line = next;
    }
    *out = '\0';
    return true;
}

/* "role::program, use::gameplaying" */
static bool read_tags(struct reading *r, const struct field *field, const struct rule *rule)
{
    (void)rule;
    static const char separators[] = ", \t\n";
    size_t room = 1;
    for (const char *c = field->value; *c; c++)
        room += strchr(separators, *c) != NULL;
    TextArray *tags = &r->record->package.tags;
    tags->items = arena_take(r->arena, room * sizeof *tags->items);
    for (const char *tag = field->value + strspn(field->value, separators); *tag;) {
        size_t length = strcspn(tag, separators);
        if (length > NAME_LENGTH_MAX)
            return fail(r, field, "has a tag that is too long");
        tags->items[tags->count++] = arena_text(r->arena, tag, length);
        tag += length + strspn(tag + length, separators);
    }
    return true;
}

static bool read_dependencies(struct reading *r, const struct field *field, const struct rule *rule)
{
    struct record *record = r->record;
    if (!relation_field_read(field, r->arena, &record->terms, r->problem))
        return false;
    for (size_t i = 0; i < record->terms.count; i++) {
        const struct term *term = &record->terms.items[i];
        record->dependencies = array_grow(record->dependencies, record->dependency_count, &record->dependency_capacity,
                                          sizeof *record->dependencies);
        record->dependencies[record->dependency_count++] = (Dependency){
            .kind = rule->kind,
            .position = term->position,
            .alternative = term->alternative,
            .target = term->name,
            .qualifier = term->qualifier,
            .relation = term->relation,
            .version = term->version,
            .restriction = term->restriction,
        };
    }
    return true;
}

static bool read_provides(struct reading *r, const struct field *field, const struct rule *rule)
{
    (void)rule;
    struct record *record = r->record;
    if (!relation_field_read(field, r->arena, &record->terms, r->problem))
        return false;
    for (size_t i = 0; i < record->terms.count; i++) {
        const struct term *term = &record->terms.items[i];
        if (term->alternative > 0)
            return fail(r, field, "can't have alternatives");
        if (term->relation != RELATION_ANY && term->relation != RELATION_EXACTLY)
            return fail(r, field, "can have only exact versions");
        record->provides =
            array_grow(record->provides, record->provide_count, &record->provide_capacity, sizeof *record->provides);
        record->provides[record->provide_count++] = (Provide){
            .position = term->position,
            .name = term->name,
            .qualifier = term->qualifier,
            .version = term->version,
        };
    }
    return true;
}

/* --- all of them --- */

#define TEXT(member)           .read = read_text, .offset = offsetof(Package, member)
#define SIZE(member)           .read = read_size, .offset = offsetof(Package, member)
#define YES(member)            .read = read_yes, .offset = offsetof(Package, member)
#define LABEL_OF(member, Name) .read = read_label, .offset = offsetof(Package, member), .labels = &Name##_labels
#define HEX(member, bytes)     .read = read_hex, .offset = offsetof(Package, member), .size = (bytes)
#define RELATION(value)        .read = read_dependencies, .kind = (value)

static const struct rule rules[] = {
    {"Package", TEXT(name), .fault = package_name_fault},
    {"Architecture", TEXT(architecture), .fault = architecture_fault},
    {"Version", TEXT(version), .fault = version_fault},
    {"Status", .read = read_status},
    {"Maintainer", .read = read_maintainer},
    {"Source", .read = read_source},
    {"Priority", LABEL_OF(priority, Priority)},
    {"Section", TEXT(section)},
    {"Essential", YES(essential)},
    {"Protected", YES(protected_package)},
    {"Multi-Arch", LABEL_OF(multi_arch, MultiArch)},
    {"Installed-Size", SIZE(installed_size)},
    {"Size", SIZE(download_size)},
    {"Homepage", TEXT(homepage)},
    {"Filename", TEXT(filename)},
    {"Description", .read = read_description},
    {"Description-md5", HEX(description_md5, 16)},
    {"MD5sum", HEX(md5, 16)},
    {"SHA256", HEX(sha256, 32)},
    {"Tag", .read = read_tags},
    {"Provides", .read = read_provides},
    {"Pre-Depends", RELATION(KIND_PRE_DEPENDS)},
    {"Depends", RELATION(KIND_DEPENDS)},
    {"Recommends", RELATION(KIND_RECOMMENDS)},
    {"Suggests", RELATION(KIND_SUGGESTS)},
    {"Enhances", RELATION(KIND_ENHANCES)},
    {"Breaks", RELATION(KIND_BREAKS)},
    {"Conflicts", RELATION(KIND_CONFLICTS)},
    {"Replaces", RELATION(KIND_REPLACES)},
    {"Built-Using", RELATION(KIND_BUILT_USING)},
    {"Static-Built-Using", RELATION(KIND_STATIC_BUILT_USING)},
};

static const struct rule *rule_of(const struct field *field)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (strcasecmp(rules[i].field, field->name) == 0)
            return &rules[i];
    }
    return NULL;
}

static bool has_no_rule(const struct field *field)
{
    return !rule_of(field);
}

static bool has_mandatory_fields(const struct stanza *stanza, const Package *package, struct problem *problem)
{
    const struct {
        const char *name;
        const char *value;
    } fields[] = {
        {"Package", package->name},
        {"Architecture", package->architecture},
        {"Version", package->version},
    };
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!fields[i].value)
            return problem_note(problem, stanza->line, "the record has no field %s", fields[i].name);
    }
    return true;
}

/* What depends on several fields. */
static void complete(const struct stanza *stanza, struct arena *arena, struct record *record)
{
    Package *package = &record->package;
    if (!package->source)
        package->source = package->name;
    if (!package->source_version)
        package->source_version = package->version;
    package->other.text = json_object(stanza, has_no_rule, arena);
    for (size_t i = 0; i < record->dependency_count; i++) {
        record->dependencies[i].package_name = package->name;
        record->dependencies[i].package_architecture = package->architecture;
    }
    for (size_t i = 0; i < record->provide_count; i++) {
        record->provides[i].package_name = package->name;
        record->provides[i].package_architecture = package->architecture;
    }
}

enum record_result record_read(const struct stanza *stanza, struct arena *arena, struct record *ret,
                               struct problem *ret_problem)
{
    struct reading reading = {.arena = arena, .record = ret, .problem = ret_problem};
    *ret_problem = stanza->problem;
    ret->package = (Package){.tags = {.items = arena_take(arena, 0)}}; /* an empty array is not NULL */
    ret->maintainer = (Maintainer){0};
    ret->dependency_count = ret->provide_count = 0;
    for (size_t i = 0; i < stanza->field_count && !ret_problem->text[0]; i++) {
        const struct rule *rule = rule_of(&stanza->fields[i]);
        if (rule)
            rule->read(&reading, &stanza->fields[i], rule);
    }
    if (ret_problem->text[0])
        return RECORD_BAD;
    if (stanza_find(stanza, "Status") && ret->package.state == STATE_NOT_INSTALLED)
        return RECORD_IGNORED;
    if (!has_mandatory_fields(stanza, &ret->package, ret_problem))
        return RECORD_BAD;
    complete(stanza, arena, ret);
    return RECORD_GOOD;
}

void record_done(struct record *record)
{
    free(record->dependencies);
    free(record->provides);
    free(record->terms.items);
    *record = (struct record){0};
}
