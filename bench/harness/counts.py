"""What is counted once, not timed: statements, waits for the server, allocations and instructions of the client."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import database
from contestants import Pgbench

CONTROL = r"^\s*(BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|SET|RESET|SHOW|DISCARD|DEALLOCATE|DECLARE|CLOSE)"


@dataclass
class Counts:
    """Of a whole run; None is unknown."""
    statements: object = None
    waits: object = None
    to_server: object = None
    to_client: object = None
    allocations: object = None
    instructions: object = None
    times: int = 1  # what they are divided by

    def each(self, name):
        value = getattr(self, name)
        return None if value is None else value / self.times


class Link:
    """The proxy (bench/link.c), with a delay in each direction."""

    def __init__(self, build, microseconds):
        self.process = subprocess.Popen([str(build / "bench" / "link"), str(microseconds)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline())

    def look(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return [int(number) for number in self.process.stdout.readline().split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def can_count_statements():
    try:
        database.psql("SET client_min_messages = warning; CREATE EXTENSION IF NOT EXISTS pg_stat_statements;"
                      "SELECT count(*) FROM pg_stat_statements;")
        return True
    except database.Trouble:
        return False


def _statements():
    return int(database.psql(f"SELECT coalesce(sum(calls), 0) FROM pg_stat_statements AS s JOIN pg_database AS d ON d.oid = s.dbid"
                             f" WHERE d.datname = current_database() AND query !~* '{CONTROL}'"
                             f" AND query !~* 'pg_stat_statements';"))


def _one(process, step, link, statements):
    """Prepares and runs twice: what is done only the first time is not counted. The counts, or the answer that was none."""
    name, size = step.workload.name, step.size
    for measured in (False, True):
        database.put_back(step)
        answer = process.ask(f"prepare {name} {size}")
        if answer.kind != "ok":
            return answer
        if measured and statements:
            database.psql("SELECT pg_stat_statements_reset();")
        before = link.look()
        answer = process.ask(f"run {name} {size}")
        after = link.look()
        if answer.kind != "ok":
            return answer
    waits, to_server, to_client = (b - a for a, b in zip(before, after))
    return Counts(_statements() if statements else None, waits, to_server, to_client, answer.allocations,
                  times=step.divisor)


def count(contestants, steps, build, say):
    """{(contestant, step): Counts} through a link without delay."""
    found = {}
    statements = can_count_statements()
    link = Link(build, 0)
    for contestant in contestants:
        if contestant.trouble or isinstance(contestant, Pgbench):
            continue
        say(f"counting statements and waits: {contestant.title}")
        more = {"PGOPTIONS": "-c pg_stat_statements.track=top"} if statements else {}
        if contestant.compiled:
            more["LD_PRELOAD"] = str(build / "bench" / "allocations.so")
        process = contestant.start(link.port, more=more)
        for step in steps:
            counts = _one(process, step, link, statements)
            if isinstance(counts, Counts):
                found[contestant.name, step] = counts
            elif counts.kind != "unsupported":
                say(f"!! {contestant.title}: {step.label} is not counted: {counts.text}")
            if not process.alive():
                process = contestant.start(link.port, more=more)
        process.quit()
    link.close()
    return found


def _read_callgrind(path):
    """Totals of the dumps that contestants ask for, in their order."""
    totals, total, named = [], 0, False
    for line in Path(path).read_text(errors="replace").splitlines():
        if line.startswith("desc: Trigger:"):
            named = "Client Request:" in line
        elif line.startswith("summary:"):  # what lies before the last zeroing is partly in "totals:"
            total = int(re.search(r"\d+", line).group())
        elif line.startswith("totals:") and named:
            totals.append(total)
            named = False
    return totals


# memcpy and memset of glibc end long runs with one "rep movsb" or "rep stosb", of which callgrind counts each byte as an
# instruction, and from how many bytes on depends on the processor. Loops of vectors count as what they are, everywhere.
NO_REPEATED_INSTRUCTIONS = ":".join(f"glibc.cpu.x86_rep_{name}_threshold={1 << 30}" for name in ("movsb", "stosb"))


def count_instructions(contestants, steps, build, found, say):
    """Adds to what `count` has found, for those that are compiled: valgrind's callgrind, over the socket."""
    for contestant in contestants:
        if contestant.trouble or not contestant.compiled or contestant.extra:
            continue
        say(f"counting instructions: {contestant.title}")
        path = build / f"callgrind.{contestant.name}"
        path.unlink(missing_ok=True)
        wrapper = ("valgrind", "--quiet", "--tool=callgrind", "--combine-dumps=yes", f"--callgrind-out-file={path}")
        process = contestant.start(wrapper=wrapper, more={"LD_BIND_NOW": "1", "GLIBC_TUNABLES": NO_REPEATED_INSTRUCTIONS})
        done = []
        for step in steps:
            name, size = step.workload.name, step.size
            for measured in (False, True):
                database.put_back(step)
                if process.ask(f"prepare {name} {size}").kind != "ok" or process.ask(f"run {name} {size}").kind != "ok":
                    break
                done.append(step if measured else None)
        process.quit()
        for step, total in zip(done, _read_callgrind(path) if path.exists() else ()):
            if step:
                found.setdefault((contestant.name, step), Counts(times=step.divisor)).instructions = total
    return found
