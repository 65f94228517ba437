"""Export and import, of runs made here and of real measurements that others published."""

import csv
import io
import json
import os
import pathlib
import unittest

from harness import PYTHON, SOURCE, Case

DATA = pathlib.Path(os.environ.get("CLEW_TEST_DATA", SOURCE.parent / "shared" / "data"))
ALEXNET = DATA / "alexnet-flowers.jsonl"
VALIDATE = SOURCE / "tests" / "prov" / "validate_prov.py"


def points(text):
    """(run, metric) -> [(step, value as written)] of interchange lines."""
    found = {}
    names = {}
    for line in text.splitlines():
        item = json.loads(line, parse_float=str)
        if item["kind"] == "run":
            names[item["id"]] = item.get("name") or item["id"]
        elif item["kind"] == "metrics":
            for name, value in item["values"].items():
                found.setdefault((names[item["run"]], name), []).append((item.get("step"), float(value).hex()))
    return found


class Published(Case):
    def setUp(self):
        super().setUp()
        if not ALEXNET.exists():
            self.skipTest(f"no measurements in '{DATA}'; set CLEW_TEST_DATA")
        self.clew("init")
        self.clew("import", ALEXNET)

    def test_every_number_comes_back_bit_identical(self):
        original = points(ALEXNET.read_text())
        exported = self.clew("export", "--format", "jsonl").out
        self.assertEqual(points(exported), original)
        self.assertEqual(sum(len(series) for (_, name), series in original.items() if name == "loss"), 800)

    def test_runs_params_and_changes(self):
        runs = {run["name"]: run for run in self.runs()}
        self.assertEqual(len(runs), 8)
        run = self.json("show", "alexnet-nofilter-6")
        self.assertEqual(run["params"]["learning_rate"], 0.0005000000237487257)
        self.assertEqual(run["metrics"]["val_accuracy"]["count"] >= 100, True)
        change = run["param_changes"][0]
        self.assertEqual((change["name"], change["value"]), ("learning_rate", 0.00025))
        elapsed = self.json("show", "alexnet-nofilter-6", "--metric", "elapsed")
        self.assertEqual(len(elapsed["values"]), 100)
        self.assertAlmostEqual(sum(elapsed["values"]), 2115.1743, places=4)

    def test_a_second_import_is_refused_unless_asked_for(self):
        again = self.clew("import", ALEXNET, check=False)
        self.assertEqual(again.returncode, 2, again.err)
        self.assertIn("--again", again.err)
        self.assertEqual(len(self.runs()), 8)
        self.clew("import", "--again", ALEXNET)
        self.assertEqual(len(self.runs()), 16)

    def test_a_wrong_line_keeps_nothing(self):
        lines = ALEXNET.read_text().splitlines()
        lines[500] = lines[500][:-3]
        self.write("wrong.jsonl", "\n".join(lines))
        other = self.place / "other"
        other.mkdir()
        self.clew("init", cwd=other)
        result = self.clew("import", self.work / "wrong.jsonl", cwd=other, check=False)
        self.assertEqual(result.returncode, 6, result.err)
        self.assertIn("501", result.err)
        self.assertEqual(json.loads(self.clew("log", "--json", cwd=other).out), [])

    def test_round_trip_through_another_store(self):
        exported = self.clew("export", "--format", "jsonl").stdout
        (self.work / "out.jsonl").write_bytes(exported)
        other = self.place / "other"
        other.mkdir()
        self.clew("init", cwd=other)
        self.clew("import", self.work / "out.jsonl", cwd=other)
        self.assertEqual(self.clew("export", "--format", "jsonl", cwd=other).stdout, exported)

    def test_prov_of_all(self):
        text = self.clew("export", "--format", "prov-json", *[r["id"] for r in self.runs()]).stdout
        (self.work / "prov.json").write_bytes(text)
        self.run_command(PYTHON, VALIDATE, "prov.json")


class Own(Case):
    def setUp(self):
        super().setUp()
        self.make_repository()
        script = (
            "import clew, math\n"
            "for i, v in enumerate([0.1, 1e-300, math.nan, math.inf, -math.inf, -0.0, 5e-324]):\n"
            "    clew.log({'odd/values': v, 'x': i}, step=i)\n"
            "clew.log({'nostep': 1}); clew.param('lr', 0.5, step=3, cause='plateau'); clew.artifact('model.bin')\n"
        )
        self.write("train.py", script)
        self.clew("run", "-n", "odd", "-t", "t", "-m", "n", "--", PYTHON, "train.py", "--lr", "0.1")
        self.clew("run", "-n", "plain", "--", "sh", "-c", "echo 'epoch 1 loss: 0.5'; exit 3", check=False)
        self.wait_sealed()

    def test_prov_json_is_valid_and_the_same_each_time(self):
        first = self.clew("export", "--format", "prov-json", "odd", "plain").stdout
        self.assertEqual(self.clew("export", "--format", "prov-json", "odd", "plain").stdout, first)
        (self.work / "prov.json").write_bytes(first)
        self.run_command(PYTHON, VALIDATE, "prov.json")
        document = json.loads(first)
        self.assertTrue({"entity", "activity", "agent", "used", "wasGeneratedBy"} <= set(document))

    def test_a_live_run_exports_too(self):
        process = self.start("run", "-n", "going", "--", "sh", "-c", "echo 'epoch 1 loss: 0.5'; sleep 60")
        self.wait_until(lambda: [r for r in self.runs() if r["name"] == "going" and r["metrics"]], "the run")
        self.clew("export", "--format", "prov-json", "going", "-o", "live.json")
        self.run_command(PYTHON, VALIDATE, "live.json")
        self.assertIn("going", self.clew("export", "--format", "csv").out)
        self.assertEqual(self.json("show", "going", "--metric", "loss")["values"], [0.5])
        process.terminate()
        process.wait()

    def test_jsonl_loses_nothing(self):
        exported = self.clew("export", "--format", "jsonl").stdout
        (self.work / "out.jsonl").write_bytes(exported)
        other = self.place / "other"
        other.mkdir()
        self.clew("init", cwd=other)
        self.clew("import", self.work / "out.jsonl", cwd=other)
        self.assertEqual(self.clew("export", "--format", "jsonl", cwd=other).stdout, exported)

        def parts(cwd):
            run = json.loads(self.clew("show", "odd", "--json", cwd=cwd).out)
            return {key: run[key] for key in ("id", "name", "state", "argv", "params", "param_sources",
                                              "param_changes", "metrics", "tags", "notes", "code")}

        self.assertEqual(parts(other), parts(self.work))

    def test_csv_and_json(self):
        rows = list(csv.DictReader(io.StringIO(self.clew("export", "--format", "csv").out)))
        self.assertEqual([row["name"] for row in rows], ["plain", "odd"])
        self.assertEqual(len(json.loads(self.clew("export", "--format", "json").out)), 2)
        table = self.clew("show", "odd", "--metric", "odd/values", "--csv").out.splitlines()
        self.assertEqual(len(table), 8)


if __name__ == "__main__":
    unittest.main()
