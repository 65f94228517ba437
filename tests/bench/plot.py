"""A plot of a series of 10 million points, beside reading all of its points.

usage: plot.py CLEW_PROGRAM
"""

import pathlib
import time

from _measure import PYTHON, by_turns, program, report, run, scratch

POINTS = 10_000_000
# A noisy loss with as many digits as trainings print.
WRITER = """
import sys
import numpy as np
random = np.random.default_rng(1)
for begin in range(0, %d, 100_000):
    steps = np.arange(begin, begin + 100_000)
    loss = 2.3 * np.exp(-steps / 3e6) + 0.1 * random.random(len(steps))
    sys.stdout.write("".join(f"loss={l:.6f} step={s}\\n" for l, s in zip(loss, steps)))
""" % POINTS


def main():
    clew = program()
    with scratch() as place:
        writer = pathlib.Path(place, "writer.py")
        writer.write_text(WRITER)
        run(clew, "init", cwd=place)
        run(clew, "run", "-q", "--", "sh", "-c", f"{PYTHON} {writer} | {clew} put -", cwd=place)
        while any(pathlib.Path(place, ".clew", "live").iterdir()):
            time.sleep(0.2)
        ours, theirs = by_turns(lambda: run(clew, "plot", "loss", "@", cwd=place),
                                lambda: run(clew, "show", "@", "--metric", "loss", "--csv", cwd=place), rounds=5)
        report("plot of 10 million points", ours, 0.5, 1, against="half a second")
        report("plot of 10 million points", ours, theirs, 0.2, against="all points as CSV")


if __name__ == "__main__":
    main()
