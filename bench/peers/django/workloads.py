"""Django's ORM on psycopg2. It has no unit of work: a unit is a transaction that says what it writes. What it does at
each word: bench/workloads.md."""
import os
import sys
from contextlib import nullcontext

import django
from django.conf import settings

settings.configure(
    DEBUG=False,  # with it, every statement is kept
    INSTALLED_APPS=["bench"],
    USE_TZ=True,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ.get("PGHOST"),
            "PORT": os.environ.get("PGPORT"),
            "USER": os.environ.get("PGUSER"),
            "NAME": os.environ.get("PGDATABASE", "postgres"),
            "CONN_MAX_AGE": None,  # the connection stays
        }
    },
)
django.setup()

from bench.models import (Account, Address, Author, Book, Branch, Customer, History, Item, Line, Order, Product, Teller,
                          World)
from django.db import connection
from django.db.models import Case, F, Value, When
from django.db.transaction import atomic
from django.utils import timezone

from contestant import (ACCOUNTS, CHANGED, K, M, fold, fold_authors, fold_items, item_values, serve, sum_of_ids)


class Stale(Exception):
    pass


def chunks(objects, size):
    return (objects[n:n + size] for n in range(0, len(objects), size))


def by_version(objects):
    versions = {}
    for o in objects:
        versions.setdefault(o.version, []).append(o)
    return versions.items()


def update_versioned(model, objects, *names):
    """What bulk_update does, with the version in the WHERE and the number of rows checked."""
    for version, group in by_version(objects):
        for chunk in chunks(group, BATCH):
            cases = {
                name: Case(*(When(pk=o.pk, then=Value(getattr(o, name))) for o in chunk),
                           output_field=model._meta.get_field(name))
                for name in names
            }
            rows = model.objects.filter(pk__in=[o.pk for o in chunk], version=version)
            if rows.update(version=version + 1, **cases) != len(chunk):
                raise Stale(model)
        for o in group:
            o.version += 1


def save_versioned(o, *names):
    """The same for one object, as Django's users write it."""
    values = {name: getattr(o, name) for name in names}
    if not type(o).objects.filter(pk=o.pk, version=o.version).update(version=o.version + 1, **values):
        raise Stale(o)
    o.version += 1


def delete_versioned(model, objects):
    for version, group in by_version(objects):
        for chunk in chunks(group, 10000):
            if model.objects.filter(pk__in=[o.pk for o in chunk], version=version).delete()[0] != len(chunk):
                raise Stale(model)


BATCH = 100  # CASE compares with each WHEN: longer statements are slower


def items_between(first, last):
    return list(Item.objects.filter(pk__range=(first, last)).order_by("pk"))


def find(size):
    connection.ensure_connection()

    def run():
        items = [Item.objects.get(pk=u * 7919 % K + 1) for u in range(size.r)]
        return lambda: fold_items(items)

    return run


def find_many(size):
    connection.ensure_connection()

    def run():
        found = []
        for keys in size.keys():
            by_key = Item.objects.in_bulk(keys)
            found += [by_key[key] for key in keys]
        return lambda: fold_items(found)

    return run


def request(size):
    connection.ensure_connection()

    def run():
        read = []
        for u in size.units():
            with atomic():
                author = Author.objects.get(pk=u * 7919 % K + 1)
                before = author.score
                author.score += 1
                save_versioned(author, "score")
                book = Book.objects.create(author=author, title="a new book", year=2026)
            read.append(author.id * 31 + before + author.id * book.id)
        return lambda: sum(read) % M

    return run


def load(size):
    connection.ensure_connection()

    def run():
        items = list(Item.objects.order_by("pk"))
        return lambda: fold_items(items)

    return run


def memory(size):
    Item.objects.get(pk=1)
    return load(size)


def parents(size, *names):
    connection.ensure_connection()

    def run():
        authors = list(Author.objects.order_by("pk").prefetch_related(*names))
        pairs = [(author, list(author.books.all())) for author in authors]
        return lambda: fold_authors(pairs)

    return run


def parents_eager(size):
    return parents(size, "books")


def insert(size):
    connection.ensure_connection()
    units = [[item_values(i) for i in range(first, last + 1)] for first, last in size.ranges()]

    def run():
        made = []
        for unit in units:
            items = [Item(version=1, **values) for values in unit]
            if len(items) == 1:
                items[0].save(force_insert=True)
            else:
                Item.objects.bulk_create(items, batch_size=300)
            made += items
        return lambda: sum_of_ids(made)

    return run


def change(items):
    for item in items:
        item.name = CHANGED[item.id % 2]
        item.price += 1
    if len(items) == 1:
        return save_versioned(items[0], "name", "price")
    with atomic():
        update_versioned(Item, items, "name", "price")


def update(size):
    units = [items_between(*range) for range in size.ranges()]

    def run():
        for items in units:
            change(items)

    return run


def delete(size):
    units = [items_between(*range) for range in size.ranges()]

    def run():
        for items in units:
            with atomic() if len(items) > 1 else nullcontext():
                delete_versioned(Item, items)

    return run


def graph(size):
    products = list(Product.objects.filter(pk__lte=size.n).order_by("pk"))
    orders = list(Order.objects.filter(pk__lte=size.n).order_by("pk"))

    def run():
        customers, addresses, news, lines = [], [], [], []
        for i in range(1, size.n + 1):
            customer = Customer(name=f"customer number {i + 1}")
            order = Order(customer=customer, status="new")
            customers.append(customer)
            news.append(order)
            addresses.append(Address(customer=customer, city=f"city {i}"))
            lines.append(Line(order=order, product=products[i - 1], quantity=1))
            lines.append(Line(order=order, product=products[i % size.n], quantity=2))
            products[i - 1].stock -= 3
        with atomic():
            for model, objects in (Customer, customers), (Address, addresses), (Order, news), (Line, lines):
                model.objects.bulk_create(objects, batch_size=300)
            update_versioned(Product, products, "stock")
            for chunk in chunks(orders, 10000):
                Order.objects.filter(pk__in=[o.pk for o in chunk]).delete()
        return lambda: sum_of_ids(customers, 2)

    return run


def dirty(size):
    items = items_between(1, size.n)

    def run():
        for r in range(size.r):
            change(items[r * 10:r * 10 + 10])

    return run


def tpcb(size):
    connection.ensure_connection()

    def run():
        balances = []
        for u in size.units():
            a, t, b, d = u * 7919 % ACCOUNTS + 1, u % 100 + 1, u % 10 + 1, u * 37 % 10001 - 5000
            with atomic():
                for model, key in (Account, a), (Teller, t), (Branch, b):
                    model.objects.filter(pk=key).update(balance=F("balance") + d)
                balances.append(Account.objects.values_list("balance", flat=True).get(pk=a))
                History.objects.create(teller_id=t, branch_id=b, account_id=a, delta=d, made_at=timezone.now())
        return lambda: sum(balance + 1000000 for balance in balances) % M

    return run


def worlds(size, change):
    connection.ensure_connection()

    def run():
        numbers = []
        for u in size.units():
            rows = [World.objects.get(pk=(u * size.n + k) * 7919 % K + 1) for k in range(size.n)]
            numbers += [row.randomnumber for row in rows]
            if change:
                for row in rows:
                    row.randomnumber = row.randomnumber % K + 1
                World.objects.bulk_update(rows, ["randomnumber"])
        return lambda: fold(0, *numbers)

    return run


def start(size):
    def run():
        item = Item.objects.get(pk=1)
        return lambda: fold_items([item])

    return run


def versions():
    import psycopg2
    python = ".".join(map(str, sys.version_info[:3]))
    return f"Django {django.__version__}, psycopg2 {psycopg2.__version__.split()[0]}, Python {python}"


serve({
    "find": find, "find_many": find_many, "request": request, "load": load, "memory": memory,
    "parents_naive": parents, "parents_eager": parents_eager,
    "insert": insert, "update": update, "delete": delete, "graph": graph, "dirty": dirty,
    "tpcb": tpcb, "queries": lambda size: worlds(size, False), "updates": lambda size: worlds(size, True),
    "start": start,
}, {
    "find_hit": "Django has no identity map",
    "nothing": "Django has no unit of work",
    "open": "Django's models are registered once, for the whole process",
}, versions)
