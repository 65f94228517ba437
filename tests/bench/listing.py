"""Listing 100,000 runs beside git listing 100,000 commits.

usage: listing.py CLEW_PROGRAM
"""

import json
import pathlib
import random
import shutil

from _measure import CACHE, ENVIRONMENT, by_turns, program, report, run
import subprocess

CLEW = program()
RUNS = 100_000


def lines():
    """Interchange lines of runs with 20 parameters and 5 metrics each."""
    chance = random.Random(7)
    for number in range(RUNS):
        identity = f"{chance.getrandbits(64):016x}"
        start = 1_700_000_000 + number * 60
        params = {f"p{k}": round(chance.random(), 4) for k in range(18)}
        params |= {"lr": chance.choice([0.1, 0.03, 0.01, 0.003]), "optimizer": chance.choice(["adam", "sgd"])}
        yield json.dumps({"kind": "run", "id": identity, "state": "finished", "argv": ["python", "train.py"],
                          "started": start, "ended": start + 30, "params": params})
        values = {f"m{k}": round(chance.random(), 4) for k in range(3)} | {"loss": chance.random(), "acc": chance.random()}
        yield json.dumps({"kind": "metrics", "run": identity, "step": 1, "time": start + 20, "values": values})


def make_commits(place):
    def stream():
        yield "blob\nmark :1\ndata 2\na\n\n"
        for number in range(RUNS):
            message = f"commit {number}\n"
            yield (f"commit refs/heads/main\nmark :{number + 2}\ncommitter bench <bench@localhost> {1_700_000_000 + number * 60} +0000\n"
                   f"data {len(message)}\n{message}" + (f"from :{number + 1}\n" if number else "M 100644 :1 a\n") + "\n")

    run("git", "init", "-q", "-b", "main", ".", cwd=place)
    subprocess.run(["git", "fast-import", "--quiet"], cwd=place, env=ENVIRONMENT, check=True, input="".join(stream()).encode())


def make():
    """The repository of both, made once."""
    place = CACHE / f"runs-{RUNS}"
    if (place / "made").exists():
        return place
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    make_commits(place)
    with open(place / "runs.jsonl", "w") as file:
        file.writelines(line + "\n" for line in lines())
    run(CLEW, "init", cwd=place)
    run(CLEW, "import", "runs.jsonl", cwd=place)
    (place / "runs.jsonl").unlink()
    (place / "made").touch()
    return place


place = make()
newest = json.loads(run(CLEW, "log", "-n", "1", "--json", cwd=place).stdout)[0]["id"]
git_log = lambda: run("git", "log", "-n", "20", cwd=place)  # noqa: E731
report("clew log -n 20 of 100,000 runs",
       *by_turns(lambda: run(CLEW, "log", "-n", "20", cwd=place), git_log), 4, against="git log -n 20")
report("clew show of one of 100,000 runs",
       *by_turns(lambda: run(CLEW, "show", newest, cwd=place), lambda: run("git", "show", "--stat", "HEAD", cwd=place)),
       4, against="git show")
