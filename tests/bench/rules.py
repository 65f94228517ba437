"""What rules cost a training: the same training with five rules and without.

usage: rules.py CLEW_PROGRAM
"""

import pathlib
import statistics
import time

from _measure import PYTHON, program, report, run, scratch

ROUNDS = 7
# Multiplies matrices and logs two metrics a step, as fast as it can.
TRAINING = """
import time
import clew
import numpy as np
random = np.random.default_rng(1)
weights = random.random((64, 64))
begin = time.perf_counter()
for step in range(20_000):
    weights = np.tanh(weights @ weights / 64)
    loss = float(weights[0, 0])
    clew.log({"loss": loss, "val_loss": loss * 1.1}, step=step)
clew.flush()
print(time.perf_counter() - begin)
"""
RULES = ("--stop-when", "isnan(loss)", "--stop-when", "val_loss > 1000 * val_loss.min and step > 10",
         "--alert", "loss > 1e6", "--note-when", "loss.mean < -1", "--note-when", "run.duration > 100000")


def main():
    clew = program()
    with scratch() as place:
        training = pathlib.Path(place, "train.py")
        training.write_text(TRAINING)
        run(clew, "init", cwd=place)
        times = ([], [])
        for number in range(ROUNDS + 1):
            for column, rules in zip(times, (RULES, ())):
                answer = run(clew, "run", "-q", *rules, "--", PYTHON, training, cwd=place)
                if number > 0:  # the first round warms up
                    column.append(float(answer.stdout))
                while any(pathlib.Path(place, ".clew", "live").iterdir()):
                    time.sleep(0.05)  # sealing is not what is measured
        ours, theirs = map(statistics.median, times)
        # Two runs that are the same differ by as much.
        report("a training with five rules, 40,000 points", ours, theirs, 1.05, against="without rules")


if __name__ == "__main__":
    main()
