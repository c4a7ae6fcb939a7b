"""The folder of results: one CSV of times, one of counts, tables in Markdown, plots."""

import csv
import math
import statistics
import subprocess

YARDSTICKS = ("best", "usual")
HEAD = "howdah"


def pair_ratios(outcome, other):
    """Ratio of times round by round."""
    return [outcome.walls[n] / other.walls[n] for n in outcome.walls if n in other.walls and other.walls[n] > 0]


def middle(values):
    return statistics.median(values) if values else None


def show_time(seconds):
    if seconds is None:
        return ""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def show_number(value):
    if value is None:
        return "?"
    if value >= 1e5:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def show_ratio(value):
    if value is None:
        return ""
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


class Results:
    def __init__(self, folder, contestants):
        self.folder = folder
        self.contestants = contestants
        self.steps = []  # (step, outcomes)
        self.counts = {}
        folder.mkdir(parents=True, exist_ok=True)

    def add(self, step, outcomes):
        self.steps.append((step, outcomes))

    @staticmethod
    def by_name(outcomes):
        return {o.contestant.name: o for o in outcomes}

    def wrong(self):
        """Those that did not do the work; what fails in somebody else's program is only told."""
        return [(step, o) for step, outcomes in self.steps for o in outcomes
                if o.status == "disqualified" or (o.status in ("error", "slow") and o.contestant.compiled)]

    # --- CSV ---

    def write_csv(self):
        with open(self.folder / "times.csv", "w", newline="", encoding="utf-8") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(("link", "workload", "size", "clients", "per", "contestant", "status", "rounds", "median_us", "least_us",
                          "most_us", "cpu_us", "ratio_to_best", "ratio_to_usual", "memory", "peak", "reason"))
            for step, outcomes in self.steps:
                names = self.by_name(outcomes)
                for o in outcomes:
                    out.writerow(self.times_row(step, o, names))
        with open(self.folder / "counts.csv", "w", newline="", encoding="utf-8") as file:
            out = csv.writer(file, lineterminator="\n")
            out.writerow(("workload", "size", "per", "contestant", "statements", "waits", "bytes_to_server", "bytes_to_client",
                          "allocations", "instructions"))
            for (name, step), c in self.counts.items():
                values = [c.each(n) for n in ("statements", "waits", "to_server", "to_client", "allocations", "instructions")]
                out.writerow((step.workload.name, step.size, step.workload.per, name,
                              *("" if v is None else f"{v:.6g}" for v in values)))

    def times_row(self, step, o, names):
        walls = list(o.walls.values())
        ratios = [middle(pair_ratios(o, names[y])) if y in names else None for y in YARDSTICKS]
        micro = lambda v: "" if v is None else f"{v * 1e6:.4g}"
        return (step.link, step.workload.name, step.size, step.clients, step.workload.per, o.contestant.name, o.status, len(walls),
                micro(o.median), micro(min(walls, default=None)), micro(max(walls, default=None)), micro(middle(o.cpus)),
                *("" if r is None else f"{r:.3f}" for r in ratios), middle(o.memory) or "", o.peak or "", o.reason)

    # --- tables ---

    def shown(self, link):
        """What the tables of times have: memory has a table of its own, and what is only there for its growth, too."""
        return [(step, self.by_name(outcomes)) for step, outcomes in self.steps
                if step.link == link and step.workload.name != "memory" and not step.growth]

    def ratio_table(self, link):
        """A row for each step: Howdah's time, and what all others take for the same, in multiples of it."""
        names = [c for c in self.contestants if not c.trouble]
        lines = ["| workload | per | " + " | ".join(c.title for c in names) + " |",
                 "| --- | --- |" + " ---: |" * len(names)]
        for step, found in self.shown(link):
            cells = [self.cell(found, c) for c in names]
            lines.append(f"| {step.label} | {step.workload.per} | " + " | ".join(cells) + " |")
        return table(lines)

    @staticmethod
    def cell(found, contestant):
        o, head = found.get(contestant.name), found.get(HEAD)
        if o is None or o.status in ("unsupported", "skipped"):
            return "–"
        if o.status == "slow":
            return o.reason
        if o.status != "ok" or not o.walls:
            return o.status.upper()
        if o is head or head is None or not head.walls:
            return show_time(o.median)
        return show_ratio(middle(pair_ratios(o, head))) + " x"

    def yardstick_table(self, link):
        """Howdah against hand-written SQL, pair by pair, with the spread."""
        lines = ["| workload | per | Howdah | spread | of best libpq | spread | CPU of best | of usual libpq |",
                 "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
        for step, found in self.shown(link):
            head, best, usual = (found.get(n) for n in (HEAD, *YARDSTICKS))
            if not head or not head.walls:
                continue
            lines.append(f"| {step.label} | {step.workload.per} | {show_time(head.median)} | {spread(head.walls.values())} | "
                         + " | ".join(against(head, best)) + f" | {cpu_ratio(head, best)} | {against(head, usual)[0]} |")
        return table(lines)

    def cpu_table(self, link="socket"):
        """CPU time of the client: what others use, in multiples of Howdah's."""
        names = [c for c in self.contestants if not c.trouble]
        lines = ["| workload | per | " + " | ".join(c.title for c in names) + " |", "| --- | --- |" + " ---: |" * len(names)]
        for step, found in self.shown(link):
            head = found.get(HEAD)
            if not head or not head.cpus:
                continue
            cells = []
            for c in names:
                o = found.get(c.name)
                if o is None or not o.cpus:
                    cells.append("–")
                elif o is head:
                    cells.append(show_time(middle(o.cpus)))
                else:
                    cells.append(cpu_ratio(o, head) + " x")
            lines.append(f"| {step.label} | {step.workload.per} | " + " | ".join(cells) + " |")
        return table(lines)

    def memory_table(self):
        """Bytes for an object where so many are loaded, and what the process has at most."""
        steps = [(step, self.by_name(outcomes)) for step, outcomes in self.steps if step.workload.name == "memory"]
        lines = ["| contestant | " + " | ".join(f"bytes an object, of {step.objects:,}" for step, _ in steps)
                 + " | peak of the process, MB |", "| --- |" + " ---: |" * (len(steps) + 1)]
        for c in self.contestants:
            found = [(step, outcomes.get(c.name)) for step, outcomes in steps]
            cells = [f"{middle(o.memory) / step.objects:.0f}" if o and o.memory else "–" for step, o in found]
            peak = max((o.peak for _, o in found if o), default=0)
            if peak:
                lines.append(f"| {c.title} | " + " | ".join(cells) + f" | {peak / 1e6:.0f} |")
        return table(lines)

    def count_table(self):
        lines = ["| workload | per | contestant | statements | round trips | bytes sent | bytes received | allocations | instructions |",
                 "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
        titles = {c.name: c.title for c in self.contestants}
        steps = list(dict.fromkeys(step for _, step in self.counts))
        for step in steps:
            for name, title in titles.items():
                c = self.counts.get((name, step))
                if c:
                    values = [show_number(c.each(n))
                              for n in ("statements", "waits", "to_server", "to_client", "allocations", "instructions")]
                    lines.append(f"| {step.label} | {step.workload.per} | {title} | " + " | ".join(values) + " |")
        return table(lines)

    def growth(self):
        """{(workload, contestant): [(size, seconds of it)]} where there are three sizes or more: of objects, or of units."""
        found = {}
        for step, outcomes in self.steps:
            if step.link == "socket" and step.clients == 1 and step.workload.name != "memory":
                for o in outcomes:
                    if o.walls:
                        seconds = o.median * step.divisor / step.units
                        found.setdefault((step.workload.name, o.contestant.name), []).append((step.objects, step.units, seconds))
        grown = {}
        for key, points in found.items():
            alike = len({objects for objects, _, _ in points}) == 1
            sizes = {units if alike else objects: seconds * units if alike else seconds for objects, units, seconds in points}
            if len(sizes) >= 3:
                grown[key] = sorted(sizes.items())
        return grown

    def growth_table(self):
        """Exponent of time over size, fitted through the largest sizes, where fixed costs don't hide it."""
        growth = self.growth()
        names = [c for c in self.contestants if any(key[1] == c.name for key in growth)]
        lines = ["| workload | " + " | ".join(c.title for c in names) + " |", "| --- |" + " ---: |" * len(names)]
        for workload in dict.fromkeys(key[0] for key in growth):
            cells = [f"{exponent(growth[workload, c.name]):.2f}" if (workload, c.name) in growth else "–" for c in names]
            lines.append(f"| {workload} | " + " | ".join(cells) + " |")
        return table(lines)

    def absent(self):
        return "\n".join(f"- {c.title}: {c.trouble}" for c in self.contestants if c.trouble)

    def notes(self):
        """What is missing in the tables, and why."""
        seen = {}
        for step, outcomes in self.steps:
            for o in outcomes:
                if o.status != "ok" and not o.contestant.trouble:
                    seen.setdefault((o.contestant.title, o.status, o.reason if o.status != "skipped" else "it would take too long"),
                                    []).append(f"{step.label} ({step.link})")
        return "\n".join(f"- {title}, {status}: {reason}: {', '.join(labels)}" for (title, status, reason), labels in seen.items())

    # --- all of it ---

    def write(self, about):
        self.write_csv()
        parts = {"about": about, "socket": self.yardstick_table("socket"), "slow": self.yardstick_table("slow"),
                 "peers": self.ratio_table("socket"), "peers_slow": self.ratio_table("slow"), "cpu": self.cpu_table(),
                 "memory": self.memory_table(), "counts": self.count_table(), "growth": self.growth_table(),
                 "missing": "\n".join(filter(None, (self.absent(), self.notes()))) or "Nothing."}
        for name, text in parts.items():
            (self.folder / f"{name}.md").write_text(text + "\n", encoding="utf-8")
        headings = {"about": "Machine and settings", "socket": "Howdah and hand-written SQL, unix socket",
                    "slow": "The same with 1 ms each way", "peers": "Everybody, unix socket (multiples of Howdah's time)",
                    "peers_slow": "Everybody, 1 ms each way", "cpu": "CPU time of the client (multiples of Howdah's)",
                    "memory": "Memory", "counts": "Counts", "growth": "Growth: exponent of time over size",
                    "missing": "What is missing"}
        text = "\n\n".join(f"## {headings[name]}\n\n{part}" for name, part in parts.items())
        (self.folder / "results.md").write_text("# Results\n\n" + text + "\n", encoding="utf-8")


def table(lines):
    return "\n".join(lines) if len(lines) > 2 else "Not measured."


def spread(values):
    """Half of the distance of the quartiles, in percent of the median."""
    values = sorted(values)
    if len(values) < 3:
        return "–"
    quartiles = statistics.quantiles(values, n=4)
    return f"±{(quartiles[2] - quartiles[0]) / 2 / statistics.median(values) * 100:.0f} %"


def against(outcome, other):
    ratios = pair_ratios(outcome, other) if other else []
    return (show_ratio(middle(ratios)) or "–", spread(ratios))


def cpu_ratio(outcome, other):
    if not other or not other.cpus or not outcome.cpus or not middle(other.cpus):
        return "–"
    return show_ratio(middle(outcome.cpus) / middle(other.cpus))


def exponent(points):
    """Least squares through the logarithms of the three largest sizes."""
    points = sorted(points)[-3:]
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    x0, y0 = statistics.mean(xs), statistics.mean(ys)
    return sum((x - x0) * (y - y0) for x, y in zip(xs, ys)) / sum((x - x0) ** 2 for x in xs)


def gnuplot(script):
    """What went wrong, if anything did."""
    try:
        done = subprocess.run(["gnuplot"], input=script, text=True, capture_output=True, check=False)
    except OSError as problem:
        return str(problem)
    return done.stderr.strip() if done.returncode != 0 else None
