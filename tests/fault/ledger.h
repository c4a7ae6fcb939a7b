/* Accounts with entries, and a unit of work over them: what these tests interrupt.
 *
 * The unit adds an account and two entries that point to it, changes account 1 and deletes account 2. It is
 * done whole or not at all, and the tables tell which. */
#ifndef FAULT_LEDGER_H
#define FAULT_LEDGER_H

#include <howdah/howdah.h>

#include <check.h>

typedef struct Account Account;
typedef struct Entry Entry;

struct Account {
    int64_t id;
    const char *owner;
    int64_t balance;
    int32_t version;
};

struct Entry {
    int64_t id;
    int64_t account_id;
    int64_t amount;
    Account *account;
};

extern const Model Account_model, Entry_model;
#define LEDGER_MODELS MODELS(Account, Entry)

/* Creates the tables. */
void ledger_create(void);
/* The tables as they are before the unit: accounts 1 (kept) and 2 (doomed). */
void ledger_seed(void);
/* The table of the commit fence, for databases with .fence. */
void ledger_create_fence(void);
/* A deferred constraint on accounts that fails when COMMIT comes, while it is told to. */
void ledger_create_refusal(void);
void ledger_refuse(bool refuse);

/* Objects that a unit does without are NULL. */
struct unit {
    Session *s;
    Account *kept, *doomed, *added;
    Entry *entries[2];
};

/* Loads (2 trips) and changes; nothing is written. The session must be empty. Fails the test if it can't. */
void unit_begin(struct unit *unit, Session *s);
/* Only adds: no trip. */
void unit_begin_adding(struct unit *unit, Session *s);
/* Only adds the account, or only changes one (1 trip): one row, so that one statement is the whole transaction. */
void unit_begin_adding_one(struct unit *unit, Session *s);
void unit_begin_changing_one(struct unit *unit, Session *s);

/* Whether the tables hold the whole unit, once, or nothing of it; anything else fails the test. */
bool unit_is_done(void);
/* The same for units that do a part of it. */
bool unit_is_added(void);
bool unit_one_is_added(void);
bool unit_one_is_changed(void);
/* The objects are what a commit that succeeded makes of them, and a commit would write nothing more. */
void unit_check_promoted(struct unit *unit);
/* The objects are as before the commit: pending, without the keys that the server would have made. */
void unit_check_pending(struct unit *unit);

/* The session's error, or OK. */
Status status_of(const Session *s);
/* Fails the test unless the session has no error. */
void check_ok(const Session *s);
/* Milliseconds since some moment. */
double milliseconds(void);
/* Opens a database of the ledger's models; fails the test if that has an error. */
Database *ledger_database(const char *conninfo, const DatabaseOptions *options);

/* Runs the suite in a database of its own. */
int ledger_main(Suite *suite);

#endif
