/* The commit fence: a row with a random id that a transaction writes among its own. Whoever must know what became of that
 * transaction tries to insert the same id: the server lets him wait until the old transaction is over, and afterwards its
 * COMMIT can't succeed any more. So the answer is final, on any server, behind any pooler, after any failover. */
#ifndef SESSION_FENCE_H
#define SESSION_FENCE_H

#include "pg/executor.h"
#include "sql/ddl.h"

#include <howdah/database.h>

/* Of one transaction. */
struct fence {
    bool set;
    unsigned char id[16];
};

/* Texts with the name of the database's table. */
struct fence_statements {
    struct statement mark, close, look;
};

enum { FENCE_TOKEN = 8 + HOWDAH_TEXT_MAX };

/* With option `fence`: makes the texts, in the database's arena. False if memory is out. */
bool fence_prepare(struct howdah_database *db);
/* A fence of its own for a transaction. False if the system has no random numbers now. */
bool fence_make(struct fence *ret);
/* Binds the fence to `mark`: its id, and the key of the lock by which its backend can be found. `room` lives as long as the
 * binding. */
struct fence_binding {
    unsigned char key[8];
    const char *values[2];
    int sizes[2];
};
void fence_bind(const struct fence *fence, struct fence_binding *room, struct pg_binding *ret);

/* What became of its transaction: DONE, NOT_DONE, or IN_DOUBT if the deadline passed before a server said. Ends the old
 * backend if it is still there, and may be ended. */
enum howdah_outcome fence_resolve(struct howdah_database *db, const struct fence *fence, moment deadline);

void fence_token(const struct fence *fence, char ret_text[FENCE_TOKEN]);
bool fence_parse(const char *token, struct fence *ret);

/* Its table, for CREATE TABLE. It is never dropped: transactions of others may have marked it. */
struct ddl_extra fence_table(const struct howdah_database *db);

#endif
