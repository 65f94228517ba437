"""kill -9 in the middle: of the front, of the recorder, of the command, of all."""

import os
import signal
import subprocess
import time
import unittest

from harness import CLEW, PYTHON, Case, gone, kill9

# Reports a point, waits until it is acknowledged, and says so; then does its work to the end.
TRAINING = """
import clew, os, sys, time
clew.log({"loss": 0.5}, step=1)
clew.flush()
print("acknowledged", flush=True)
while not os.path.exists("go"):
    time.sleep(0.02)
for i in range(1000):
    print("line", i, flush=True)
    clew.log({"loss": 0.25}, step=2 + i)
open("done", "w").write("whole")
sys.exit(5)
"""


class Kill(Case):
    def setUp(self):
        super().setUp()
        self.make_repository()
        self.write("train.py", TRAINING)
        self.write(".gitignore", "go\ndone\nlog\n")

    def begin(self, **options):
        process = self.start("run", "-n", "victim", "--", PYTHON, "train.py", **options)
        self.read_line(process, b"acknowledged\n")
        self.wait_until(lambda: "acknowledged" in self.clew("show", "@", "--output").out, "the record")
        recorder, command = self.processes(process.pid)
        return process, recorder, command

    def read_line(self, process, line):
        if process.stdout:
            self.assertEqual(process.stdout.readline(), line)
        else:
            self.wait_until(lambda: line in (self.work / "log").read_bytes(), str(line))

    def go(self):
        (self.work / "go").touch()

    def assert_unharmed(self, command):
        self.wait_until(lambda: gone(command), "the command to end")
        self.assertEqual((self.work / "done").read_text(), "whole")

    def test_kill_the_recorder(self):
        process, recorder, command = self.begin()
        kill9(recorder)
        self.wait_until(lambda: gone(recorder), "the recorder's death")
        self.wait_until(lambda: self.newest()["state"] == "interrupted", "the state")
        self.go()
        out, err = process.communicate()
        self.assertEqual(process.returncode, 5)
        self.assertEqual(out.count(b"line"), 1000)
        self.assertIn(b"the recorder died", err)
        self.assert_unharmed(command)
        run = self.newest()
        self.assertEqual(run["state"], "interrupted")
        self.assertEqual(run["metrics"]["loss"]["last"], 0.5)
        self.clew("tag", "victim", "seen")  # a command that writes seals what is left
        self.assertEqual(self.live(), [])
        run = self.newest()
        self.assertEqual((run["state"], run["tags"]), ("interrupted", ["seen"]))
        self.assertEqual(run["metrics"]["loss"]["count"], 1)

    def test_kill_the_front(self):
        log = open(self.work / "log", "wb")
        self.addCleanup(log.close)
        process, recorder, command = self.begin(stdout=log, stderr=log)
        process.kill()
        process.wait()
        self.go()
        self.assert_unharmed(command)
        self.wait_sealed()
        run = self.newest()
        self.assertEqual((run["state"], run["exit_code"]), ("failed", 5))
        self.assertEqual(run["metrics"]["loss"]["count"], 1001)
        # What it printed still went where the shell had sent it, and into the record.
        self.assertEqual((self.work / "log").read_bytes().count(b"line"), 1000)
        self.assertEqual(self.clew("show", "@", "--output").out.count("line"), 1000)

    def test_kill_the_command(self):
        process, recorder, command = self.begin()
        kill9(command)
        process.communicate()
        self.assertEqual(process.returncode, -signal.SIGKILL)
        run = self.newest()
        self.assertEqual((run["state"], run["signal"]), ("killed", "SIGKILL"))
        self.assertEqual(run["metrics"]["loss"]["count"], 1)

    def test_kill_all(self):
        process, recorder, command = self.begin()
        for pid in (recorder, process.pid, command):
            kill9(pid)
        process.communicate()
        self.wait_until(lambda: gone(recorder), "the recorder's death")
        run = self.newest()
        self.assertEqual(run["state"], "interrupted")
        self.assertEqual(run["metrics"]["loss"]["count"], 1)
        self.assertIn("acknowledged", self.clew("show", "@", "--output").out)

    def test_kill_the_recorder_before_the_command_starts(self):
        # Whatever the moment, the command runs exactly once and its status comes back.
        for delay in (0.0, 0.002, 0.004, 0.008, 0.016):
            count = self.work / "count"
            count.unlink(missing_ok=True)
            process = self.start("run", "-q", "--", "sh", "-c", "echo x >>count; exit 6")
            time.sleep(delay)
            found = subprocess.run(["pgrep", "-P", str(process.pid)], stdout=subprocess.PIPE)
            for pid in map(int, found.stdout.split()):
                try:
                    kill9(pid)
                except ProcessLookupError:
                    pass
            process.communicate()
            with self.subTest(delay=delay):
                self.assertIn(process.returncode, (6, -signal.SIGKILL))
                if process.returncode == 6:
                    self.assertEqual(count.read_text(), "x\n")

    def test_an_interrupted_seal_is_done_again(self):
        self.clew("run", "-n", "big", "--", PYTHON, "-c",
                  "import clew\nfor i in range(200000): clew.log({'loss': i * 0.1}, step=i)")
        # Kill whatever recorder is still sealing; the next writer begins again.
        subprocess.run(["pkill", "-KILL", "-f", f"{CLEW} run -n big"], check=False)
        time.sleep(0.1)
        self.clew("tag", "big", "kept")
        self.wait_sealed()
        run = self.newest()
        self.assertEqual((run["state"], run["exit_code"]), ("finished", 0))
        self.assertEqual(run["metrics"]["loss"]["count"], 200000)


if __name__ == "__main__":
    unittest.main()
