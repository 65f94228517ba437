"""Installs the build into a scratch directory and uses what is there.

usage: check_install.py BUILD_DIR
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

BUILD = pathlib.Path(sys.argv.pop(1))
SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tests" / "system"))
from harness import PYTHON, Case  # noqa: E402

TRAINING = """
import clew, clew as module
clew.param("lr", 0.5)
clew.log({"loss": 0.25}, step=1)
print("client", module.__file__)
"""


class Installed(Case):
    @classmethod
    def setUpClass(cls):
        cls.scratch = pathlib.Path(tempfile.mkdtemp(prefix="clew-install-")).resolve()
        cls.addClassCleanup(shutil.rmtree, cls.scratch, ignore_errors=True)
        cls.prefix = cls.scratch / "usr"
        subprocess.run(["cmake", "--install", BUILD, "--prefix", cls.prefix], check=True,
                       stdout=subprocess.DEVNULL)
        # Moved away from where it was installed: nothing may know the place.
        cls.prefix = cls.prefix.rename(cls.scratch / "moved")
        cls.program = cls.prefix / "bin" / "clew"

    def setUp(self):
        super().setUp()
        self.environment["PATH"] = f"{self.prefix}/bin:/usr/bin:/bin"

    def test_a_script_finds_the_client(self):
        self.make_repository()
        self.write("train.py", TRAINING)
        out = self.run_command(self.program, "run", "-q", "--", PYTHON, "train.py").out
        self.assertEqual(out, f"client {self.prefix}/share/clew/python/clew/__init__.py\n")
        run = json.loads(self.run_command("clew", "show", "@", "--json").out)
        self.assertEqual(run["params"]["lr"], 0.5)
        self.assertEqual(run["metrics"]["loss"]["last"], 0.25)

    def test_man_finds_a_page_for_each_command(self):
        pages = {page.name for page in (SOURCE / "man").iterdir()}
        found = {page.name for page in (self.prefix / "share" / "man").glob("man?/*")}
        self.assertEqual(found, pages)
        self.environment["MANPATH"] = str(self.prefix / "share" / "man")
        for page in sorted(pages):
            name, section = page.rsplit(".", 1)
            shown = self.run_command("man", "--warnings", section, name, env={"MANWIDTH": "80"})
            self.assertEqual(shown.err, "", page)
            self.assertIn("NAME", shown.out, page)

    def complete_in_bash(self, words):
        script = (f"source {self.prefix}/share/bash-completion/completions/clew; COMP_WORDS=(clew {words}); "
                  "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); compopt() { :; }; _clew clew; echo ${COMPREPLY[@]}")
        return self.run_command("bash", "--norc", "-c", script).out.split()

    def test_bash_completes(self):
        self.assertEqual(self.complete_in_bash("lo"), ["log"])
        self.assertEqual(self.complete_in_bash("run --no-s"), ["--no-snapshot"])

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_completes(self):
        """In a real zsh with a terminal, which tmux gives it."""
        (self.home / ".zshrc").write_text(
            f"fpath=({self.prefix}/share/zsh/site-functions $fpath)\n"
            "autoload -Uz compinit && compinit -u -D\nPS1='prompt> '\n"
            "zstyle ':completion:*' menu no\nsetopt no_beep\n")
        tmux = ["tmux", "-S", str(self.place / "tmux")]
        environment = {"ZDOTDIR": str(self.home)}
        self.run_command(*tmux, "-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "40",
                         "zsh", "-i", env=environment)
        self.addCleanup(self.run_command, *tmux, "kill-server", check=False)

        def screen():
            return self.run_command(*tmux, "capture-pane", "-p").out

        self.wait_until(lambda: "prompt>" in screen(), "the prompt of zsh")
        for typed, completed in [("clew lo", "clew log "), ("clew run --no-s", "clew run --no-snapshot ")]:
            self.run_command(*tmux, "send-keys", "-l", typed)
            self.run_command(*tmux, "send-keys", "Tab")
            self.wait_until(lambda: f"prompt> {completed}".rstrip() in screen(), f"'{completed}' in\n{screen()}")
            self.run_command(*tmux, "send-keys", "C-c")
        self.run_command(*tmux, "send-keys", "-l", "clew ")
        self.run_command(*tmux, "send-keys", "Tab")
        self.wait_until(lambda: "log" in screen() and "-- " in screen(), "the list of commands")

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_completes(self):
        script = (f"source {self.prefix}/share/fish/vendor_completions.d/clew.fish\n"
                  'complete --do-complete "$argv"')
        for typed, expected in [("clew lo", "log"), ("clew run --no-s", "--no-snapshot")]:
            out = self.run_command("fish", "--no-config", "-c", script, "--", typed).out
            self.assertEqual([line.split("\t")[0] for line in out.splitlines()], [expected])


if __name__ == "__main__":
    unittest.main()
