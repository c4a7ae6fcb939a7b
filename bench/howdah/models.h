/* The tables of workloads.md as models. */
#ifndef BENCH_MODELS_H
#define BENCH_MODELS_H

#include "../contestant/rows.h"

extern const Model Item_model, Author_model, Book_model, Customer_model, Address_model, Product_model, Order_model,
    Line_model, Branch_model, Teller_model, Account_model, History_model, World_model;

#endif
