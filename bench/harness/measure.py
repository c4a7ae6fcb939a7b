"""Rounds that alternate between contestants, within the time that there is."""

import statistics
import sys
import time
from dataclasses import dataclass, field

import database
from contestants import Answer, Pgbench

PATIENCE = 60  # seconds that one answer may take
QUICK_PATIENCE = 10
CLOSE = 4  # who takes more than so many times the fastest one's time has said enough after one round
LEAST = 3  # rounds of the others, without which nobody knows their spread, also when time is up
DEAR = 1.5  # seconds; of a round that takes longer there is another one only if there is time


@dataclass
class Outcome:
    """What became of a contestant in a step. Times are seconds for the step's divisor."""
    contestant: object
    status: str = "ok"  # ok, unsupported, skipped, slow, error, disqualified
    reason: str = ""
    walls: dict = field(default_factory=dict)  # by round
    cpus: list = field(default_factory=list)
    memory: list = field(default_factory=list)
    peak: int = 0
    cost: float = 0.0  # seconds of a round, with all that is around it
    last: object = None  # answer and memory of the last run

    def stop(self, status, reason):
        self.status, self.reason = status, reason

    @property
    def median(self):
        return statistics.median(self.walls.values()) if self.walls else None


class Bench:
    """The processes of all contestants, over all links."""

    def __init__(self, contestants, links, cores, say, patience=PATIENCE, least=LEAST):
        self.contestants = contestants
        self.least = least
        self.links = links  # name -> port, None for the socket
        self.client_core = cores[0] if cores else None
        self.say = say
        self.patience = patience
        self.processes = {}
        self.history = {}  # (contestant, workload, link) -> (objects * units, seconds) of the last size

    # --- processes ---

    def process(self, contestant, step, client=0):
        key = (contestant.name, step.link, step.clients, client)
        process = self.processes.get(key)
        if process is None or not process.alive():
            process = contestant.start(self.links[step.link], client, step.clients, self.client_core)
            self.processes[key] = process
        return process

    def boot(self, step):
        """Starts those of a step that many others will need, all at once, since a runtime takes its time to start."""
        database.put_back(step)
        booting = []
        for contestant in self.contestants:
            if not contestant.trouble and not isinstance(contestant, Pgbench):
                process = contestant.start(self.links[step.link])
                process.say(f"prepare {step.workload.name} {step.size}")
                booting.append((contestant, process))
        for contestant, process in booting:
            if process.hear(self.patience).kind == "error":
                process.kill()
                continue
            process.pin(self.client_core)
            self.processes[(contestant.name, step.link, step.clients, 0)] = process

    def forget(self, contestant, step):
        for client in range(step.clients):
            process = self.processes.pop((contestant.name, step.link, step.clients, client), None)
            if process:
                process.kill()

    def close(self):
        for process in self.processes.values():
            process.quit()
        self.processes.clear()

    # --- one run ---

    def run(self, contestant, step):
        if isinstance(contestant, Pgbench):
            return contestant.run(step, self.links[step.link], self.client_core), None
        if step.workload.fresh:
            return self.run_fresh(contestant, step)
        processes = [self.process(contestant, step, client) for client in range(step.clients)]
        for process in processes:
            answer = process.ask(f"prepare {step.workload.name} {step.size}", self.patience)
            if answer.kind != "ok":
                return answer, None
        begin = time.monotonic_ns()
        for process in processes:
            process.say(f"run {step.workload.name} {step.size}")
        answers = [process.hear(self.patience) for process in processes]
        wall = time.monotonic_ns() - begin
        for answer in answers:
            if answer.kind != "ok":
                return answer, None
        if step.clients > 1:
            return Answer("ok", wall, sum(a.checksum for a in answers) % 2147483647, sum(a.cpu for a in answers)), None
        return answers[0], processes[0].memory()

    def run_fresh(self, contestant, step):
        """A process of its own. For `start` all of its life counts."""
        name, size = step.workload.name, step.size
        begin = time.monotonic_ns()
        process = contestant.start(self.links[step.link], core=self.client_core)
        process.say(f"prepare {name} {size}")
        if name == "start":
            process.say(f"run {name} {size}")
        answer = process.hear(self.patience)
        before = process.memory() if answer.kind == "ok" else (0, 0)
        if answer.kind == "ok":
            answer = process.hear(self.patience) if name == "start" else process.ask(f"run {name} {size}", self.patience)
        wall = time.monotonic_ns() - begin
        memory = process.memory() if answer.kind == "ok" else (0, 0)
        cpu = process.quit()
        if name == "start" and answer.kind == "ok":
            answer.wall, answer.cpu = wall, int((cpu or 0) * 1e9)
        return answer, ((memory[0] - before[0], memory[1]) if name == "memory" else memory)

    # --- one step ---

    def turn(self, outcome, step, round_number):
        begin = time.monotonic()
        contestant = outcome.contestant
        if step.workload.writes:
            database.put_back(step)
        answer, memory = self.run(contestant, step)
        outcome.cost = time.monotonic() - begin
        if answer.kind != "ok":
            outcome.stop(answer.kind, answer.text)
            if answer.kind in ("error", "slow"):
                self.say(f"!! {contestant.title}: {step.label}: {answer.text}")
                self.forget(contestant, step)
            return None
        outcome.last = (answer, memory)
        if round_number is not None:
            self.keep(outcome, step, round_number)
        return answer

    @staticmethod
    def keep(outcome, step, round_number):
        answer, memory = outcome.last
        outcome.walls[round_number] = answer.wall / 1e9 / step.divisor
        outcome.cpus.append(answer.cpu / 1e9 / step.divisor)
        if memory:
            outcome.memory.append(memory[0])
            outcome.peak = max(outcome.peak, memory[1])

    def predicted(self, contestant, step):
        known = self.history.get((contestant.name, step.workload.name, step.link, step.clients))
        return known[1] * step.objects * step.units / known[0] if known else 0.0

    def warm_up(self, step, budget):
        """A round that is not timed, after which all must have left and said the same."""
        outcomes, expected = [], None
        if not step.workload.writes:
            database.put_back(step)
        for contestant in self.contestants:
            outcome = Outcome(contestant)
            outcomes.append(outcome)
            if contestant.trouble:
                outcome.stop("unsupported", contestant.trouble)
                continue
            predicted = self.predicted(contestant, step)
            if predicted > min(max(2.0, budget / 4), self.patience):
                outcome.stop("skipped", f"it would take about {predicted:.0f} s")
                continue
            answer = self.turn(outcome, step, None)
            if answer is None:
                continue
            self.history[(contestant.name, step.workload.name, step.link, step.clients)] = (step.objects * step.units,
                                                                              answer.wall / 1e9)
            if contestant.checked:
                expected = self.compare(outcome, step, answer, expected)
        return outcomes

    def compare(self, outcome, step, answer, expected):
        left = database.look(step)
        checksum = answer.checksum
        if step.workload.checksum:
            wanted = int(database.psql(step.workload.checksum + ";"))
        else:
            wanted = expected[1] if expected else checksum
        if checksum != wanted:
            self.disqualify(outcome, step, f"it answers {checksum} instead of {wanted}")
        elif expected and left != expected[0]:
            self.disqualify(outcome, step, f"it leaves {left} instead of {expected[0]}")
        return expected or ((left, checksum) if outcome.status == "ok" else None)

    def disqualify(self, outcome, step, reason):
        outcome.stop("disqualified", reason)
        self.say(f"!! DISQUALIFIED: {outcome.contestant.title}: {step.label} over the {step.link}: {reason}")

    def measure(self, step, rounds, budget):
        end = time.monotonic() + budget
        outcomes = self.warm_up(step, budget)
        running = [o for o in outcomes if o.status == "ok"]
        share = budget / max(1, len(running))
        for outcome in running:
            if rounds and outcome.cost > share:  # so slow that one run must do
                self.keep(outcome, step, 0)
        for number in range(rounds):
            running = close_ones(running) if number else running
            turned = running[number % len(running):] + running[:number % len(running)] if running else []
            for outcome in turned:
                late = time.monotonic() + outcome.cost > end
                owed = number < self.least and outcome.cost < DEAR
                first = number == 0 and not outcome.walls
                if outcome.status == "ok" and number not in outcome.walls and (first or owed or not late):
                    self.turn(outcome, step, number)
            if time.monotonic() > end and number + 1 >= self.least:
                break
        if step.clients > 1:  # their connections are too many to keep
            for outcome in outcomes:
                self.forget(outcome.contestant, step)
        return outcomes


def close_ones(outcomes):
    """Those whose ratio to the fastest one is worth more rounds."""
    good = [o for o in outcomes if o.status == "ok" and o.walls]
    fastest = min((o.median for o in good), default=0)
    return [o for o in good if o.median <= CLOSE * fastest]


def progress(text):
    print(text, file=sys.stderr, flush=True)
