/* The parameters of one statement, in the wire's format. A session has one set, whose memory is used again and again. */
#ifndef SESSION_PARAMETERS_H
#define SESSION_PARAMETERS_H

#include "base/buffer.h"
#include "model/column.h"
#include "pg/plan.h"

struct parameters {
    const struct howdah_allocator *allocator;
    struct buffer *buffers;
    const char **values;
    int *sizes;
    uint32_t capacity;
    uint32_t count;
};

void parameters_init(struct parameters *p, const struct howdah_allocator *allocator);
void parameters_done(struct parameters *p);
/* Begins a new set of at most `most`. False if memory is out. */
bool parameters_begin(struct parameters *p, uint32_t most);

/* Each adds the next parameter: a field, a field of many objects as an array, a text, a number, arrays. */
void parameters_add_field(struct parameters *p, const struct column *c, const void *object);
void parameters_add_fields(struct parameters *p, const struct column *c, void *const *objects, size_t count);
void parameters_add_text(struct parameters *p, const char *text);
void parameters_add_number(struct parameters *p, int64_t number);
void parameters_add_texts(struct parameters *p, const char *const *texts, size_t count);
/* Numbers; those whose flag is false are NULL. */
void parameters_add_numbers(struct parameters *p, const int64_t *numbers, const bool *valid, size_t count);

/* The set as the executor takes it. NO_MEMORY, or INVALID if a parameter is larger than the protocol allows. */
enum howdah_status parameters_bind(struct parameters *p, struct pg_binding *ret);

#endif
