"""Checks the documents that are made from the table of commands.

usage: check_generated.py SOURCE_DIR, with the program in CLEW_PROGRAM

The man pages and completions in the source tree must be those that the program makes, groff must
find no fault in any man page, and bash must complete with the script.
"""

import filecmp
import os
import pathlib
import subprocess
import sys
import tempfile

PROGRAM = os.environ["CLEW_PROGRAM"]
SOURCE = pathlib.Path(sys.argv[1])

# Completes a command line as bash does, and prints what it would offer.
COMPLETER = r"""
source "$1"; shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
compopt() { :; }
_clew "$1"
((${#COMPREPLY[@]})) && printf '%s\n' "${COMPREPLY[@]}"
exit 0
"""

failures = []


def check(condition, message):
    if not condition:
        failures.append(message)
        print("FAIL:", message)


def check_same(kind, pattern, made):
    """The checked-in files are those just made, none too many and none missing."""
    here = SOURCE / kind
    subprocess.run([PROGRAM, "generate", kind, made], check=True)
    names = {path.name for path in pathlib.Path(made).iterdir()}
    checked_in = {path.name for path in here.glob(pattern)}
    check(names == checked_in, f"{kind}/ has {sorted(checked_in)}, not {sorted(names)}")
    for name in sorted(names & checked_in):
        same = filecmp.cmp(here / name, pathlib.Path(made) / name, shallow=False)
        check(same, f"{kind}/{name} is out of date: run 'clew generate {kind} {kind}'")


def check_man_pages():
    for page in sorted((SOURCE / "man").iterdir()):
        result = subprocess.run(
            ["groff", "-man", "-ww", "-Tutf8", "-K", "utf8", "-t", "-z", page],
            capture_output=True, text=True, check=False)
        check(result.returncode == 0 and not result.stderr, f"{page.name}: {result.stderr}")


def completions(script, words, directory):
    result = subprocess.run(
        ["bash", "-c", COMPLETER, "bash", script, PROGRAM, *words],
        capture_output=True, text=True, check=True, cwd=directory)
    check(not result.stderr, f"completion of {words}: {result.stderr}")
    return result.stdout.splitlines()


def check_bash(directory):
    script = SOURCE / "completions" / "clew.bash"
    (pathlib.Path(directory) / "runs.jsonl").touch()
    (pathlib.Path(directory) / "sub").mkdir()
    cases = [
        (["lo"], ["log"]),
        (["st"], ["stop", "status"]),
        (["run", "--no-s"], ["--no-snapshot"]),
        (["log", "--color", "a"], ["auto", "always"]),
        # Bash hands "--color=a" over in three words, and replaces the last one.
        (["log", "--color", "=", "a"], ["auto", "always"]),
        (["import", "ru"], ["runs.jsonl"]),
        (["-C", "s"], ["sub"]),
        (["show", ""], []),
        (["nonsense", ""], []),
        (["run", "--", "cat", "ru"], ["runs.jsonl"]),
        (["run", "-n", "x", "--", "basenam"], ["basename"]),
    ]
    for words, expected in cases:
        offered = completions(script, words, directory)
        check(offered == expected, f"completion of {words} offers {offered}, not {expected}")


with tempfile.TemporaryDirectory() as scratch:
    check_same("man", "*.1", os.path.join(scratch, "man"))
    check_same("completions", "*", os.path.join(scratch, "completions"))
    check_man_pages()
    check_bash(scratch)
sys.exit(1 if failures else 0)
