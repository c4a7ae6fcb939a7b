/* A query that runs again and again. */
#include "bench.h"

static const struct statement has_rows = {"has_rows",
                                          "SELECT EXISTS (SELECT 1 FROM items WHERE id > $1::bigint AND name LIKE $2"
                                          " AND active = $3::boolean AND quantity IS NOT NULL"
                                          " AND price < $4::double precision)"};

void again_prepare(struct bench *b, const struct job *job)
{
    (void)job;
    best_need(b, &has_rows);
}

void again_run(struct bench *b, const struct job *job)
{
    for (int r = 0; r < job->units; r++) {
        best_int64(b, 0, 1);
        best_text(b, 1, "an item%");
        wire_bytes(best_parameter(b, 2), "\1", 1);
        wire_double(best_parameter(b, 3), 1.5);
        PGresult *result = best_execute(b, &has_rows, 4);
        if (PQgetlength(result, 0, 0) != 1)
            contestant_fail("no answer");
        PQclear(result);
    }
}
