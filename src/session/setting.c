/* Settings that end with the transaction. They travel in front of its first statement, or of the next one. */
#include "base/error.h"
#include "model/utf8.h"
#include "sql/scan.h"
#include "role.h"
#include "steps.h"
#include "transaction.h"

#include <howdah/transaction.h>

enum { OID_TEXT = 25, NAME_MAX_BYTES = 63 };

static const uint32_t setting_types[] = {OID_TEXT, OID_TEXT};

const struct statement transaction_setting_statement = {
    .text = "SELECT pg_catalog.set_config($1, $2, true)",
    .types = setting_types,
    .parameters = 2,
    .service = true,
    .hash = {0x154668bcaf0b45c7, 0xbefe9a4a01f93298}, /* what statement_seal gives */
};

enum howdah_status transaction_bind_setting(struct howdah_session *s, const struct setting *setting,
                                            struct pg_binding *ret)
{
    struct parameters *p = &s->parameters;
    if (!parameters_begin(p, 2))
        return HOWDAH_STATUS_NO_MEMORY;
    parameters_add_text(p, setting->name);
    parameters_add_text(p, setting->value);
    return parameters_bind(p, ret);
}

enum howdah_status step_bind_setting(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    const struct work *w = arg;
    return transaction_bind_setting(w->s, w->infos[step->number].setting, ret);
}

/* --- in front of what is read --- */

static enum howdah_status bind_head(void *arg, struct pg_step *step, struct pg_binding *ret)
{
    struct howdah_session *s = arg;
    const struct setting *setting = s->settings;
    for (size_t i = 0; i < step->number; i++)
        setting = setting->next;
    return transaction_bind_setting(s, setting, ret);
}

size_t transaction_count_head(const struct howdah_session *s)
{
    size_t count = s->transaction == TRANSACTION_BEGUN;
    for (const struct setting *setting = s->settings; setting; setting = setting->next)
        count++;
    return count;
}

void transaction_put_settings(struct howdah_session *s, struct pg_step *ret_steps)
{
    size_t number = 0;
    for (const struct setting *setting = s->settings; setting; setting = setting->next, number++)
        ret_steps[number] = (struct pg_step){
            .statement = &transaction_setting_statement, .bind = bind_head, .arg = s, .number = number};
}

void transaction_put_head(struct howdah_session *s, struct pg_step *ret_steps)
{
    if (s->transaction == TRANSACTION_BEGUN)
        *ret_steps++ = (struct pg_step){.statement = transaction_begin_statement(s), .role = PG_BEGIN};
    if (s->transaction != TRANSACTION_NONE)
        transaction_put_settings(s, ret_steps);
}

/* The server names a setting that it does not know, but what it says of a value is kept back, with the name in it. */
void transaction_name_setting(struct howdah_session *s, const struct pg_plan *plan)
{
    const struct howdah_error *e = &s->error;
    const struct setting *setting = s->settings;
    if (plan->failed >= plan->count || plan->steps[plan->failed].statement != &transaction_setting_statement ||
        !*e->sqlstate || e->status == HOWDAH_STATUS_CONNECTION || e->status == HOWDAH_STATUS_TIMEOUT)
        return;
    for (size_t i = 0; setting && i < plan->failed; i++)
        if (plan->steps[i].statement == &transaction_setting_statement)
            setting = setting->next;
    if (setting)
        error_message(&s->error, "setting %s: %s (session_rollback forgets it)", setting->name, e->message);
}

void transaction_sent_settings(struct howdah_session *s)
{
    s->settings = NULL;
    if (s->transaction != TRANSACTION_NONE)
        return;
    s->first_setting = NULL;
    arena_done(&s->flushed_arena); /* within a transaction it has what flushes changed, too */
}

const struct setting *transaction_copy_settings(const struct howdah_session *s, struct arena *arena)
{
    struct setting *first = NULL, **last = &first;
    for (const struct setting *setting = s->first_setting; setting; setting = setting->next) {
        if (!(*last = arena_copy(arena, setting, sizeof(*setting))) ||
            !((*last)->name = arena_copy_text(arena, setting->name, strlen(setting->name))) ||
            !((*last)->value = arena_copy_text(arena, setting->value, strlen(setting->value))))
            return NULL;
        last = &(*last)->next;
        *last = NULL;
    }
    return first;
}

void transaction_unset(struct howdah_session *s, struct setting *last, bool again)
{
    struct setting **behind = last ? &last->next : &s->first_setting;
    if (!again)
        *behind = NULL;
    s->settings = *behind;
}

/* --- the call --- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* As the server takes them: words of letters, digits, _ and $, with dots in between. */
static bool is_name(const char *name)
{
    size_t length = name ? strlen(name) : 0;
    bool begins = true;
    if (length == 0 || length > NAME_MAX_BYTES || !utf8_is_valid(name, length))
        return false;
    for (const char *at = name; *at; at++) {
        if (!is_letter(*at) && (begins || !((*at >= '0' && *at <= '9') || *at == '$' || *at == '.')))
            return false;
        begins = *at == '.';
    }
    return !begins;
}

static enum howdah_status set_local(struct howdah_session *s, const char *name, const char *value)
{
    if (!is_name(name))
        return session_fail(s, HOWDAH_STATUS_INVALID, NULL, NULL, NULL,
                            "that is no name for a setting: words of letters, digits and _ with dots in between, as in "
                            "app.tenant");
    if (sql_setting_is_ours(name))
        return session_fail(s, HOWDAH_STATUS_INVALID, NULL, NULL, NULL,
                            "setting %s: the library depends on it: leave it as it is", name);
    if (!value || !utf8_is_valid(value, strlen(value)))
        return session_fail(s, HOWDAH_STATUS_INVALID, NULL, NULL, NULL, "setting %s: its value %s", name,
                            value ? "is no valid UTF-8" : "is NULL; give it \"\"");
    struct setting *setting = ARENA_NEW(&s->flushed_arena, struct setting), **last = &s->first_setting;
    char *texts[2] = {arena_copy_text(&s->flushed_arena, name, strlen(name)),
                      arena_copy_text(&s->flushed_arena, value, strlen(value))};
    if (!setting || !texts[0] || !texts[1])
        return session_no_memory(s);
    if (role_is_set_by(name))
        role_forget(s);
    *setting = (struct setting){.name = texts[0], .value = texts[1]};
    while (*last)
        last = &(*last)->next;
    *last = setting;
    if (!s->settings)
        s->settings = setting;
    return HOWDAH_STATUS_OK;
}

enum howdah_status howdah_session_set_local(struct howdah_session *s, const char *name, const char *value)
{
    if (!session_enter(s))
        return session_refusal(s);
    enum howdah_status status = set_local(s, name, value);
    session_leave(s);
    return status;
}
