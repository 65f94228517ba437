"""Runs again: checkout, rerun, verify, and a document that is handed to somebody else."""

import json
import os
import pathlib
import shutil
import subprocess
import unittest

from harness import CLEW, PYTHON, Case

PREPARE = """
import random, sys
random.seed(7)
rows = [line.split(",") for line in open("data/raw.csv")]
random.shuffle(rows)
with open("data/clean.csv", "w") as out:
    for x, y in rows:
        out.write(f"{float(x)},{float(y)}\\n")
"""

TRAIN = """
import argparse, json, os
import numpy, scale
parser = argparse.ArgumentParser()
parser.add_argument("--lr", type=float)
parser.add_argument("--epochs", type=int, default=5)
options = parser.parse_args()
data = numpy.loadtxt("data/clean.csv", delimiter=",")
weight = 0.0
for epoch in range(options.epochs):
    loss = float(((weight * data[:, 0] - data[:, 1]) ** 2).mean()) * scale.FACTOR
    weight -= options.lr * float((2 * (weight * data[:, 0] - data[:, 1]) * data[:, 0]).mean())
    print(f"epoch {epoch} loss: {loss:.6f}")
numpy.savez("models/model.npz", weight=weight)
"""

EVALUATE = """
import json, numpy
model = numpy.load("models/model.npz")
data = numpy.loadtxt("data/clean.csv", delimiter=",")
json.dump({"error": float(abs(model["weight"] * data[:, 0] - data[:, 1]).mean())}, open("report.json", "w"))
"""


class Pipeline(Case):
    """Three real runs over one set of data that git does not track."""

    def setUp(self):
        super().setUp()
        self.make_repository(
            {
                "prepare.py": PREPARE,
                "train.py": TRAIN,
                "evaluate.py": EVALUATE,
                "scale.py": "FACTOR = 1\n",
                ".gitignore": "data/\nmodels/\nreport.json\n__pycache__/\n",
                "train.sh": "true\n",
            }
        )
        self.write("data/raw.csv", "".join(f"{i},{2 * i + i % 3}\n" for i in range(1, 20)))
        (self.work / "models").mkdir()
        self.write("scale.py", "FACTOR = 2\n")  # not committed

    def track(self, name, script, *words):
        self.clew("run", "-n", name, "--", PYTHON, script, *words)
        self.wait_sealed()

    def track_all(self):
        self.track("prepare", "prepare.py")
        self.track("train", "train.py", "--lr", "0.001")
        self.track("evaluate", "evaluate.py")

    def state_of_user(self):
        listing = subprocess.run(
            "git status --porcelain=v2 --ignored -uall; git for-each-ref | grep -v refs/clew; git symbolic-ref HEAD;"
            " sha256sum .git/index; git worktree list",
            shell=True, cwd=self.work, env=self.environment, stdout=subprocess.PIPE, text=True,
        )
        return listing.stdout


class Checkout(Pipeline):
    def test_the_code_as_it_ran(self):
        self.track("prepare", "prepare.py")
        self.write("scale.py", "FACTOR = 3\n")
        before = self.state_of_user().replace(str(self.work), "W")
        target = self.place / "again"
        self.clew("checkout", "prepare", target)
        self.assertEqual((target / "scale.py").read_text(), "FACTOR = 2\n")
        self.assertEqual((target / "untracked.txt").read_text(), "new\n")
        self.assertFalse((target / "data").exists())
        self.assertEqual((self.work / "scale.py").read_text(), "FACTOR = 3\n")
        self.git("worktree", "remove", "--force", target)
        self.assertEqual(self.state_of_user().replace(str(self.work), "W"), before)

    def test_with_inputs(self):
        self.track_all()
        target = self.place / "again"
        answer = self.json("checkout", "train", target, "--with-inputs")
        self.assertEqual({i["path"]: i["state"] for i in answer["inputs"] if "/" not in i["path"][:1]},
                         {"data/clean.csv": "same"})
        self.assertEqual((target / "data/clean.csv").read_bytes(), (self.work / "data/clean.csv").read_bytes())
        self.write("data/clean.csv", "1,1\n")
        other = self.clew("checkout", "train", self.place / "other", "--with-inputs")
        self.assertIn("'data/clean.csv' has changed; its SHA-256 was", other.err)

    def test_a_directory_in_use_is_refused(self):
        self.track("prepare", "prepare.py")
        refused = self.clew("checkout", "prepare", self.work, check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("not an empty directory", refused.err)


class Rerun(Pipeline):
    def test_all_three_come_out_the_same_after_their_outputs_are_gone(self):
        self.track_all()
        (self.work / "models/model.npz").unlink()
        (self.work / "report.json").unlink()
        before = self.state_of_user()
        for name in ("prepare",):
            again = self.clew("rerun", name, "--check")
            self.assertIn("reproduced", again.out)
        self.assertEqual(self.state_of_user(), before)
        # Each stage of the chain gives the next its input.
        self.clew("rerun", "train", "--check")
        self.clew("rerun", "train", "--here", "--check")
        again = self.json("rerun", "evaluate", "--check")
        self.assertTrue(again["matches"])
        old = next(run for run in self.runs() if run["name"] == "evaluate")
        self.assertEqual(self.newest()["rerun_of"], old["id"])
        self.assertEqual([o["path"] for o in again["outputs"]], ["report.json"])

    def test_a_changed_input_stops_it(self):
        self.track_all()
        self.write("data/clean.csv", "1,1\n2,2\n")
        refused = self.clew("rerun", "train", "--check", check=False)
        self.assertEqual(refused.returncode, 6)
        self.assertIn("'data/clean.csv' has changed", refused.err)
        forced = self.clew("rerun", "train", "--here", "--check", "--force", check=False)
        self.assertEqual(forced.returncode, 1, forced.err)
        self.assertIn("not reproduced", forced.out)
        self.assertIn("input 'data/clean.csv': changed", forced.out)

    def test_more_words_and_tolerance(self):
        self.track_all()
        longer = self.clew("rerun", "train", "--check", "--", "--epochs", "6", check=False)
        self.assertEqual(longer.returncode, 1)
        self.assertEqual(self.newest()["params"]["epochs"], 6)
        self.write("scale.py", "FACTOR = 2.000001\n")
        near = self.clew("rerun", "train", "--here", "--check", check=False)
        self.assertEqual(near.returncode, 1)
        self.assertIn("code", near.out)
        self.clew("rerun", "train", "--here", "--check", "--tolerance", "1e-3")

    def test_what_is_not_deterministic_is_said(self):
        self.write("noise.py", "import os\nopen('noise.bin', 'wb').write(os.urandom(8))\n")
        self.track("noise", "noise.py")
        again = self.clew("rerun", "noise", "--check", check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("noise.bin", again.out)
        self.assertIn("does not always do the same", again.out)

    def test_from_a_subdirectory_and_with_its_status(self):
        self.write("sub/fail.sh", "pwd > where.txt; exit 3\n")
        failed = self.clew("run", "-n", "fail", "--", "sh", "fail.sh", cwd=self.work / "sub", check=False)
        self.assertEqual(failed.returncode, 3)
        self.wait_sealed()
        again = self.clew("rerun", "fail", check=False)
        self.assertEqual(again.returncode, 3)
        run = self.newest()
        self.assertTrue(run["cwd"].endswith("/tree/sub"), run["cwd"])
        self.assertFalse(pathlib.Path(run["cwd"]).exists())


class Documents(Pipeline):
    def export(self, *words):
        path = self.work / "prov.json"
        self.clew("export", *words, "--format", "prov-json", "-o", path)
        return path

    def test_an_honest_document_is_proved(self):
        self.track_all()
        path = self.export("prepare", "train", "evaluate")
        answer = self.json("verify", path)
        self.assertTrue(answer["proved"], answer)
        states = {check["what"]: check["state"] for run in answer["runs"] for check in run["checks"]}
        self.assertEqual((states["store"], states["code"]), ("ok", "ok"))

    def test_an_edited_document_is_caught(self):
        self.track_all()
        text = self.export("train").read_text()
        self.assertIn('"0.001"', text)
        (self.work / "prov.json").write_text(text.replace('"0.001"', '"0.002"'))
        caught = self.clew("verify", "prov.json", check=False)
        self.assertEqual(caught.returncode, 1)
        self.assertIn("the document was changed after it was written", caught.out)
        self.assertIn("0.002", caught.out)

    def test_a_changed_file_contradicts_it(self):
        self.track_all()
        path = self.export("train")
        with open(self.work / "models/model.npz", "ab") as model:
            model.write(b"x")
        caught = self.clew("verify", path, check=False)
        self.assertEqual(caught.returncode, 1)
        self.assertIn("'models/model.npz' has the digest", caught.out)

    def test_somebody_else_verifies_and_repeats_it(self):
        self.track_all()
        document = self.export("train")
        other = self.place / "other"
        self.git("clone", "-q", "--no-local", self.work, other, cwd=self.place)
        shutil.copytree(self.work / "data", other / "data")
        shutil.copy(document, other / "prov.json")
        # What the document names by absolute paths is not there for somebody else.
        away = self.place / "away"
        self.work.rename(away)
        alone = self.clew("verify", "prov.json", cwd=other)
        self.assertIn("git fetch", alone.out)
        self.git("fetch", "-q", away, "refs/clew/*:refs/clew/*", cwd=other)
        proved = json.loads(self.clew("verify", "prov.json", "--json", cwd=other).out)
        states = {check["what"]: check["state"] for run in proved["runs"] for check in run["checks"]}
        self.assertEqual((states["store"], states["code"]), ("unknown", "ok"))
        again = self.clew("rerun", "prov.json", "--check", "--tolerance", "0", cwd=other)
        self.assertIn("reproduced", again.out)

    def test_a_document_of_others_is_linted(self):
        self.write("own.json", json.dumps({"prefix": {"ex": "http://example.org/"}, "entity": {"ex:e": {}}}))
        self.assertIn("nothing to prove", self.clew("verify", "own.json").out.replace("\n", " "))
        self.write("wrong.json", json.dumps({
            "prefix": {"ex": "http://example.org/"},
            "entity": {"ex:e": {}},
            "wasDerivedFrom": {"_:d": {"prov:generatedEntity": "ex:e", "prov:usedEntity": "ex:e"}},
        }))
        wrong = self.clew("verify", "wrong.json", check=False)
        self.assertEqual(wrong.returncode, 1)
        self.assertIn("constraint", wrong.out)


class Stores(Pipeline):
    def test_damage_is_named(self):
        self.track_all()
        self.assertIn("all as they were written", self.clew("verify").out)
        output = next((self.store() / "output").iterdir())
        written = output.read_bytes()
        output.write_bytes(written[:-1] + bytes([written[-1] ^ 1]))
        damaged = self.clew("verify", check=False)
        self.assertEqual(damaged.returncode, 5)
        self.assertIn("output", damaged.out)
        answer = json.loads(self.clew("verify", "--json", check=False).out)
        self.assertEqual(answer["damaged"][0]["run"] + ".zst", output.name)

    def test_a_lost_snapshot_is_named(self):
        self.track("prepare", "prepare.py")
        commit = self.newest()["code"]["commit"]
        (self.work / ".git/objects" / commit[:2] / commit[2:]).unlink()
        damaged = self.clew("verify", "prepare", check=False)
        self.assertEqual(damaged.returncode, 5)
        self.assertIn(commit, damaged.out)


if __name__ == "__main__":
    unittest.main()
