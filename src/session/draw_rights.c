#include "draw_rights.h"

#include "culprit.h"
#include "parameters.h"
#include "transaction.h"
#include "work.h"

#include "base/endian.h"

enum { RIGHTS = 3, MOST = RIGHTS | KEYS_UNLISTED | KEYS_UNREADABLE };

/* That keys come in no order is the table's doing, whoever writes. */
static unsigned look(const struct howdah_session *s, const struct mapper *mapper)
{
    return atomic_load_explicit(&s->rights[mapper->index], memory_order_relaxed) |
           (atomic_load_explicit(&s->db->draw_rights[mapper->index], memory_order_relaxed) & KEYS_DISORDERED);
}

enum draw_rights draw_rights(const struct howdah_session *s, const struct mapper *mapper)
{
    return (enum draw_rights)(look(s, mapper) & RIGHTS);
}

bool key_trait_is(const struct howdah_session *s, const struct mapper *mapper, enum key_trait trait)
{
    return look(s, mapper) & trait;
}

static void learn(struct howdah_session *s, const struct mapper *mapper, unsigned known)
{
    atomic_store_explicit(&s->rights[mapper->index], (unsigned char)known, memory_order_relaxed);
}

/* Of two threads that learn at once, one may find it out again. */
void draw_rights_learn(struct howdah_session *s, const struct mapper *mapper, enum draw_rights rights)
{
    learn(s, mapper, (look(s, mapper) & ~(unsigned)RIGHTS) | rights);
}

void key_trait_learn(struct howdah_session *s, const struct mapper *mapper, enum key_trait trait)
{
    atomic_uchar *rights = trait == KEYS_DISORDERED ? s->db->draw_rights : s->rights;
    atomic_fetch_or_explicit(&rights[mapper->index], (unsigned char)trait, memory_order_relaxed);
}

/* About one table; those of a plan are asked together. */
struct asking {
    struct work *w;
    const struct mapper *mapper;
    bool answered;
};

static enum howdah_status bind_asking(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    const struct asking *asking = arg;
    struct parameters *p = &asking->w->s->parameters;
    (void)step;
    if (!parameters_begin(p, 2))
        return HOWDAH_STATUS_NO_MEMORY;
    parameters_add_text(p, asking->mapper->quoted);
    parameters_add_text(p, asking->mapper->identity->name);
    return parameters_bind(p, ret);
}

static enum howdah_status row_asking(void *arg, struct pg_step *step, const struct cell *cells, size_t count)
{
    struct asking *asking = arg;
    (void)step;
    struct howdah_session *s = asking->w->s;
    asking->answered = true;
    uint32_t number = count == 1 && cells[0].size == sizeof(uint32_t) ? read_uint32(cells[0].data) : 0;
    learn(s, asking->mapper,
          (number & RIGHTS && number <= MOST ? number : DRAW_DENIED) | KEYS_ASKED |
              (look(s, asking->mapper) & KEYS_DISORDERED));
    return HOWDAH_STATUS_OK;
}

/* Not a setting in front of it. */
static bool is_of_question(const struct howdah_error *error)
{
    return error->statement && strcmp(error->statement, statement_may_draw_keys.text) == 0;
}

static const struct mapper *first_unanswered(const struct asking *asking, uint32_t count)
{
    uint32_t i = 0;
    while (i + 1 < count && asking[i].answered)
        i++;
    return asking[i].mapper;
}

/* In one round trip. */
static bool ask(struct work *w, struct asking *asking, struct pg_step *steps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        steps[i] = (struct pg_step){
            .statement = &statement_may_draw_keys, .bind = bind_asking, .row = row_asking, .arg = &asking[i]};
    bool answered = transaction_ask(w->s, steps, count) == HOWDAH_STATUS_OK;
    if (!answered && is_of_question(&w->s->error))
        session_name_culprit(w->s, first_unanswered(asking, count));
    return answered;
}

bool draw_rights_ask_about(struct work *w, const struct mapper *mapper)
{
    struct asking asking = {w, mapper, false};
    struct pg_step step;
    return ask(w, &asking, &step, 1);
}

/* A row alone is not worth a question, unless its key has not come back before. */
static bool is_known(const struct work *w, const struct batch *batch)
{
    const struct howdah_session *s = w->s;
    const struct mapper *mapper = batch->mapper;
    bool drawn = !batch->draws || draw_rights(s, mapper) != DRAW_UNKNOWN;
    bool read = !batch->in_order || key_trait_is(s, mapper, KEYS_ASKED);
    return drawn && read && !(w->changes[batch->changes[0]].draws && key_trait_is(s, mapper, KEYS_DOUBTED));
}

static bool knows_all(const struct work *w)
{
    uint32_t i = 0;
    while (i < w->batch_count && is_known(w, w->batches[i]))
        i++;
    return i == w->batch_count;
}

/* Each table once. */
static uint32_t collect_unknown(struct work *w, struct asking *ret_asking, bool *collected)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->batch_count; i++) {
        const struct mapper *mapper = w->batches[i]->mapper;
        if (collected[mapper->index] || is_known(w, w->batches[i]))
            continue;
        collected[mapper->index] = true;
        ret_asking[count++] = (struct asking){w, mapper, false};
    }
    return count;
}

bool draw_rights_ask(struct work *w, bool *ret_other)
{
    struct howdah_session *s = w->s;
    if (knows_all(w))
        return true;
    struct asking *asking = arena_allocate_array(&w->arena, w->batch_count, sizeof(*asking));
    struct pg_step *steps = arena_allocate_array(&w->arena, w->batch_count, sizeof(*steps));
    bool *collected = arena_allocate_zero(&w->arena, s->db->catalog.mapper_count * sizeof(*collected), 1);
    if (!asking || !steps || !collected)
        return !session_no_memory(s);
    uint32_t count = collect_unknown(w, asking, collected);
    if (!ask(w, asking, steps, count))
        return false;
    for (uint32_t i = 0; i < count; i++)
        *ret_other = *ret_other || look(s, asking[i].mapper) != (DRAW_ALLOWED | KEYS_ASKED);
    return true;
}
