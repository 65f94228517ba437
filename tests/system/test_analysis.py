"""importance, why and bisect, over measurements that others published and trainings made here."""

import json
import os
import pathlib
import unittest

from harness import PYTHON, SOURCE, Case

DATA = pathlib.Path(os.environ.get("CLEW_TEST_DATA", SOURCE.parent / "shared" / "data"))
ALEXNET = DATA / "alexnet-flowers.jsonl"

# Ridge regression by gradient descent on the diabetes data: real, and done in an instant.
TRAINING = """\
import argparse
import numpy as np
from sklearn.datasets import load_diabetes

parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float, default=0.1)
parser.add_argument("--decay", type=float, default=0.0)
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()
data = load_diabetes()
x, y = data.data / data.data.std(axis=0), (data.target - data.target.mean()) / data.target.std()
order = np.random.default_rng(args.seed).permutation(len(y))
train, held = order[:350], order[350:]
w = np.zeros(x.shape[1])
for step in range(40):
    error = x[train] @ w - y[train]
    w -= args.lr * (x[train].T @ error / len(train) + args.decay * w)
print(f"val_loss={np.mean((x[held] @ w - y[held]) ** 2):.6f} train_loss={np.mean(error ** 2):.6f}")
"""


class Published(Case):
    """Eight trainings of a network: a full factorial of three parameters without repeats."""

    def setUp(self):
        super().setUp()
        if not ALEXNET.exists():
            self.skipTest(f"no measurements in '{DATA}'; set CLEW_TEST_DATA")
        self.clew("init")
        self.clew("import", ALEXNET)

    def test_the_exact_decomposition_of_test_accuracy(self):
        report = self.json("importance", "test_accuracy")
        self.assertEqual(report["method"], "exact")
        self.assertEqual((report["combinations"], report["fewest_repeats"]), (8, 1))
        shares = {tuple(sorted(effect["params"])): round(effect["share"], 5) for effect in report["effects"]}
        self.assertEqual(
            shares,
            {
                ("optimizer",): 0.62847,
                ("dropout", "optimizer"): 0.25370,
                ("dropout",): 0.10505,
                ("learning_rate", "optimizer"): 0.01015,
                ("learning_rate",): 0.00192,
                ("dropout", "learning_rate"): 0.00069,
                ("dropout", "learning_rate", "optimizer"): 0.00002,
            },
        )
        self.assertIsNone(report["unexplained"])
        left = {item["param"]: (item["reason"], item["detail"]) for item in report["left_out"]}
        self.assertEqual(left["layers"], ("alias", "dropout"))
        self.assertEqual(left["batch_size"], ("constant", "64"))

    def test_people_read_the_same_numbers(self):
        text = self.clew("importance", "test_accuracy").out
        for number in ("0.62847", "0.25370", "0.10505", "0.01015", "0.00192", "0.00069", "0.00002"):
            self.assertIn(number, text)
        self.assertIn("exact: all 8 combinations were run, 1 run each", text)
        self.assertIn("how much of this is chance cannot be told", text)
        rows = self.clew("importance", "test_accuracy", "--csv").out.splitlines()
        self.assertEqual(rows[0], "params,share,sd,by_chance")
        self.assertEqual(len(rows), 8)

    def test_two_runs_are_too_few(self):
        text = self.clew("importance", "test_accuracy", "alexnet-nofilter-1", "alexnet-nofilter-2").out
        self.assertIn("too few runs to tell: 2 with a value, of at least 3", text)

    def test_why_names_what_was_seen_to_matter(self):
        report = self.json("why", "alexnet-nofilter-6", "alexnet-nofilter-8", "--metric", "test_accuracy")
        first = report["differences"][0]
        self.assertEqual((first["kind"], first["name"], first["a"], first["b"]), ("parameter", "optimizer", "Adam", "SGD"))
        self.assertTrue(first["evidence"]["same_values"])
        self.assertLess(first["evidence"]["change"], 0)
        self.assertIsNone(first["evidence"]["matters"])

    def test_faults_are_told(self):
        for words, message in (
            (("importance",), "METRIC"),
            (("importance", "test_acuracy"), "did you mean 'test_accuracy'"),
            (("importance", "test_accuracy", "--params", "optimiser"), "did you mean 'optimizer'"),
            (("importance", "test_accuracy", "--trees", "0"), "from 1 to 10000"),
            (("why", "alexnet-nofilter-1", "alexnet-nofilter-1"), "the same run"),
        ):
            result = self.clew(*words, check=False)
            self.assertEqual(result.returncode, 2, words)
            self.assertIn(message, result.err)


class Own(Case):
    def setUp(self):
        super().setUp()
        self.make_repository({"train.py": TRAINING, "train.sh": "", "notes.txt": "nothing yet\n"})

    def train(self, *arguments, name=None):
        named = ("-n", name) if name else ()
        self.clew("run", "-q", *named, "--", PYTHON, "train.py", *map(str, arguments))

    def change(self, old, new):
        text = (self.work / "train.py").read_text()
        self.assertIn(old, text)
        self.write("train.py", text.replace(old, new))

    def test_a_grid_with_repeats(self):
        for lr in (0.001, 0.01, 0.1):
            for decay in (0.0, 0.001):
                for seed in (0, 1):
                    self.train("--lr", lr, "--decay", decay, "--seed", seed)
        self.wait_sealed()
        report = self.json("importance", "val_loss")
        self.assertEqual((report["method"], report["combinations"], report["most_repeats"]), ("exact", 6, 2))
        shares = {tuple(effect["params"]): effect for effect in report["effects"]}
        self.assertEqual(set(shares), {("lr",), ("decay",), ("decay", "lr")})
        self.assertGreater(shares[("lr",)]["share"], 0.3)
        # What a hundredth of the rate makes of the loss is more than chance; such a decay is not.
        self.assertGreater(shares[("lr",)]["share"], shares[("lr",)]["by_chance"])
        self.assertLess(shares[("decay",)]["share"], 0.01)
        total = sum(effect["share"] for effect in report["effects"]) + report["unexplained"]
        self.assertAlmostEqual(total, 1)
        self.assertEqual([left["param"] for left in report["left_out"] if left["reason"] == "seed"], ["seed"])
        means = {level["value"]: level["mean"] for level in shares[("lr",)]["levels"]}
        self.assertGreater(means[0.001], means[0.1])

        # Two of these runs: the rate matters, and the seed is named for what it is.
        runs = {(run["params"]["lr"], run["params"]["decay"], run["params"]["seed"]): run["id"] for run in self.runs()}
        why = self.json("why", runs[0.1, 0.0, 0], runs[0.001, 0.0, 1], "--metric", "val_loss")
        self.assertEqual([d["name"] for d in why["differences"]], ["lr", "seed"])
        self.assertTrue(why["differences"][1]["chance"])
        self.assertEqual(why["differences"][0]["evidence"]["settings"], 2)
        self.assertEqual(why["spread"]["settings"], 6)

    def test_why_and_bisect_find_the_line(self):
        self.train(name="first")
        self.write("notes.txt", "something\n")
        self.train(name="second")
        self.change("w -= args.lr * (", "w += args.lr * (")
        self.train(name="wrong")
        self.write("train.py", "import sys; sys.exit('broken')\n")
        self.clew("run", "-q", "-n", "broken", "--", PYTHON, "train.py", check=False)
        self.write("train.py", TRAINING.replace("w -= args.lr * (", "w += args.lr * (") + "# still\n")
        self.train(name="last")
        self.wait_sealed()

        why = self.json("why", "second", "wrong", "--metric", "val_loss")
        code = why["differences"][0]
        self.assertEqual(code["kind"], "code")
        self.assertEqual([file["path"] for file in code["files"]], ["train.py"])
        lines = code["files"][0]["hunks"][0]["lines"]
        self.assertIn("+    w += args.lr * (x[train].T @ error / len(train) + args.decay * w)", lines)
        text = self.clew("why", "second", "wrong").out
        self.assertIn("w += args.lr", text)

        # Runs of other commands in between do not count.
        result = self.clew("bisect", "val_loss", "< 1", "first", "last")
        self.assertIn("first bad", result.out)
        self.assertIn("w += args.lr", result.out)
        found = json.loads(self.clew("bisect", "val_loss", "< 1", "first", "last", "--json").out)
        names = {run["id"]: run["name"] for run in self.runs()}
        self.assertEqual((names[found["last_good"]], names[found["first_bad"]]), ("second", "wrong"))
        self.assertEqual([step["verdict"] for step in found["runs"]], ["good", "good", "bad", "unknown", "bad"])
        self.assertEqual((found["turns"], found["unknown_between"]), (1, []))

        # A run without a value between the two leaves the answer open.
        open_end = self.clew("bisect", "val_loss", "> 1", "wrong", "second", check=False)
        self.assertEqual(open_end.returncode, 2)
        self.assertIn("did not start before", open_end.err)
        not_bad = self.clew("bisect", "val_loss", "< 1", "first", "second", check=False)
        self.assertEqual(not_bad.returncode, 2)
        self.assertIn("given as BAD is good", not_bad.err)

    def test_bisect_leaves_open_what_it_cannot_tell(self):
        self.train(name="good")
        text = (self.work / "train.py").read_text()
        self.write("train.py", "import sys; sys.exit('broken')\n")
        self.clew("run", "-q", "-n", "broken", "--", PYTHON, "train.py", check=False)
        self.write("train.py", text.replace("w -= args.lr", "w += args.lr"))
        self.train(name="bad")
        self.wait_sealed()
        result = self.clew("bisect", "val_loss", "< 1", "good", "bad", check=False)
        self.assertEqual(result.returncode, 1, result.err)
        self.assertIn("1 run between the last good and the first bad one has no value", result.out)

    def test_bisect_runs_the_commits_between(self):
        self.train(name="good")
        for number, edit in enumerate((None, None, ("w -= args.lr", "w += args.lr"), None)):
            if edit:
                self.change(*edit)
            self.write("train.py", (self.work / "train.py").read_text() + f"# {number}\n")
            self.git("commit", "-qam", f"number {number}")
        self.train(name="bad")
        self.wait_sealed()
        before = self.git("worktree", "list")
        result = self.clew("bisect", "val_loss", "< 1", "good", "bad", "--run", "--json")
        found = json.loads(result.out)
        self.assertEqual(found["unknown_between"], [])
        steps = {step["id"]: step for step in found["runs"]}
        subject = self.git("show", "-s", "--format=%s", steps[found["first_bad"]]["commit"]).strip()
        self.assertEqual(subject, "number 2")
        self.assertEqual(self.git("show", "-s", "--format=%s", steps[found["last_good"]]["commit"]).strip(), "number 1")
        self.assertIn("trying commit", result.err)
        self.assertEqual(self.git("worktree", "list"), before)
        self.assertEqual(found["why"]["differences"][0]["kind"], "code")


if __name__ == "__main__":
    unittest.main()
