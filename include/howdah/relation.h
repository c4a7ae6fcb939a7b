/* Relations: the fields of objects that lead to other objects (BELONGS_TO, HAS_ONE, HAS_MANY, MANY_TO_MANY).
 *
 * Reading such a field never reaches the server. It is loaded by a call, and then for all objects that came with this one
 * in the same result, or along with a query (query_with). The session owns what it finds there: collections are
 * read-only, and their `items` live until the next call that loads or changes the same one. */
#ifndef HOWDAH_RELATION_H
#define HOWDAH_RELATION_H

#include <howdah/query.h>

HOWDAH_BEGIN_DECLS

/* session_load(s, user, posts): loads the relation of the object and of all those that came with it in the same result
 * (of a query, of session_find_many, of the load of a relation) and have it not loaded yet, with one statement (1 trip, up
 * to 65,536 keys; the rest when one of them is asked for). No trip where it is loaded already, on a new object, and for
 * BELONGS_TO where the session has the target or there is none. Afterwards the collection is .loaded, or the pointer
 * set (NULL: there is none).
 *
 * What the program has changed in memory counts: objects that it marked deleted are left out, those that it moved are
 * where it put them. Where the other side is a pointer that isn't set it is set as well; nothing becomes dirty.
 *
 * A relation with .lazy = LAZY_RAISE is STATUS_MISUSE, unless it is loaded. So are an object of another session, NULL, and
 * one that was deleted, evicted or rolled back. On failure the fields are as they were. */
HOWDAH_API enum howdah_status howdah_session_load_field(struct howdah_session *s, void *object, size_t offset);
#define howdah_session_load(s, object, field) \
    howdah_session_load_field((s), (object), offsetof(__typeof__(*(object)), field))

/* Whether session_load would have nothing to ask: the collection is loaded, the pointer set or known to be NULL. Of a field
 * that is a column: whether it was loaded, and is not expired (see <howdah/state.h>). No I/O.
 * false on error. */
HOWDAH_API bool howdah_session_is_loaded_field(struct howdah_session *s, const void *object, size_t offset);
#define howdah_session_is_loaded(s, object, field) \
    howdah_session_is_loaded_field((s), (object), offsetof(__typeof__(*(object)), field))

/* session_count(s, user, posts): how many rows a collection has, without loading it: asked for the object and its siblings
 * with one statement (1 trip), and kept for them until the session commits, flushes, rolls back or refreshes. What was
 * added, deleted, linked and unlinked since is counted as well, but for what a MANY_TO_MANY that isn't loaded has of objects
 * that are marked deleted; where a program moved an object by writing its fields, from
 * the next such call on. Of a collection that is loaded it is its .count (no trip). 0 on error. */
HOWDAH_API uint64_t howdah_session_count_field(struct howdah_session *s, const void *object, size_t offset);
#define howdah_session_count(s, object, field) \
    howdah_session_count_field((s), (object), offsetof(__typeof__(*(object)), field))

/* session_top(s, user, posts, 3, &count): the first rows of a collection, in its order (that of .order_by, else of the
 * primary key), as managed objects: asked for the object and its siblings with one statement (1 trip), and kept like a
 * count. The collection itself stays as it is: these rows are not all. Objects that are marked deleted or moved elsewhere
 * are left out. The array is the session's, until the next call that would ask for the same, or change what is kept; NULL
 * on error and for a collection that has none. `most` is at least 1. */
HOWDAH_API void **howdah_session_top_field(struct howdah_session *s, const void *object, size_t offset, uint64_t most,
                                           size_t *ret_count);
#define howdah_session_top(s, object, field, most, ret_count) \
    ((__typeof__((object)->field.items))(void *)howdah_session_top_field( \
        (s), (object), offsetof(__typeof__(*(object)), field), (most), (ret_count)))

/* --- a budget: what a piece of work may ask of the server --- */

/* Use BUDGET(.statements = 10, .rows = 1000). 0 is no limit. */
struct howdah_budget {
    size_t struct_size;
    uint32_t statements;
    uint32_t round_trips;
    uint64_t rows;
};
#define HOWDAH_BUDGET(...) (&(const struct howdah_budget){.struct_size = sizeof(struct howdah_budget), __VA_ARGS__})

/* From now on the session may ask for so much and no more, counted as in session_stats. What would go beyond is
 * STATUS_MISUSE, an error that sticks and says which statements ran how often; a statement or a trip too many is not sent,
 * rows too many end the call that they came with. NULL: no budget any more. No I/O. */
HOWDAH_API enum howdah_status howdah_session_set_budget(struct howdah_session *s, const struct howdah_budget *budget);

/* --- with a query --- */

/* query_with(q, User, posts): query_all and query_first also load that relation of the rows; from what it brings others
 * may start, as in query_with(q, Post, tags). One statement for each relation, all in the round trip of the query and in
 * one snapshot: where the program has begun no transaction, in one of its own (REPEATABLE READ, READ ONLY). Rows that can't
 * be told twice (a row lock, a limit without an order) cost a second trip. What an object has loaded already stays as it
 * is. The same as many session_load would give, also where a relation is LAZY_RAISE. No I/O before the query runs; faults
 * come out when it does: a model that the query does not bring, or brings by several ways. */
HOWDAH_API void howdah_query_with_field(struct howdah_query *q, const struct howdah_model *model, size_t offset);
#define howdah_query_with(q, T, field) howdah_query_with_field((q), &T##_model, offsetof(T, field))
/* query_with_path(q, "posts.tags"): the relations from field to field, each as query_with would; the way to say where a
 * model is reached by several, or by itself ("children.children"). */
HOWDAH_API void howdah_query_with_path(struct howdah_query *q, const char *path);
/* query_with_top(q, User, posts, 3): brings the first rows of each collection along, for session_top with the same number,
 * which then asks nothing. The collections stay unloaded, and nothing can start from such rows. */
HOWDAH_API void howdah_query_with_top_field(struct howdah_query *q, const struct howdah_model *model, size_t offset,
                                            uint64_t most);
#define howdah_query_with_top(q, T, field, most) \
    howdah_query_with_top_field((q), &T##_model, offsetof(T, field), (most))

/* --- changing. No I/O: written by the next flush or commit --- */

/* session_link(s, post, tags, tag): `other` joins the relation of the object, in both objects at once: collections that
 * are loaded, pointers, and the foreign key's field where the key is known already. What `other` belonged to before it
 * leaves (HAS_ONE, HAS_MANY), and so does what a HAS_ONE held, loaded or not. A collection that isn't loaded stays so:
 * nothing is read.
 * Linking what is linked is nothing; linking what was unlinked since the last commit takes that back.
 * Where the join table of a MANY_TO_MANY has a model, a link is a new object of it, zero but for the two sides;
 * STATUS_NOT_NULL where that needs more.
 *
 * STATUS_INVALID: NULL, or an object of another model; STATUS_MISUSE: one of another session, or one that was deleted,
 * evicted or rolled back; or the field is no relation. The error names the field. */
HOWDAH_API enum howdah_status howdah_session_link_field(struct howdah_session *s, void *object, size_t offset,
                                                        void *other);
#define howdah_session_link(s, object, field, other) \
    howdah_session_link_field((s), (object), offsetof(__typeof__(*(object)), field), (other))

/* session_unlink(s, post, tags, tag): the opposite. The foreign key becomes NULL; where it can't, `other` must be linked
 * to another object, or deleted, before the commit. With .delete_orphans it is deleted by the commit, unless it is linked
 * elsewhere by then; one that was never written is forgotten. Unlinking what isn't linked is nothing, as far as the
 * session can know that; else the commit finds no row (STATUS_STALE). Same errors as session_link. */
HOWDAH_API enum howdah_status howdah_session_unlink_field(struct howdah_session *s, void *object, size_t offset,
                                                          void *other);
#define howdah_session_unlink(s, object, field, other) \
    howdah_session_unlink_field((s), (object), offsetof(__typeof__(*(object)), field), (other))

/* session_replace(s, post, tags, items, n): unlinks what is not among `items`, links what is. The collection, or
 * HAS_ONE, must be loaded (STATUS_MISUSE). `items` is only read, and may be the collection's own. Same errors as session_link; after one
 * nothing was changed but where memory ran out. */
HOWDAH_API enum howdah_status howdah_session_replace_field(struct howdah_session *s, void *object, size_t offset,
                                                           void *const *items, size_t count);
#define howdah_session_replace(s, object, field, items, count) \
    howdah_session_replace_field((s), (object), offsetof(__typeof__(*(object)), field), \
                                 (void *const *)(const void *)(items), (count))

HOWDAH_END_DECLS

#endif
