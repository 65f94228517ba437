"""What a run reads and writes: roles, digests, kept copies."""

import hashlib
import os
import pathlib
import time
import unittest

from harness import CLEW, PYTHON, Case


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Place(Case):
    def setUp(self):
        super().setUp()
        self.make_repository()

    def files(self, run="@"):
        """By path, when the run is sealed: until then digests may be missing."""
        self.wait_sealed()
        return {file["path"]: file for file in self.json("show", run)["files"]}


class Files(Place):
    def test_an_artifact_is_an_output_with_its_digest(self):
        script = (
            "mkdir -p out/deep; printf 'model\\0' >out/m.bin; cd out/deep; echo x >y; "
            "$CLEW put artifact ../m.bin; "
            f"{PYTHON} -c \"import clew; clew.artifact('y')\""
        )
        self.clew("run", "--", "sh", "-c", script.replace("$CLEW", CLEW))
        files = self.files()
        self.assertEqual(files["out/m.bin"]["role"], "output")
        self.assertEqual(files["out/m.bin"]["sha256"], digest(b"model\0"))
        self.assertEqual(files["out/deep/y"]["role"], "output")
        self.assertEqual(files["out/deep/y"]["size"], 2)

    def test_copies_are_kept_and_shown_byte_for_byte(self):
        data = bytes(range(256)) * 5000
        self.write("make.py", "import clew\n"
                   "for name in ('a.bin', 'b.bin', 'c.txt'):\n"
                   "    open(name, 'wb').write(bytes(range(256)) * 5000)\n"
                   "    clew.artifact(name)\n")
        self.clew("run", "--save", "*.bin", "--", PYTHON, "make.py")
        self.wait_sealed()
        for name in ("a.bin", "b.bin"):
            (self.work / name).unlink()
            self.assertEqual(self.clew("show", f"@:{name}").stdout, data)
        objects = [p for p in (self.store() / "objects").rglob("*") if p.is_file()]
        self.assertEqual([p.parent.name + p.name for p in objects], [digest(data)])
        self.assertEqual(objects[0].stat().st_mode & 0o777, 0o444)
        refused = self.clew("show", "@:c.txt", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("no copy of 'c.txt' was kept", refused.err)
        self.assertIn(digest(data), refused.err)
        self.assertIn("import clew", self.clew("show", "@:make.py").out)

    def test_a_file_over_the_limits_is_named(self):
        self.write("make.sh", "head -c 3000000 /dev/zero >big; $CLEW put artifact big".replace("$CLEW", CLEW))
        self.clew("-c", "files.hash-limit=1MB", "-c", "files.save-limit=2MB",
                  "run", "--save", "big", "--", "sh", "make.sh")
        big = self.files()["big"]
        self.assertEqual(big["digest"], "partial")
        self.assertFalse(big["saved"])
        self.assertIn("files.save-limit", " ".join(self.newest()["gaps"]))

    def test_the_front_returns_before_large_files_are_hashed(self):
        self.write("make.sh", "truncate -s 512M big; $CLEW put artifact big; echo done".replace("$CLEW", CLEW))
        self.assertIn("done", self.run_command("sh", "-c", f"{CLEW} run -q -- sh make.sh | cat").out)
        run = self.newest()
        self.assertEqual(run["state"], "finished")
        self.assertEqual(self.files()["big"]["digest"], "whole")


TRAINING = """
import numpy as np, os, sys
x = np.concatenate([np.loadtxt(f"data/{name}", delimiter=",") for name in ("a.csv", "b.csv")])
w = np.linalg.lstsq(x[:, :2], x[:, 2], rcond=None)[0]
os.makedirs("models", exist_ok=True)
np.savez(f"models/{sys.argv[1]}.npz", w=w)
"""


class Traced(Place):
    """As the tracer sees it: nothing is declared."""

    def make_data(self):
        for name in ("a.csv", "b.csv"):
            self.write(f"data/{name}", "1,2,3\n2,3,5\n3,1,4\n")
        self.write("train.py", TRAINING)

    def test_a_training_that_reads_tables_and_writes_a_model(self):
        self.make_data()
        self.clew("run", "--save", "models/**", "--", PYTHON, "train.py", "one")
        files = self.files()
        roles = {path: file["role"] for path, file in files.items()}
        self.assertEqual(roles, {"train.py": "code", "data/a.csv": "input", "data/b.csv": "input",
                                 "models/one.npz": "output"})
        for path, file in files.items():
            self.assertEqual(file["sha256"], digest((self.work / path).read_bytes()), path)
            self.assertEqual(file["digest"], "whole")
        model = (self.work / "models/one.npz").read_bytes()
        self.assertTrue(files["models/one.npz"]["saved"])
        (self.work / "models/one.npz").unlink()
        self.assertEqual(self.clew("show", "@:models/one.npz").stdout, model)
        run = self.newest()
        self.assertIn("numpy", run["capture"]["environment"]["packages"])
        self.assertIn("python", run["capture"]["environment"]["interpreter"])
        self.assertEqual(run["processes"][0]["executable_sha256"],
                         digest(pathlib.Path(run["processes"][0]["executable"]).read_bytes()))

    def test_the_second_run_knows_the_digests_of_the_first(self):
        self.make_data()
        for name in ("data/a.csv", "data/b.csv"):
            os.utime(self.work / name, (1, 1))
        time.sleep(2.5)  # a file that was changed just now is not remembered
        self.clew("run", "--", PYTHON, "train.py", "one")
        first = self.files()
        self.assertTrue((self.store() / "digests").stat().st_size > 8)
        self.clew("run", "--", PYTHON, "train.py", "two")
        self.assertEqual(self.files()["data/a.csv"]["sha256"], first["data/a.csv"]["sha256"])
        self.assertEqual(self.files()["models/two.npz"]["sha256"], first["models/one.npz"]["sha256"])

    def test_a_file_that_is_read_and_then_overwritten(self):
        self.write("state.txt", "before")
        time.sleep(0.1)
        self.write("step.py", "import time\ntext = open('state.txt').read()\ntime.sleep(3)\n"
                              "open('state.txt', 'w').write(text + ' and after')\n")
        self.clew("run", "--", PYTHON, "step.py")
        file = self.files()["state.txt"]
        self.assertEqual(file["role"], "output")
        self.assertEqual(file["sha256"], digest(b"before and after"))
        self.assertEqual(file["before"], {"sha256": digest(b"before"), "size": 6})

    def test_two_runs_at_once_do_not_mix(self):
        script = "for i in 1 2 3 4 5 6 7 8; do echo %s >%s-$i; sleep 0.1; done"
        processes = [self.start("run", "-n", name, "--", "sh", "-c", script % (name, name))
                     for name in ("one", "two")]
        for process in processes:
            self.assertEqual(process.wait(), 0)
        for name in ("one", "two"):
            self.assertEqual(sorted(self.files(name)), [f"{name}-{i}" for i in range(1, 9)])

    def test_a_file_outside_of_the_tree(self):
        outside = self.place / "elsewhere" / "x.csv"
        outside.parent.mkdir()
        outside.write_text("1\n")
        self.clew("run", "--", "cp", outside, self.place / "elsewhere" / "y.csv")
        files = self.files()
        self.assertEqual(files[str(outside)]["role"], "input")
        self.assertEqual(files[str(outside)]["sha256"], digest(b"1\n"))
        self.assertEqual(files[str(outside.parent / "y.csv")]["role"], "output")

    def test_packages_of_a_virtual_environment_in_the_tree_are_summed_up(self):
        self.run_command(PYTHON, "-m", "venv", "--without-pip", "env")
        site = next((self.work / "env" / "lib").glob("python3*/site-packages"))
        (site / "tool_box").mkdir()
        (site / "tool_box" / "__init__.py").write_text("table = __path__[0] + '/table.csv'\n")
        (site / "tool_box" / "table.csv").write_text("1\n")
        (site / "toolbox-1.2.3.dist-info").mkdir()
        (site / "toolbox-1.2.3.dist-info" / "METADATA").write_text("Name: toolbox\nVersion: 1.2.3\n\n")
        (site / "toolbox-1.2.3.dist-info" / "top_level.txt").write_text("tool_box\n")
        self.write("use.py", "import tool_box\nopen('out', 'w').write(open(tool_box.table).read())\n")
        self.clew("run", "--", "env/bin/python", "use.py")
        self.assertEqual(sorted(self.files()), ["out", "use.py"])
        self.assertEqual(self.newest()["capture"]["environment"]["packages"], {"toolbox": "1.2.3"})

    def test_patterns_choose_what_is_recorded_and_as_what(self):
        self.write("clew.yaml", "files: {ignore: ['*.log'], outputs: [cache/]}\n")
        script = "echo 1 >x.log; echo 2 >keep.log; mkdir cache; echo 3 >cache/z; cat data/a.txt cache/z"
        self.clew("run", "--ignore", "!keep.log", "--input", "data/**", "--", "sh", "-c", script)
        roles = {path: file["role"] for path, file in self.files().items()}
        self.assertEqual(roles, {"keep.log": "output", "cache/z": "output", "data/a.txt": "input"})

    def test_temporary_files(self):
        self.clew("run", "--", "sh", "-c", "echo 1 >t; cat t >out; rm t; touch data/a.txt")
        files = self.files()
        self.assertEqual((files["t"]["role"], files["t"]["gone"]), ("temporary", True))
        self.assertEqual(files["out"]["role"], "output")


if __name__ == "__main__":
    unittest.main()
