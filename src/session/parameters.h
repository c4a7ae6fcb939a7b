/* The parameters of one statement, in the wire's format. A session has one set, whose memory is used again and again. */
#ifndef SESSION_PARAMETERS_H
#define SESSION_PARAMETERS_H

#include "base/buffer.h"
#include "model/column.h"
#include "model/value_wire.h"
#include "pg/plan.h"

struct parameters {
    struct buffer out;   /* the values, one behind the other */
    const char **values; /* of one block, with the three below */
    size_t *starts;      /* in `out` */
    int *sizes;
    int *formats; /* see struct pg_binding; set where `texts` */
    uint32_t capacity;
    uint32_t count;
    bool texts; /* some are text whose type the server finds */
};

void parameters_init(struct parameters *p, const struct howdah_allocator *allocator);
void parameters_done(struct parameters *p);
/* Begins a new set of at most `most`. False if memory is out. */
bool parameters_begin(struct parameters *p, uint32_t most);
/* There will be about so many more bytes of them. */
void parameters_expect(struct parameters *p, size_t bytes);

/* Each adds the next parameter: a field, a field of many objects as an array, a text, a number, arrays. */
void parameters_add_field(struct parameters *p, const struct column *c, const void *object);
void parameters_add_fields(struct parameters *p, const struct column *c, void *const *objects, size_t count);
void parameters_add_text(struct parameters *p, const char *text);
void parameters_add_number(struct parameters *p, int64_t number);
void parameters_add_texts(struct parameters *p, const char *const *texts, size_t count);
/* Numbers; those whose flag is false are NULL. */
void parameters_add_numbers(struct parameters *p, const int64_t *numbers, const bool *valid, size_t count);

/* A value that the program gave to SQL of its own. */
void parameters_add_wire(struct parameters *p, const struct wire_value *value);
/* An array of such values of one type, which are added one by one. */
void parameters_begin_array(struct parameters *p, uint32_t item_type, size_t count);
void parameters_add_item(struct parameters *p, const struct wire_value *value);

/* The set as the executor takes it. NO_MEMORY, or INVALID if a parameter is larger than the protocol allows. */
enum howdah_status parameters_bind(struct parameters *p, struct pg_binding *ret);

#endif
