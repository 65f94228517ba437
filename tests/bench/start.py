"""How long the commands that are used all the time take, beside git's.

usage: start.py CLEW_PROGRAM
"""

import pathlib
import time

from _measure import by_turns, commit_all, program, report, run, scratch

CLEW = program()


def wait_sealed(place):
    """The recorder goes on after the run has returned; it must not run into the next measurement."""
    while any((place / ".git" / "clew" / "live").iterdir()):
        time.sleep(0.01)


def measure_run(name, files, goal, rounds):
    with scratch() as directory:
        place = pathlib.Path(directory)
        for number in range(files):
            path = place / f"d{number % 100}" / f"f{number}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"file {number}\n")
        commit_all(place)
        (place / "d0" / "f0.txt").write_text("changed\n")

        def ours():
            run(CLEW, "run", "-q", "--", "true", cwd=place)

        def theirs():
            run("git", "status", cwd=place)

        run(CLEW, "init", cwd=place)
        times = by_turns(ours, theirs, rounds, settle=lambda: wait_sealed(place))
        report(name, *times, goal, against="git status")


report("clew --version", *by_turns(lambda: run(CLEW, "--version"), lambda: run("git", "--version"), 40), 3,
       against="git --version")
measure_run("clew run -- true, 20 files", 20, 10, 20)
measure_run("clew run -- true, 20,000 files", 20_000, 2, 8)
