#!/usr/bin/env python3
"""Counts the cases in a log of `meson test`: tests/count.py LOG prints passed, failed and skipped.

A test that prints TAP, or the summary line of Check, counts as its cases, any other as one. One that is known to fail
is not passed: it counts as skipped. With a second argument, tests/count.py LOG RUN says what failed instead, a line each.
"""
import json
import re
import sys

CHECK = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.M)
TAP = re.compile(r"^(not )?ok\b(.*)$", re.M)
FAILED_CASE = re.compile(r"^(?:not ok\b.*|\S+:\d+:[FE]:.*)$", re.M)
LAST_LINES = 5
BAD = {"FAIL", "ERROR", "TIMEOUT", "INTERRUPT", "UNEXPECTEDPASS"}


def count(test):
    """The cases of one test: passed, failed, skipped."""
    result, output = test["result"], test.get("stdout") or ""
    if result in ("SKIP", "EXPECTEDFAIL"):
        return 0, 0, 1
    passed = failed = skipped = 0
    for checks, failures, errors in CHECK.findall(output):
        failed += int(failures) + int(errors)
        passed += int(checks) - int(failures) - int(errors)
    if not passed + failed:
        for bad, rest in TAP.findall(output):
            skip = "# skip" in rest.lower()
            skipped += skip
            failed += bool(bad) and not skip
            passed += not bad and not skip
    if result in BAD:
        return passed, max(failed, 1), skipped
    if not passed + failed + skipped:
        passed = 1
    return passed, failed, skipped


def tell(test, run):
    """Says what failed in one test: its cases, or else its last words."""
    print(f"{run}: {test['name']}: {test['result']} after {test['duration']:.0f} s")
    output = test.get("stdout") or ""
    last = (output + "\n" + (test.get("stderr") or "")).split("\n")
    for line in FAILED_CASE.findall(output) or [line for line in last if line.strip()][-LAST_LINES:]:
        print(f"    {line}")


def main(path, run=None):
    """Adds up the tests of one log, or says which of them failed."""
    try:
        with open(path, encoding="utf-8") as log:
            tests = [json.loads(line) for line in log]
    except OSError as error:
        sys.exit(f"no log of the tests: {error}")
    if run is None:
        print(*(sum(column) for column in zip((0, 0, 0), *map(count, tests))))
        return
    for test in tests:
        if test["result"] in BAD:
            tell(test, run)


if __name__ == "__main__":
    main(*sys.argv[1:])
