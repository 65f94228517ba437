"""Finding, sorting and grouping runs, and asking for points, beside SQLite and MLflow.

usage: query.py CLEW_PROGRAM [TRACKERS_PYTHON [questions|points|beside_mlflow]...]
"""

import json
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import venv

from _measure import CACHE, by_turns, program, report, run, seconds, skip

CLEW = program()
RUNS = 100_000
BATCH = 5_000
PARAMS = [f"p{k}" for k in range(18)] + ["lr", "optimizer"]
METRICS = ["m0", "m1", "m2", "loss", "acc"]
POINT_RUNS = 1_000
POINTS = 10_000
SMALL = 1_000


def records(count):
    chance = random.Random(7)
    for number in range(count):
        params = {f"p{k}": round(chance.random(), 4) for k in range(18)}
        params |= {"lr": chance.choice([0.1, 0.03, 0.01, 0.003]), "optimizer": chance.choice(["adam", "sgd"])}
        metrics = {name: round(chance.random(), 4) for name in METRICS}
        yield f"{chance.getrandbits(64):016x}", 1_700_000_000 + number * 60, params, metrics


def import_lines(place, lines):
    (place / "runs.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    run(CLEW, "import", "runs.jsonl", cwd=place)
    (place / "runs.jsonl").unlink()


def made(name, make):
    """A directory that takes long to make, made once."""
    place = CACHE / name
    if not (place / "made").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        # Of its own: the sources around it are a repository, too.
        run("git", "init", "-q", ".", cwd=place)
        run(CLEW, "init", cwd=place)
        make(place)
        (place / "made").touch()
    return place


def make_runs(place, count=RUNS):
    table = sqlite3.connect(place / "runs.sqlite")
    columns = PARAMS + METRICS
    table.execute(f"CREATE TABLE runs (id TEXT, started REAL, {', '.join(columns)})")
    lines = []
    for identity, start, params, metrics in records(count):
        lines.append({"kind": "run", "id": identity, "state": "finished", "argv": ["python", "train.py"],
                      "started": start, "ended": start + 30, "params": params})
        lines.append({"kind": "metrics", "run": identity, "step": 1, "time": start + 20, "values": metrics})
        table.execute(f"INSERT INTO runs VALUES ({', '.join('?' * (len(columns) + 2))})",
                      [identity, start, *params.values(), *metrics.values()])
        if len(lines) >= 2 * BATCH:
            import_lines(place, lines)
            lines = []
    if lines:
        import_lines(place, lines)
    table.commit()
    table.close()


def make_points(place):
    table = sqlite3.connect(place / "points.sqlite")
    table.execute("CREATE TABLE points (run TEXT, name TEXT, step INTEGER, time REAL, value REAL)")
    chance = random.Random(9)
    batch = 20
    for first in range(0, POINT_RUNS, batch):
        lines = []
        for number in range(first, first + batch):
            identity = f"{number + 1:016x}"
            lines.append({"kind": "run", "id": identity, "state": "finished", "started": 1_700_000_000 + number * 60})
            for step in range(POINTS):
                value, time = chance.random() / (step + 1), 1_700_000_000 + number * 60 + step / 1000
                lines.append({"kind": "metrics", "run": identity, "step": step, "time": time, "values": {"loss": value}})
                table.execute("INSERT INTO points VALUES (?, 'loss', ?, ?, ?)", (identity, step, time, value))
        import_lines(place, lines)
    table.commit()
    table.close()


def ask(place, *words):
    return lambda: run(CLEW, *words, cwd=place)


def sqlite(path, statement):
    def question():
        table = sqlite3.connect(path)
        rows = table.execute(statement).fetchall()
        table.close()
        return rows

    return question


def questions():
    place = made("query-runs", make_runs)
    table = place / "runs.sqlite"
    against = "SQLite, a column per name"
    report("filter 100,000 runs x 20 parameters",
           *by_turns(ask(place, "log", "--csv", "--where", "lr < 0.02 and p3 > 0.9 and optimizer = 'adam' and acc > 0.5", "--columns", "id,acc"),
                     sqlite(table, "SELECT id, acc FROM runs WHERE lr < 0.02 AND p3 > 0.9 AND optimizer = 'adam' AND acc > 0.5"), 7),
           2, against=against)
    report("filter and sort 100,000 runs",
           *by_turns(ask(place, "log", "--csv", "-n", "20", "--where", "p3 > 0.5", "--sort", "-acc,p7", "--columns", "id,lr,acc"),
                     sqlite(table, "SELECT id, lr, acc FROM runs WHERE p3 > 0.5 ORDER BY acc DESC, p7 LIMIT 20"), 7),
           2, against=against)
    report("group 100,000 runs",
           *by_turns(ask(place, "log", "--csv", "--group-by", "lr,optimizer", "--columns", "acc,loss"),
                     sqlite(table, "SELECT lr, optimizer, count(*), avg(acc), avg(acc * acc), min(acc), max(acc), avg(loss), "
                                   "avg(loss * loss), min(loss), max(loss) FROM runs GROUP BY lr, optimizer ORDER BY lr, optimizer"), 7),
           2, against=against)
    report("the same in clew sql: an aggregate over summaries",
           *by_turns(ask(place, "sql", "--csv", "SELECT avg(last) FROM summaries WHERE name = 'acc'"),
                     sqlite(table, "SELECT avg(acc) FROM runs"), 3), 40, against=against)


def points():
    place = made("query-points", make_points)
    report("one step of 1,000 runs x 10,000 points",
           *by_turns(ask(place, "sql", "--csv", "SELECT run, value FROM metrics WHERE name = 'loss' AND step = 5000"),
                     sqlite(place / "points.sqlite", "SELECT run, value FROM points WHERE name = 'loss' AND step = 5000"), 5),
           1, against="SQLite, a table of points")
    report("one run of 1,000 x 10,000 points",
           *by_turns(ask(place, "sql", "--csv", "SELECT count(*), min(value), avg(value) FROM metrics WHERE run = '0000000000000001' AND name = 'loss'"),
                     sqlite(place / "points.sqlite", "SELECT count(*), min(value), avg(value) FROM points WHERE run = '0000000000000001' AND name = 'loss'"), 5),
           1, against="SQLite, a table of points")


MLFLOW = """
import json, pathlib, sys, time
import mlflow
from mlflow.entities import Metric, Param
from mlflow.tracking import MlflowClient
place = pathlib.Path(sys.argv[1])
mlflow.set_tracking_uri(f"sqlite:///{place / 'mlflow.db'}")
client = MlflowClient()
if not (place / "filled").exists():
    for line in open(sys.argv[2]):
        params, metrics = json.loads(line)
        run = client.create_run("0")
        client.log_batch(run.info.run_id, [Metric(k, v, 1, 1) for k, v in metrics.items()], [Param(k, str(v)) for k, v in params.items()])
    (place / "filled").touch()
search = lambda: client.search_runs(["0"], "metrics.acc > 0.5 and params.optimizer = 'adam'", max_results=1000, order_by=["metrics.acc DESC"])
search()
times = []
for _ in range(3):
    begin = time.perf_counter()
    found = search()
    times.append(time.perf_counter() - begin)
print(len(found), sorted(times)[1])
"""


def mlflow_python():
    """A Python with MLflow; None where it cannot be had."""
    place = CACHE / "mlflow-venv"
    python = place / "bin" / "python"
    try:
        if not (place / "made").exists():
            venv.create(place, with_pip=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "mlflow-skinny", "sqlalchemy", "alembic"],
                           check=True, timeout=900, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            subprocess.run([python, "-c", "import mlflow, sqlalchemy"], check=True)
            (place / "made").touch()
        return python
    except (OSError, subprocess.SubprocessError):
        shutil.rmtree(place, ignore_errors=True)
        return None


def beside_mlflow():
    name = "search 1,000 runs, a run"
    python = mlflow_python()
    if python is None:
        return skip(name, "MLflow cannot be installed")
    place = made("query-small", lambda place: make_runs(place, SMALL))
    (place / "records").write_text("".join(json.dumps([params, metrics]) + "\n" for _, _, params, metrics in records(SMALL)))
    (place / "fill.py").write_text(MLFLOW)
    try:
        found, theirs = run(python, "fill.py", place, "records", cwd=place).stdout.split()
    except subprocess.CalledProcessError as error:
        return skip(name, "MLflow fails: " + error.stderr.decode(errors="replace").strip().splitlines()[-1])
    question = ask(place, "log", "--json", "--where", "acc > 0.5 and optimizer = 'adam'", "--sort", "-acc")
    rows = json.loads(question().stdout)
    assert len(rows) == int(found), (len(rows), found)
    ours = sorted(seconds(question) for _ in range(5))[2]
    report(name, ours / SMALL, float(theirs) / SMALL, 1, unit="us", scale=1e6, against="MLflow's search_runs")


if __name__ == "__main__":
    wanted = sys.argv[3:] or ["questions", "points", "beside_mlflow"]
    for one in wanted:
        globals()[one]()
