/* States of objects beyond new, loaded and deleted: objects that come back to a session, that are known only in part, out
 * of date, or not to be written. docs/states.md has the table of legal moves; every other move is STATUS_MISUSE, and the
 * error names the object.
 *
 * Fields of a struct can't tell that they were not loaded: those are zero. A zero there is no change, and a commit leaves
 * the column alone; session_mark_changed says that it is meant. The primary key is always loaded. */
#ifndef HOWDAH_STATE_H
#define HOWDAH_STATE_H

#include <howdah/query.h>

HOWDAH_BEGIN_DECLS

/* --- objects that come back --- */

/* Takes an object back that this session has evicted, or that a rollback has detached: it is as it was then, against what
 * its row was then. If nothing differs it is clean, and a commit writes only what does; its collections are as not loaded. One
 * that was never written is new again. An object that the session has is left as it is. STATUS_MISUSE for one that is marked deleted, whose row was
 * deleted or is gone, or that is of no or another session; STATUS_UNIQUE if another object has its key by now (of one that is new
 * again: and keeps it): the error names both. No I/O. */
HOWDAH_API enum howdah_status howdah_session_attach(struct howdah_session *s, void *object);

/* session_attach_struct(s, User, &value): a struct that is known to equal its row, from a cache or another process, as a
 * clean object: copied with all that it points to; what is changed afterwards is all that a commit writes. Its relations
 * are as not loaded. A struct that equals its row no longer overwrites nothing but what is changed, and where the model has
 * a version that is STATUS_STALE. STATUS_INVALID if its key is not set, or a field can't be what a row has; STATUS_UNIQUE if
 * the session has an object with that key: session_merge copies into that one. NULL on error. No I/O. */
HOWDAH_API void *howdah_session_attach_object(struct howdah_session *s, const struct howdah_model *model,
                                              const void *value);
#define howdah_session_attach_struct(s, T, value) \
    ((T *)howdah_session_attach_object((s), &T##_model, (1 ? (value) : (const T *)0)))

/* session_merge(s, User, &value): what a detached struct says goes into the object with its key, which is returned: the one
 * that the session has, else the one that the row becomes (1 round trip; also where the session's lacks something), else a
 * new one. A struct whose key is not whole is a new object (no round trip). Several structs with one key are one object; the
 * last one counts.
 *
 * Copied is what is set: a NULL pointer and a Null type that is not valid are not, so that they blank nothing; every other
 * zero is a value. session_merge_only(s, User, (email, age), &value) copies these fields and no others, NULL as well. Neither
 * copies the key, the version, what the server makes, or relations.
 *
 * STATUS_STALE if the struct has a version and it is not the object's: the error tells both. STATUS_MISUSE if the object is
 * marked deleted or read only, STATUS_INVALID if a field can't be what is copied. A managed object is merged into itself:
 * it is returned as it is. NULL on error, and then nothing was copied. */
HOWDAH_API void *howdah_session_merge_object(struct howdah_session *s, const struct howdah_model *model,
                                             const void *value, const size_t *fields, size_t count);
#define howdah_session_merge(s, T, value) \
    ((T *)howdah_session_merge_object((s), &T##_model, (1 ? (value) : (const T *)0), NULL, 0))
#define howdah_session_merge_only(s, T, fields, value) \
    ((T *)howdah_session_merge_object((s), &T##_model, (1 ? (value) : (const T *)0), \
                                      HOWDAH_MERGED(T, HOWDAH_STRIP fields)))
#define HOWDAH_MERGED(T, ...) HOWDAH_OFFSETS(T, __VA_ARGS__), HOWDAH_COUNT(__VA_ARGS__)

/* --- rows that are known only in part --- */

/* session_stub(s, User, 7): the row with that key as an object, without loading it; the one that the session has already, if
 * it has. All its other columns are not loaded. Fields that are set are written by a commit, and nothing else is; it may be
 * deleted, and be pointed to. That there is such a row is found out by the commit: STATUS_STALE, which names the object.
 *
 * Where the model has a version, set it to the one that the row must have; another one is STATUS_STALE. A version of 0
 * counts as not set, and writing is then STATUS_INVALID, unless session_mark_changed says that it is 0.
 *
 * Like session_add never NULL on a session that opened: after an error it is a scratch object that is never written.
 * STATUS_INVALID for a key that is not whole, STATUS_MISUSE for one of an object that is marked deleted. No I/O; finding the
 * object by its key, or by a query, fills what is missing. */
HOWDAH_API void *howdah_session_stub_key(struct howdah_session *s, const struct howdah_model *model,
                                         const struct howdah_value *key, size_t parts);
#define howdah_session_stub(s, T, ...) ((T *)howdah_session_stub_key((s), &T##_model, HOWDAH_VALUES(__VA_ARGS__)))

/* query_only(q, User, name, email): the objects that the query brings have these columns loaded, their keys, versions and
 * foreign keys, and no others; it may be called again for more. What is not loaded is zero, is not written unless it is set
 * (no SELECT for that), and is filled by session_load_columns, session_find, session_refresh, or a query that reads it.
 * Objects that the session has already have what they had, and get what they lack. Fields of the query's model; not for
 * plain structs. No I/O. */
HOWDAH_API void howdah_query_only_fields(struct howdah_query *q, const struct howdah_model *model, const size_t *fields,
                                         size_t count);
#define howdah_query_only(q, T, ...) \
    howdah_query_only_fields((q), &T##_model, HOWDAH_OFFSETS(T, __VA_ARGS__), HOWDAH_COUNT(__VA_ARGS__))

/* session_mark_changed(s, user, grade): the next commit writes the field as it then is, also where it is what it was, or
 * looks as if it were not set: a zero or NULL in a column that was not loaded, or that has a default. STATUS_INVALID for a
 * column that can't be written, or that can't be what the field is; STATUS_MISUSE for an object that is marked deleted, or
 * read only. No I/O. */
HOWDAH_API enum howdah_status howdah_session_mark_changed_field(struct howdah_session *s, void *object, size_t offset);
#define howdah_session_mark_changed(s, object, field) \
    howdah_session_mark_changed_field((s), (object), offsetof(__typeof__(*(object)), field))

/* Loads all columns of the object that are not loaded, and those of all objects that came with it in one result; what the
 * program has set stays. 1 round trip; none where nothing is missing. STATUS_STALE if the row is gone: the object is then
 * detached. (session_is_loaded tells of columns, too.) */
HOWDAH_API enum howdah_status howdah_session_load_columns(struct howdah_session *s, void *object);

/* --- objects that are out of date --- */

/* Says that the object is out of date, and drops what was changed in it: as session_refresh, but later. The next call that
 * gets it from its row does that (session_find, a query, session_load of a relation that goes by its columns,
 * session_load_columns; 1 round trip for all that came with it), and what is changed until then stays. Until then it has the values that its row last had; writing
 * what is changed, deleting it, and whatever else a commit does, goes by these and reads nothing. Its collections, and what was
 * linked to it, stay as they are. If the row is gone,
 * session_find is NULL and the object detached; a rollback of session_begin's transaction brings it back. STATUS_MISUSE for
 * a new object. No I/O. */
HOWDAH_API enum howdah_status howdah_session_expire(struct howdah_session *s, void *object);
/* The same for all loaded objects; new ones, and those marked deleted, stay as they are. No I/O. */
HOWDAH_API enum howdah_status howdah_session_expire_all(struct howdah_session *s);

/* --- objects that are not written --- */

/* With `true`, what is changed in the object's fields is never written, until `false` is said: then it is. Deleting it,
 * linking it where its own foreign key would change, and session_mark_changed are STATUS_MISUSE. What becomes of its row
 * since another one is deleted, still does. STATUS_MISUSE for an object that is new or marked deleted. No I/O. */
HOWDAH_API enum howdah_status howdah_session_set_read_only(struct howdah_session *s, void *object, bool read_only);
/* The objects that the query brings into the session, also by query_with, are read only. Those that the session has
 * already stay as they are. For rows that no session needs to know, query_untracked takes less memory. */
HOWDAH_API void howdah_query_read_only(struct howdah_query *q);

HOWDAH_END_DECLS

#endif
