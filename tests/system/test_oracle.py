"""The questions that a published study of eight trainings asks, as clew-query(7) answers them."""

import csv
import io
import json
import re
import shlex
import unittest

from harness import CLEW, SOURCE, Case
from test_exchange import ALEXNET, DATA

MANUAL = SOURCE / "man" / "clew-query.7"


def questions():
    """{"Q1": the command line as the manual has it}."""
    found = {}
    text = MANUAL.read_text()
    for name, line in re.findall(r"^\.\\\" (Q[1-9][a-z]?)\n\.EX\n(.*?)\n\.EE", text, re.M | re.S):
        line = line.replace("\\\n", "").replace("\\-", "-").replace("\\(aq", "'").replace("\\(dq", '"').replace("\\e", "\\").replace("\\\n", " ")
        found[name] = shlex.split(line)
    return found


class Oracle(Case):
    @classmethod
    def setUpClass(cls):
        if not ALEXNET.exists():
            raise unittest.SkipTest(f"no measurements in '{DATA}'; set CLEW_TEST_DATA")

    def setUp(self):
        super().setUp()
        self.clew("init")
        self.clew("import", ALEXNET)
        self.questions = questions()

    def ask(self, name):
        """The answer to a question of the manual, as CSV rows."""
        words = self.questions[name]
        self.assertEqual(words[0], "clew")
        return list(csv.DictReader(io.StringIO(self.clew(*words[1:], "--csv").out)))

    def test_each_question_stands_in_the_manual(self):
        self.assertEqual(sorted(self.questions), ["Q1", "Q2", "Q3", "Q4", "Q4b", "Q5", "Q6", "Q7", "Q8"])

    def test_q1_loss_at_epoch_10(self):
        rows = self.ask("Q1")
        self.assertEqual([row["name"] for row in rows], [f"alexnet-nofilter-{i}" for i in range(1, 9)])
        self.assertEqual(
            [f"{float(row['loss@10']):.6f}" for row in rows],
            "0.647683 1.596447 2.350429 3.529476 0.360216 1.737334 2.564794 3.528185".split(),
        )

    def test_q2_layers_of_a_model(self):
        rows = {row["layer"]: int(row["layers"]) for row in self.ask("Q2")}
        self.assertEqual(rows, {"relu": 8, "softmax": 1, "dropout": 3})

    def test_q3_time_and_loss_of_every_epoch(self):
        rows = self.ask("Q3")
        self.assertEqual(len(rows), 100)
        self.assertEqual([int(row["step"]) for row in rows], list(range(100)))
        self.assertAlmostEqual(sum(float(row["elapsed"]) for row in rows), 2115.1743, places=4)
        self.assertEqual(f"{float(rows[10]['loss']):.6f}", "1.737334")

    def test_q4_learning_rate_of_the_most_accurate(self):
        (row,) = self.ask("Q4")
        self.assertEqual((row["rank"], row["name"]), ("1", "alexnet-nofilter-6"))
        words = self.questions["Q4"]
        self.assertIn(" 0.0005 ", self.clew(*words[1:]).out.splitlines()[1] + " ")
        ties = self.ask("Q4b")
        self.assertEqual(
            sorted((row["rank"], row["name"], float(row["accuracy.max"])) for row in ties),
            [("=1", "alexnet-nofilter-1", 1.0), ("=1", "alexnet-nofilter-5", 1.0)],
        )

    def test_q5_hyperparameters_of_the_three_best(self):
        words = self.questions["Q5"]
        rows = self.json(*words[1:])
        self.assertEqual([row["name"][-1] for row in rows], ["6", "2", "5"])
        self.assertEqual([row["optimizer"] for row in rows], ["Adam"] * 3)
        self.assertEqual([row["dropout"] for row in rows], [0.7, 0.7, 0.4])
        shown = [line.split() for line in self.clew(*words[1:]).out.splitlines()]
        rate = shown[0].index("learning_rate")
        self.assertEqual([line[rate] for line in shown[1:]], ["0.0005", "0.001", "0.0005"])

    def test_q6_change_of_the_learning_rate(self):
        (row,) = self.ask("Q6")
        self.assertEqual((int(row["step"]), float(row["value"])), (9, 0.00025))

    def test_q7_filter_with_a_dropout(self):
        rows = self.ask("Q7")
        self.assertEqual([(row["filter"], row["runs"]) for row in rows], [("none", "4")])

    def test_q8_filter_and_epochs_of_best_and_worst(self):
        rows = self.ask("Q8")
        self.assertEqual(
            [(row["rank"], row["name"][-1], row["filter"], row["num_epochs"]) for row in rows],
            [("best 1", "6", "none", "100"), ("worst 1", "8", "none", "100")],
        )

    def test_a_float32_is_found_as_it_was_meant(self):
        found = self.json("log", "--where", "learning_rate = 0.0005", "--columns", "name")
        self.assertEqual(len(found), 4)
        exact = self.json("log", "--exact", "--where", "learning_rate = 0.0005", "--columns", "name")
        self.assertEqual(exact, [])
        groups = self.json("log", "--group-by", "learning_rate", "--columns", "test_accuracy")
        self.assertEqual([group["learning_rate"] for group in groups], [0.0005, 0.001])

    def test_groups_have_the_statistics_of_their_runs(self):
        groups = self.json("log", "--group-by", "optimizer,dropout", "--columns", "test_accuracy as acc")
        self.assertEqual([(g["optimizer"], g["dropout"]) for g in groups],
                         [("Adam", 0.4), ("Adam", 0.7), ("SGD", 0.4), ("SGD", 0.7)])
        acc = groups[1]["metrics"]["acc"]
        values = [0.6911764740943909, 0.7022058963775635]
        self.assertEqual(acc["n"], 2)
        self.assertAlmostEqual(acc["mean"], sum(values) / 2, places=15)
        self.assertAlmostEqual(acc["sd"], (values[1] - values[0]) / 2**0.5, places=15)
        self.assertEqual((acc["min"], acc["max"]), (values[0], values[1]))

    def test_pareto_front(self):
        rows = self.json("log", "--pareto", "test_accuracy,-run.duration", "--columns", "name")
        points = [(row["test_accuracy"], row["run.duration"]) for row in rows]
        every = self.json("log", "--columns", "test_accuracy,run.duration")
        for accuracy, duration in points:
            self.assertFalse(any(
                other["test_accuracy"] >= accuracy and other["run.duration"] <= duration
                and (other["test_accuracy"], other["run.duration"]) != (accuracy, duration)
                for other in every))
        self.assertEqual(rows[0]["name"], "alexnet-nofilter-6")

    def test_a_run_without_the_value_is_listed_last(self):
        self.clew("import", self.write("more.jsonl", "\n".join([
            json.dumps({"kind": "run", "id": "late", "state": "finished", "started": "2030-01-01T00:00:00Z",
                        "params": {"learning_rate": "auto"}}),
            json.dumps({"kind": "run", "id": "bare", "state": "finished", "started": "2030-01-02T00:00:00Z"}),
        ]) + "\n"))
        for order in ("learning_rate", "-learning_rate"):
            rows = self.json("log", "--sort", order, "--columns", "name,learning_rate")
            self.assertEqual(len(rows), 10)
            self.assertEqual((rows[-1]["name"], rows[-1]["learning_rate"]), ("bare", None))
        self.assertIn("–", self.clew("log", "--columns", "name,learning_rate").out)
        found = self.json("log", "--where", "learning_rate != 0.0005", "--columns", "name")
        self.assertIn("late", [row["name"] for row in found])


if __name__ == "__main__":
    unittest.main()
