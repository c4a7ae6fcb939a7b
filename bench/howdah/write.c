/* Commits of many objects of one table. */
#include "bench.h"

static void end_unit(struct bench *b, int r)
{
    bench_commit(b->sessions[r]);
    b->sessions[r] = NULL;
}

void insert_prepare(struct bench *b, const struct job *job)
{
    bench_room(b, 0, job->objects);
    b->made = rows_make_items(job_total(job));
    b->keys = contestant_take((size_t)job_total(job), sizeof(*b->keys));
}

void insert_run(struct bench *b, const struct job *job)
{
    for (int r = 0, first = 0; r < job->units; r++, first += job->objects) {
        Session *s = session_open(b->db);
        for (int i = 0; i < job->objects; i++)
            b->objects[i] = session_add_struct(s, Item, &b->made[first + i]);
        if (session_commit(s) != STATUS_OK)
            bench_expect(s);
        for (int i = 0; i < job->objects; i++)
            b->keys[first + i] = ((const Item *)b->objects[i])->id;
        session_close(s);
    }
}

void added_prepare(struct bench *b, const struct job *job)
{
    bench_room(b, 1, job->objects);
    b->made = rows_make_items(job->objects);
    b->sessions[0] = session_open(b->db);
    for (int i = 0; i < job->objects; i++)
        b->objects[i] = session_add_struct(b->sessions[0], Item, &b->made[i]);
    bench_expect(b->sessions[0]);
}

uint64_t keys_checksum(struct bench *b, const struct job *job)
{
    uint64_t sum = 0;
    for (int i = 0; i < job_total(job); i++)
        sum = rows_add_key(sum, i + 1, b->keys[i]);
    return sum;
}

static void change(Item *item)
{
    item->name = rows_changed_name(item->id);
    item->price += 1;
}

void update_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++) {
        for (int i = r * job->objects; i < (r + 1) * job->objects; i++)
            change(b->objects[i]);
        end_unit(b, r);
    }
}

void delete_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++) {
        for (int i = r * job->objects; i < (r + 1) * job->objects; i++)
            session_delete(b->sessions[r], b->objects[i]);
        end_unit(b, r);
    }
}

static void commit(Session *s)
{
    if (session_commit(s) != STATUS_OK)
        bench_expect(s);
}

void changed_prepare(struct bench *b, const struct job *job)
{
    change_prepare(b, job);
    for (int i = 0; i < job->objects; i++)
        change(b->objects[i]);
}

void removed_prepare(struct bench *b, const struct job *job)
{
    change_prepare(b, job);
    for (int i = 0; i < job->objects; i++)
        session_delete(b->sessions[0], b->objects[i]);
}

void commit_run(struct bench *b, const struct job *job)
{
    (void)job;
    commit(b->sessions[0]);
}

void dirty_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++) {
        for (int i = r * 10; i < r * 10 + 10; i++)
            change(b->objects[i]);
        commit(b->sessions[0]);
    }
}

void nothing_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++)
        commit(b->sessions[0]);
}
