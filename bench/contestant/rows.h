/* The rows of workloads.md as structs, the values that new ones get, and the checksums over what was read. The contestants
 * in C share them; what differs is how rows get into the structs and out of them. */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include <howdah/howdah.h>

typedef struct Item {
    int64_t id;
    const char *name;
    const char *note;
    bool active;
    PgTimestamp created_at;
    double price;
    NullInt32 quantity;
    PgUuid token;
    PgJson attributes;
    TextArray labels;
    int32_t version;
} Item;

typedef struct Author Author;
typedef struct Book Book;

struct Author {
    int64_t id;
    const char *name;
    int32_t score;
    int32_t version;
    MANY(Book) books;
};

struct Book {
    int64_t id;
    int64_t author_id;
    const char *title;
    int32_t year;
    Author *author;
};

typedef struct Customer {
    int64_t id;
    const char *name;
} Customer;

typedef struct Address {
    int64_t id;
    int64_t customer_id;
    const char *city;
    Customer *customer;
} Address;

typedef struct Product {
    int64_t id;
    const char *name;
    int32_t stock;
    int32_t version;
} Product;

typedef struct Order {
    int64_t id;
    int64_t customer_id;
    const char *status;
    Customer *customer;
} Order;

typedef struct Line {
    int64_t id;
    int64_t order_id;
    int64_t product_id;
    int32_t quantity;
    Order *order;
    Product *product;
} Line;

typedef struct Branch {
    int32_t id;
    int32_t balance;
    const char *filler;
} Branch;

/* Tellers and accounts. */
typedef struct Teller {
    int32_t id;
    int32_t branch_id;
    int32_t balance;
    const char *filler;
} Teller;

typedef struct Teller Account;

typedef struct History {
    int64_t id;
    int32_t teller_id;
    int32_t branch_id;
    int32_t account_id;
    int32_t delta;
    PgTimestamp made_at;
    const char *filler;
} History;

typedef struct World {
    int32_t id;
    int32_t randomnumber;
} World;

enum { ROWS = 10000, ACCOUNTS = 100000, BRANCHES = 10, TELLERS = 100, ITEM_LABELS = 3, BOOKS_EACH = 10 };

/* The key that unit u asks for, of `count` rows. */
static inline int64_t rows_key(int64_t u, int64_t count)
{
    return u * 7919 % count + 1;
}

/* The transaction of unit u of tpcb. */
struct transfer {
    int32_t account, teller, branch, delta;
};

static inline struct transfer rows_transfer(int64_t u)
{
    return (struct transfer){.account = (int32_t)rows_key(u, ACCOUNTS),
                             .teller = (int32_t)(u % TELLERS) + 1,
                             .branch = (int32_t)(u % BRANCHES) + 1,
                             .delta = (int32_t)(u * 37 % 10001) - 5000};
}

/* What an item becomes in `update`. */
static inline const char *rows_changed_name(int64_t id)
{
    return id % 2 ? "a changed name of an item" : "another name of an item";
}

/* Items 1 ... count, with id 0 and version 0; one block, for free(). */
Item *rows_make_items(int count);
/* Microseconds since 2000 of a time now. */
PgTimestamp rows_now(void);

uint64_t rows_fold(uint64_t h, uint64_t x);
uint64_t rows_fold_text(uint64_t h, const char *text);
uint64_t rows_fold_item(uint64_t h, const Item *item);
/* An author and all that is in its collection. */
uint64_t rows_fold_author(uint64_t h, const Author *author);
/* The sum so far, and i * id. */
uint64_t rows_add_key(uint64_t sum, int64_t i, int64_t id);

#endif
