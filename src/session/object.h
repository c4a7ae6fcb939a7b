/* Objects and their pointers to other objects. */
#ifndef SESSION_OBJECT_H
#define SESSION_OBJECT_H

#include "session.h"

/* A new object, copied from a struct of the program's; NULL: the session has the error. */
struct entry *object_add_new(struct howdah_session *s, const struct mapper *mapper, const void *value);
/* Another object of the session, `holder`, has the key: UNIQUE, which names both. */
enum howdah_status object_fail_taken(struct howdah_session *s, const struct mapper *mapper, void *object,
                                     const struct entry *holder, const char *remedy);
/* What calls return that can't make an object: memory that is never written to the database, with `value` (or NULL) in it. */
void *object_lost(struct howdah_session *s, const struct howdah_model *model, const void *value);
/* Sets each BELONGS_TO pointer that does not fit its foreign key's value to NULL. */
void object_forget_stale_pointers(struct howdah_session *s, const struct mapper *mapper, void *object);
/* The same; where the session has the object that fits, to that. */
void object_mend_pointers(struct howdah_session *s, const struct mapper *mapper, void *object);
/* The same where `row` is what the object's row is now, with the pointers that it had: what the program has not changed. */
void object_follow_row(struct howdah_session *s, const struct mapper *mapper, void *object, void *row);
/* After a commit or flush that failed, or passed over objects that are read only: what programs put into fields is the
 * session's own from now on, as of objects that are written. Where memory is out a field keeps the program's pointer. */
void object_own_all(struct howdah_session *s);
/* The same of one object. */
void object_own(struct howdah_session *s, const struct mapper *mapper, const struct entry *entry);
/* Whether a part of the primary key is zero that a BELONGS_TO pointer will fill in. */
bool object_key_waits(const struct mapper *mapper, const void *object);
/* Makes uuid keys that are not set. False: the session has the error. */
bool object_make_keys(struct howdah_session *s, const struct mapper *mapper, void *object);
/* The pointer of a BELONGS_TO relation, as it stands in the struct. */
static inline void *object_pointer(const struct relation *relation, const void *object)
{
    void *target;
    memcpy(&target, (const char *)object + relation->field->offset, sizeof(target));
    return target;
}

static inline void object_set_pointer(const struct relation *relation, void *object, void *target)
{
    memcpy((char *)object + relation->field->offset, &target, sizeof(target));
}

#endif
