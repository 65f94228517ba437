"""Job control in an interactive shell on a real terminal: tmux plays the person."""

import shutil
import subprocess
import time
import unittest

from harness import CLEW, PATIENCE, PYTHON, Case, kill9

TRAINING = """
import os, signal, time

def size(*_):
    columns, lines = os.get_terminal_size()
    print(f"size {columns} x {lines}", flush=True)

def continued(*_):
    print("continued", flush=True)

signal.signal(signal.SIGWINCH, size)
signal.signal(signal.SIGCONT, continued)
size()
print("ready", flush=True)
while True:
    time.sleep(0.05)
"""


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
class Keys(Case):
    def setUp(self):
        super().setUp()
        self.make_repository()
        self.write("train.py", TRAINING)
        # A server of its own, in the test's own directory.
        self.tmux_socket = self.place / "tmux"
        self.addCleanup(self.tmux, "kill-server", check=False)
        shell = ["env", "PS1=prompt> ", "HISTFILE=", "bash", "--norc", "--noprofile", "-i"]
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "90", "-y", "40", "-c", self.work, *shell)

    def tmux(self, *words, check=True):
        command = ["tmux", "-S", str(self.tmux_socket), *map(str, words)]
        environment = {k: v for k, v in self.environment.items() if k != "COLUMNS"}
        return subprocess.run(command, env=environment, check=check, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, timeout=PATIENCE).stdout.decode()

    def screen(self):
        """What stands on the screen and above it, without the blanks around."""
        return self.tmux("capture-pane", "-p", "-J", "-S", "-").strip()

    def wait_for(self, text, times=1):
        deadline = time.monotonic() + PATIENCE
        while (screen := self.screen()).count(text) < times:
            if time.monotonic() > deadline:
                self.fail(f"waited in vain for {text!r} on the screen:\n{screen}")
            time.sleep(0.05)
        return screen

    def type(self, line):
        """Types when the shell is ready: what is typed while a command runs is the command's."""
        self.wait_until(lambda: self.screen().endswith("prompt>"), "the prompt of the shell")
        self.tmux("send-keys", "-l", line)
        self.tmux("send-keys", "Enter")

    def press(self, key):
        self.tmux("send-keys", key)

    def state(self):
        return self.newest()["state"]

    def test_stop_continue_resize_and_interrupt(self):
        self.type(f"{CLEW} run -q -- {PYTHON} train.py")
        self.wait_for("ready")
        self.assertIn("size 90 x 40", self.screen())

        self.press("C-z")
        self.wait_for("Stopped")
        self.type("stty -a | grep -c ' icanon'; jobs")
        self.wait_for("Stopped", times=2)
        self.assertRegex(self.screen(), r"(?m)^1$", "the shell has its terminal back")
        self.assertEqual(self.state(), "running")

        self.type("fg")
        self.wait_for("continued")
        self.tmux("resize-window", "-x", "100", "-y", "30")
        self.wait_for("size 100 x 30")

        self.press("C-c")
        self.wait_for("KeyboardInterrupt")
        self.type("echo status $?")
        self.wait_for("status 130")
        self.wait_sealed()
        newest = self.newest()
        self.assertEqual((newest["state"], newest["signal"]), ("killed", "SIGINT"))

    def test_an_interrupt_ends_a_loop_of_the_shell(self):
        self.type(f"for i in 1 2 3; do {CLEW} run -q -- {PYTHON} train.py; done; echo after")
        self.wait_for("ready")
        self.press("C-c")
        self.wait_for("KeyboardInterrupt")
        self.type("echo status $?")
        self.wait_for("status 130")
        self.assertEqual(self.screen().count("ready"), 1)

    def test_a_stopped_run_goes_on_in_the_background(self):
        self.write("wait.sh", "echo ready\nwhile ! [ -e go ]; do sleep 0.05; done\necho went on\n")
        self.type(f"{CLEW} run -q -- sh wait.sh")
        self.wait_for("ready")
        self.press("C-z")
        self.wait_for("Stopped")
        self.type("bg")
        self.type("wait %1; echo waited $?")
        self.write("go", "")
        self.wait_for("waited 0")
        self.wait_for("went on")

    def test_the_shell_goes_on_when_the_training_is_killed(self):
        self.type(f"{CLEW} run -- {PYTHON} train.py")
        self.wait_for("ready")
        shell = int(self.tmux("display-message", "-p", "#{pane_pid}"))
        front, _ = self.processes(shell)
        kill9(self.processes(front)[1])
        self.wait_for("killed")
        self.type("echo status $?")
        self.wait_for("status 137")
        self.type("stty -a | grep -c ' icanon'")
        self.wait_for("\n1")
        self.wait_sealed()
        self.assertEqual(self.state(), "killed")


if __name__ == "__main__":
    unittest.main()
