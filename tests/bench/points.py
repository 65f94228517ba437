"""How fast points go into a run, and how much room they take, beside other trackers.

usage: points.py CLEW_PROGRAM [TRACKERS_PYTHON]

TRACKERS_PYTHON is an interpreter that has tensorboardX, mlflow-skinny, aim and wandb, or some of
them. Points are acknowledged where a tracker can do so: clew's socket answers for each batch.
"""

import json
import pathlib
import subprocess
import sys

from _measure import ENVIRONMENT, PYTHON, program, report, run, scratch, skip

CLEW = program()
OTHERS = sys.argv[2] if len(sys.argv) > 2 else PYTHON
POINTS = 2_000_000
BATCH = 1000

# Sends batches of lines that were made before, and waits for the answer to each. Prints the seconds.
SOCKET = """
import os, socket, sys, time
batches = []
for start in range(0, POINTS, BATCH):
    batches.append("".join(f"loss={1 / (step + 1):.6g} step={step}\\n" for step in range(start, start + BATCH)).encode())
began = time.perf_counter()
for batch in batches:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ["CLEW_SOCKET"])
        connection.sendall(batch)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(4096):
            answer += piece
        assert answer.strip() == b'{"ok":%d}' % BATCH, answer
print(time.perf_counter() - began)
"""

CLIENT = """
import time
import clew
began = time.perf_counter()
for step in range(POINTS):
    clew.log({"loss": 1 / (step + 1)}, step=step)
assert clew.flush()
print(time.perf_counter() - began)
"""

# name: (points, what it does with them). Each prints the seconds.
TRACKERS = {
    "tensorboardX": (100_000, """
from tensorboardX import SummaryWriter
import time
writer = SummaryWriter("logs")
began = time.perf_counter()
for step in range(POINTS):
    writer.add_scalar("loss", 1 / (step + 1), step)
writer.close()
print(time.perf_counter() - began)
"""),
    "mlflow": (20_000, """
import os, time
import mlflow
from mlflow.entities import Metric
mlflow.set_tracking_uri("file:" + os.path.abspath("mlruns"))
client = mlflow.MlflowClient()
run = client.create_run(client.create_experiment("bench")).info.run_id
began = time.perf_counter()
for start in range(0, POINTS, BATCH):
    client.log_batch(run, [Metric("loss", 1 / (step + 1), 0, step) for step in range(start, start + BATCH)])
print(time.perf_counter() - began)
"""),
    "aim": (20_000, """
import time
from aim import Run
run = Run(repo=".", system_tracking_interval=None, capture_terminal_logs=False)
began = time.perf_counter()
for step in range(POINTS):
    run.track(1 / (step + 1), name="loss", step=step)
run.close()
print(time.perf_counter() - began)
"""),
    "wandb": (20_000, """
import os, time
os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true", WANDB_DISABLE_GIT="true")
import wandb
run = wandb.init(project="bench", settings=wandb.Settings(x_disable_stats=True, console="off"))
began = time.perf_counter()
for step in range(POINTS):
    run.log({"loss": 1 / (step + 1)}, step=step)
run.finish()
print(time.perf_counter() - began)
"""),
}


def script(text, points):
    return f"POINTS, BATCH = {points}, {BATCH}\n{text}"


def rate_of_clew(text, points):
    with scratch() as place:
        run(CLEW, "init", cwd=place)
        done = run(CLEW, "run", "-q", "--no-output", "--", PYTHON, "-c", script(text, points), cwd=place)
        return points / float(done.stdout)


def rate_of(name):
    points, text = TRACKERS[name]
    with scratch() as place:
        done = subprocess.run([OTHERS, "-c", script(text, points)], cwd=place, env=ENVIRONMENT | {"HOME": place},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines() or ["it failed"]
        skip(f"points per second, {name}", reason[-1])
        return None
    return points / float(done.stdout.split()[-1])


def stored(curve, points):
    """Bytes per point that a series adds to the store."""
    sizes = []
    for count in (0, points):
        with scratch() as place:
            run(CLEW, "init", cwd=place)
            lines = [json.dumps({"kind": "run", "id": "0123456789abcdef", "state": "finished", "argv": ["x"],
                                 "started": 1_700_000_000, "ended": 1_700_009_000})]
            lines += [json.dumps({"kind": "metrics", "run": "0123456789abcdef", "step": k,
                                  "time": 1_700_000_000 + k * 0.0127, "values": {"loss": curve(k)}}) for k in range(count)]
            pathlib.Path(place, "in.jsonl").write_text("\n".join(lines) + "\n")
            run(CLEW, "import", "in.jsonl", cwd=place)
            sizes.append(sum(f.stat().st_size for f in pathlib.Path(place, ".clew", "db").rglob("*")
                             if f.suffix in (".sst", ".log")))
    return (sizes[1] - sizes[0]) / points


def tfevents():
    """Bytes per point of TensorBoard's files: measured where a writer is there, else 43.8."""
    points = 100_000
    with scratch() as place:
        done = subprocess.run([OTHERS, "-c", script(TRACKERS["tensorboardX"][1], points)], cwd=place,
                              env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode:
            return 43.8
        return sum(f.stat().st_size for f in pathlib.Path(place, "logs").rglob("*") if f.is_file()) / points


def float32(value):
    import struct
    return struct.unpack("f", struct.pack("f", value))[0]


rates = {name: rate for name in TRACKERS if (rate := rate_of(name))}
for name, rate in rates.items():
    print(f"points per second, {name}: {rate:,.0f}")
best = max(rates, key=rates.get, default=None)
socket_rate = rate_of_clew(SOCKET, POINTS)
client_rate = rate_of_clew(CLIENT, 200_000)
report("points per second through the socket", socket_rate, 1_000_000, 1, unit="/s", scale=1, more_is_better=True,
       against="the goal itself")
if best:
    report("points per second through the socket", socket_rate, rates[best], 30, unit="/s", scale=1,
           more_is_better=True, against=best)
    report("points per second, Python client", client_rate, rates[best], 1, unit="/s", scale=1,
           more_is_better=True, against=best)

import random  # noqa: E402

chance = random.Random(3)
theirs = tfevents()
size = 100_000
for name, curve, goal in [
    ("bytes per point, printed curve", lambda k: round(2 / (k / 1000 + 1) + chance.gauss(0, 0.01), 4), 1 / 6),
    ("bytes per point, float32", lambda k: float32(2 / (k / 1000 + 1) + chance.gauss(0, 0.01)), 1 / 6),
    ("bytes per point, float64 noise", lambda k: chance.random(), 1 / 5),
]:
    report(name, stored(curve, size), theirs, goal, unit="bytes", scale=1, against="tfevents")
