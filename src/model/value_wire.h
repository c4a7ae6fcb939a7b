/* Values of the public interface as parameters of a statement, for SQL that the program wrote: there is no column that
 * says what type a value is to have. */
#ifndef MODEL_VALUE_WIRE_H
#define MODEL_VALUE_WIRE_H

#include "base/arena.h"

#include <howdah/error.h>
#include <howdah/value.h>

/* One parameter: binary where its type is known; with type 0 as text, whose type the server finds from the context. */
struct wire_value {
    uint32_t type;    /* OID, or 0 */
    int32_t size;     /* -1 is NULL */
    const char *data; /* in the arena, or borrowed from the value */
};

/* Of values that no column holds. Codecs look at their field only for what these types don't have. */
extern const struct howdah_field value_no_field;

/* OK; INVALID with a reason ("is not valid UTF-8"), static or in the arena; or NO_MEMORY. A text is given as such, with
 * its type left open. */
enum howdah_status value_to_wire(const struct howdah_value *value, struct arena *arena, struct wire_value *ret,
                                 const char **ret_why);
/* The same for `length` bytes of text. */
enum howdah_status text_to_wire(const char *text, size_t length, struct arena *arena, struct wire_value *ret,
                                const char **ret_why);
/* A copy of the value with all that it points to. False if memory is out. */
bool value_copy(const struct howdah_value *value, struct arena *arena, struct howdah_value *ret);
/* An integer as a parameter of four bytes. */
enum howdah_status int32_to_wire(int32_t number, struct arena *arena, struct wire_value *ret);
/* A number as text, so that the server reads double precision or numeric from it. */
enum howdah_status real_to_wire(double number, struct arena *arena, struct wire_value *ret);

#endif
