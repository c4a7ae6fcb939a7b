/* SQL types as programs write them in .sql_type: what they mean, in which form their values travel, and where a cast
 * is needed. */
#ifndef MODEL_SQLTYPE_H
#define MODEL_SQLTYPE_H

#include "column.h"

/* A type whose OID is fixed. */
struct sqltype_known {
    const char *name; /* one spelling: lower case, single blanks, no limit */
    const char *cast; /* to cast to: the same type without any limit, which an explicit cast would cut to */
    uint16_t oid;
    uint16_t array_oid;
    uint8_t family; /* the enum howdah_type that stands for all that share its binary format, or NONE */
    bool assigned;  /* sent as the C type's own, for the server to assign: other widths, varchar */
};

struct sqltype {
    const char *base;                  /* "varchar", "app.email": without a limit and brackets; words in lower case */
    const struct sqltype_known *known; /* of base, or NULL */
    uint32_t dimensions;
    uint32_t limit; /* n of varchar(n), p of numeric(p, s); or 0 */
    int32_t scale;  /* s of numeric(p, s) */
    bool limited;   /* has a limit, be it 0 */
    bool fields;    /* interval: has some of them alone */
};

/* Takes an SQL type to pieces. OK; INVALID with a reason; or NO_MEMORY. */
enum howdah_status sqltype_parse(const char *text, struct arena *arena, struct sqltype *ret, const char **ret_why);

/* The type with that OID, or the one whose array has it; NULL if it is not known. */
const struct sqltype_known *sqltype_of_oid(uint32_t oid);
const struct sqltype_known *sqltype_of_array(uint32_t array_oid);

/* Whether a type of that name has an =, and one that means that values are the same. True of those that aren't known. */
bool sqltype_is_comparable(const char *name, size_t length);

/* The family of a C type. */
enum howdah_type sqltype_family(enum howdah_type type);

/* Sets all that the column's travel needs (wire to as_literal), from its codec, its shape and the column's type,
 * which is NULL for the codec's own. False if memory is out. */
bool sqltype_set_wire(const struct sqltype *type, struct arena *arena, struct column *c);

#endif
