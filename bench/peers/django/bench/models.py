"""The tables as Django maps them. It has no optimistic locking of its own: the version is a column."""
from django.contrib.postgres.fields import ArrayField
from django.db import models


def reference(model, name="+"):
    """A foreign key: the database alone refuses to delete what is referred to."""
    return models.ForeignKey(model, models.DO_NOTHING, related_name=name)


class Item(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    note = models.TextField()
    active = models.BooleanField()
    created_at = models.DateTimeField()
    price = models.FloatField()
    quantity = models.IntegerField(null=True)
    token = models.UUIDField()
    attributes = models.JSONField()
    labels = ArrayField(models.TextField())
    version = models.IntegerField()

    class Meta:
        db_table = "items"


class Author(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    score = models.IntegerField()
    version = models.IntegerField()

    class Meta:
        db_table = "authors"


class Book(models.Model):
    id = models.BigAutoField(primary_key=True)
    author = reference(Author, "books")
    title = models.TextField()
    year = models.IntegerField()

    class Meta:
        db_table = "books"


class Customer(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()

    class Meta:
        db_table = "customers"


class Address(models.Model):
    id = models.BigAutoField(primary_key=True)
    customer = reference(Customer)
    city = models.TextField()

    class Meta:
        db_table = "addresses"


class Product(models.Model):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    stock = models.IntegerField()
    version = models.IntegerField()

    class Meta:
        db_table = "products"


class Order(models.Model):
    id = models.BigAutoField(primary_key=True)
    customer = reference(Customer)
    status = models.TextField()

    class Meta:
        db_table = "orders"


class Line(models.Model):
    id = models.BigAutoField(primary_key=True)
    order = reference(Order)
    product = reference(Product)
    quantity = models.IntegerField()

    class Meta:
        db_table = "lines"


class Branch(models.Model):
    id = models.IntegerField(primary_key=True)
    balance = models.IntegerField()
    filler = models.CharField(max_length=88)

    class Meta:
        db_table = "branches"


class Teller(models.Model):
    id = models.IntegerField(primary_key=True)
    branch_id = models.IntegerField()
    balance = models.IntegerField()
    filler = models.CharField(max_length=84)

    class Meta:
        db_table = "tellers"


class Account(models.Model):
    id = models.IntegerField(primary_key=True)
    branch_id = models.IntegerField()
    balance = models.IntegerField()
    filler = models.CharField(max_length=84)

    class Meta:
        db_table = "accounts"


class History(models.Model):
    id = models.BigAutoField(primary_key=True)
    teller_id = models.IntegerField()
    branch_id = models.IntegerField()
    account_id = models.IntegerField()
    delta = models.IntegerField()
    made_at = models.DateTimeField()
    filler = models.CharField(max_length=22, null=True)

    class Meta:
        db_table = "history"


class World(models.Model):
    id = models.IntegerField(primary_key=True)
    randomnumber = models.IntegerField()

    class Meta:
        db_table = "world"
