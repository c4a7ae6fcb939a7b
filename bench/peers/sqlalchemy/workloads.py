"""SQLAlchemy on psycopg2, as a unit of work. What it does at each word: bench/workloads.md."""
import sys
from datetime import datetime, timezone

from models import (Account, Address, Author, Book, Branch, Customer, History, Item, Line, Order, Product, Teller,
                    World, wide_models)
from sqlalchemy import create_engine, select
from sqlalchemy import update as update_rows
from sqlalchemy.orm import Session, selectinload

from contestant import (ACCOUNTS, CHANGED, K, M, fold, fold_authors, fold_items, item_values, serve, sum_of_ids)


def connect():
    # psycopg2's helpers for many rows. Where there is a version, UPDATE and DELETE are row by row all the same.
    return create_engine("postgresql+psycopg2://", executemany_mode="values_plus_batch", future=True)


engine = connect()


def session():
    # Objects stay as they are after a commit, instead of being read again when they are next touched.
    return Session(engine, expire_on_commit=False, future=True)


def loaded(statement):
    """A session with what the statement finds, and no transaction."""
    s = session()
    objects = s.scalars(statement).all()
    s.commit()
    return s, objects


def items_between(first, last):
    return select(Item).where(Item.id.between(first, last)).order_by(Item.id)


def find(size):
    session().connection().close()

    def run():
        with session() as s:
            items = [s.get(Item, u * 7919 % K + 1) for u in range(size.r)]
        return lambda: fold_items(items)

    return run


def find_hit(size):
    s, items = loaded(items_between(1, size.n))

    def run():
        total = sum(s.get(Item, u * 7919 % size.n + 1).quantity or 0 for u in range(size.r))
        return lambda: (items, total % M)[1]

    return run


def find_many(size):
    session().connection().close()

    def run():
        found = []
        with session() as s:
            for keys in size.keys():
                by_key = {item.id: item for item in s.scalars(select(Item).where(Item.id.in_(keys)))}
                found += [by_key[key] for key in keys]
        return lambda: fold_items(found)

    return run


def request(size):
    session().connection().close()

    def run():
        read = []
        for u in size.units():
            with session() as s:
                author = s.get(Author, u * 7919 % K + 1)
                before = author.score
                author.score += 1
                book = Book(author=author, title="a new book", year=2026)
                s.add(book)
                s.commit()
                read.append(author.id * 31 + before + author.id * book.id)
        return lambda: sum(read) % M

    return run


def load(size):
    session().connection().close()

    def run():
        with session() as s:
            items = s.scalars(select(Item).order_by(Item.id).execution_options(yield_per=1000)).all()
        return lambda: fold_items(items)

    return run


def memory(size):
    with session() as s:
        s.get(Item, 1)

    def run():
        kept = loaded(select(Item).order_by(Item.id).execution_options(yield_per=1000))
        return lambda: fold_items(kept[1])

    return run


def parents(size, *options):
    session().connection().close()

    def run():
        with session() as s:
            authors = s.scalars(select(Author).order_by(Author.id).options(*options)).all()
            pairs = [(author, list(author.books)) for author in authors]
        return lambda: fold_authors(pairs)

    return run


def parents_eager(size):
    return parents(size, selectinload(Author.books))


def insert(size):
    session().connection().close()
    units = [[item_values(i) for i in range(first, last + 1)] for first, last in size.ranges()]

    def run():
        made = []
        for unit in units:
            with session() as s:
                items = [Item(**values) for values in unit]
                s.add_all(items)
                s.commit()
                made += items
        return lambda: sum_of_ids(made)

    return run


def change(items):
    for item in items:
        item.name = CHANGED[item.id % 2]
        item.price += 1


def update(size):
    units = [loaded(items_between(*range)) for range in size.ranges()]

    def run():
        for s, items in units:
            change(items)
            s.commit()
            s.close()

    return run


def delete(size):
    units = [loaded(items_between(*range)) for range in size.ranges()]

    def run():
        for s, items in units:
            for item in items:
                s.delete(item)
            s.commit()
            s.close()

    return run


def graph(size):
    s = session()
    products = s.scalars(select(Product).where(Product.id <= size.n).order_by(Product.id)).all()
    orders = s.scalars(select(Order).where(Order.id <= size.n).order_by(Order.id)).all()
    s.commit()

    def run():
        customers = []
        for i in range(1, size.n + 1):
            customer = Customer(name=f"customer number {i + 1}")
            order = Order(customer=customer, status="new")
            customers.append(customer)
            s.add_all([
                Address(customer=customer, city=f"city {i}"),
                Line(order=order, product=products[i - 1], quantity=1),
                Line(order=order, product=products[i % size.n], quantity=2),
            ])
            products[i - 1].stock -= 3
            s.delete(orders[i - 1])
        s.commit()
        s.close()
        return lambda: sum_of_ids(customers, 2)

    return run


def dirty(size):
    s, items = loaded(items_between(1, size.n))

    def run():
        for r in range(size.r):
            change(items[r * 10:r * 10 + 10])
            s.commit()

    return run


def nothing(size):
    s, items = loaded(items_between(1, size.n))

    def run():
        for _ in range(size.r):
            s.commit()
        return lambda: (items, 0)[1]

    return run


NOT_LOADED = {"synchronize_session": False}  # there are no objects to be brought up to date


def add(table, key, delta):
    return update_rows(table).where(table.id == key).values(balance=table.balance + delta)


def tpcb(size):
    session().connection().close()

    def run():
        balances = []
        for u in size.units():
            a, t, b, d = u * 7919 % ACCOUNTS + 1, u % 100 + 1, u % 10 + 1, u * 37 % 10001 - 5000
            with session() as s:
                s.add(History(teller_id=t, branch_id=b, account_id=a, delta=d, made_at=datetime.now(timezone.utc)))
                balances.append(s.scalar(add(Account, a, d).returning(Account.balance), execution_options=NOT_LOADED))
                s.execute(add(Teller, t, d), execution_options=NOT_LOADED)
                s.execute(add(Branch, b, d), execution_options=NOT_LOADED)
                s.commit()
        return lambda: sum(balance + 1000000 for balance in balances) % M

    return run


def worlds(size, change):
    session().connection().close()

    def run():
        numbers = []
        for u in size.units():
            with session() as s:
                rows = [s.get(World, (u * size.n + k) * 7919 % K + 1) for k in range(size.n)]
                numbers += [row.randomnumber for row in rows]
                if change:
                    for row in rows:
                        row.randomnumber = row.randomnumber % K + 1
                    s.commit()
        return lambda: fold(0, *numbers)

    return run


def open_models(size):
    def run():
        for _ in range(size.r):
            models, other = wide_models(size.n, 20), connect()
            other.connect().close()
            other.dispose()
            models.dispose()

    return run


def start(size):
    def run():
        with session() as s:
            item = s.get(Item, 1)
        return lambda: fold_items([item])

    return run


def versions():
    import psycopg2
    import sqlalchemy
    python = ".".join(map(str, sys.version_info[:3]))
    return f"SQLAlchemy {sqlalchemy.__version__}, psycopg2 {psycopg2.__version__.split()[0]}, Python {python}"


serve({
    "find": find, "find_hit": find_hit, "find_many": find_many, "request": request, "load": load, "memory": memory,
    "parents_naive": parents, "parents_eager": parents_eager,
    "insert": insert, "update": update, "delete": delete, "graph": graph, "dirty": dirty, "nothing": nothing,
    "tpcb": tpcb, "queries": lambda size: worlds(size, False), "updates": lambda size: worlds(size, True),
    "open": open_models, "start": start,
}, {}, versions)
