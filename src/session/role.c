#include "role.h"

#include "draw_rights.h"
#include "transaction.h"

#include "base/ascii.h"
#include "base/hash.h"

enum { ROLES_MAX = 256 }; /* that a database knows; of others each session finds out for itself */

struct role {
    struct map_node node;
    atomic_uchar *rights;
    char *name;
};

static const char *const role_settings[] = {"session_authorization", "role"};

static bool is_setting(const char *name, const char *setting)
{
    const char *rest;
    return ascii_begins(name, setting, &rest) && !*rest;
}

bool role_is_set_by(const char *setting)
{
    return is_setting(setting, role_settings[0]) || is_setting(setting, role_settings[1]);
}

/* The role that the transaction's settings name, or NULL. A new session authorization ends what "role" has said, and the
 * role "none" is that one again. */
static const char *role_name(const struct howdah_session *s)
{
    const char *name = NULL, *authorization = NULL;
    for (const struct setting *setting = s->first_setting; setting; setting = setting->next) {
        if (is_setting(setting->name, role_settings[0]))
            name = authorization = strcmp(setting->value, "default") == 0 ? NULL : setting->value;
        else if (is_setting(setting->name, role_settings[1]))
            name = strcmp(setting->value, "none") == 0 ? authorization : setting->value;
    }
    return name;
}

static bool match(const struct map_node *node, const void *name)
{
    const struct role *role = (const void *)node;
    return strcmp(role->name, name) == 0;
}

/* With the lock. NULL: memory is out. */
static struct role *add_role(struct howdah_database *db, const char *name, uint32_t hash)
{
    struct role *role = ARENA_NEW(&db->arena, struct role);
    if (!role || !(role->name = arena_copy_text(&db->arena, name, strlen(name))) ||
        !(role->rights = arena_allocate_zero(&db->arena, db->catalog.mapper_count * sizeof(*role->rights), 1)))
        return NULL;
    return map_add(&db->roles, &role->node, hash) ? role : NULL;
}

/* *ret_full: there are too many, and this one will not be known. NULL without it: memory is out. */
static atomic_uchar *rights_of(struct howdah_database *db, const char *name, bool *ret_full)
{
    uint32_t hash = (uint32_t)hash_bytes(0, name, strlen(name));
    pthread_mutex_lock(&db->lock);
    struct role *role = (void *)map_find(&db->roles, hash, match, name);
    *ret_full = !role && map_count(&db->roles) >= ROLES_MAX;
    if (!role && !*ret_full)
        role = add_role(db, name, hash);
    pthread_mutex_unlock(&db->lock);
    return role ? role->rights : NULL;
}

static atomic_uchar *own_rights(struct howdah_session *s)
{
    size_t size = s->db->catalog.mapper_count * sizeof(*s->own_rights);
    if (s->own_rights)
        return s->own_rights;
    s->own_rights = memory_allocate(&s->db->allocator, size ? size : 1);
    if (!s->own_rights)
        session_no_memory(s);
    role_forget(s);
    return s->own_rights;
}

/* Between a question and the plan that comes of its answer it is the same: so what memory was lacking for is an error. */
atomic_uchar *role_rights(struct howdah_session *s)
{
    const char *name = s->first_setting ? role_name(s) : NULL;
    bool unknown = s->role_unknown;
    atomic_uchar *rights = unknown ? NULL : name ? rights_of(s->db, name, &unknown) : s->db->draw_rights;
    if (unknown)
        return own_rights(s);
    if (!rights)
        session_no_memory(s);
    return rights;
}

void role_become_unknown(struct howdah_session *s)
{
    s->role_unknown = true;
    role_forget(s);
}

void role_forget(struct howdah_session *s)
{
    for (uint32_t i = 0; s->own_rights && i < s->db->catalog.mapper_count; i++)
        atomic_store_explicit(&s->own_rights[i], KEYS_DOUBTED, memory_order_relaxed);
}

void roles_done(struct howdah_database *db)
{
    map_clear(&db->roles);
}
