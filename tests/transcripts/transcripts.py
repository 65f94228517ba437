"""Plays whole sessions and compares what they print, to the byte.

usage: transcripts.py PROGRAM [--update] [FILE...]

A transcript is a text. A line that begins with two spaces and "$ " is a command for sh, and one with
"> " continues it; the other lines with two spaces are what it prints, errors included; "[N]" ends
that of a command that exits with N. All else is for the reader. --update writes what was printed
into the files, to be read over before it is committed.

Each file has a directory of its own, printed as $WORK, a repository with one commit, a git and a
clew whose clock, ids and settings are the same each time (see tests/cmd/sealed_main.cpp).
"""

import difflib
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "system"))
from harness import sealed_environment  # noqa: E402

PATIENCE = 300  # seconds
# Between the commands of a session that one shell runs.
MARK = "\x01end of command\x01"


class Place:
    """Where one transcript is played."""

    def __init__(self, program, scratch):
        self.home = scratch / "home"
        self.work = scratch / "work"
        binaries = scratch / "bin"
        for directory in (self.home, self.work, binaries):
            directory.mkdir()
        (binaries / "clew").symlink_to(program)
        self.environment = sealed_environment(self.home)
        self.environment |= {
            "PATH": f"{binaries}:/usr/bin:/bin",
            "CLEW_SEALED_CLOCK_FILE": str(scratch / "clock"),
            "CLEW_SEALED_SEED": "transcript",
            "USER": "tester",
            "LOGNAME": "tester",
        }

    def neutral(self, text):
        """Without what differs from place to place."""
        text = text.replace(str(self.work), "$WORK").replace(str(self.home), "$HOME")
        text = re.sub(rf"\b{re.escape(socket.gethostname())}\b", "$HOST", text)
        return re.sub(r"\b\d+(\.\d+)? (GiB|MiB)\b", "$SIZE", text) if "memory" in text else text


def wait_sealed(work):
    """Waits for the recorders, which seal a run after its front has returned."""
    return (f"for i in $(seq 600); do ls {work}/.git/clew/live/*/head {work}/.clew/live/*/head "
            ">/dev/null 2>&1 || break; sleep 0.05; done")


def play(place, commands):
    """What each command printed and its status; one shell runs them all."""
    script = "exec 2>&1\n"
    for command in commands:
        script += f"{{ {command}\n}} </dev/null\n__status=$?; {wait_sealed(place.work)}\n"
        script += f"printf '{MARK}%d\\n' $__status\n"
    result = subprocess.run(["sh"], input=script.encode(), cwd=place.work, env=place.environment,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PATIENCE)
    pieces = result.stdout.decode().split(MARK)
    if len(pieces) != len(commands) + 1:
        sys.exit(f"the session broke off after {len(pieces) - 1} of {len(commands)} commands:\n{pieces[-1]}")
    outcomes = []
    for before, after in zip(pieces, pieces[1:]):
        # What follows the number is the beginning of the next command's output.
        text = before if not outcomes else before.partition("\n")[2]
        outcomes.append((place.neutral(text), int(after.partition("\n")[0])))
    return outcomes


def read_commands(lines):
    """(first line, line after the last, command) of each."""
    commands = []
    at = 0
    while at < len(lines):
        if lines[at].startswith("  $ "):
            start, words = at, [lines[at][4:]]
            at += 1
            while at < len(lines) and lines[at].startswith("  > "):
                words.append(lines[at][4:])
                at += 1
            commands.append((start, at, "\n".join(words)))
        else:
            at += 1
    return commands


def render(lines, commands, outcomes):
    """The transcript with what was printed now."""
    made = []
    at = 0
    for (start, end, _), (text, status) in zip(commands, outcomes):
        made += [line for line in lines[at:start] if not line.startswith("  ")]
        made += lines[start:end]
        made += [f"  {line}" for line in text.splitlines()]
        if status:
            made.append(f"  [{status}]")
        at = end
    made += [line for line in lines[at:] if not line.startswith("  ")]
    return made


def main():
    program, *words = sys.argv[1:]
    update = "--update" in words
    files = [pathlib.Path(w) for w in words if w != "--update"] or sorted(HERE.glob("*.txt"))
    differ = 0
    for file in files:
        lines = file.read_text().splitlines()
        commands = read_commands(lines)
        with tempfile.TemporaryDirectory(prefix="clew-transcript-") as scratch:
            place = Place(pathlib.Path(program).resolve(), pathlib.Path(scratch).resolve())
            outcomes = play(place, [command for _, _, command in commands])
        made = render(lines, commands, outcomes)
        if made == lines:
            continue
        if update:
            file.write_text("\n".join(made) + "\n")
            print(f"{file.name}: updated")
        else:
            differ += 1
            print("\n".join(difflib.unified_diff(lines, made, file.name, "printed now", lineterm="")))
    print(f"{len(files)} transcripts, {differ} differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
