"""Whether the harness judges as it says: contestants that lie, or leave other rows, against a database that isn't there."""

import sys
import tempfile
import unittest
from pathlib import Path

import database
from contestants import Contestant
from measure import Bench, Outcome
from results import Results, exponent
from workloads import _step

SPEAKS = """
import sys
order = open(sys.argv[1], "a")
answers = sys.argv[3].split("|")
for line in sys.stdin:
    verb = line.split()[0]
    if verb == "quit":
        break
    order.write(f"{verb} {sys.argv[2]}\\n")
    order.flush()
    print((answers.pop(0) if len(answers) > 1 else answers[0]) if verb == "run" else "ok 0 0 0", flush=True)
"""


class Judging(unittest.TestCase):
    def setUp(self):
        self.room = tempfile.TemporaryDirectory()
        self.order = Path(self.room.name) / "order"
        self.left = {}  # what those leave who leave something else
        self.keys = None  # the checksum of those that the server gave
        self.said = []
        self.known = database.put_back, database.look
        database.put_back = lambda step: None
        database.look = lambda step: ((self.left.get(self.last(), "the same rows"),), self.keys)

    def tearDown(self):
        database.put_back, database.look = self.known
        self.room.cleanup()

    def last(self):
        return self.order.read_text().split()[-1]

    def contestant(self, name, answer):
        return Contestant(name, name, [sys.executable, "-c", SPEAKS, str(self.order), name, answer], compiled=True)

    def measure(self, *contestants, rounds=3, seconds=20):
        bench = Bench(contestants, {"socket": None}, None, self.said.append)
        step = _step("update 10", "socket")
        results = Results(Path(self.room.name), contestants)
        try:
            results.add(step, bench.measure(step, rounds, seconds))
        finally:
            bench.close()
        return results, results.by_name(results.steps[0][1])

    def test_other_answer(self):
        results, found = self.measure(self.contestant("howdah", "ok 10 7 1"), self.contestant("liar", "ok 1 8 1"))
        self.assertEqual(found["howdah"].status, "ok")
        self.assertEqual(found["liar"].status, "disqualified")
        self.assertEqual(found["liar"].reason, "it answers 8 instead of 7")
        self.assertFalse(found["liar"].walls)
        self.assertEqual([o.contestant.name for _, o in results.wrong()], ["liar"])
        self.assertIn("DISQUALIFIED", results.ratio_table("socket"))
        self.assertTrue(any("DISQUALIFIED: liar" in line for line in self.said))

    def test_other_rows(self):
        self.left["idler"] = "nothing changed"
        results, found = self.measure(self.contestant("howdah", "ok 10 7 1"), self.contestant("idler", "ok 1 7 1"))
        self.assertEqual(found["idler"].status, "disqualified")
        self.assertEqual(found["idler"].reason, "it leaves ['nothing changed'] instead of ['the same rows']")
        self.assertEqual(len(results.wrong()), 1)

    def test_who_is_alone_is_wrong(self):
        self.left["howdah"] = "a row less"
        results, found = self.measure(self.contestant("howdah", "ok 10 7 1"), self.contestant("one", "ok 10 7 1"),
                                      self.contestant("other", "ok 10 7 1"))
        self.assertEqual([o.status for o in found.values()], ["disqualified", "ok", "ok"])
        self.assertEqual(found["howdah"].reason, "it leaves ['a row less'] instead of ['the same rows']")
        self.assertIn("DISQUALIFIED", results.ratio_table("socket"))

    def test_a_program_has_one_voice(self):
        twice = [self.contestant("howdah", "ok 10 8 1"), self.contestant("howdah", "ok 10 8 1")]
        twice[1].name = "fence"
        _, found = self.measure(*twice, self.contestant("one", "ok 10 7 1"), self.contestant("other", "ok 10 7 1"))
        self.assertEqual([o.status for o in found.values()], ["disqualified", "disqualified", "ok", "ok"])

    def test_every_round_is_judged(self):
        results, found = self.measure(self.contestant("howdah", "ok 10 7 1"), self.contestant("tired", "ok 1 7 1|ok 1 7 1|ok 1 8 1"))
        self.assertEqual(found["tired"].status, "disqualified")
        self.assertFalse(found["tired"].walls)
        self.assertEqual(len(found["howdah"].walls), 3)
        self.assertEqual(len(results.wrong()), 1)

    def test_other_keys(self):
        self.keys = 7
        _, found = self.measure(self.contestant("howdah", "ok 10 7 1"), self.contestant("mixed", "ok 1 8 1"))
        self.assertEqual([o.status for o in found.values()], ["ok", "disqualified"])
        self.assertEqual(found["mixed"].reason, "it answers 8 instead of 7")

    def test_the_warm_up_is_not_timed(self):
        _, found = self.measure(self.contestant("howdah", "ok 1000000000 7 1|ok 10 7 1"), seconds=0)
        self.assertEqual(list(found["howdah"].walls.values()), [1e-9, 1e-9, 1e-9])  # of ten objects
        _, found = self.measure(self.contestant("howdah", "ok 3000000000 7 1|ok 10 7 1"), rounds=1, seconds=0)
        self.assertEqual(list(found["howdah"].walls.values()), [0.3])

    def test_rounds_alternate(self):
        results, found = self.measure(self.contestant("howdah", "ok 10 7 1"), self.contestant("other", "ok 20 7 1"))
        runs = [line.split()[1] for line in self.order.read_text().splitlines() if line.startswith("run")]
        self.assertEqual(runs, ["howdah", "other", "howdah", "other", "other", "howdah", "howdah", "other"])
        self.assertEqual([len(o.walls) for o in found.values()], [3, 3])
        self.assertIn("2.00 x", results.ratio_table("socket"))
        self.assertFalse(results.wrong())

    def test_who_is_far_has_one_round(self):
        _, found = self.measure(self.contestant("howdah", "ok 10 7 1"), self.contestant("near", "ok 40 7 1"),
                                self.contestant("far", "ok 41 7 1"), seconds=0)
        self.assertEqual([len(o.walls) for o in found.values()], [3, 3, 1])

    def test_what_goes_wrong_is_told(self):
        broken = Contestant("broken", "broken", ["false"])
        missing = self.contestant("missing", "")
        missing.trouble = "its package is gone"
        results, found = self.measure(self.contestant("howdah", "ok 10 7 1"), self.contestant("poor", "unsupported no map"),
                                      self.contestant("odd", "error no such table"), broken, missing)
        self.assertEqual([o.status for o in found.values()], ["ok", "unsupported", "error", "error", "unsupported"])
        self.assertEqual([o.contestant.name for _, o in results.wrong()], ["odd"])  # broken is somebody else's program
        self.assertIn("- missing: its package is gone", results.absent())
        self.assertIn("poor, unsupported: no map", results.notes())

    def test_growth_of_objects_or_units(self):
        results = Results(Path(self.room.name), [self.contestant("howdah", "")])
        seconds = {"load 10": 1, "load 100": 1, "load 1000x5": 1, "find 1x4 growth": 2, "find 1x40": 3, "find 1x400": 3,
                   "memory 1": 1, "memory 10": 1, "memory 100": 1, "insert 1x9": 1, "insert 10": 1}
        for text, each in seconds.items():
            results.add(_step(text, "socket"), [Outcome(results.contestants[0], walls={0: each})])
        self.assertEqual(results.growth(), {("load", "howdah"): [(10, 10), (100, 100), (1000, 1000)],
                                            ("find", "howdah"): [(4, 8), (40, 120), (400, 1200)]})
        self.assertNotIn("find, 4 units", results.ratio_table("socket"))

    def test_memory_of_all_sizes(self):
        results = Results(Path(self.room.name), [self.contestant("howdah", "")])
        for text, memory in (("memory 10", 1000), ("memory 100", 5000)):
            results.add(_step(text, "socket"), [Outcome(results.contestants[0], memory=[memory], peak=2000000)])
        self.assertIn("| howdah | 100 | 50 | 2 |", results.memory_table())

    def test_exponent(self):
        self.assertAlmostEqual(exponent([(1, 50), (10, 1), (100, 10), (1000, 100)]), 1)
        self.assertAlmostEqual(exponent([(10, 1), (100, 100), (1000, 10000)]), 2)


if __name__ == "__main__":
    unittest.main(warnings="ignore")
