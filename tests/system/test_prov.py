"""The provenance graph of real runs in all its formats, checked by programs of others."""

import hashlib
import json
import os
import pathlib
import shutil
import sys
import unittest
import urllib.parse
import zipfile

from harness import PYTHON, Case

PROV = pathlib.Path(__file__).resolve().parent.parent / "prov"
sys.path.insert(0, str(PROV))
import packages  # noqa: E402 (beside the validators)

ENDINGS = ("provn", "ttl", "trig", "jsonld", "dot")
OPTIONS = ((), ("--processes",), ("--infer-derivations",), ("--processes", "--infer-derivations"),
           ("--anonymous", "--processes"))


class Graph(Case):
    """Three runs that feed each other: prepare, train, evaluate."""

    def setUp(self):
        super().setUp()
        self.make_repository()
        self.write("prepare.py", "rows = open('data/a.txt').read()\n"
                                 "open('clean.txt', 'w').write(rows.upper())\n")
        self.write("train.py", "import clew, json\n"
                               "conf = json.load(open('conf.json'))\n"
                               "rows = open('clean.txt').read()\n"
                               "for i in range(3): clew.log({'loss': 1 / (i + 1)}, step=i)\n"
                               "open('model.txt', 'w').write(rows * 2)\n")
        self.write("evaluate.py", "open('report \"x\" ä.txt', 'w').write(open('model.txt').read())\n")
        self.write("conf.json", '{"lr": 0.1, "layers": [1, 2]}')
        for name in ("prepare", "train", "evaluate"):
            words = ["--params", "conf.json"] if name == "train" else []
            self.clew("run", "-n", name, *words, "--", PYTHON, name + ".py")
        self.wait_sealed()
        self.traced = bool(self.json("show", "train").get("files"))

    def export(self, name, *words):
        self.clew("export", *words, "-o", name)
        return self.work / name

    def test_every_format_is_what_it_should_be(self):
        python, reason = packages.interpreter("prov", "prov[rdf]>=3.1")
        for options in OPTIONS:
            for runs in (("train",), ("prepare", "train", "evaluate")):
                with self.subTest(options=options, runs=runs):
                    self.export("prov.json", *runs, *options)
                    self.run_command(PYTHON, PROV / "validate_prov.py", "prov.json")
                    files = []
                    for ending in ENDINGS:
                        files.append("prov." + ending)
                        self.export(files[-1], *runs, *options)
                    self.run_command(PYTHON, PROV / "validate_formats.py", "prov.json", *files)
        if python is None:
            print("skipped: PROV-JSONLD read back by prov 3.1:", reason)
            return
        self.run_command(python, PROV / "validate_formats.py", "prov.json", "prov.jsonld")

    def test_bundles_are_named_graphs(self):
        runs = ("prepare", "train", "evaluate", "--bundles", "--processes")
        self.export("prov.json", *runs)
        for ending in ("provn", "trig", "jsonld", "dot"):
            self.export("prov." + ending, *runs)
        self.run_command(PYTHON, PROV / "validate_prov.py", "prov.json")
        self.run_command(PYTHON, PROV / "validate_formats.py", "prov.json", "prov.provn",
                         "prov.trig", "prov.jsonld", "prov.dot")
        refused = self.clew("export", "--bundles", "-o", "prov.ttl", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("trig", refused.err)

    def test_runs_share_the_files_that_they_hand_on(self):
        if not self.traced:
            self.skipTest("files cannot be watched here")
        document = json.loads(self.clew("export", "--format", "prov-json", "prepare", "train",
                                        "evaluate").out)
        made = {body["prov:entity"]: body["prov:activity"]
                for body in document["wasGeneratedBy"].values()}
        ids = {body.get("clew:name"): name for name, body in document["activity"].items()}
        handed = [(made[body["prov:entity"]], body["prov:activity"])
                  for body in document["used"].values() if body["prov:entity"] in made]
        self.assertIn((ids["prepare"], ids["train"]), handed)
        self.assertIn((ids["train"], ids["evaluate"]), handed)

    def test_an_anonymous_export_names_nobody(self):
        text = self.clew("export", "--format", "prov-json", "--anonymous", "--processes").out
        self.assertNotIn(str(self.place), text)
        self.assertNotIn(os.uname().nodename, text)
        self.assertNotIn('"/', text)

    def test_the_same_bytes_each_time(self):
        for name in ("prov.json", "prov.ttl", "prov.dot", "crate.zip"):
            first = self.export(name, "prepare", "train").read_bytes()
            self.assertEqual(self.export(name, "prepare", "train").read_bytes(), first, name)

    def test_a_crate_is_a_process_run_crate(self):
        self.export("crate", "--format", "ro-crate", "train")
        self.export("crate.zip", "prepare", "train", "evaluate")
        with zipfile.ZipFile(self.work / "crate.zip") as archive:
            self.assertIsNone(archive.testzip())
            names = archive.namelist()
        self.assertIn("ro-crate-metadata.json", names)
        self.run_command(PYTHON, PROV / "validate_prov.py", "crate/prov.json")
        metadata = json.loads((self.work / "crate" / "ro-crate-metadata.json").read_text())
        ids = [entity["@id"] for entity in metadata["@graph"]]
        self.assertEqual(len(ids), len(set(ids)))
        python, reason = packages.interpreter("crate", "rocrate", "roc-validator")
        if python is None:
            self.skipTest(reason)
        self.run_command(python, PROV / "validate_crate.py", "crate", "crate.zip")

    def test_graph_draws_pictures(self):
        if shutil.which("dot") is None:
            self.skipTest("graphviz is not installed")
        self.clew("graph", "prepare", "train", "evaluate", "--svg", "a.svg", "--png", "a.png",
                  "--dot", "a.dot")
        self.assertIn("</svg>", (self.work / "a.svg").read_text())
        if shutil.which("xmllint"):
            self.run_command("xmllint", "--noout", "--nonet", "a.svg")
        self.assertTrue((self.work / "a.png").read_bytes().startswith(b"\x89PNG"))
        self.assertEqual((self.work / "a.dot").read_text(),
                         self.clew("graph", "prepare", "train", "evaluate").out)


class KeptFiles(Case):
    """Runs whose results clew keeps, as crates: in a directory and in a zip file."""

    # Bytes that are no text, and names that no URL can have as they are.
    MODELS = {"models/best.bin": bytes(range(256)) * 40, "models/epoch 1/läst#1.bin": b"\0weights\n"}
    TRAIN = """
import pathlib, sys
for name, text in %r.items():
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text + sys.argv[1].encode())
pathlib.Path("log.txt").write_text("done\\n")
"""

    def setUp(self):
        super().setUp()
        self.make_repository()
        self.write("train.py", self.TRAIN % self.MODELS)
        for name in ("first", "second"):
            self.clew("run", "-n", name, "--save", "models/**", "--", PYTHON, "train.py", name)
        self.wait_sealed()
        files = self.json("show", "second").get("files")
        if not files:
            self.skipTest("files cannot be watched here")
        self.assertEqual({file["path"] for file in files if file["saved"]}, set(self.MODELS))

    def as_directory(self, *runs):
        self.clew("export", "--format", "ro-crate", "-o", "crate", *runs)
        crate = self.work / "crate"
        return {str(path.relative_to(crate)): path.read_bytes()
                for path in crate.rglob("*") if path.is_file()}

    def as_zip(self, *runs):
        self.clew("export", "-o", "crate.zip", *runs)
        with zipfile.ZipFile(self.work / "crate.zip") as archive:
            self.assertIsNone(archive.testzip())
            return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}

    def check_crate(self, members, kept):
        """`kept` has the names and bytes of all files that the crate should have from the store."""
        self.assertEqual({name: text for name, text in members.items() if name.startswith("files/")}, kept)
        graph = json.loads(members["ro-crate-metadata.json"])["@graph"]
        entities = {urllib.parse.unquote(entity["@id"]): entity for entity in graph}
        parts = {urllib.parse.unquote(part["@id"]) for part in entities["./"]["hasPart"]}
        self.assertEqual(parts, set(members) - {"ro-crate-metadata.json"})
        for name in parts:
            self.assertEqual(entities[name]["@type"], "File", name)
            self.assertEqual(entities[name]["contentSize"], str(len(members[name])), name)
            self.assertEqual(entities[name]["sha256"], hashlib.sha256(members[name]).hexdigest(), name)
        results = {urllib.parse.unquote(result["@id"]) for entity in graph
                   if entity["@type"] == "CreateAction" for result in entity["result"]}
        self.assertTrue(set(kept) <= results, results)
        # What was not kept is named, but is no part of the crate.
        others = [entity for entity in graph if entity.get("name") == "log.txt"]
        self.assertTrue(others)
        self.assertEqual({entity["@type"] for entity in others}, {"CreativeWork"})

    def test_the_kept_files_of_a_run_are_in_its_crate(self):
        kept = {"files/" + name: text + b"second" for name, text in self.MODELS.items()}
        members = self.as_directory("second")
        self.check_crate(members, kept)
        self.assertEqual(self.as_zip("second"), members)

    def test_two_runs_that_kept_files_of_one_name(self):
        kept = {}
        for run in ("first", "second"):
            place = "files/%s/" % self.json("show", run)["id"][:8]
            kept |= {place + name: text + run.encode() for name, text in self.MODELS.items()}
        members = self.as_directory("first", "second")
        self.check_crate(members, kept)
        self.assertEqual(self.as_zip("first", "second"), members)

    def test_a_validator_of_others_takes_it(self):
        self.as_directory("second")
        self.as_zip("first", "second")
        python, reason = packages.interpreter("crate", "rocrate", "roc-validator")
        if python is None:
            self.skipTest(reason)
        self.run_command(python, PROV / "validate_crate.py", "crate", "crate.zip")


if __name__ == "__main__":
    unittest.main()
