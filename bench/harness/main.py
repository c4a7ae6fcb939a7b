"""All of it: python3 bench/harness/main.py, started by bench/run with a server in the environment."""

import argparse
import functools
import json
import os
import platform
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import budgets
import contestants as people
import counts
import database
import plots
from measure import Bench, progress
from results import Results
from workloads import FULL, K, QUICK, SCHEMA, SMOKE, WORKLOADS, counted, steps

ROOT = Path(__file__).resolve().parents[2]
DELAY = 1000  # microseconds each way over the slow link


def read_arguments():
    parser = argparse.ArgumentParser(prog="bench/run")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--workloads", type=lambda text: text.split(","))
    parser.add_argument("--contestants", type=lambda text: text.split(","))
    parser.add_argument("--links", type=lambda text: text.split(","))
    parser.add_argument("--results", type=Path)
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--no-install", action="store_true")
    parser.add_argument("--no-counts", action="store_true")
    parser.add_argument("--only-counts", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--set-budgets", action="store_true")
    parser.add_argument("--conninfo", help=argparse.SUPPRESS)  # is in the environment by now
    parser.add_argument("--check", action="store_true", help=argparse.SUPPRESS)  # only whether the options can be
    arguments = parser.parse_args()
    for name, known in (("workloads", WORKLOADS), ("links", FULL)):
        unknown = set(getattr(arguments, name) or ()) - set(known)
        if unknown:
            parser.error(f"no {name[:-1]} is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if arguments.rounds < 1 or (arguments.minutes is not None and not 0 < arguments.minutes < float("inf")):
        parser.error("rounds and minutes are numbers above 0")
    return arguments


def choose_cores():
    """One for clients and one for the server, where we may move both."""
    allowed = sorted(os.sched_getaffinity(0))
    server = os.environ.get("BENCH_SERVER_PID")
    if len(allowed) < 2 or not server:
        return None
    try:
        os.sched_setaffinity(int(server), {allowed[1]})
    except (OSError, ValueError):
        return None
    return allowed[:2]


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def said(*command):
    """The first line that a command prints, if there is one."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return next(iter(done.stdout.splitlines()), "")
    except OSError:
        return ""


def compiled_with(build):
    """The compiler of those that are written in C, and its flags."""
    try:
        options = {o["name"]: o["value"] for o in json.loads((build / "meson-info" / "intro-buildoptions.json").read_text())}
    except (OSError, ValueError):
        return "unknown"
    optimized = "with" if options.get("b_lto") else "without"
    return f"{said('gcc', '--version')}, -O{options.get('optimization')}, {optimized} optimization at link time"


def about(everybody, cores, build, minutes):
    facts = [f"- {processor()}, {os.cpu_count()} cores, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB, "
             f"{platform.system()} {platform.release()}",
             "- server: " + ", ".join(f"{name} = {value}" for name, value in database.settings().items()),
             "- clients on one core, server on another" if cores else "- clients and server on any core",
             f"- what is written in C: {compiled_with(build)}",
             f"- the slow link adds {DELAY / 1000:g} ms each way",
             f"- measured {time.strftime('%Y-%m-%d')} in {minutes:.0f} minutes"]
    commit = said("git", "-C", str(ROOT), "describe", "--always", "--dirty")
    facts += [f"- Howdah at commit {commit}"] if commit else []
    facts += [f"- {c.title}: {c.version}" for c in everybody if c.version and not c.trouble]
    return "\n".join(facts)


def measure_all(bench, results, wanted, rounds, deadline):
    left = sum(step.weight for step in wanted)
    begin = time.monotonic()
    progress("starting the contestants")
    for link in bench.links:
        first = next((step for step in wanted if step.link == link and step.clients == 1 and not step.workload.fresh), None)
        if first:
            bench.boot(first)
    for number, step in enumerate(wanted, 1):
        budget = max(0.5, (deadline - time.monotonic()) * step.weight / left)
        progress(f"[{time.monotonic() - begin:4.0f} s] {number}/{len(wanted)} {step.label}, {step.link}")
        results.add(step, bench.measure(step, rounds, budget))
        left -= step.weight


def choose_steps(arguments):
    if arguments.smoke:
        return steps(SMOKE, arguments.workloads)
    return steps(QUICK if arguments.quick else FULL, arguments.workloads, arguments.links)


def run(arguments, everybody, wanted):
    minutes = arguments.minutes or (1.2 if arguments.quick else 10)
    begin = time.monotonic()
    results = Results(arguments.results or arguments.build / "results", everybody)
    cores = choose_cores()
    links = {"socket": None}
    slow = counts.Link(arguments.build, DELAY) if any(step.link == "slow" for step in wanted) else None
    if slow:
        links["slow"] = slow.port
    bench = Bench(everybody, links, cores, progress, hurry=arguments.quick or arguments.smoke)
    try:
        if not arguments.only_counts:
            measure_all(bench, results, wanted, 0 if arguments.smoke else arguments.rounds, begin + minutes * 60)
    finally:
        bench.close()
        if slow:
            slow.close()
    if not (arguments.no_counts or arguments.smoke or arguments.quick):
        to_count = counted(arguments.workloads)
        results.counts = counts.count(everybody, to_count, arguments.build, progress)
        counts.count_instructions(everybody, to_count, arguments.build, results.counts, progress)
    results.write(about(everybody, cores, arguments.build, (time.monotonic() - begin) / 60))
    trouble = plots.draw(results)
    if trouble:
        progress(f"no plots: {trouble}")
    return results


def main():
    arguments = read_arguments()
    if arguments.check:
        return 0
    # bench/run hands on what interrupts it: the database goes, and the processes.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if arguments.smoke and not os.environ.get("PGHOST"):
        print("skipped: PGHOST names no server")
        return 77
    everybody = people.find(ROOT, arguments.build, not arguments.no_install, arguments.contestants)
    with ThreadPoolExecutor(os.cpu_count()) as starting:
        list(starting.map(lambda contestant: contestant.learn_version(), (c for c in everybody if not c.trouble)))
    for contestant in everybody:
        if contestant.trouble:
            progress(f"without {contestant.title}: {contestant.trouble}")
    wanted = choose_steps(arguments)
    progress(f"making the tables of database {database.NAME}")
    rows = {"{items}": max((step.items for step in wanted), default=K), "{accounts}": 100 if arguments.smoke else 100000}
    database.create(functools.reduce(lambda text, name: text.replace(name, str(rows[name])), rows, SCHEMA))
    try:
        results = run(arguments, everybody, wanted)
        print((results.folder / "results.md").read_text(encoding="utf-8"))
        failures = [f"{o.status}: {o.contestant.title}: {step.label}: {o.reason}" for step, o in results.wrong()]
        if results.counts:
            failures += budgets.check(ROOT, results.counts, arguments.set_budgets)
        for failure in failures:
            print(f"!! {failure}", file=sys.stderr)
        progress(f"results are in {results.folder}")
        return 1 if failures else 0
    finally:
        database.drop()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (database.Trouble, OSError) as trouble:
        sys.exit(f"bench/run: {trouble}")
