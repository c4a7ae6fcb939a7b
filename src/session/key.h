/* Keys as programs give them: values, checked and converted to the fields' types. */
#ifndef SESSION_KEY_H
#define SESSION_KEY_H

#include "session.h"

/* Puts the key's values into s->key_object. False: the session has the error. */
bool key_take(struct howdah_session *s, const struct mapper *mapper, const struct howdah_value *values, size_t parts);
/* A value for one column, into s->key_object. */
bool key_take_value(struct howdah_session *s, const struct mapper *mapper, const struct column *c,
                    struct howdah_value value);
/* The object with the key that is in s->key_object: what session_find gives. */
void *find_by_key_object(struct howdah_session *s, const struct mapper *mapper);

#endif
