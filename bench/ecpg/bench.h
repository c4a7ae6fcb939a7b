/* The contestant ECPG: embedded SQL, as its documentation writes it, with ecpg -r prepare (statements are prepared by
 * themselves). A statement a row; loops fetch a thousand rows at once into arrays. */
#ifndef BENCH_ECPG_H
#define BENCH_ECPG_H

#include "../contestant/contestant.h"
#include "../contestant/rows.h"
#include "../contestant/text.h"

struct bench {
    bool connected;
    Item *items;
    int item_count;
    Author *authors;
    int author_count;
    Product *products;
    int64_t *keys;
    uint64_t sum;
};

/* Ends the process if the last statement failed, or affected no row. */
void ecpg_expect(void);
void ecpg_fail(void);

void find_prepare(struct bench *b, const struct job *job);
void find_run(struct bench *b, const struct job *job);
void find_many_run(struct bench *b, const struct job *job);
void load_run(struct bench *b, const struct job *job);
void start_run(struct bench *b, const struct job *job);
void open_run(struct bench *b, const struct job *job);
/* Items 1 ... count. */
void load_items(struct bench *b, int count);

void request_run(struct bench *b, const struct job *job);
void parents_naive_run(struct bench *b, const struct job *job);
void parents_eager_run(struct bench *b, const struct job *job);

void insert_prepare(struct bench *b, const struct job *job);
void insert_run(struct bench *b, const struct job *job);
void change_prepare(struct bench *b, const struct job *job);
void dirty_prepare(struct bench *b, const struct job *job);
void update_run(struct bench *b, const struct job *job);
void delete_run(struct bench *b, const struct job *job);
void dirty_run(struct bench *b, const struct job *job);

void graph_prepare(struct bench *b, const struct job *job);
void graph_run(struct bench *b, const struct job *job);

void tpcb_run(struct bench *b, const struct job *job);
void queries_run(struct bench *b, const struct job *job);
void updates_run(struct bench *b, const struct job *job);

#endif
