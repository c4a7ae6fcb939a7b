#include "draw_rights.h"

enum draw_rights draw_rights(const struct howdah_database *db, const struct mapper *mapper)
{
    return (enum draw_rights)atomic_load_explicit(&db->draw_rights[mapper->index], memory_order_relaxed);
}

void draw_rights_learn(struct howdah_database *db, const struct mapper *mapper, enum draw_rights rights)
{
    atomic_store_explicit(&db->draw_rights[mapper->index], (unsigned char)rights, memory_order_relaxed);
}
