"""What the contestants in Python share: answers to the harness, values and checksums. bench/workloads.md says what they
mean."""
import os
import sys
import time
from datetime import datetime, timedelta, timezone

M = 2147483647
K = 10000
ACCOUNTS = 100000
CHANGED = ("another name of an item", "a changed name of an item")  # of even and odd ids
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


class Size:
    """N objects in each of R units; units() are the numbers of this client's."""

    def __init__(self, text):
        n, _, r = text.partition("x")
        self.n, self.r = int(n), int(r or 1)

    def units(self):
        client, clients = int(os.environ.get("BENCH_CLIENT", 0)), int(os.environ.get("BENCH_CLIENTS", 1))
        return range(client, self.r * clients, clients)

    def ranges(self):
        """The first and the last number of each unit's objects."""
        return [(u * self.n + 1, u * self.n + self.n) for u in self.units()]

    def keys(self):
        """The keys of find_many, unit by unit."""
        return [[v * 7919 % K + 1 for v in range(r * self.n, r * self.n + self.n)] for r in range(self.r)]


def item_values(i):
    return dict(
        name=f"item number {i}",
        note=f"note {i} " * 8,
        active=i % 2 == 0,
        created_at=EPOCH + timedelta(minutes=i),
        price=i * 0.25,
        quantity=i if i % 5 else None,
        token=f"00000000-0000-4000-8000-{i:012x}",
        attributes={"color": "blue", "origin": "somewhere", "weight": i},
        labels=[f"label{i % 7}", f"group{i % 11}", f"kind{i % 13}"],
    )


def fold(h, *values):
    for value in values:
        if isinstance(value, str):
            for byte in value.encode():
                h = (h * 31 + byte) % M
        else:
            h = (h * 31 + int(value)) % M
    return h


def fold_items(items):
    h = 0
    for i in items:
        json = '{"color":"%(color)s","origin":"%(origin)s","weight":%(weight)d}' % i.attributes
        quantity = 7 if i.quantity is None else i.quantity
        h = fold(h, i.id, i.name, i.note, i.active, i.created_at.timestamp(), i.price * 4, quantity)
        h = fold(h, str(i.token), json, *i.labels, i.version)
    return h


def fold_authors(authors_and_books):
    h = 0
    for author, books in authors_and_books:
        h = fold(h, author.id, author.name, author.score, author.version)
        h = fold(h, sum(fold(0, b.id, b.title, b.year) for b in books) % M)
    return h


def sum_of_ids(objects, first=1):
    return sum(i * o.id for i, o in enumerate(objects, first)) % M


def answer(line):
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve(workloads, unsupported, versions):
    """Answers until the end. A workload is a function that takes a Size, does what stands under "before", and returns
    the function that is timed; that one may return a function that computes the checksum."""
    if sys.argv[1:] == ["--version"]:
        return print(versions())
    work = kept = None  # what was read is held until the next prepare
    for line in sys.stdin:
        command, *words = line.split()
        if command == "quit":
            break
        try:
            if words[0] not in workloads:
                answer("unsupported " + unsupported.get(words[0], "not made"))
            elif command == "prepare":
                work = kept = None
                work = workloads[words[0]](Size(words[1]))
                answer("ok 0 0 0")
            else:
                wall, cpu = time.perf_counter_ns(), time.process_time_ns()
                kept = work()
                wall, cpu = time.perf_counter_ns() - wall, time.process_time_ns() - cpu
                answer(f"ok {wall} {kept() if callable(kept) else 0} {cpu}")
        except Exception as error:
            answer("error " + " ".join(f"{type(error).__name__}: {error}".split()))
