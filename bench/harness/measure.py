"""Rounds that alternate between contestants, within the time that there is."""

import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import database
from contestants import Answer, Pgbench
from results import HEAD, YARDSTICKS

PATIENCE = 60  # seconds that one answer may take
QUICK_PATIENCE = 10
YARDSTICK_PATIENCE = 12  # seconds that a round of those may take with whom Howdah is compared first
CLOSE = 4  # who takes more than so many times the fastest one's time has said enough after one round
LEAST = 3  # rounds of the others, without which nobody knows their spread, also when time is up
DEAR = 1.5  # seconds; of a round that takes longer there is another one only if there is time
LONG = 2  # seconds; who runs for longer needs no warm-up


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
    seen: object = None  # what it left and answered in that run

    def stop(self, status, reason):
        self.status, self.reason = status, reason
        self.walls.clear()
        self.cpus.clear()
        self.memory.clear()

    @property
    def median(self):
        return statistics.median(self.walls.values()) if self.walls else None


class Bench:
    """The processes of all contestants, over all links."""

    def __init__(self, contestants, links, cores, say, hurry=False):
        self.contestants = contestants
        self.hurry = hurry  # who is slow has only the round that warms up
        self.least = 1 if hurry else LEAST
        self.links = links  # name -> port, None for the socket
        self.client_core = cores[0] if cores else None
        self.say = say
        self.patience = QUICK_PATIENCE if hurry else PATIENCE
        self.processes = {}
        self.history = {}  # (contestant, workload, link) -> (objects * units, seconds) of the last size
        self.expected = None  # what is to be left and answered in this step

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
        if answer.kind != "ok":
            outcome.stop(answer.kind, answer.text)
            if answer.kind in ("error", "slow"):
                self.say(f"!! {contestant.title}: {step.label}: {answer.text}")
                self.forget(contestant, step)
            return
        outcome.last = (answer, memory)
        if contestant.checked:
            self.look(outcome, step, answer)
        outcome.cost = time.monotonic() - begin
        if round_number is not None and outcome.status == "ok":
            self.judge(outcome, step)
        if round_number is not None and outcome.status == "ok":
            self.keep(outcome, step, round_number)

    @staticmethod
    def keep(outcome, step, round_number):
        answer, memory = outcome.last
        outcome.walls[round_number] = answer.wall / 1e9 / step.divisor
        outcome.cpus.append(answer.cpu / 1e9 / step.divisor)
        if memory:
            outcome.memory.append(memory[0])
            outcome.peak = max(outcome.peak, memory[1])

    def too_long(self, contestant, step, budget):
        """Seconds that it would take, by what it has taken for fewer objects, if they are too many."""
        known = self.history.get((contestant.name, step.workload.name, step.link, step.clients))
        predicted = known[1] * step.objects * step.units / known[0] if known else 0
        least = YARDSTICK_PATIENCE if contestant.name in (HEAD, *YARDSTICKS) and not self.hurry else 3
        return predicted if predicted > min(max(least, budget / 4), self.patience) else 0

    def warm_up(self, step, budget):
        """A round that is not timed, after which all must have left and said the same."""
        outcomes = [Outcome(contestant) for contestant in self.contestants]
        if not step.workload.writes:
            database.put_back(step)
        for outcome in outcomes:
            contestant = outcome.contestant
            if contestant.trouble:
                outcome.stop("unsupported", contestant.trouble)
                continue
            seconds = self.too_long(contestant, step, budget)
            if seconds:
                outcome.stop("skipped", f"it would take about {seconds:.0f} s")
                continue
            self.turn(outcome, step, None)
            if outcome.status == "ok":
                self.history[(contestant.name, step.workload.name, step.link, step.clients)] = (
                    step.objects * step.units, outcome.last[0].wall / 1e9)
        self.expected = vote(outcomes)
        for outcome in outcomes:
            if outcome.status == "ok":
                self.judge(outcome, step)
        return outcomes

    def look(self, outcome, step, answer):
        """What it has left, and said: where it had to say which keys it was given, its own rows tell."""
        left, wanted = database.look(step) if step.workload.writes else ((), None)
        if wanted is None:
            outcome.seen = (left, answer.checksum)
            return
        outcome.seen = (left, None)
        if answer.checksum != wanted:
            self.disqualify(outcome, step, f"it answers {answer.checksum} instead of {wanted}")

    def judge(self, outcome, step):
        """After each round: what the most of them did in the first one is right."""
        if not outcome.contestant.checked or outcome.seen == self.expected:
            return
        (left, checksum), (wanted_left, wanted) = outcome.seen, self.expected
        if checksum != wanted:
            self.disqualify(outcome, step, f"it answers {checksum} instead of {wanted}")
        else:
            self.disqualify(outcome, step, f"it leaves {list(left)} instead of {list(wanted_left)}")

    def disqualify(self, outcome, step, reason):
        outcome.stop("disqualified", reason)
        self.say(f"!! DISQUALIFIED: {outcome.contestant.title}: {step.label} over the {step.link}: {reason}")

    def measure(self, step, rounds, budget):
        end = time.monotonic() + budget
        outcomes = self.warm_up(step, budget)
        running = [o for o in outcomes if o.status == "ok"]
        share = budget / max(1, len(running))
        for outcome in running:
            if rounds and (outcome.last[0].wall > LONG * 1e9 or (self.hurry and outcome.cost > share)):
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


def vote(outcomes):
    """What most of them left and said, a program having one voice; if as many say otherwise, the first one is right."""
    voices = {(tuple(o.contestant.command), o.seen): None for o in outcomes if o.status == "ok" and o.contestant.checked}
    counted = Counter(seen for _, seen in voices).most_common(1)
    return counted[0][0] if counted else None


def close_ones(outcomes):
    """Those whose ratio to the fastest one is worth more rounds; Howdah's to the best always is."""
    good = [o for o in outcomes if o.status == "ok" and o.walls]
    fastest = min((o.median for o in good), default=0)
    return [o for o in good if o.median <= CLOSE * fastest or o.contestant.name in (HEAD, YARDSTICKS[0])]


def progress(text):
    print(text, file=sys.stderr, flush=True)
