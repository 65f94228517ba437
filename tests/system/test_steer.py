"""Rules, clew stop, clew set and hooks, with real processes."""

import json
import os
import pathlib
import signal
import textwrap
import time
import unittest

from harness import CLEW, PYTHON, Case, gone

# A training that reports a loss that falls and then rises, and saves when it is told to.
TRAINING = """
    import clew, os, pathlib, signal, sys, time
    def on_term(*_):
        pathlib.Path("saved").write_text("by TERM\\n")
        clew.log({"saved": 1})
        clew.flush()
        sys.exit(7)
    signal.signal(signal.SIGTERM, on_term)
    pathlib.Path("pid").write_text(str(os.getpid()))
    for step in range(2000):
        loss = abs(step - 20) + 1
        clew.log({"loss": loss}, step=step)
        clew.flush()
        time.sleep(0.01)
"""


class Steer(Case):
    def setUp(self):
        super().setUp()
        self.clew("init")

    def training(self, text=TRAINING, name="train.py"):
        self.write(name, textwrap.dedent(text))
        return name

    def hook(self, name, text):
        path = self.store() / "hooks" / name
        path.write_text(text)
        path.chmod(0o755)

    def wait_for_run(self):
        """Until the training has said something."""
        def running():
            runs = [run for run in self.runs() if run["state"] == "running"]
            return runs[0] if runs and runs[0]["metrics"] else None
        return self.wait_until(running, "a running training")

    def firings(self):
        return self.newest()["firings"]


class Rules(Steer):
    def test_a_rule_stops_a_training_that_saves(self):
        rule = "loss > 2 * loss.min and step > 10"
        result = self.clew("run", "--stop-when", rule, "--", PYTHON, self.training(), check=False)
        self.assertEqual(result.returncode, 7)
        self.assertEqual((self.work / "saved").read_text(), "by TERM\n")
        self.assertIn(f"stopped by rule '{rule}'", result.err)
        [firing] = self.firings()
        self.assertEqual((firing["rule"], firing["action"]), (rule, "stop"))
        self.assertEqual(firing["step"], 22)
        self.assertEqual(firing["values"], {"loss": 3, "loss.min": 1, "step": 22})
        run = self.newest()
        self.assertEqual((run["state"], run["exit_code"]), ("failed", 7))
        self.assertEqual(run["metrics"]["saved"]["count"], 1)
        self.assertIn(rule, self.clew("show", "@").out)

    def test_a_training_that_ignores_term_is_killed(self):
        self.training("""
            import clew, signal, time
            signal.signal(signal.SIGTERM, lambda *_: open("told", "w").close())
            while True:
                clew.log(loss=float("nan"))
                time.sleep(0.02)
        """)
        self.write("clew.yaml", "rules:\n  stop-when: isnan(loss)\n  grace: 1\n")
        result = self.clew("run", "--", PYTHON, "train.py", check=False)
        self.assertEqual(result.returncode, -signal.SIGKILL)
        self.assertTrue((self.work / "told").exists())
        self.assertEqual(self.newest()["signal"], "SIGKILL")
        self.assertEqual(self.firings()[0]["values"], {"loss": "NaN"})

    def test_the_training_is_told_and_not_the_shell_above_it(self):
        self.training()
        self.write("train.sh", f"{PYTHON} train.py\necho after >after\n")
        self.clew("run", "--stop-when", "loss < 10", "--", "sh", "train.sh", check=False)
        self.assertTrue((self.work / "saved").exists())

    def test_everything_below_goes_when_nobody_handles_the_signal(self):
        self.write("deep.sh", "sh -c 'sleep 1000 & echo $! >pid; wait' & wait\n")
        self.write("train.sh", "clew_put() { %s put loss=1; }\nsh deep.sh & sleep 0.5\nclew_put\nwait\n" % CLEW)
        result = self.clew("run", "--stop-when", "loss = 1", "--", "sh", "train.sh", check=False)
        self.assertEqual(result.returncode, -signal.SIGTERM)
        pid = int((self.work / "pid").read_text())
        self.wait_until(lambda: gone(pid), "the end of the sleeping process")

    def test_a_checkpoint_signal_comes_first(self):
        self.training("""
            import clew, pathlib, signal, time
            signal.signal(signal.SIGUSR1, lambda *_: pathlib.Path("saved").write_text("by USR1"))
            for step in range(10000):
                clew.log(loss=step)
                time.sleep(0.01)
        """)
        result = self.clew(
            "-c", "rules.checkpoint-wait=1", "run", "--stop-when", "loss > 5",
            "--checkpoint-signal", "USR1", "--", PYTHON, "train.py", check=False)
        self.assertEqual(result.returncode, -signal.SIGTERM)
        self.assertEqual((self.work / "saved").read_text(), "by USR1")

    def test_a_wrong_rule_is_refused_before_anything_starts(self):
        for rule, word in (("loss >", "column"), ("run.state = 'x'", "run.state"), ("loss @ 3", "column")):
            result = self.clew("run", "--alert", rule, "--", "touch", "started", check=False)
            self.assertEqual(result.returncode, 2, result.err)
            self.assertIn(word, result.err)
        self.write("clew.yaml", "rules: {stop-when: ['loss > ']}\n")
        self.assertEqual(self.clew("run", "--", "touch", "started", check=False).returncode, 2)
        self.assertFalse((self.work / "started").exists())
        self.assertEqual(self.clew("run", "--checkpoint-signal", "KILL", "--", "true", check=False).returncode, 2)

    def test_notes_fire_once_until_they_do_not_hold(self):
        self.training("""
            import clew
            for step, value in enumerate([1, 5, 6, 1, 7, 8]):
                clew.log({"loss": value}, step=step)
        """)
        self.clew("run", "--note-when", "loss > 4", "--", PYTHON, "train.py")
        self.assertEqual([f["step"] for f in self.firings()], [1, 4])
        self.assertEqual([n["text"] if isinstance(n, dict) else n for n in self.newest()["notes"]],
                         ["loss > 4 at step 1 (loss=5)", "loss > 4 at step 4 (loss=7)"])

    def test_no_step_is_missed_in_a_storm_of_points(self):
        self.training("""
            import clew
            for step in range(200000):
                clew.log({"loss": float("nan") if step == 123456 else 1.0}, step=step)
        """)
        self.clew("run", "--note-when", "isnan(loss)", "--", PYTHON, "train.py")
        self.assertEqual([f["step"] for f in self.firings()], [123456])

    def test_an_alert_runs_the_hook(self):
        self.hook("on-alert", "#!/bin/sh\ncat >alert.json\necho \"$CLEW_RULE|$CLEW_STEP|$CLEW_VALUE_VAL_LOSS\" >alert.txt\n")
        self.training("""
            import clew
            clew.log({"val/loss": 3}, step=8)
        """)
        result = self.clew("run", "--alert", '"val/loss" > 2', "--", PYTHON, "train.py")
        self.assertIn("alert:", result.err)
        self.wait_until(lambda: (self.work / "alert.txt").exists() and (self.work / "alert.txt").read_text(), "the hook")
        self.assertEqual((self.work / "alert.txt").read_text(), '"val/loss" > 2|8|3\n')
        told = json.loads((self.work / "alert.json").read_text())
        self.assertEqual((told["action"], told["step"], told["values"]), ("alert", 8, {"val/loss": 3}))
        self.assertEqual(told["run"], self.newest()["id"])
        self.assertIn("started", self.firings()[0]["result"])

    def test_a_hook_that_hangs_or_is_missing_does_not_hold_the_training(self):
        self.hook("on-alert", "#!/bin/sh\nexec sleep 1000\n")
        begin = time.monotonic()
        self.clew("run", "--alert", "loss > 0", "--", "sh", "-c", f"{CLEW} put loss=1")
        self.assertLess(time.monotonic() - begin, 50)  # not the hook's minute
        (self.store() / "hooks" / "on-alert").unlink()
        self.clew("run", "--alert", "loss > 0", "--", "sh", "-c", f"{CLEW} put loss=1")
        self.assertIn("no hook", self.firings()[0]["result"])


class Hooks(Steer):
    def test_pre_run_may_refuse(self):
        self.hook("pre-run", "#!/bin/sh\ngrep -q forbidden && exit 3\nexit 0\n")
        result = self.clew("run", "--", "echo", "forbidden", check=False)
        self.assertEqual(result.returncode, 125)
        self.assertIn("exit status 3", result.err)
        self.assertEqual(self.runs(), [])
        self.assertEqual(self.clew("run", "--", "echo", "fine").out, "fine\n")

    def test_post_run_comes_when_the_run_is_sealed(self):
        self.hook("post-run", f"#!/bin/sh\n{CLEW} show $CLEW_RUN --json >post.json\necho $CLEW_STATE >post\n")
        self.clew("run", "--", "true")
        self.wait_until(lambda: (self.work / "post").exists() and (self.work / "post").read_text(), "the hook")
        self.assertEqual((self.work / "post").read_text(), "finished\n")
        self.assertEqual(json.loads((self.work / "post.json").read_text())["state"], "finished")

    def test_the_list_of_hooks(self):
        self.hook("post-run", "#!/bin/sh\n")
        self.assertTrue((self.store() / "hooks" / "on-alert.sample").exists())
        active = {hook["name"]: hook["active"] for hook in self.json("hook")}
        self.assertEqual(active, {"on-alert": False, "post-run": True, "pre-run": False})
        self.assertIn("post-run", self.clew("hook").out)


class FromOutside(Steer):
    def test_stop_from_another_process(self):
        process = self.start("run", "-n", "long", "--", PYTHON, self.training())
        self.wait_for_run()
        self.wait_until(lambda: (self.work / "pid").exists(), "the handler of the training")
        result = self.clew("stop", "long")
        self.assertIn("failed (exit 7)", result.err)
        self.assertEqual(process.wait(), 7)
        self.assertIn("stopped by", process.stderr.read().decode())
        [firing] = self.firings()
        self.assertTrue(firing["rule"].startswith("clew stop by "), firing)
        self.assertIn("@", firing["values"]["by"])
        result = self.clew("stop", "long", check=False)
        self.assertEqual(result.returncode, 2)
        self.assertIn("does not go on", result.err)

    def test_stop_at_once(self):
        process = self.start("run", "--", PYTHON, self.training())
        self.wait_for_run()
        self.clew("stop", "@", "--now")
        self.assertEqual(process.wait(), -signal.SIGKILL)
        self.assertFalse((self.work / "saved").exists())

    def test_stop_with_a_checkpoint(self):
        self.training("""
            import clew, pathlib, signal, time
            signal.signal(signal.SIGUSR1, lambda *_: pathlib.Path("saved").touch())
            while True:
                clew.log(loss=1)
                time.sleep(0.02)
        """)
        process = self.start("-c", "rules.checkpoint-wait=1", "run", "--", PYTHON, "train.py")
        self.wait_for_run()
        self.clew("stop", "@", "--checkpoint")
        self.assertEqual(process.wait(), -signal.SIGTERM)
        self.assertTrue((self.work / "saved").exists())

    def test_set_reaches_the_training_and_is_recorded(self):
        self.training("""
            import clew, pathlib, time
            while True:
                lr = clew.get("lr", 0.0)
                clew.log(lr_now=lr)
                if lr == 0.05: break
                time.sleep(0.02)
            print("now", lr)
        """)
        process = self.start("run", "--", PYTHON, "train.py", "--lr", "0.1")
        self.wait_for_run()
        wrong = self.clew("set", "@", "lrr=0.05", check=False)
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("'lr'", wrong.err)
        self.clew("set", "@", "lr=0.05")
        self.assertEqual(process.wait(), 0)
        self.assertIn(b"now 0.05", process.stdout.read())
        [change] = self.newest()["param_changes"]
        self.assertEqual((change["name"], change["old"], change["value"]), ("lr", 0.1, 0.05))
        self.assertTrue(change["cause"].startswith("set by "), change)
        self.assertIn("@", change["cause"])
        self.assertEqual(self.newest()["params"]["lr"], 0.1)

    def test_a_new_parameter_only_when_asked_for(self):
        process = self.start("run", "--", PYTHON, self.training())
        self.wait_for_run()
        self.assertEqual(self.clew("set", "@", "patience=3", check=False).returncode, 2)
        self.clew("set", "@", "--new", "patience=3")
        self.clew("stop", "@", "--now")
        process.wait()
        self.assertEqual(self.newest()["params"]["patience"], 3)


if __name__ == "__main__":
    unittest.main()
