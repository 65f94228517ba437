"""The provenance graph of real runs in all its formats, checked by programs of others."""

import json
import os
import pathlib
import shutil
import sys
import unittest
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


if __name__ == "__main__":
    unittest.main()
