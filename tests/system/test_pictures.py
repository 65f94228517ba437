"""clew plot and clew watch as people see them: in a terminal, in a browser."""

import fcntl
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import termios
import textwrap
import time
import unittest

from harness import CLEW, PATIENCE, PYTHON, Case

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


class Terminal:
    """A program in a pty of a given size."""

    def __init__(self, argv, cwd, environment, columns, rows):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(cwd)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execve(argv[0], argv, environment)
        self.text = ""

    def resize(self, columns, rows):
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read_until(self, condition):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if condition(self.text):
                return True
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    piece = os.read(self.fd, 1 << 16)
                except OSError:
                    piece = b""
                if not piece:
                    return condition(self.text)
                self.text += piece.decode(errors="replace")
        return False

    def end(self):
        status = os.waitpid(self.pid, 0)[1]
        os.close(self.fd)
        return status


def last_frame(text):
    """The last screen that was drawn, as lines without sequences."""
    frame = text.split("\x1b[H")[-1].split("\x1b[?2026l")[0]
    return [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in re.split(r"\r+\n", frame)]


class Stored(Case):
    def setUp(self):
        super().setUp()
        self.clew("init")


class Pictures(Stored):
    def record(self, lr, steps=50):
        self.write("train.py", textwrap.dedent(f"""
            import clew, math
            for step in range({steps}):
                clew.log({{"loss": math.exp(-step * {lr}), "acc": 1 - math.exp(-step * {lr})}}, step=step)
        """))
        self.clew("run", "-q", "-p", f"lr={lr}", "--", PYTHON, "train.py")

    def test_a_page_works_in_a_browser_without_a_network(self):
        if not CHROMIUM:
            self.skipTest("there is no chromium")
        self.record(0.1)
        self.record(0.3)
        kinds = {"lines": ["loss", "--smooth", "0.5"], "scatter": ["--scatter", "lr,loss.min"],
                 "parallel": ["--parallel", "lr,acc.max,loss.min"]}
        for name, words in kinds.items():
            self.clew("plot", *words, "--html", f"{name}.html")
            page = self.run_command(
                CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=2000",
                "--enable-logging=stderr", "--v=0", f"--user-data-dir={self.place}/{name}", "--dump-dom",
                f"file://{self.work}/{name}.html", env={"HOME": str(self.home)})
            # What the script has drawn: curves, or points.
            drawn = page.out.count('class="curve"') + page.out.count("<circle") + page.out.count('class="line"')
            self.assertGreaterEqual(drawn, 2, page.out[-2000:])
            self.assertNotIn("Uncaught", page.err)

    def test_svg_is_well_formed(self):
        self.record(0.1)
        import xml.etree.ElementTree as tree
        self.clew("plot", "loss", "acc", "--svg", "plot.svg", "--width", "640", "--height", "300")
        root = tree.parse(self.work / "plot.svg").getroot()
        self.assertEqual((root.get("width"), root.get("height")), ("640", "300"))
        names = [element.text for element in root.iter("{http://www.w3.org/2000/svg}title")]
        self.assertEqual(names, ["loss", "acc"])
        self.assertEqual(self.clew("plot", "loss", "--svg", "-").out.count("<svg"), 1)

    def test_a_plot_fills_its_terminal_and_no_more(self):
        self.record(0.1)
        self.record(0.3)
        environment = {k: v for k, v in self.environment.items() if k != "COLUMNS"}
        for columns, rows in ((80, 24), (200, 50), (40, 12)):
            terminal = Terminal([CLEW, "--no-pager", "plot", "loss"], self.work, environment, columns, rows)
            terminal.read_until(lambda _: False)
            self.assertEqual(terminal.end(), 0)
            lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in terminal.text.rstrip().split("\r\n")]
            self.assertEqual(len(lines), rows - 1)
            self.assertLessEqual(max(map(len, lines)), columns)
            self.assertIn("\x1b[36m", terminal.text)

    def test_plots_of_a_run_that_goes_on(self):
        self.write("train.py", "import clew, time\nfor i in range(10): clew.log(loss=i, step=i)\nclew.flush()\ntime.sleep(1000)\n")
        self.start("run", "--", PYTHON, "train.py")
        self.wait_until(lambda: self.runs() and self.runs()[0]["metrics"], "metrics")
        self.assertIn("loss", self.clew("plot", "loss").out)


class Watch(Stored):
    def training(self, steps=100000, pause=0.02):
        self.write("train.py", textwrap.dedent(f"""
            import clew, time
            for step in range({steps}):
                clew.log({{"loss": 1 / (step + 1)}}, step=step)
                time.sleep({pause})
        """))
        return self.start("run", "-n", "watched", "--", PYTHON, "train.py", "--max-steps", str(steps))

    def wait_for_metrics(self):
        self.wait_until(lambda: [r for r in self.runs() if r["metrics"]], "metrics")

    def test_in_a_terminal_it_redraws_survives_a_new_size_and_quits(self):
        self.training()
        self.wait_for_metrics()
        environment = {k: v for k, v in self.environment.items() if k != "COLUMNS"}
        terminal = Terminal([CLEW, "watch", "--interval", "0.2"], self.work, environment, 80, 24)
        self.assertTrue(terminal.read_until(lambda text: text.count("\x1b[H") > 3), terminal.text)
        frame = last_frame(terminal.text.rpartition("\x1b[?2026l")[0])
        self.assertIn("1 running", frame[0])
        self.assertTrue(any("watched" in line and "running" in line for line in frame), frame)
        self.assertTrue(any(line.strip().startswith("loss") for line in frame), frame)
        terminal.resize(40, 10)
        self.assertTrue(terminal.read_until(
            lambda text: len(last_frame(text)[0]) == 40 and "\x1b[?2026l" in text.split("\x1b[H")[-1]), terminal.text[-500:])
        frame = last_frame(terminal.text)
        self.assertLessEqual(len(frame), 11)
        self.assertLessEqual(max(map(len, frame)), 40)
        os.write(terminal.fd, b"q")
        terminal.read_until(lambda text: text.endswith("\x1b[?1049l"))
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.text.startswith("\x1b[?1049h\x1b[?25l"))
        self.assertIn("\x1b[?25h\x1b[?1049l", terminal.text)
        self.assertEqual(self.runs()[0]["state"], "running")

    def test_an_interrupt_leaves_the_terminal_as_it_was(self):
        self.training()
        self.wait_for_metrics()
        terminal = Terminal([CLEW, "watch"], self.work, self.environment, 80, 24)
        before = termios.tcgetattr(terminal.fd)
        self.assertTrue(terminal.read_until(lambda text: "running" in text))
        os.write(terminal.fd, b"\x03")
        self.assertTrue(terminal.read_until(lambda text: "\x1b[?1049l" in text))
        after = termios.tcgetattr(terminal.fd)
        self.assertEqual(terminal.end(), 0)
        self.assertEqual(before[3] | termios.ICANON | termios.ECHO, after[3])

    def test_in_a_pipe_it_prints_lines_and_ends_with_the_run(self):
        # Long enough to be seen running by a program that a sanitizer slows down.
        self.training(steps=300)
        self.wait_for_metrics()
        answer = self.clew("watch", "watched", "--exit", "--interval", "0.2")
        lines = answer.out.splitlines()
        self.assertRegex(lines[0], r"watched|running")
        self.assertIn("finished", lines[-1])
        self.assertIn("loss=", lines[-1])
        # One that has ended already ends it at once.
        self.assertIn("finished", self.clew("watch", "watched", "--exit").out)
        self.assertEqual(self.clew("watch", "--exit").out, "")


if __name__ == "__main__":
    unittest.main()
