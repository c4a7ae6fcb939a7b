/* Models over the tables of Pagila, a film rental (https://github.com/devrimgunduz/pagila): sequences that no column owns,
 * an enum, a domain, a tsvector that a trigger keeps, arrays, a partitioned table with a composite key. */
#ifndef SAMPLES_PAGILA_H
#define SAMPLES_PAGILA_H

#include <howdah/howdah.h>

typedef struct Actor Actor;
typedef struct Address Address;
typedef struct Category Category;
typedef struct City City;
typedef struct Country Country;
typedef struct Customer Customer;
typedef struct Film Film;
typedef struct FilmActor FilmActor;
typedef struct Inventory Inventory;
typedef struct Language Language;
typedef struct Payment Payment;
typedef struct Rental Rental;
typedef struct Staff Staff;
typedef struct Store Store;

typedef enum { RATING_G, RATING_PG, RATING_PG_13, RATING_R, RATING_NC_17 } Rating;

struct Actor {
    int32_t id;
    const char *first_name;
    const char *last_name;
    PgTimestamp last_update;
    MANY(FilmActor) roles;
};

struct Country {
    int32_t id;
    const char *name;
    PgTimestamp last_update;
    MANY(City) cities;
};

struct City {
    int32_t id;
    const char *name;
    int32_t country_id;
    PgTimestamp last_update;
    Country *country;
};

struct Address {
    int32_t id;
    const char *address;
    const char *address2;
    const char *district;
    int32_t city_id;
    const char *postal_code;
    const char *phone;
    PgTimestamp last_update;
    City *city;
};

struct Category {
    int32_t id;
    const char *name;
    PgTimestamp last_update;
    MANY(Film) films;
};

struct Language {
    int32_t id;
    const char *name;
    PgTimestamp last_update;
    MANY(Film) films;
};

struct Film {
    int32_t id;
    const char *title;
    const char *description;
    NullInt32 release_year;
    int32_t language_id;
    NullInt32 original_language_id;
    int16_t rental_duration;
    PgNumeric rental_rate;
    NullInt16 length;
    PgNumeric replacement_cost;
    int rating;
    PgTimestamp last_update;
    TextArray special_features;
    const char *fulltext;
    Language *language;
    Language *original_language;
    MANY(FilmActor) cast;
    MANY(Category) categories;
    MANY(Inventory) copies;
};

struct FilmActor {
    int32_t actor_id;
    int32_t film_id;
    PgTimestamp last_update;
    Actor *actor;
    Film *film;
};

struct Store {
    int32_t id;
    int32_t manager_id;
    int32_t address_id;
    PgTimestamp last_update;
    Address *address;
    Staff *manager;
    MANY(Staff) staff;
    MANY(Customer) customers;
};

struct Staff {
    int32_t id;
    const char *first_name;
    const char *last_name;
    int32_t address_id;
    const char *mail;
    int32_t store_id;
    bool active;
    const char *username;
    const char *password;
    PgTimestamp last_update;
    PgBytes picture;
    Address *address;
    Store *store;
};

struct Customer {
    int32_t id;
    int32_t store_id;
    const char *first_name;
    const char *last_name;
    const char *mail;
    int32_t address_id;
    bool is_active;
    PgDate created;
    NullTimestamp last_update;
    NullInt32 active;
    Store *store;
    Address *address;
    MANY(Rental) rentals;
};

struct Inventory {
    int32_t id;
    int32_t film_id;
    int32_t store_id;
    PgTimestamp last_update;
    Film *film;
    Store *store;
    MANY(Rental) rentals;
};

struct Rental {
    int32_t id;
    PgTimestamp rented;
    int32_t inventory_id;
    int32_t customer_id;
    NullTimestamp returned;
    int32_t staff_id;
    PgTimestamp last_update;
    Inventory *inventory;
    Customer *customer;
    Staff *staff;
    MANY(Payment) payments;
};

struct Payment {
    PgTimestamp date;
    int32_t id;
    int32_t customer_id;
    int32_t staff_id;
    int32_t rental_id;
    PgNumeric amount;
    Customer *customer;
    Staff *staff;
    Rental *rental;
};

extern const Model Actor_model, Address_model, Category_model, City_model, Country_model, Customer_model, Film_model,
    FilmActor_model, Inventory_model, Language_model, Payment_model, Rental_model, Staff_model, Store_model;

#define PAGILA_MODELS \
    MODELS(Country, City, Address, Category, Language, Actor, Film, FilmActor, Store, Staff, Customer, Inventory, \
           Rental, Payment)

#endif
