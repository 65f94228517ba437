"""Where files come from, over a real pipeline of three runs."""

import hashlib
import json
import shutil
import unittest

from harness import PYTHON, Case

PREPARE = """
import csv, json
rows = [[float(x) for x in row] for row in csv.reader(open("data/raw.csv"))]
json.dump({"x": [r[0] for r in rows], "y": [r[1] for r in rows]}, open("data/train.json", "w"))
"""
TRAIN = """
import json, os, sys
data = json.load(open("data/train.json"))
slope = 0.0
for step in range(200):
    gradient = sum((slope * x - y) * x for x, y in zip(data["x"], data["y"])) / len(data["x"])
    slope -= float(sys.argv[1]) * gradient
os.makedirs("models", exist_ok=True)
with open("models/model.tmp", "w") as file:
    json.dump({"slope": slope}, file)
os.rename("models/model.tmp", "models/model.json")
"""
EVALUATE = """
import json
slope = json.load(open("models/model.json"))["slope"]
data = json.load(open("data/train.json"))
error = sum((slope * x - y) ** 2 for x, y in zip(data["x"], data["y"]))
json.dump({"error": error}, open("report.json", "w"))
"""


class Lineage(Case):
    def setUp(self):
        super().setUp()
        self.write("data/raw.csv", "1,2\n2,4.1\n3,5.9\n")
        self.make_repository({"prepare.py": PREPARE, "train.py": TRAIN, "evaluate.py": EVALUATE,
                              "notes.md": "notes\n", ".gitignore": "data/\nmodels/\nreport.json\n",
                              "train.sh": "\n"})

    def step(self, name, *argv):
        self.clew("run", "-n", name, "--", PYTHON, *argv)
        self.wait_sealed()
        return self.newest()["id"]

    def pipeline(self):
        return [self.step("prepare", "prepare.py"), self.step("train", "train.py", "0.05"),
                self.step("evaluate", "evaluate.py")]

    def graph(self, *words, code=0):
        answer = self.clew("lineage", *words, "--json", check=False)
        self.assertEqual(answer.returncode, code, answer.err)
        graph = json.loads(answer.out)
        nodes = {node["id"]: node for node in graph["nodes"]}
        links = {(edge["effect"], edge["relation"], edge["cause"]) for edge in graph["edges"]}
        return graph, nodes, links

    def file_id(self, path):
        return "file:" + hashlib.sha256((self.work / path).read_bytes()).hexdigest()

    def test_a_model_leads_back_to_the_data_and_the_code(self):
        prepare, train, evaluate = self.pipeline()
        _, nodes, links = self.graph("models/model.json")
        for link in [(self.file_id("models/model.json"), "made", f"run:{train}"),
                     (f"run:{train}", "used", self.file_id("data/train.json")),
                     (self.file_id("data/train.json"), "made", f"run:{prepare}"),
                     (f"run:{prepare}", "used", self.file_id("data/raw.csv")),
                     (f"run:{evaluate}", "used", self.file_id("models/model.json")),
                     (self.file_id("report.json"), "made", f"run:{evaluate}")]:
            self.assertIn(link, links)
        self.assertEqual(nodes[self.file_id("data/raw.csv")]["makers"], [])
        commit = self.json("show", "train")["code"]["commit"]
        self.assertIn((f"run:{train}", "used", f"code:{commit}"), links)
        text = self.clew("lineage", "models/model.json").out
        self.assertIn("came from\n└─ run ", text)
        self.assertIn("data/raw.csv", text)
        self.assertIn("report.json", text)
        self.assertNotIn("model.tmp", text)

    def test_what_became_of_the_data(self):
        self.pipeline()
        answer = self.clew("lineage", "data/raw.csv", check=False)
        self.assertEqual(answer.returncode, 1)
        self.assertIn("'data/raw.csv' was not made by any recorded run", answer.err)
        for name in ("data/train.json", "models/model.json", "report.json"):
            self.assertIn(name, answer.out)
        self.clew("lineage", "data/raw.csv", "--down")

    def test_a_file_that_has_changed_since(self):
        _, train, _ = self.pipeline()
        was = self.file_id("models/model.json")
        self.write("models/model.json", "{}")
        answer = self.clew("lineage", "models/model.json", check=False)
        self.assertEqual(answer.returncode, 1)
        self.assertIn(f"was made by run '{train[:8]}', but has changed since", answer.err)
        graph, _, _ = self.graph("train:models/model.json")
        self.assertEqual(graph["root"], was)

    def test_from_another_directory_and_a_copy(self):
        self.pipeline()
        shutil.copy(self.work / "models/model.json", self.place / "copy.json")
        here = self.clew("lineage", "models/model.json").out
        self.assertEqual(self.clew("lineage", "model.json", cwd=self.work / "models").out, here)
        self.assertEqual(self.clew("lineage", self.work / "models/model.json").out, here)
        self.assertIn("came from\n└─ run ", self.clew("lineage", "../copy.json").out)

    def test_which_runs_used_a_file(self):
        prepare, train, evaluate = self.pipeline()
        uses = {run["id"]: (run["use"]["read"], run["use"]["written"])
                for run in json.loads(self.clew("log", "--json", "--", "data/train.json").out)}
        self.assertEqual(uses, {prepare: (False, True), train: (True, False), evaluate: (True, False)})
        self.assertEqual(len(json.loads(self.clew("log", "--json", "--", "data").out)), 3)
        listed = self.clew("show", "train", "--files").out
        self.assertIn("models/model.json", listed)

    def test_what_differs_and_was_not_used(self):
        self.pipeline()
        self.write("notes.md", "other notes\n")
        self.step("again", "train.py", "0.01")
        difference = json.loads(self.clew("diff", "train", "again", "--json").out)
        read = {file["path"]: file["read"] for file in difference["code"]["files"]}
        if self.json("show", "train")["capture"]["complete"]:
            self.assertEqual(read["notes.md"], {"a": False, "b": False})
            self.assertIn("never read", self.clew("diff", "train", "again").out)
        self.assertEqual(list(difference["outputs"]), ["models/model.json"])
        self.assertEqual(difference["inputs"], {})

    def test_a_picture(self):
        self.pipeline()
        self.clew("lineage", "report.json", "--svg", "lineage.svg")
        picture = (self.work / "lineage.svg").read_text()
        self.assertIn("<svg", picture)
        self.assertIn("models/model.json", picture)
        answer = self.clew("lineage", "report.json", "--svg", "no.svg", check=False,
                           env={"PATH": str(self.place)})
        self.assertEqual(answer.returncode, 6)
        self.assertIn("install Graphviz", answer.err)
        self.assertFalse((self.work / "no.svg").exists())

    def test_a_run_that_goes_on(self):
        self.step("prepare", "prepare.py")
        wait = "import time; open('data/train.json').read(); open('ready', 'w').close(); time.sleep(300)"
        self.start("run", "-n", "live", "--", PYTHON, "-c", wait)
        self.wait_until((self.work / "ready").exists, "the run to read its data")
        live = self.newest()["id"]

        def seen():
            # Until the run is there, nobody has read the file.
            if self.clew("lineage", "data/train.json", "--down", check=False).returncode != 0:
                return False
            _, _, links = self.graph("data/train.json", "--down")
            return (f"run:{live}", "used", self.file_id("data/train.json")) in links

        self.wait_until(seen, "the live run to be part of the lineage")


if __name__ == "__main__":
    unittest.main()
