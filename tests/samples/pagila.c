#include "pagila.h"

#define PRICE        "numeric(5, 2)"
#define KEY(T, name) COLUMN(T, id, .column = name, .primary_key = true, .generated = GENERATED_IDENTITY)
#define TRIGGERED(T) COLUMN(T, last_update, .generated = GENERATED_BY_SERVER, .server_default = "now()")

/* clang-format off */
static ENUM(Rating, "mpaa_rating",
    LABEL(RATING_G, "G"), LABEL(RATING_PG, "PG"), LABEL(RATING_PG_13, "PG-13"), LABEL(RATING_R, "R"),
    LABEL(RATING_NC_17, "NC-17"));

MODEL(Country, "country",
    KEY(Country, "country_id"),
    COLUMN(Country, name, .column = "country"),
    TRIGGERED(Country),
    HAS_MANY(Country, cities, City, country_id));

MODEL(City, "city",
    KEY(City, "city_id"),
    COLUMN(City, name,       .column = "city"),
    COLUMN(City, country_id, .references = &Country_model),
    TRIGGERED(City),
    BELONGS_TO(City, country, Country, country_id));

MODEL(Address, "address",
    KEY(Address, "address_id"),
    COLUMN(Address, address),
    COLUMN(Address, address2,    .nullable = true),
    COLUMN(Address, district),
    COLUMN(Address, city_id,     .references = &City_model),
    COLUMN(Address, postal_code, .nullable = true),
    COLUMN(Address, phone),
    TRIGGERED(Address),
    BELONGS_TO(Address, city, City, city_id));

MODEL(Category, "category",
    KEY(Category, "category_id"),
    COLUMN(Category, name),
    TRIGGERED(Category),
    MANY_TO_MANY(Category, films, Film, "film_category", "category_id", "film_id"));

MODEL(Language, "language",
    KEY(Language, "language_id"),
    COLUMN(Language, name, .sql_type = "character(20)"),
    TRIGGERED(Language),
    HAS_MANY(Language, films, Film, language_id));

MODEL(Actor, "actor",
    KEY(Actor, "actor_id"),
    COLUMN(Actor, first_name),
    COLUMN(Actor, last_name),
    TRIGGERED(Actor),
    HAS_MANY(Actor, roles, FilmActor, actor_id));

MODEL(Film, "film",
    KEY(Film, "film_id"),
    COLUMN(Film, title),
    COLUMN(Film, description,          .nullable = true),
    COLUMN(Film, release_year,         .sql_type = "year"),
    COLUMN(Film, language_id,          .references = &Language_model),
    COLUMN(Film, original_language_id, .references = &Language_model),
    COLUMN(Film, rental_duration),
    COLUMN(Film, rental_rate,          .sql_type = "numeric(4, 2)"),
    COLUMN(Film, length),
    COLUMN(Film, replacement_cost,     .sql_type = PRICE),
    COLUMN_ENUM(Film, rating, Rating),
    TRIGGERED(Film),
    COLUMN(Film, special_features,     .nullable = true),
    COLUMN(Film, fulltext,             .sql_type = "tsvector", .generated = GENERATED_BY_SERVER),
    BELONGS_TO(Film, language, Language, language_id),
    BELONGS_TO(Film, original_language, Language, original_language_id),
    HAS_MANY(Film, cast, FilmActor, film_id),
    MANY_TO_MANY(Film, categories, Category, "film_category", "film_id", "category_id"),
    HAS_MANY_WITH((.order_by = "inventory_id"), Film, copies, Inventory, film_id));

MODEL(FilmActor, "film_actor",
    COLUMN(FilmActor, actor_id, .primary_key = true, .references = &Actor_model),
    COLUMN(FilmActor, film_id,  .primary_key = true, .references = &Film_model),
    TRIGGERED(FilmActor),
    BELONGS_TO(FilmActor, actor, Actor, actor_id),
    BELONGS_TO(FilmActor, film, Film, film_id));

/* One of the stores has the key 0, which as an identity would be unset: these keys are the program's to give. */
MODEL(Store, "store",
    COLUMN(Store, id,         .column = "store_id", .primary_key = true),
    COLUMN(Store, manager_id, .column = "manager_staff_id", .unique = true),
    COLUMN(Store, address_id, .references = &Address_model),
    TRIGGERED(Store),
    BELONGS_TO(Store, address, Address, address_id),
    BELONGS_TO(Store, manager, Staff, manager_id),
    HAS_MANY(Store, staff, Staff, store_id),
    HAS_MANY(Store, customers, Customer, store_id));

/* As with stores. */
MODEL(Staff, "staff",
    COLUMN(Staff, id,         .column = "staff_id", .primary_key = true),
    COLUMN(Staff, first_name),
    COLUMN(Staff, last_name),
    COLUMN(Staff, address_id, .references = &Address_model),
    COLUMN(Staff, mail,       .column = "email", .nullable = true),
    COLUMN(Staff, store_id,   .references = &Store_model),
    COLUMN(Staff, active),
    COLUMN(Staff, username),
    COLUMN(Staff, password,   .nullable = true),
    TRIGGERED(Staff),
    COLUMN(Staff, picture,    .nullable = true),
    BELONGS_TO(Staff, address, Address, address_id),
    BELONGS_TO(Staff, store, Store, store_id));

MODEL(Customer, "customer",
    KEY(Customer, "customer_id"),
    COLUMN(Customer, store_id,    .references = &Store_model),
    COLUMN(Customer, first_name),
    COLUMN(Customer, last_name),
    COLUMN(Customer, mail,        .column = "email", .nullable = true),
    COLUMN(Customer, address_id,  .references = &Address_model),
    COLUMN(Customer, is_active,   .column = "activebool"),
    COLUMN(Customer, created,     .column = "create_date"),
    COLUMN(Customer, last_update, .generated = GENERATED_BY_SERVER, .server_default = "now()"),
    COLUMN(Customer, active),
    BELONGS_TO(Customer, store, Store, store_id),
    BELONGS_TO(Customer, address, Address, address_id),
    HAS_MANY(Customer, rentals, Rental, customer_id));

MODEL(Inventory, "inventory",
    KEY(Inventory, "inventory_id"),
    COLUMN(Inventory, film_id,  .references = &Film_model),
    COLUMN(Inventory, store_id, .references = &Store_model),
    TRIGGERED(Inventory),
    BELONGS_TO(Inventory, film, Film, film_id),
    BELONGS_TO(Inventory, store, Store, store_id),
    HAS_MANY(Inventory, rentals, Rental, inventory_id));

MODEL(Rental, "rental",
    KEY(Rental, "rental_id"),
    COLUMN(Rental, rented,       .column = "rental_date"),
    COLUMN(Rental, inventory_id, .references = &Inventory_model),
    COLUMN(Rental, customer_id,  .references = &Customer_model),
    COLUMN(Rental, returned,     .column = "return_date"),
    COLUMN(Rental, staff_id,     .references = &Staff_model),
    TRIGGERED(Rental),
    BELONGS_TO(Rental, inventory, Inventory, inventory_id),
    BELONGS_TO(Rental, customer, Customer, customer_id),
    BELONGS_TO(Rental, staff, Staff, staff_id),
    HAS_MANY(Rental, payments, Payment, rental_id));

/* Partitioned by date, which therefore is part of the key. */
MODEL(Payment, "payment",
    COLUMN(Payment, date,        .column = "payment_date", .primary_key = true),
    COLUMN(Payment, id,          .column = "payment_id", .primary_key = true),
    COLUMN(Payment, customer_id, .references = &Customer_model),
    COLUMN(Payment, staff_id,    .references = &Staff_model),
    COLUMN(Payment, rental_id,   .references = &Rental_model),
    COLUMN(Payment, amount,      .sql_type = PRICE),
    BELONGS_TO(Payment, customer, Customer, customer_id),
    BELONGS_TO(Payment, staff, Staff, staff_id),
    BELONGS_TO(Payment, rental, Rental, rental_id));
/* clang-format on */
