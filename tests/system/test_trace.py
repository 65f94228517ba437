"""Real programs under clew run, unchanged: its list of files against that of an independent strace."""

import os
import shutil
import subprocess
import unittest

from harness import PYTHON, Case
from tracing import clew_seen, strace

SCIKIT = subprocess.run([PYTHON, "-c", "import sklearn, joblib"], stderr=subprocess.DEVNULL)

NUMPY_TRAINING = """
import json, numpy as np
rng = np.random.default_rng(1)
x = np.loadtxt("data/x.csv", delimiter=",")
y = np.load("data/y.npy")
w = np.zeros(x.shape[1])
for epoch in range(20):
    w -= 0.1 * x.T @ (x @ w - y) / len(x)
    np.savez("checkpoint.npz", w=w, epoch=epoch)
json.dump({"loss": float(((x @ w - y) ** 2).mean())}, open("result.json", "w"))
"""

SCIKIT_TRAINING = """
import joblib, numpy as np
from sklearn.ensemble import RandomForestClassifier
def fit(seed):
    x = np.load("data/x.npy")
    y = (x[:, 0] > 0).astype(int)
    model = RandomForestClassifier(n_estimators=3, random_state=seed).fit(x, y)
    joblib.dump(model, f"models/{seed}.joblib")
    return model.score(x, y)
scores = joblib.Parallel(n_jobs=2)(joblib.delayed(fit)(seed) for seed in range(4))
open("scores.txt", "w").write(repr(scores))
"""

THREADS = """
import multiprocessing, threading
def work(name):
    text = open("data/" + name).read()
    open("out-" + name, "w").write(text.upper())
def thread(name):
    open("thread-" + name, "w").write(open("data/" + name).read())
if __name__ == "__main__":
    threads = [threading.Thread(target=thread, args=(f"{i}.txt",)) for i in range(8)]
    [t.start() for t in threads]
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            pool.map(work, [f"{i}.txt" for i in range(8)])
    [t.join() for t in threads]
"""

RENAMING = """
import os, tempfile
fd, name = tempfile.mkstemp(dir=".", prefix="part-")
os.write(fd, b"weights")
os.close(fd)
os.rename(name, "model.bin")
os.mkdir("tmp-checkpoint")
open("tmp-checkpoint/state", "w").write("1")
os.rename("tmp-checkpoint", "checkpoint")
open("gone.tmp", "w").write("x")
os.unlink("gone.tmp")
try:
    os.unlink("never-there")
except FileNotFoundError:
    pass
"""

MAPPING = """
import mmap, numpy as np
data = np.memmap("data/big.bin", dtype="float32", mode="r")
out = np.memmap("mapped.bin", dtype="float32", mode="w+", shape=data.shape)
out[:] = data * 2
out.flush()
with open("data/small.txt", "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as m:
    open("copy.txt", "wb").write(m[:])
"""

STATIC = r"""
#include <stdio.h>
int main(void) {
  char line[64] = "";
  FILE* in = fopen("data/in.txt", "r");
  FILE* out = fopen("static.out", "w");
  if (!in || !out || !fgets(line, sizeof line, in)) return 1;
  fputs(line, out);
  fclose(out);
  return rename("static.out", "static.txt");
}
"""

GO = """
package main
import "os"
func main() {
	bytes, err := os.ReadFile("data/in.txt")
	if err != nil { panic(err) }
	if err := os.WriteFile("go.out", bytes, 0644); err != nil { panic(err) }
	if err := os.Rename("go.out", "go.txt"); err != nil { panic(err) }
}
"""

DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("daemon.out", "w").write(open("data/in.txt").read())
        os.rename("daemon.out", "daemon.done")
        os._exit(0)
    os._exit(0)
os.wait()
while not os.path.exists("daemon.done"):
    time.sleep(0.02)
"""


class Programs(Case):
    def setUp(self):
        super().setUp()
        for path in ("data", "models"):
            (self.work / path).mkdir()

    def compare(self, *argv, ignore=(), leaves_helpers=False):
        """Runs the command twice, and compares what was seen; returns the run."""
        before = set(self.work.rglob("*"))
        expected = strace(argv, self.work, self.environment, self.work, ignore)
        for path in sorted(set(self.work.rglob("*")) - before, reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.clew("run", "-q", "--", *argv)
        self.wait_sealed()
        run = self.newest()
        self.assertEqual(run["capture"]["mechanism"], "unotify")
        if not leaves_helpers:
            self.assertEqual(run["capture"]["blind"], [])
            self.assertTrue(run["capture"]["complete"])
        seen = clew_seen(run, self.work, (*ignore, "/.clew/"))
        executed = {process["executable"] for process in run["processes"]}
        with self.subTest("read"):
            self.assertEqual(seen.read - executed, expected.read - executed)
        with self.subTest("written"):
            self.assertEqual(seen.written, expected.written)
        with self.subTest("deleted"):
            self.assertLessEqual(expected.deleted, seen.deleted)
        with self.subTest("renamed"):
            # Of a directory the record tells the files that moved with it.
            self.assertLessEqual({pair for pair in expected.renamed if not os.path.isdir(pair[1])
                                  and not any(part in pair[0] for part in ignore)}, seen.renamed)
        return run

    def file(self, run, path):
        found = [file for file in run["files"] if file["path"] == path]
        self.assertEqual(len(found), 1, path)
        return found[0]

    def write_numbers(self):
        self.run_command(PYTHON, "-c", """if True:
            import numpy as np
            rng = np.random.default_rng(0)
            x = rng.normal(size=(50, 3))
            np.savetxt("data/x.csv", x, delimiter=","); np.save("data/x.npy", x)
            np.save("data/y.npy", x @ [1, 2, 3])
            (np.arange(100000, dtype="float32")).tofile("data/big.bin")""")

    def test_numpy_training(self):
        self.write_numbers()
        self.write("train.py", NUMPY_TRAINING)
        run = self.compare(PYTHON, "train.py")
        process = run["processes"][0]
        self.assertEqual(process["argv"], [PYTHON, "train.py"])
        self.assertEqual(process["cwd"], str(self.work))
        self.assertEqual(process["executable"], os.path.realpath(PYTHON))
        self.assertEqual((process["exit_code"], process["signal"], process["parent"]), (0, None, None))
        self.assertTrue(self.file(run, "result.json")["created"])
        self.assertFalse(self.file(run, "data/x.csv")["written"])

    @unittest.skipIf(SCIKIT.returncode, "without scikit-learn")
    def test_scikit_training_with_workers(self):
        self.write_numbers()
        self.write("train.py", SCIKIT_TRAINING)
        # joblib's resource tracker may end after the training.
        run = self.compare(PYTHON, "train.py", leaves_helpers=True)
        writers = {tuple(self.file(run, f"models/{i}.joblib")["processes"]) for i in range(4)}
        self.assertTrue(all(0 not in writer for writer in writers), writers)

    def test_make(self):
        names = [f"part{i}" for i in range(6)]
        for name in names:
            self.write(f"{name}.cpp", f'#include "all.h"\n#include <vector>\n'
                                      f"int {name}() {{ return std::vector<int>(3).size(); }}\n")
        self.write("all.h", "".join(f"int {name}();\n" for name in names))
        self.write("main.cpp", '#include "all.h"\nint main() { return '
                   + " + ".join(f"{name}()" for name in names) + " == 18 ? 0 : 1; }\n")
        objects = " ".join(f"{name}.o" for name in names)
        self.write("Makefile", f"program: main.o {objects}\n\tg++ -o $@ $^\n%.o: %.cpp all.h\n\tg++ -c $<\n")
        run = self.compare("make", "-j", "3")
        commands = [os.path.basename(process["executable"]) for process in run["processes"]]
        for name, count in (("cc1plus", 7), ("as", 7), ("collect2", 1)):
            self.assertEqual(sum(name in command for command in commands), count, commands)
        for process in run["processes"]:
            self.assertEqual(process["exit_code"], 0, process)
            self.assertIsNotNone(process["ended"])
            self.assertEqual(process["parent"] is None, process["index"] == 0, process)

    def test_static_binary(self):
        self.write("static.c", STATIC)
        self.write("data/in.txt", "hello\n")
        self.run_command("gcc", "-static", "-o", "static", "static.c")
        self.compare("./static")

    @unittest.skipUnless(shutil.which("go"), "without Go")
    def test_go(self):
        self.write("main.go", GO)
        self.write("data/in.txt", "hello\n")
        self.run_command("go", "build", "-o", "program", "main.go",
                         env={"GOCACHE": str(self.home / "go"), "GOFLAGS": "-mod=mod"})
        self.compare("./program")

    def test_shell_pipeline(self):
        self.write("data/in.txt", "b\na\nb\n")
        run = self.compare("sh", "-c", "sort < data/in.txt | uniq -c > counts.txt; "
                                       "grep b counts.txt >> log.txt 2>err.txt; cat <log.txt")
        by_name = {os.path.basename(p["executable"]): p["index"] for p in run["processes"]}
        # What a shell opens for a program is the program's too.
        self.assertIn(by_name["sort"], self.file(run, "data/in.txt")["processes"])
        self.assertIn(by_name["uniq"], self.file(run, "counts.txt")["processes"])
        self.assertIn(by_name["grep"], self.file(run, "log.txt")["processes"])

    def test_daemon(self):
        self.write("daemon.py", DAEMON)
        self.write("data/in.txt", "x\n")
        run = self.compare(PYTHON, "daemon.py")
        self.assertEqual(len(run["processes"]), 3)
        self.assertEqual([p["parent"] for p in run["processes"]], [None, 0, 1])

    def test_threads_and_processes(self):
        for i in range(8):
            self.write(f"data/{i}.txt", f"text {i}\n")
        self.write("work.py", THREADS)
        run = self.compare(PYTHON, "work.py")
        for i in range(8):
            self.assertEqual(self.file(run, f"thread-{i}.txt")["processes"], [0])

    def test_rename_into_place(self):
        self.write("save.py", RENAMING)
        run = self.compare(PYTHON, "save.py", ignore=("part-",))
        model = self.file(run, "model.bin")
        self.assertTrue(model["renamed_from"].startswith("part-"), model)
        self.assertEqual(self.file(run, "checkpoint/state")["renamed_from"],
                         "tmp-checkpoint/state")
        self.assertTrue(self.file(run, "gone.tmp")["deleted"])
        self.assertFalse([file for file in run["files"] if "never-there" in file["path"]])

    def test_mapped_data(self):
        self.write_numbers()
        self.write("data/small.txt", "small")
        self.write("map.py", MAPPING)
        self.compare(PYTHON, "map.py")

    def test_levels(self):
        self.write("data/in.txt", "x\n")
        command = ("sh", "-c", "mkdir made; cat data/in.txt > out.txt")
        self.clew("run", "-q", "--trace=outputs", "--", *command)
        self.wait_sealed()
        run = self.newest()
        self.assertEqual(run["capture"]["level"], "outputs")
        self.assertFalse(run["capture"]["complete"])
        self.assertFalse([f for f in run["files"] if f["path"].endswith("in.txt")])
        self.assertTrue(self.file(run, "out.txt")["written"])
        (self.work / "made").rmdir()

        self.clew("run", "-q", "--trace=full", "--", PYTHON, "-c", """if True:
            import os, socket
            os.mkdir("made")
            with socket.socket() as s: s.connect_ex(("127.0.0.1", 9))""")
        self.wait_sealed()
        run = self.newest()
        self.assertIn("127.0.0.1:9", run["capture"]["connections"])
        self.assertTrue(self.file(run, "made/")["created"])

        self.clew("-c", "run.trace=off", "run", "-q", "--", *command)
        self.wait_sealed()
        run = self.newest()
        self.assertEqual(run["capture"] and run["capture"]["mechanism"], "none")
        self.assertEqual((run["files"], run["processes"]), ([], []))

    def test_signal_and_exit_status_of_processes(self):
        self.clew("run", "-q", "--", "sh", "-c", "sh -c 'exit 7'; sh -c 'kill -9 $$'; true")
        self.wait_sealed()
        children = self.newest()["processes"][1:]
        self.assertEqual([(p["exit_code"], p["signal"]) for p in children], [(7, None), (None, "SIGKILL")])

    def test_names_of_any_kind(self):
        names = ["with space", "new\nline", "ünïcode", "quo'te", "-dash"]
        for name in names:
            self.write("data/" + name, "x")
        self.write("copy.py", "import os\nfor n in os.listdir('data'):\n"
                              "    open('out-' + n, 'w').write(open('data/../data/./' + n).read())\n")
        self.clew("run", "-q", "--", PYTHON, "copy.py")
        self.wait_sealed()
        paths = {file["path"] for file in self.newest()["files"]}
        for name in names:
            self.assertIn("data/" + name, paths)
            self.assertIn("out-" + name, paths)


if __name__ == "__main__":
    unittest.main()
