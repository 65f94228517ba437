"""Many runs at once, with readers beside them."""

import json
import subprocess
import threading
import unittest

from harness import CLEW, PYTHON, Case

TRAINING = """
import clew, sys, time
k = int(sys.argv[1])
for i in range(2000):
    clew.log({"loss": k + i / 1000, "other": i}, step=i)
    if i % 100 == 0:
        time.sleep(0.01)
print("done", k)
"""


class Concurrent(Case):
    def test_eight_runs_and_their_readers(self):
        self.make_repository()
        self.write("train.py", TRAINING)
        self.clew("init")
        stop = threading.Event()
        faults = []

        def read():
            while not stop.is_set():
                for words in (["log", "--json"], ["status", "--json"]):
                    result = subprocess.run([CLEW, *words], cwd=self.work, env=self.environment,
                                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                    try:
                        json.loads(result.stdout)
                    except ValueError:
                        faults.append((words, result.returncode, result.stderr[-500:]))

        readers = [threading.Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        runs = [self.start("run", "-n", f"r{k}", "-t", "many", "--", PYTHON, "train.py", k)
                for k in range(8)]
        for process in runs:
            out, err = process.communicate()
            self.assertEqual(process.returncode, 0, err)
        self.wait_sealed()
        stop.set()
        for reader in readers:
            reader.join()
        self.assertEqual(faults, [])
        found = {run["name"]: run for run in self.runs()}
        self.assertEqual(sorted(found), [f"r{k}" for k in range(8)])
        for k in range(8):
            loss = found[f"r{k}"]["metrics"]["loss"]
            self.assertEqual((loss["count"], loss["first"], loss["last"]), (2000, k, k + 1.999))

    def test_a_run_is_in_every_list_at_every_moment(self):
        """Between live and sealed a run never disappears and never shows twice."""
        self.make_repository()
        process = self.start("run", "-n", "watched", "--", "sh", "-c", "sleep 0.3; echo x")
        self.wait_until(self.live, "the run to begin")
        states = []
        while process.poll() is None or self.live():
            named = [run["state"] for run in self.runs()]
            self.assertEqual(len(named), 1)
            states.append(named[0])
        states.append(self.newest()["state"])
        self.assertEqual(states[-1], "finished")
        self.assertLessEqual(set(states), {"running", "finished"})


if __name__ == "__main__":
    unittest.main()
