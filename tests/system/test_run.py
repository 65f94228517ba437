"""clew run: what the command sees, what the shell sees, and what is recorded."""

import os
import signal
import subprocess
import time
import unittest

from harness import CLEW, PYTHON, Case


class Status(Case):
    def setUp(self):
        super().setUp()
        self.make_repository()

    def test_exit_status_is_passed_on(self):
        for code in (0, 1, 3, 255):
            result = self.clew("run", "--", "sh", "-c", f"exit {code}", check=False)
            self.assertEqual(result.returncode, code)
            self.assertEqual(self.newest()["exit_code"], code)
            self.assertEqual(self.newest()["state"], "failed" if code else "finished")

    def test_a_signal_kills_clew_too(self):
        for name in ("TERM", "KILL", "INT", "SEGV"):
            result = self.clew("run", "--", "sh", "-c", f"kill -{name} $$", check=False)
            self.assertEqual(result.returncode, -getattr(signal, "SIG" + name))
            run = self.newest()
            self.assertEqual((run["state"], run["signal"]), ("killed", "SIG" + name))
            self.assertIsNone(run["exit_code"])

    def test_a_command_that_cannot_be_run(self):
        self.write("plain", "not executable")
        for word, code in (("./no-such-file", 127), ("no-such-command", 127), ("./plain", 126)):
            result = self.clew("run", "--", word, check=False)
            self.assertEqual(result.returncode, code, result.err)
            self.assertIn(f"'{word}'", result.err)
            self.assertEqual(self.newest()["exit_code"], code)

    def test_signals_reach_the_command(self):
        script = "trap 'echo got TERM; exit 7' TERM; echo ready; while :; do sleep 0.05; done"
        process = self.start("run", "--", "sh", "-c", script)
        self.assertEqual(process.stdout.readline(), b"ready\n")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.stdout.readline(), b"got TERM\n")
        self.assertEqual(process.wait(), 7)

    def test_a_signal_that_comes_before_the_command_is_not_lost(self):
        for milliseconds in range(0, 30, 2):
            with self.subTest(milliseconds):
                process = self.start("run", "-q", "--", "sleep", "1000")
                time.sleep(milliseconds / 1000)
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(timeout=60), -signal.SIGTERM)


class Streams(Case):
    def setUp(self):
        super().setUp()
        self.make_repository()

    def test_stdin_is_inherited_untouched(self):
        with open(self.write("in", "one\ntwo\n")) as file:
            script = 'exec 3<&0; read line; echo "$line"'
            self.assertEqual(self.clew("run", "--", "sh", "-c", script, stdin=file).out, "one\n")
        result = subprocess.run(
            [CLEW, "run", "--", "cat"], cwd=self.work, env=self.environment,
            input=b"\x00\xff\n" * 50000, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(result.stdout, b"\x00\xff\n" * 50000)

    def test_stdout_and_stderr_stay_apart_and_exact(self):
        script = r"printf 'out\0\377'; printf 'err\r\n' >&2"
        result = self.clew("run", "-q", "--", "sh", "-c", script)
        self.assertEqual(result.stdout, b"out\0\xff")
        self.assertEqual(result.stderr, b"err\r\n")
        self.assertEqual(self.clew("show", "@", "--stderr").stdout, b"err\r\n")

    def test_order_is_kept_where_both_go_to_one_file(self):
        script = "import sys\nfor i in range(2000):\n print(i, file=[sys.stdout, sys.stderr][i % 2], flush=True)"
        with open(self.work / "log", "wb") as log:
            subprocess.run([CLEW, "run", "-q", "--", PYTHON, "-c", script], cwd=self.work,
                           env=self.environment, stdout=log, stderr=log, check=True)
        numbers = (self.work / "log").read_text().split()
        self.assertEqual(numbers, [str(i) for i in range(2000)])

    def test_much_output_is_passed_on_whole(self):
        result = self.clew("run", "-q", "--", "sh", "-c", "seq 1 400000")
        self.assertEqual(result.out, "".join(f"{i}\n" for i in range(1, 400001)))
        self.assertEqual(self.clew("show", "@", "--output").stdout, result.stdout)

    def test_a_reader_that_goes_away_stops_the_command_as_it_would_without(self):
        command = f"{CLEW} run -q -- sh -c 'yes; echo $? >status' | head -n 1"
        self.assertEqual(self.run_command("sh", "-c", command).out, "y\n")
        self.wait_until(lambda: (self.work / "status").exists(), "the end of yes")
        self.assertEqual((self.work / "status").read_text(), "141\n")  # 128 + SIGPIPE

    def test_a_command_substitution_does_not_wait_for_sealing_or_a_background_child(self):
        begin = time.monotonic()
        command = f"x=$({CLEW} run -q -- sh -c 'echo value; sleep 100 >/dev/null 2>&1 &'); echo $x"
        self.assertEqual(self.run_command("sh", "-c", command).out, "value\n")
        self.assertLess(time.monotonic() - begin, 60)
        self.run_command("pkill", "-f", "sleep 100", check=False)

    def test_a_background_child_can_still_write_after_the_end(self):
        script = "(sleep 1; echo late; echo alive >alive) & echo early"
        result = self.clew("run", "-q", "--", "sh", "-c", script)
        self.assertIn("early\n", result.out)
        self.wait_until(lambda: (self.work / "alive").exists(), "the background child")

    def test_extra_descriptors_and_ignored_signals_are_as_without_clew(self):
        probe = (
            "import os, signal\n"
            "print(sorted(os.listdir('/proc/self/fd'))[:4], os.path.exists('/proc/self/fd/7'))\n"
            "print([s for s in (1, 2, 13, 15) if signal.getsignal(s) == signal.SIG_IGN])\n"
            "print(signal.pthread_sigmask(signal.SIG_BLOCK, []))\n"
        )
        self.write("probe.py", probe)
        shell = f"trap '' HUP; exec 7</dev/null; %s {PYTHON} probe.py"
        plain = self.run_command("sh", "-c", shell % "").out
        self.assertEqual(self.run_command("sh", "-c", shell % f"{CLEW} run -q --").out, plain)

    def test_weird_arguments_arrive_and_are_recorded_exactly(self):
        words = ["", "[a,b]", "a b", "line\nbreak", "--", "*", "'\"", "é", b"\xff\xfe"]
        script = "import os, sys; os.write(1, b'\\0'.join(map(os.fsencode, sys.argv[1:])))"
        result = subprocess.run([CLEW, "run", "-q", "--", PYTHON, "-c", script, *words],
                                cwd=self.work, env=self.environment, stdout=subprocess.PIPE)
        self.assertEqual(result.stdout, b"\0".join(w if isinstance(w, bytes) else w.encode() for w in words))
        self.assertIn("argv_base64", self.newest())


class Recorded(Case):
    def test_what_a_run_leaves_behind(self):
        self.make_repository()
        script = (
            "import clew, os\n"
            "for i in range(20): clew.log({'loss': 1 / (i + 1)}, step=i)\n"
            "clew.param('model.depth', 3); clew.tag('fromcode'); clew.note('from code')\n"
            "print('epoch 1 acc: 0.5')\n"
        )
        self.write("train.py", script)
        self.write("conf.yaml", "opt: {name: adam, eps: 1e-8}\nlr: 0.5\n")
        self.clew("run", "-n", "base", "-t", "one", "-m", "a message", "-p", "seed=7", "--params",
                  "conf.yaml", "--", PYTHON, "train.py", "--lr", "0.01", "--api-key", "hunter2")
        run = self.newest()
        self.assertEqual(run["name"], "base")
        self.assertEqual(run["tags"], ["one", "fromcode"])
        self.assertEqual([n["text"] if isinstance(n, dict) else n for n in run["notes"]],
                         ["a message", "from code"])
        expected = {"lr": 0.01, "seed": 7, "opt.name": "adam", "opt.eps": 1e-8, "model.depth": 3}
        for name, value in expected.items():
            self.assertEqual(run["params"][name], value)
        self.assertEqual(run["param_sources"]["lr"], "argv")
        self.assertEqual(run["metrics"]["loss"]["count"], 20)
        self.assertEqual(run["metrics"]["loss"]["last"], 0.05)
        self.assertEqual(run["metrics"]["acc"]["last"], 0.5)
        self.assertTrue(run["code"]["dirty"])
        self.assertTrue(run["code"]["complete"])
        self.assertNotIn("hunter2", self.clew("show", "@", "--json").out)
        self.assertNotIn(b"hunter2", b"".join(p.read_bytes() for p in self.store().rglob("*") if p.is_file()))
        self.assertEqual(self.clew("show", "@:untracked.txt").out, "new\n")
        self.assertIn("# changed", self.clew("show", "@:train.sh").out)
        series = self.json("show", "base", "--metric", "loss")
        self.assertEqual(series["steps"], list(range(20)))
        self.assertEqual(series["values"], [1 / (i + 1) for i in range(20)])

    def test_put_from_a_shell(self):
        self.make_repository()
        script = f"{CLEW} put loss=0.5 step=1; {CLEW} put loss=0.25 step=2; {CLEW} put param lr=0.1; {CLEW} put tag best"
        self.clew("run", "--", "sh", "-c", script)
        run = self.newest()
        self.assertEqual(run["metrics"]["loss"]["count"], 2)
        self.assertEqual(run["metrics"]["loss"]["last"], 0.25)
        self.assertEqual(run["params"]["lr"], 0.1)
        self.assertEqual(run["tags"], ["best"])
        outside = self.clew("put", "loss=1", check=False)
        self.assertEqual(outside.returncode, 2)
        self.assertIn("hint:", outside.err)

    def test_a_run_inside_a_run_has_a_parent(self):
        self.make_repository()
        self.clew("run", "-n", "outer", "--", CLEW, "run", "-n", "inner", "--", "true")
        runs = {run["name"]: run for run in self.runs()}
        self.assertEqual(runs["inner"]["parent"], runs["outer"]["id"])

    def test_outside_git(self):
        self.write("train.sh", "echo hi\n")
        result = self.clew("run", "--", "sh", "train.sh")
        self.assertIn(".clew", result.err)
        self.assertEqual(self.clew("show", "@:train.sh").out, "echo hi\n")
        self.assertTrue(self.newest()["code"]["commit"])

    def test_switches(self):
        self.make_repository()
        self.clew("run", "--no-snapshot", "--no-output", "--", "echo", "secret words")
        run = self.newest()
        self.assertFalse(run["code"] and run["code"].get("commit"))
        self.assertEqual(self.clew("show", "@", "--output").out, "")

    def test_only_python_path_behind_the_users_own(self):
        self.make_repository()
        result = self.clew("run", "-q", "--", "sh", "-c", "echo $PYTHONPATH", env={"PYTHONPATH": "/mine"})
        self.assertTrue(result.out.startswith("/mine:"), result.out)
        self.assertNotIn("share/clew", str(self.newest()["environment"].get("variables", {}).get("PYTHONPATH", "")))


class Unharmed(Case):
    """The training comes first: where clew cannot record, the command runs all the same."""

    def test_a_store_that_cannot_be_made(self):
        blocked = self.write("blocked", "a file")
        result = self.clew("run", "--", "echo", "hello", env={"CLEW_DIR": str(blocked / "store")})
        self.assertEqual(result.out, "hello\n")
        self.assertIn("not recorded", result.err)

    def test_a_newer_store(self):
        self.make_repository()
        self.clew("init")
        (self.store() / "format").write_text("999\n")
        result = self.clew("run", "--", "echo", "hello")
        self.assertEqual(result.out, "hello\n")
        self.assertIn("not recorded", result.err)

    def test_a_full_disk(self):
        if os.geteuid() != 0:
            self.skipTest("mounting a small file system needs root")
        small = self.place / "small"
        small.mkdir()
        mounted = self.run_command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small, check=False)
        if mounted.returncode != 0:
            self.skipTest("mounting is not allowed here")
        self.addCleanup(subprocess.run, ["umount", "-l", str(small)])
        self.write("train.sh", "head -c 4000000 /dev/zero | tr '\\0' x; exit 4\n")
        result = self.clew("run", "--", "sh", "train.sh", env={"CLEW_DIR": str(small / "store")}, check=False)
        self.assertEqual(result.returncode, 4)
        self.assertEqual(len(result.stdout), 4000000)
        self.assertIn("No space left", result.err)

    def test_a_wrong_option_runs_nothing(self):
        self.make_repository()
        for words in (["--nmae", "x"], ["-p", "novalue"], ["--params", "absent.yaml"]):
            result = self.clew("run", *words, "--", "touch", "ran", check=False)
            self.assertEqual(result.returncode, 2, result.err)
            self.assertIn("clew: error:", result.err)
            self.assertFalse((self.work / "ran").exists())


if __name__ == "__main__":
    unittest.main()
