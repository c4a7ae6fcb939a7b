/* The order of JSON texts by value. A text is walked as a series of events in which the keys of an object come
 * sorted, each once; two texts have one value if they have the same events. */
#include "json.h"
#include "json_scan.h"

#include "numeric.h"
#include "utf8.h"

#include "base/hash.h"

#include <string.h>

/* In this order two events are compared that differ in kind. */
enum event_kind { END, NULL_VALUE, FALSE_VALUE, TRUE_VALUE, NUMBER, STRING, KEY, ARRAY, OBJECT };

struct event {
    enum event_kind kind;
    const char *token; /* where it stands, but for ARRAY, OBJECT and END */
};

/* Where an array or object is open. `end` NULL: its items stand in order in the text. Otherwise it is an object whose
 * sorted keys are keys[next] to keys[limit - 1], and `end` is where the text goes on after it. */
struct frame {
    const char *end;
    uint16_t first, next, limit;
    bool object;
};

struct walk {
    const char *at;
    bool started;
    bool value_next; /* the last event was a key */
    bool beyond;     /* the limits of json.h: the events are worth nothing */
    unsigned depth;
    unsigned key_count;
    struct frame frames[JSON_DEPTH];
    const char *keys[JSON_MEMBERS]; /* of the open objects that are out of order */
};

/* --- strings, byte by byte without their escapes --- */

struct string {
    const char *at;
    char decoded[UTF8_MAX];
    unsigned decoded_count, decoded_next;
};

static struct string string_at(const char *token)
{
    return (struct string){.at = token + 1};
}

static unsigned read_escape(const char **at)
{
    static const char names[] = "bfnrt", values[] = "\b\f\n\r\t";
    char c = *(*at)++;
    const char *name = strchr(names, c);
    if (name)
        return (unsigned char)values[name - names];
    if (c != 'u')
        return (unsigned char)c;
    unsigned code = (unsigned)json_hex(*at);
    *at += 4;
    if (code < 0xD800 || code > 0xDFFF)
        return code;
    unsigned low = (unsigned)json_hex(*at + 2);
    *at += 6;
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

/* The next byte, or -1 at the end. */
static int next_byte(struct string *s)
{
    if (s->decoded_next == s->decoded_count) {
        if (*s->at == '"')
            return -1;
        if (*s->at != '\\')
            return (unsigned char)*s->at++;
        s->at++;
        s->decoded_count = (unsigned)utf8_write(read_escape(&s->at), s->decoded);
        s->decoded_next = 0;
    }
    return (unsigned char)s->decoded[s->decoded_next++];
}

/* As jsonb sorts keys: the shorter first, those of one length by their bytes. */
static int compare_strings(const char *a, const char *b)
{
    struct string x = string_at(a), y = string_at(b);
    int order = 0, p, q;
    do {
        p = next_byte(&x);
        q = next_byte(&y);
        if (!order)
            order = (p > q) - (p < q);
    } while (p >= 0 && q >= 0);
    return p < 0 && q < 0 ? order : p < 0 ? -1 : 1;
}

static uint64_t hash_string(uint64_t hash, const char *token)
{
    struct string s = string_at(token);
    uint64_t word = 0, size = 0;
    for (int byte = next_byte(&s); byte >= 0; byte = next_byte(&s)) {
        word = word << 8 | (unsigned)byte;
        if (++size % sizeof(word) == 0)
            hash = hash_combine(hash, word);
    }
    return hash_combine(hash_combine(hash, word), size);
}

/* --- the walk --- */

/* Keys that are equal stand in the order of the text. */
static int compare_keys(const char *a, const char *b)
{
    int order = compare_strings(a, b);
    return order ? order : (a > b) - (a < b);
}

/* Shell's sort: nothing is allocated, unlike by qsort, and the limit is low. */
static void sort_keys(const char **keys, unsigned count)
{
    static const unsigned gaps[] = {301, 132, 57, 23, 10, 4, 1};
    for (size_t g = 0; g < sizeof(gaps) / sizeof(*gaps); g++) {
        unsigned gap = gaps[g];
        for (unsigned i = gap; i < count; i++) {
            const char *key = keys[i];
            unsigned to = i;
            for (; to >= gap && compare_keys(keys[to - gap], key) > 0; to -= gap)
                keys[to] = keys[to - gap];
            keys[to] = key;
        }
    }
}

/* Of sorted keys that are equal keeps the last; returns how many are left. */
static unsigned drop_doubled(const char **keys, unsigned count)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        if (i + 1 == count || compare_strings(keys[i], keys[i + 1]) != 0)
            keys[kept++] = keys[i];
    }
    return kept;
}

/* Finds the keys of the object whose first one is at w->at. Where they are in order already, as in all that the server
 * writes, the text itself will do. */
static void index_object(struct walk *w, struct frame *frame)
{
    unsigned first = w->key_count, count = 0;
    const char *at = json_skip_space(w->at), *last = NULL;
    bool sorted = true;
    while (*at != '}') {
        sorted = sorted && (!last || compare_strings(last, at) < 0);
        last = at;
        if (first + count < JSON_MEMBERS)
            w->keys[first + count] = at;
        count++;
        at = json_skip_space(json_skip_string(at));
        at = json_skip_space(json_skip_value(at + 1));
        if (*at == ',')
            at = json_skip_space(at + 1);
    }
    if (sorted)
        return;
    if (first + count > JSON_MEMBERS) {
        w->beyond = true;
        return;
    }
    sort_keys(w->keys + first, count);
    w->key_count = first + drop_doubled(w->keys + first, count);
    frame->end = at + 1;
    frame->first = frame->next = (uint16_t)first;
    frame->limit = (uint16_t)w->key_count;
}

static struct event enter(struct walk *w, bool object)
{
    struct event event = {.kind = object ? OBJECT : ARRAY};
    w->at++;
    if (w->depth == JSON_DEPTH) {
        w->beyond = true;
        return event;
    }
    struct frame *frame = &w->frames[w->depth++];
    *frame = (struct frame){.object = object};
    if (object)
        index_object(w, frame);
    return event;
}

static struct event leave(struct walk *w)
{
    const struct frame *frame = &w->frames[--w->depth];
    if (frame->end) {
        w->at = frame->end;
        w->key_count = frame->first;
    } else {
        w->at++;
    }
    return (struct event){.kind = END};
}

static struct event walk_value(struct walk *w)
{
    const char *token = w->at;
    if (*token == '{' || *token == '[')
        return enter(w, *token == '{');
    if (*token == '"') {
        w->at = json_skip_string(token);
        return (struct event){STRING, token};
    }
    w->at = json_skip_word(token);
    return (struct event){*token == 'n'   ? NULL_VALUE
                          : *token == 'f' ? FALSE_VALUE
                          : *token == 't' ? TRUE_VALUE
                                          : NUMBER,
                          token};
}

/* The next item of the innermost array or object, or its end. */
static struct event walk_item(struct walk *w)
{
    struct frame *frame = &w->frames[w->depth - 1];
    if (frame->end) {
        if (frame->next == frame->limit)
            return leave(w);
        w->at = w->keys[frame->next++];
    } else {
        w->at = json_skip_space(w->at);
        if (*w->at == ',')
            w->at = json_skip_space(w->at + 1);
        if (*w->at == (frame->object ? '}' : ']'))
            return leave(w);
    }
    if (!frame->object)
        return walk_value(w);
    const char *key = w->at;
    w->at = json_skip_space(json_skip_string(key)) + 1;
    w->value_next = true;
    return (struct event){KEY, key};
}

static struct event walk_next(struct walk *w)
{
    if (w->value_next || !w->started) {
        w->at = json_skip_space(w->at);
        w->value_next = false;
        w->started = true;
        return walk_value(w);
    }
    return walk_item(w);
}

static void walk_start(struct walk *w, const char *text)
{
    w->at = text;
    w->started = w->value_next = w->beyond = false;
    w->depth = w->key_count = 0;
}

/* Nothing is open, so that the last event was the last of all. */
static bool walk_ended(const struct walk *w)
{
    return !w->depth || w->beyond;
}

static struct numeric number_at(const char *token)
{
    struct numeric number;
    numeric_read(token, (size_t)(json_skip_word(token) - token), &number);
    return number;
}

static int compare_events(const struct event *a, const struct event *b)
{
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == NUMBER) {
        struct numeric x = number_at(a->token), y = number_at(b->token);
        return numeric_order(&x, &y);
    }
    return a->kind == STRING || a->kind == KEY ? compare_strings(a->token, b->token) : 0;
}

/* Of two well-formed texts; false if they are not within the limits. */
static bool compare_values(const char *a, const char *b, int *ret)
{
    struct walk x, y;
    int order;
    walk_start(&x, a);
    walk_start(&y, b);
    do {
        struct event p = walk_next(&x), q = walk_next(&y);
        order = compare_events(&p, &q);
    } while (!order && !walk_ended(&x) && !walk_ended(&y));
    *ret = order;
    return !x.beyond && !y.beyond;
}

/* False if the text is not one that has a value here. */
static bool hash_value(const char *text, uint64_t *ret)
{
    struct walk w;
    uint64_t hash = 0;
    if (json_fault(text, true))
        return false;
    walk_start(&w, text);
    do {
        struct event event = walk_next(&w);
        hash = hash_combine(hash, event.kind);
        if (event.kind == NUMBER) {
            struct numeric number = number_at(event.token);
            hash = hash_combine(hash, numeric_digest(&number));
        } else if (event.kind == STRING || event.kind == KEY) {
            hash = hash_string(hash, event.token);
        }
    } while (!walk_ended(&w));
    *ret = hash;
    return !w.beyond;
}

bool json_equal(const char *a, const char *b)
{
    int order;
    if (strcmp(a, b) == 0)
        return true;
    if (json_fault(a, true) || json_fault(b, true))
        return false;
    return compare_values(a, b, &order) && order == 0;
}

uint64_t json_hash(const char *text)
{
    uint64_t hash;
    return hash_value(text, &hash) ? hash : hash_bytes(0, text, strlen(text));
}

/* Texts without a value come after all others, in the order of their bytes. */
int json_compare(const char *a, const char *b)
{
    int order = strcmp(a, b);
    if (order == 0)
        return 0;
    uint64_t hash;
    bool a_has_value = hash_value(a, &hash), b_has_value = hash_value(b, &hash);
    if (a_has_value != b_has_value)
        return a_has_value ? -1 : 1;
    if (a_has_value)
        compare_values(a, b, &order);
    return (order > 0) - (order < 0);
}
