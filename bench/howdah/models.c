#include "models.h"

/* clang-format off */
MODEL(Item, "items",
    COLUMN(Item, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Item, name),
    COLUMN(Item, note),
    COLUMN(Item, active),
    COLUMN(Item, created_at),
    COLUMN(Item, price),
    COLUMN(Item, quantity),
    COLUMN(Item, token),
    COLUMN(Item, attributes),
    COLUMN(Item, labels),
    COLUMN(Item, version,    .version = true));

MODEL(Author, "authors",
    COLUMN(Author, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Author, name),
    COLUMN(Author, score),
    COLUMN(Author, version, .version = true),
    HAS_MANY(Author, books, Book, author_id));

MODEL(Book, "books",
    COLUMN(Book, id,        .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Book, author_id, .references = &Author_model, .index = true),
    COLUMN(Book, title),
    COLUMN(Book, year),
    BELONGS_TO(Book, author, Author, author_id));

MODEL(Customer, "customers",
    COLUMN(Customer, id, .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Customer, name));

MODEL(Address, "addresses",
    COLUMN(Address, id,          .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Address, customer_id, .references = &Customer_model, .index = true),
    COLUMN(Address, city),
    BELONGS_TO(Address, customer, Customer, customer_id));

MODEL(Product, "products",
    COLUMN(Product, id,      .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Product, name),
    COLUMN(Product, stock),
    COLUMN(Product, version, .version = true));

MODEL(Order, "orders",
    COLUMN(Order, id,          .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Order, customer_id, .references = &Customer_model, .index = true),
    COLUMN(Order, status),
    BELONGS_TO(Order, customer, Customer, customer_id));

MODEL(Line, "lines",
    COLUMN(Line, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(Line, order_id,   .references = &Order_model, .index = true),
    COLUMN(Line, product_id, .references = &Product_model, .index = true),
    COLUMN(Line, quantity),
    BELONGS_TO(Line, order, Order, order_id),
    BELONGS_TO(Line, product, Product, product_id));

MODEL(Branch, "branches",
    COLUMN(Branch, id,      .primary_key = true),
    COLUMN(Branch, balance),
    COLUMN(Branch, filler,  .sql_type = "character(88)"));

MODEL(Teller, "tellers",
    COLUMN(Teller, id,        .primary_key = true),
    COLUMN(Teller, branch_id),
    COLUMN(Teller, balance),
    COLUMN(Teller, filler,    .sql_type = "character(84)"));

MODEL(Account, "accounts",
    COLUMN(Account, id,        .primary_key = true),
    COLUMN(Account, branch_id),
    COLUMN(Account, balance),
    COLUMN(Account, filler,    .sql_type = "character(84)"));

MODEL(History, "history",
    COLUMN(History, id,         .primary_key = true, .generated = GENERATED_IDENTITY),
    COLUMN(History, teller_id),
    COLUMN(History, branch_id),
    COLUMN(History, account_id),
    COLUMN(History, delta),
    COLUMN(History, made_at),
    COLUMN(History, filler,     .sql_type = "character(22)", .nullable = true));

MODEL(World, "world",
    COLUMN(World, id,           .primary_key = true),
    COLUMN(World, randomnumber));
/* clang-format on */
