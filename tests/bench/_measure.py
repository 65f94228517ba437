"""What the benchmarks share: measuring by turns, and one form of printing."""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
# Kept between calls: what takes long to make.
CACHE = SOURCE / ".cache" / "bench"
PYTHON = "/usr/bin/python3"

ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("CLEW_", "GIT_"))} | {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "bench",
    "GIT_AUTHOR_EMAIL": "bench@localhost",
    "GIT_COMMITTER_NAME": "bench",
    "GIT_COMMITTER_EMAIL": "bench@localhost",
}


def program():
    """The clew that is measured: the first argument of the script."""
    return str(pathlib.Path(sys.argv[1]).resolve())


def scratch():
    return tempfile.TemporaryDirectory(prefix="clew-bench-", ignore_cleanup_errors=True)


def run(*argv, cwd=None, **options):
    return subprocess.run([str(word) for word in argv], cwd=cwd, env=ENVIRONMENT, check=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def by_turns(ours, theirs, rounds=15, settle=lambda: None):
    """Medians of both, measured alternately so that the machine's mood meets both. `settle` waits,
    unmeasured, for what ours leaves going on."""
    times = ([], [])
    for number in range(rounds + 1):
        for action, column in zip((ours, theirs), times):
            taken = seconds(action)
            settle()
            if number > 0:  # the first round warms up
                column.append(taken)
    return tuple(statistics.median(column) for column in times)


def report(name, ours, theirs, goal, unit="ms", scale=1000.0, more_is_better=False, against=""):
    """One line: what was measured, both figures, their ratio, and the goal for the ratio."""
    ratio = ours / theirs if theirs else float("inf")
    met = ratio >= goal if more_is_better else ratio <= goal
    sign = "≥" if more_is_better else "≤"
    figures = [f"{value * scale:,.3g}" if value * scale < 1000 else f"{value * scale:,.0f}" for value in (ours, theirs)]
    print(f"{name}: ours {figures[0]} {unit}  theirs {figures[1]} {unit}{' (' + against + ')' if against else ''}"
          f"  ratio {ratio:.3g}  goal {sign} {goal:g}{'' if met else '  MISSED'}", flush=True)


def skip(name, why):
    print(f"{name}: left out, {why}", flush=True)


def commit_all(repository):
    run("git", "init", "-q", "-b", "main", ".", cwd=repository)
    run("git", "add", "-A", cwd=repository)
    run("git", "commit", "-qm", "files", cwd=repository)
