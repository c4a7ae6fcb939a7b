/* Whose fault a failed statement was: the object, its model and the field, as far as the server's answer tells; else by
 * trying the rows one by one. */
#ifndef SESSION_CULPRIT_H
#define SESSION_CULPRIT_H

#include "work.h"

/* Faults of single rows, as opposed to those of the whole. */
bool is_fault_of_row(const struct howdah_error *error, bool by_policy);
/* The same of what a plan of the work has failed with, of which a key of several rows is one, too. */
bool work_blames_row(const struct work *w, bool by_policy);
/* The table that the server's answer names; NULL: none of a model's. */
const struct mapper *mapper_of_error(const struct howdah_session *s);
/* Adds the object, or NULL, that is at fault when the transaction ends, its model and the field. */
void session_name_late(struct howdah_session *s, struct entry *entry);
/* The row that step `failed` stumbled over, where that can be no other; or NULL. */
struct entry *work_only_suspect(const struct work *w, size_t failed);
/* Adds object, model and field to an error that step `failed` of the plan ended with; `again`: it can be tried again. */
void work_name_culprit(struct work *w, size_t failed, bool again);

#endif
