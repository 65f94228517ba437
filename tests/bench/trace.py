"""What tracing costs, beside strace and ReproZip in the same run.

usage: trace.py CLEW
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

PYTHON = "/usr/bin/python3"

TRAINING = """
import numpy as np
from sklearn.datasets import load_digits
x, y = load_digits(return_X_y=True)
x = x / 16.0
t = np.eye(10)[y]
rng = np.random.default_rng(0)
a, b = rng.normal(size=(64, 64)) * 0.1, rng.normal(size=(64, 10)) * 0.1
for epoch in range(60):
    for i in range(0, len(x), 32):
        h = np.tanh(x[i:i + 32] @ a)
        p = np.exp(h @ b)
        d = p / p.sum(1, keepdims=True) - t[i:i + 32]
        a, b = a - 0.01 * x[i:i + 32].T @ ((d @ b.T) * (1 - h * h)), b - 0.01 * h.T @ d
    if epoch % 10 == 0:
        np.savez("model.npz", a=a, b=b)
"""

OPENS = r"""
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
int main(void) {
  for (int i = 0; i < 30000; ++i) {
    char name[32];
    snprintf(name, sizeof name, "data/%d", i % 1000);
    close(open(name, O_RDONLY));
  }
  return 0;
}
"""


def timed(argv, cwd, env):
    begin = time.perf_counter()
    subprocess.run(argv, cwd=cwd, env=env, check=True, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


class Bench:
    def __init__(self, clew, place):
        self.work = place / "work"
        self.work.mkdir()
        self.env = {"PATH": os.environ["PATH"], "HOME": str(place), "LANG": "C.UTF-8",
                    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.ways = {
            "bare": [],
            "off": [clew, "run", "-q", "--no-snapshot", "--trace=off", "--"],
            "traced": [clew, "run", "-q", "--no-snapshot", "--"],
            "preload": [clew, "-c", "run.trace-mechanism=preload", "run", "-q", "--no-snapshot", "--"],
        }
        if shutil.which("strace"):
            calls = "trace=%file,execve,exit_group"
            log = ["-f", "-o", str(place / "strace.log"), "-e", calls]
            self.ways["strace --seccomp-bpf"] = ["strace", "--seccomp-bpf", *log]
            self.ways["strace"] = ["strace", *log]
        if shutil.which("reprozip"):
            self.ways["reprozip"] = ["reprozip", "trace", "--dont-identify-packages",
                                     "--overwrite", "-d", str(place / "reprozip")]

    def measure(self, argv, rounds, prepare=lambda: None, leave_out=()):
        """The median time of each way; the ways take turns, so that a busy machine is fair."""
        times = {name: [] for name in self.ways if name not in leave_out}
        for _ in range(rounds):
            for name in times:
                prepare()
                try:
                    times[name].append(timed([*self.ways[name], *argv], self.work, self.env))
                except subprocess.CalledProcessError:
                    times[name].append(float("nan"))
        return {name: statistics.median(values) for name, values in times.items()}

    def training(self):
        (self.work / "train.py").write_text(TRAINING)
        t = self.measure([PYTHON, "train.py"], 5)
        report("training, traced against untraced", t["traced"], t["off"], 1.05)
        self.others("training", t, t["off"])

    def opens(self):
        (self.work / "opens.c").write_text(OPENS)
        subprocess.run(["gcc", "-O1", "-o", "opens", "opens.c"], cwd=self.work, check=True)
        (self.work / "data").mkdir()
        for i in range(1000):
            (self.work / "data" / str(i)).write_text("x")
        t = self.measure(["./opens"], 5)
        for way in ("traced", "preload"):
            added = t[way] - t["off"]
            print(f"30000 opens, {way}: {added / 30000 * 1e6:.1f} us added to each, "
                  f"{t['bare'] / 30000 * 1e6:.1f} us bare")
            if "strace --seccomp-bpf" in t:
                report(f"30000 opens, {way}, added time against strace --seccomp-bpf", added,
                       t["strace --seccomp-bpf"] - t["bare"], 0.2)
        self.others("30000 opens", t, t["off"])

    def make(self):
        names = [f"part{i}" for i in range(8)]
        for name in names:
            (self.work / f"{name}.cpp").write_text(
                f"#include <vector>\n#include <string>\nint {name}() {{ return std::string(3, 'x').size(); }}\n")
        (self.work / "main.cpp").write_text(
            "".join(f"int {n}();\n" for n in names) + "int main() { return " + " + ".join(f"{n}()" for n in names)
            + " == 24 ? 0 : 1; }\n")
        objects = " ".join(f"{name}.o" for name in names)
        (self.work / "Makefile").write_text(
            f"program: main.o {objects}\n\tg++ -o $@ $^\n%.o: %.cpp\n\tg++ -c $<\n")

        def clean():
            for path in [*self.work.glob("*.o"), self.work / "program"]:
                path.unlink(missing_ok=True)

        t = self.measure(["make", "-j2"], 3, clean)
        report("make -j2, traced against untraced", t["traced"], t["off"], 1.25)
        self.others("make -j2", t, t["off"])

    def nothing(self):
        t = self.measure(["true"], 25, leave_out=("strace", "reprozip", "preload"))
        print(f"clew run -- true: {t['traced'] * 1e3:.1f} ms traced, {t['off'] * 1e3:.1f} ms untraced; "
              f"{(t['traced'] - t['off']) * 1e3:.2f} ms added")

    @staticmethod
    def others(name, times, untraced):
        for way in ("strace --seccomp-bpf", "strace", "reprozip"):
            if way in times:
                print(f"{name}, {way} against bare: {times[way]:.3f} s to {times['bare']:.3f} s, "
                      f"ratio {times[way] / times['bare']:.2f} (clew {times['traced'] / untraced:.2f})")


def report(name, ours, theirs, goal):
    print(f"{name}: ours {ours:.3f} s, theirs {theirs:.3f} s, ratio {ours / theirs:.3f}, goal {goal}", flush=True)


def main():
    clew = str(pathlib.Path(sys.argv[1]).resolve())
    place = pathlib.Path(tempfile.mkdtemp(prefix="clew-bench-"))
    try:
        bench = Bench(clew, place)
        bench.nothing()
        bench.training()
        bench.opens()
        bench.make()
    finally:
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
