"""Contestants as processes that are spoken to as bench/workloads.md says."""

import os
import re
import select
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from database import NAME, Trouble


@dataclass
class Answer:
    kind: str  # ok, unsupported, slow, error
    wall: int = 0
    checksum: int = 0
    cpu: int = 0
    allocations: object = None
    text: str = ""


def read_answer(line):
    word, _, rest = line.strip().partition(" ")
    if word in ("unsupported", "error"):
        return Answer(word, text=rest)
    try:
        numbers = [int(number) for number in rest.split()]
        if word == "ok" and len(numbers) >= 3:
            return Answer("ok", *numbers[:4])
    except ValueError:
        pass
    return Answer("error", text=f"it answered: {line.strip()[:200]}" if line else "it ended")


class Process:
    """One long-lived process of a contestant."""

    def __init__(self, command, environment, core=None):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors)
        self.buffer = b""
        self.pin(core)

    def pin(self, core):
        """Binds all threads to that core."""
        if core is None:
            return
        for thread in Path(f"/proc/{self.process.pid}/task").glob("*"):
            try:
                os.sched_setaffinity(int(thread.name), {core})
            except OSError:  # it has ended
                pass

    def say(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except OSError:
            pass

    def hear(self, timeout):
        end = time.monotonic() + timeout
        out = self.process.stdout.fileno()
        while b"\n" not in self.buffer:
            left = end - time.monotonic()
            if left <= 0 or not select.select([out], [], [], left)[0]:
                self.kill()
                return Answer("slow", text=f"more than {timeout:.0f} s")
            more = os.read(out, 65536)
            if not more:
                return Answer("error", text=f"it ended: {self.last_words()}")
            self.buffer += more
        line, _, self.buffer = self.buffer.partition(b"\n")
        answer = read_answer(line.decode(errors="replace"))
        if answer.kind == "error" and not answer.text:
            answer.text = self.last_words()
        return answer

    def ask(self, line, timeout=120):
        self.say(line)
        return self.hear(timeout)

    def last_words(self):
        self.errors.seek(0)
        words = self.errors.read().decode(errors="replace").strip().splitlines()
        return words[-1][:300] if words else "without a word"

    def memory(self):
        """Resident bytes of our own now, and the most that was resident at once."""
        values = {}
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            name, _, value = line.partition(":")
            if name in ("RssAnon", "VmHWM"):
                values[name] = int(value.split()[0]) * 1024
        return values.get("RssAnon", 0), values.get("VmHWM", 0)

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        if self.alive():
            self.process.kill()
        self.process.wait()

    def wait(self, seconds):
        """What the process has used, if it ends in that time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                ended, _, usage = os.wait4(self.process.pid, os.WNOHANG)
            except ChildProcessError:  # somebody has asked for its end before
                return None
            if ended:
                self.process.returncode = 0
                return usage
            time.sleep(0.001)
        return None

    def quit(self):
        """CPU seconds of the whole life of the process."""
        self.say("quit")
        try:
            self.process.stdin.close()
        except OSError:
            pass
        usage = self.wait(5)
        if usage is None:
            self.kill()
        self.process.stdout.close()
        self.errors.close()
        return usage.ru_utime + usage.ru_stime if usage else None


class Contestant:
    """A way to start processes."""

    checked = True

    def __init__(self, name, title, command, compiled=False, extra=None):
        self.name = name
        self.title = title
        self.command = command
        self.compiled = compiled  # callgrind and the counter of allocations know what to do with it
        self.extra = extra or {}
        self.trouble = None  # why it can't take part
        self.version = ""

    def environment(self, port=None, client=0, clients=1, more=None):
        env = dict(os.environ, PGDATABASE=NAME, PGTZ="UTC", PGSSLMODE="disable", PGGSSENCMODE="disable",
                   BENCH_CLIENT=str(client), BENCH_CLIENTS=str(clients), **self.extra)
        if port:
            env.update(PGHOST="127.0.0.1", PGPORT=str(port))
        env.update(more or {})
        return env

    def start(self, port=None, client=0, clients=1, core=None, more=None, wrapper=()):
        return Process([*wrapper, *self.command], self.environment(port, client, clients, more), core)

    def learn_version(self):
        try:
            done = subprocess.run([*self.command, "--version"], capture_output=True, text=True, timeout=60,
                                  env=self.environment(), check=False)
            said = (done.stdout or done.stderr).strip().splitlines()
            if done.returncode == 0 and said:
                self.version = said[0]
            else:
                self.trouble = said[-1][:200] if said else "it does not start"
        except (OSError, subprocess.TimeoutExpired) as problem:
            self.trouble = str(problem)


def peers(root, build, install):
    """The contestants of bench/peers, with what keeps them away."""
    found = []
    for directory in sorted((root / "bench" / "peers").glob("*/")):
        if not (directory / "contestant").exists():
            continue
        room = build / "peers" / directory.name
        room.mkdir(parents=True, exist_ok=True)
        title = (directory / "name").read_text().strip() if (directory / "name").exists() else directory.name
        peer = Contestant(directory.name, title, [str(directory / "contestant")], extra={"BENCH_BUILD": str(room)})
        if install and (directory / "install").exists():
            done = subprocess.run([str(directory / "install")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  env=dict(os.environ, BENCH_BUILD=str(room)), stdin=subprocess.DEVNULL, check=False)
            if done.returncode != 0:
                words = done.stdout.strip().splitlines()
                peer.trouble = words[-1][:200] if words else "it can't be installed"
        found.append(peer)
    return found


def in_c(build):
    """The contestants that are built here."""
    def built(name):
        return [str(build / "bench" / f"contestant_{name}")]
    wanted = (Contestant("howdah", "Howdah", built("howdah"), True),
              Contestant("fence", "Howdah, fence", built("howdah"), True, {"BENCH_FENCE": "1"}),
              Contestant("best", "libpq, best", built("best"), True),
              Contestant("usual", "libpq, usual", built("usual"), True),
              Contestant("ecpg", "ECPG", built("ecpg"), True))
    for contestant in wanted:
        if not os.path.exists(contestant.command[0]):
            contestant.trouble = "it was not built: its packages are missing"
    return list(wanted)


class Pgbench(Contestant):
    """The server's practical limit: the statements of a workload, run by pgbench with prepared statements."""

    checked = False
    SCRIPTS = {
        "find": "\\set id random(1, 10000)\nSELECT * FROM items WHERE id = :id;\n",
        "request": "\\set id random(1, 10000)\nSELECT * FROM authors WHERE id = :id;\nBEGIN;\n"
                   "UPDATE authors SET score = score + 1, version = version + 1 WHERE id = :id;\n"
                   "INSERT INTO books (author_id, title, year) VALUES (:id, 'a new book', 2026) RETURNING id;\nCOMMIT;\n",
        "tpcb": "\\set a random(1, 100000)\n\\set t random(1, 100)\n\\set b random(1, 10)\n\\set d random(-5000, 5000)\n"
                "BEGIN;\nUPDATE accounts SET balance = balance + :d WHERE id = :a;\n"
                "SELECT balance FROM accounts WHERE id = :a;\nUPDATE tellers SET balance = balance + :d WHERE id = :t;\n"
                "UPDATE branches SET balance = balance + :d WHERE id = :b;\n"
                "INSERT INTO history (teller_id, branch_id, account_id, delta, made_at) VALUES (:t, :b, :a, :d, now());\n"
                "COMMIT;\n",
        "queries": "".join(f"\\set i{k} random(1, 10000)\nSELECT id, randomnumber FROM world WHERE id = :i{k};\n"
                           for k in range(20)),
    }

    def __init__(self, build):
        super().__init__("pgbench", "pgbench", ["pgbench"])
        self.build = build

    def run(self, step, port, core):
        script = self.SCRIPTS.get(step.workload.name)
        if not script:
            return Answer("unsupported", text="it has no such thing")
        path = self.build / f"pgbench.{step.workload.name}.sql"
        path.write_text(script)
        command = ["pgbench", "-n", "-M", "prepared", "-f", str(path), "-c", str(step.clients), "-t", str(step.units)]
        before = os.times()
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment(port), check=False,
                              preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}))
        after = os.times()
        tps = re.search(r"^tps = ([0-9.]+)", done.stdout, re.M)
        if done.returncode != 0 or not tps:
            return Answer("error", text=(done.stderr.strip().splitlines() or ["pgbench failed"])[-1])
        cpu = after.children_user + after.children_system - before.children_user - before.children_system
        return Answer("ok", wall=int(step.units * step.clients / float(tps.group(1)) * 1e9), cpu=int(cpu * 1e9))


def find(root, build, install, names):
    """All contestants, or those that are named, in the order in which tables show them."""
    everybody = in_c(build) + [Pgbench(build)]
    known = [c.name for c in everybody]
    asked_for_peers = not names or any(name not in known for name in names)
    if asked_for_peers:
        everybody += peers(root, build, install)
    unknown = set(names or ()) - {c.name for c in everybody}
    if unknown:
        raise Trouble(f"no contestant is called {', '.join(sorted(unknown))}; there are "
                      + ", ".join(c.name for c in everybody))
    return [c for c in everybody if not names or c.name in names]
