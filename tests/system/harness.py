"""What the tests of the whole program share: a sealed place, runs of clew in it, waiting."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

CLEW = os.environ.get("CLEW_PROGRAM", "clew")
SOURCE = pathlib.Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"
PATIENCE = 180  # seconds; a sanitizer on a busy machine is slow


def sealed_environment(home):
    """Nothing of the caller's settings gets in."""
    keep = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")
    environment = {name: os.environ[name] for name in keep if name in os.environ}
    environment |= {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "TERM": "xterm-256color",
        "COLUMNS": "100",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_SYSTEM": "/dev/null",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    for who in ("AUTHOR", "COMMITTER"):
        environment[f"GIT_{who}_NAME"] = "tester"
        environment[f"GIT_{who}_EMAIL"] = "tester@localhost"
        environment[f"GIT_{who}_DATE"] = "2026-01-02T03:04:05Z"
    return environment


class Case(unittest.TestCase):
    """A test in a directory of its own, kept when it fails and CLEW_KEEP is set."""

    maxDiff = None

    def setUp(self):
        self.place = pathlib.Path(tempfile.mkdtemp(prefix="clew-system-")).resolve()
        self.home = self.place / "home"
        self.work = self.place / "work"
        self.home.mkdir()
        self.work.mkdir()
        self.environment = sealed_environment(self.home)
        if not os.environ.get("CLEW_KEEP"):
            self.addCleanup(shutil.rmtree, self.place, ignore_errors=True)
        self.addCleanup(self.end_all)

    def end_all(self):
        """Kills what the test has left: what lives in its home, however it was started."""
        mark = f"HOME={self.home}\0".encode()
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "environ").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)
            except OSError:
                pass  # it has ended, or is not ours

    def run_command(self, *argv, check=True, cwd=None, env=None, stdin=subprocess.DEVNULL):
        result = subprocess.run(
            [str(word) for word in argv],
            cwd=cwd or self.work,
            env=self.environment | (env or {}),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=PATIENCE * 3,
        )
        result.out = result.stdout.decode(errors="replace")
        result.err = result.stderr.decode(errors="replace")
        if check and result.returncode != 0:
            self.fail(f"{argv} exited with {result.returncode}:\n{result.out}\n{result.err}")
        return result

    def clew(self, *argv, **options):
        return self.run_command(CLEW, *argv, **options)

    def start(self, *argv, cwd=None, env=None, **options):
        """clew in the background, until the end of the test."""
        process = subprocess.Popen(
            [CLEW, *map(str, argv)],
            cwd=cwd or self.work,
            env=self.environment | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", subprocess.PIPE),
            stderr=options.pop("stderr", subprocess.PIPE),
            **options,
        )
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()

    def git(self, *argv, **options):
        return self.run_command("git", *argv, **options).out

    def make_repository(self, files=None):
        """A committed repository with one modified and one untracked file."""
        self.git("init", "-q", "-b", "main")
        for name, text in (files or {"train.sh": "echo hello\n", "data/a.txt": "a\n"}).items():
            self.write(name, text)
        self.git("add", "-A")
        self.git("commit", "-qm", "first")
        with open(self.work / "train.sh", "a") as file:
            file.write("# changed\n")
        self.write("untracked.txt", "new\n")

    def write(self, name, text):
        path = self.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def json(self, *argv, **options):
        return json.loads(self.clew(*argv, "--json", **options).out)

    def runs(self):
        return self.json("log")

    def newest(self):
        return self.json("show", "@")

    def store(self):
        if (self.work / ".git").is_dir():
            return self.work / ".git" / "clew"
        return self.work / ".clew"

    def live(self):
        directory = self.store() / "live"
        return [p for p in directory.iterdir() if not p.name.startswith(".")] if directory.is_dir() else []

    def wait_until(self, condition, what):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.02)
        self.fail(f"waited in vain: {what}")

    def wait_sealed(self):
        self.wait_until(lambda: not self.live(), "the run to be sealed")

    def processes(self, front):
        """(recorder, command): found through /proc below the front."""

        def children(pid):
            try:
                return [
                    int(child)
                    for task in pathlib.Path(f"/proc/{pid}/task").iterdir()
                    for child in (task / "children").read_text().split()
                ]
            except OSError:
                return []

        def find():
            for recorder in children(front):
                below = children(recorder)
                if below:
                    return recorder, below[0]
            return None

        return self.wait_until(find, "recorder and command")


def gone(pid):
    """No such process, or only its remains."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def kill9(pid):
    os.kill(pid, signal.SIGKILL)
