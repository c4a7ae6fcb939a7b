"""Instructions of the client against tests/budgets.tsv: a count may not grow by more than a margin. The other columns
are those of tests/api/test_budgets.c."""

MARGIN = 1.05
COLUMN = "instructions"


def check(root, counts, update):
    """What is beyond its budget, as messages. With `update` the file gets what was counted."""
    path = root / "tests" / "budgets.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()
    heads = next(line for line in lines if not line.startswith("#")).split("\t")
    found = {f"{step.workload.name} {step.objects}": c.each(COLUMN) for (name, step), c in counts.items()
             if name == "howdah"}
    failures = []
    for number, line in enumerate(lines):
        cells = dict(zip(heads, line.split("\t")))
        counted = found.get(cells.get("workload", ""))
        if line.startswith("#") or counted is None:
            continue
        if update:
            cells[COLUMN] = f"{counted:.0f}"
            lines[number] = "\t".join(cells[head] for head in heads)
        elif counted > float(cells[COLUMN]) * MARGIN:
            failures.append(f"{cells['workload']}: {counted:.0f} instructions, the budget is {cells[COLUMN]} and {MARGIN - 1:.0%}")
    if update:
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return failures
