#!/usr/bin/env python3
"""Counts the cases in a log of `meson test`: prints passed, failed and skipped.

A test that prints TAP, or the summary line of Check, counts as its cases, any other as one. One that is known to fail
is not passed: it counts as skipped.
"""
import json
import re
import sys

CHECK = re.compile(r"^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)$", re.M)
TAP = re.compile(r"^(not )?ok\b(.*)$", re.M)
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


def main(path):
    """Adds up the tests of one log."""
    try:
        with open(path, encoding="utf-8") as log:
            counts = [count(json.loads(line)) for line in log]
    except OSError as error:
        sys.exit(f"no log of the tests: {error}")
    print(*(sum(column) for column in zip((0, 0, 0), *counts)))


if __name__ == "__main__":
    main(sys.argv[1])
