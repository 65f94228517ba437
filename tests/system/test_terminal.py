"""clew run on a terminal: the command has one of its own, and keys go through."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import termios
import time
import unittest

from harness import CLEW, PYTHON, Case

WINSIZE = struct.pack("HHHH", 33, 111, 0, 0)


class Terminal(Case):
    def setUp(self):
        super().setUp()
        self.make_repository()

    def spawn(self, *argv):
        """A session leader on a new terminal, as a shell would be."""
        pid, master = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, WINSIZE)
            os.chdir(self.work)
            os.execvpe(argv[0], [str(a) for a in argv], self.environment)
        self.addCleanup(self.reap, pid, master)
        self.seen = b""
        return pid, master

    def reap(self, pid, master):
        os.close(master)
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass

    def read_until(self, master, text, patience=60):
        deadline = time.monotonic() + patience
        while text not in self.seen:
            if time.monotonic() > deadline:
                self.fail(f"waited in vain for {text!r} in {self.seen!r}")
            if select.select([master], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(master, 65536)
                except OSError:
                    break
        self.assertIn(text, self.seen)

    def end(self, pid, master):
        """What the rest of the terminal's output is, and the status."""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            self.seen += piece
        return os.waitpid(pid, 0)[1]

    def test_the_command_has_a_terminal_of_the_same_size(self):
        script = "import os, sys; print(*(os.isatty(i) for i in range(3)), os.get_terminal_size())"
        pid, master = self.spawn(CLEW, "run", "--", PYTHON, "-c", script)
        self.assertEqual(self.end(pid, master), 0)
        self.assertIn(b"True True True os.terminal_size(columns=111, lines=33)", self.seen)
        self.assertIn("True True True", self.clew("show", "@", "--output").out)

    def test_keys_reach_the_command_and_the_terminal_is_restored(self):
        pid, master = self.spawn(
            "sh", "-c", f"stty -a >before; {CLEW} run -q -- sh -c 'echo ready; read x; echo got $x'; stty -a >after")
        self.read_until(master, b"ready")
        os.write(master, b"some words\n")
        self.assertEqual(self.end(pid, master), 0)
        self.assertIn(b"got some words", self.seen)
        self.assertEqual((self.work / "before").read_text(), (self.work / "after").read_text())

    def test_control_c_interrupts_once(self):
        script = ("import signal, time\nn = 0\n"
                  "def hit(*_):\n global n; n += 1\n"
                  "signal.signal(signal.SIGINT, hit)\nprint('ready', flush=True)\n"
                  "t = time.time()\n"
                  "while n == 0 and time.time() - t < 30: time.sleep(0.02)\n"
                  "time.sleep(0.5); print('hits', n)\n")
        self.write("hit.py", script)
        pid, master = self.spawn(CLEW, "run", "-q", "--", PYTHON, "hit.py")
        self.read_until(master, b"ready")
        os.write(master, b"\x03")
        self.end(pid, master)
        self.assertIn(b"hits 1", self.seen)

    def test_control_c_stops_a_shell_loop(self):
        # Without exec, dash loses a key that comes while it starts the child.
        pid, master = self.spawn(
            "bash", "-c", f"for i in 1 2 3; do {CLEW} run -q -- sh -c 'echo ready; exec sleep 30'; done; echo not-reached")
        self.read_until(master, b"ready")
        os.write(master, b"\x03")
        self.end(pid, master)
        self.assertNotIn(b"not-reached", self.seen)

    def interrupt_early(self, redirected):
        """A key at each moment from before clew's start until after that of the command."""
        run = f"{CLEW} run -q -- sleep 30 {redirected}"
        delay, states = 0, set()
        while delay < 60 or not states:  # a slow machine may need longer to get to a run at all
            pid, master = self.spawn("bash", "-c", f"echo go; {run}; echo not-reached")
            self.read_until(master, b"go")
            time.sleep(delay / 1000)
            os.write(master, b"\x03")
            self.end(pid, master)
            self.assertNotIn(b"not-reached", self.seen, f"after {delay} ms")
            self.assertNotIn(b"recorder died", self.seen, f"after {delay} ms")
            delay += 3
            if delay >= 60:
                self.wait_sealed()
                log = self.clew("log", "--json", check=False)
                states = {(run["state"], run["signal"]) for run in json.loads(log.out or "[]")}
        # The shell's own end hangs up a command that it has not begun to wait for.
        self.assertLessEqual(states, {("killed", "SIGINT"), ("killed", "SIGHUP")})

    def test_control_c_during_the_start_costs_no_record(self):
        self.interrupt_early("")

    def test_control_c_during_the_start_without_a_pty(self):
        self.interrupt_early("</dev/null >>log 2>&1")
        self.assertNotIn("recorder died", (self.work / "log").read_text())

    def test_without_a_pty_control_c_is_not_sent_twice(self):
        script = ("import signal, sys, time\nn = 0\n"
                  "def hit(*_):\n global n; n += 1\n"
                  "signal.signal(signal.SIGINT, hit)\nopen('ready', 'w')\n"
                  "t = time.time()\n"
                  "while n == 0 and time.time() - t < 30: time.sleep(0.02)\n"
                  "time.sleep(0.5); open('hits', 'w').write(str(n))\n")
        self.write("hit.py", script)
        pid, master = self.spawn("sh", "-c", f"{CLEW} run -q -- {PYTHON} hit.py </dev/null >log 2>&1")
        self.wait_until(lambda: (self.work / "ready").exists(), "the command")
        os.write(master, b"\x03")
        self.end(pid, master)
        self.assertEqual((self.work / "hits").read_text(), "1")

    def test_resizing_reaches_the_command(self):
        script = ("import os, signal, sys, time\n"
                  "def tell(*_): os.write(1, b'size %d\\n' % os.get_terminal_size().columns)\n"
                  "signal.signal(signal.SIGWINCH, tell)\n"
                  "print('ready', flush=True)\nt = time.time()\n"
                  "while time.time() - t < 30 and not os.path.exists('go'): time.sleep(0.02)\n")
        self.write("size.py", script)
        pid, master = self.spawn(CLEW, "run", "-q", "--", PYTHON, "size.py")
        self.read_until(master, b"ready")
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 55, 0, 0))
        self.read_until(master, b"size 55")
        (self.work / "go").touch()
        self.end(pid, master)

    def test_a_pipeline_keeps_its_terminal_settings(self):
        pid, master = self.spawn(
            "sh", "-c", f"{CLEW} run -q -- sh -c 'echo one; echo two >&2; sleep 0.2' | cat; echo three; stty -a >after")
        self.end(pid, master)
        lines = self.seen.replace(b"\r\n", b"\n").split(b"\n")
        self.assertIn(b"one", lines)
        self.assertIn(b"three", lines)
        self.assertIn("icanon", (self.work / "after").read_text().split())


if __name__ == "__main__":
    unittest.main()
