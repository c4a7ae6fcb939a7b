"""The tables as SQLAlchemy maps them: the default declarative style, a version counter where there is a version."""
from sqlalchemy import CHAR, Boolean, Column, Float, ForeignKey, Identity, Integer, Text
from sqlalchemy import BigInteger as Bigint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP, UUID
from sqlalchemy.orm import registry, relationship

mapped = registry()
Base = mapped.generate_base()


def key():
    return Column(Bigint, Identity(), primary_key=True)


class Item(Base):
    __tablename__ = "items"
    id = key()
    name = Column(Text, nullable=False)
    note = Column(Text, nullable=False)
    active = Column(Boolean, nullable=False)
    created_at = Column(TIMESTAMP(timezone=True), nullable=False)
    price = Column(Float(53), nullable=False)
    quantity = Column(Integer)
    token = Column(UUID, nullable=False)
    attributes = Column(JSONB, nullable=False)
    labels = Column(ARRAY(Text), nullable=False)
    version = Column(Integer, nullable=False)
    __mapper_args__ = {"version_id_col": version}


class Author(Base):
    __tablename__ = "authors"
    id = key()
    name = Column(Text, nullable=False)
    score = Column(Integer, nullable=False)
    version = Column(Integer, nullable=False)
    books = relationship("Book", back_populates="author")
    __mapper_args__ = {"version_id_col": version}


class Book(Base):
    __tablename__ = "books"
    id = key()
    author_id = Column(Bigint, ForeignKey("authors.id"), nullable=False)
    title = Column(Text, nullable=False)
    year = Column(Integer, nullable=False)
    author = relationship("Author", back_populates="books")


class Customer(Base):
    __tablename__ = "customers"
    id = key()
    name = Column(Text, nullable=False)


class Address(Base):
    __tablename__ = "addresses"
    id = key()
    customer_id = Column(Bigint, ForeignKey("customers.id"), nullable=False)
    city = Column(Text, nullable=False)
    customer = relationship("Customer")


class Product(Base):
    __tablename__ = "products"
    id = key()
    name = Column(Text, nullable=False)
    stock = Column(Integer, nullable=False)
    version = Column(Integer, nullable=False)
    __mapper_args__ = {"version_id_col": version}


class Order(Base):
    __tablename__ = "orders"
    id = key()
    customer_id = Column(Bigint, ForeignKey("customers.id"), nullable=False)
    status = Column(Text, nullable=False)
    customer = relationship("Customer")


class Line(Base):
    __tablename__ = "lines"
    id = key()
    order_id = Column(Bigint, ForeignKey("orders.id"), nullable=False)
    product_id = Column(Bigint, ForeignKey("products.id"), nullable=False)
    quantity = Column(Integer, nullable=False)
    order = relationship("Order")
    product = relationship("Product")


class Branch(Base):
    __tablename__ = "branches"
    id = Column(Integer, primary_key=True)
    balance = Column(Integer, nullable=False)
    filler = Column(CHAR(88), nullable=False)


class Teller(Base):
    __tablename__ = "tellers"
    id = Column(Integer, primary_key=True)
    branch_id = Column(Integer, nullable=False)
    balance = Column(Integer, nullable=False)
    filler = Column(CHAR(84), nullable=False)


class Account(Base):
    __tablename__ = "accounts"
    id = Column(Integer, primary_key=True)
    branch_id = Column(Integer, nullable=False)
    balance = Column(Integer, nullable=False)
    filler = Column(CHAR(84), nullable=False)


class History(Base):
    __tablename__ = "history"
    id = key()
    teller_id = Column(Integer, nullable=False)
    branch_id = Column(Integer, nullable=False)
    account_id = Column(Integer, nullable=False)
    delta = Column(Integer, nullable=False)
    made_at = Column(TIMESTAMP(timezone=True), nullable=False)
    filler = Column(CHAR(22))


class World(Base):
    __tablename__ = "world"
    id = Column(Integer, primary_key=True)
    randomnumber = Column(Integer, nullable=False)


def wide_models(count, columns):
    """A registry of its own with so many models of the types of items."""
    others = registry()
    types = [c.type for c in Item.__table__.c]
    for m in range(count):
        body = {f"c{n}": Column(types[n % len(types)]) for n in range(1, columns)}
        body |= {"__tablename__": f"wide_{m}", "id": Column(Bigint, primary_key=True)}
        others.mapped(type(f"Wide{m}", (), body))
    others.configure()
    return others
