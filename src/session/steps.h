/* What the executor calls while it runs the steps of a unit of work. `arg` is the work, step->number the step. */
#ifndef SESSION_STEPS_H
#define SESSION_STEPS_H

#include "work.h"

enum howdah_status step_bind_setting(void *arg, struct pg_step *step, struct pg_binding *ret);
enum howdah_status step_bind_fence(void *arg, struct pg_step *step, struct pg_binding *ret);
enum howdah_status step_bind_draw(void *arg, struct pg_step *step, struct pg_binding *ret);
enum howdah_status step_bind_gather(void *arg, struct pg_step *step, struct pg_binding *ret);
enum howdah_status step_bind_write(void *arg, struct pg_step *step, struct pg_binding *ret);
enum howdah_status step_bind_sweep(void *arg, struct pg_step *step, struct pg_binding *ret);
enum howdah_status step_row_sweep(void *arg, struct pg_step *step, const struct cell *cells, size_t count);
enum howdah_status step_done_sweep(void *arg, struct pg_step *step, const struct pg_done *done);
enum howdah_status step_row_transaction(void *arg, struct pg_step *step, const struct cell *cells, size_t count);
enum howdah_status step_row_draw(void *arg, struct pg_step *step, const struct cell *cells, size_t count);
enum howdah_status step_row_write(void *arg, struct pg_step *step, const struct cell *cells, size_t count);
/* The keys of all rows as a list. */
enum howdah_status step_row_list(void *arg, struct pg_step *step, const struct cell *cells, size_t count);
/* The same for a statement of several parts. */
enum howdah_status step_row_joint(void *arg, struct pg_step *step, const struct cell *cells, size_t count);
enum howdah_status step_done_write(void *arg, struct pg_step *step, const struct pg_done *done);

#endif
