#!/usr/bin/env python3
"""How long `clew lineage` takes over many runs, beside the same question asked of SQLite.

usage: lineage.py CLEW_PROGRAM

Fills a store with 10,000 runs of 100 files each and an SQLite database with the same records,
indexed by run and by digest, then asks both for all runs that a result came from, and for those
that read the data that every third run reads. Programs are timed whole, from start to end; of
several rounds the median counts. clew-fill lies beside the program.
"""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 10_000
FILES = 100
ROUNDS = 9
GOAL = 100  # milliseconds

UP = """
with recursive up(run) as (
  select run from made where digest = '{digest}'
  union
  select made.run from up join used on used.run = up.run join made on made.digest = used.digest
) select count(distinct run) from up;
"""
DOWN = "select count(distinct run) from used where digest = '{digest}';"


def median_ms(command, **options):
    times = []
    answer = None
    for _ in range(ROUNDS):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, **options)
        times.append((time.perf_counter() - start) * 1000)
        answer = done.stdout
    return statistics.median(times), answer


def fill_sqlite(path, records):
    """Two tables, as one would make them for this question."""
    script = "\n".join(
        [
            "pragma journal_mode = off; pragma synchronous = off;",
            "create table record(run text, path text, digest text, made integer);",
            ".mode tabs",
            f".import {records} record",
            "create table made as select run, path, digest from record where made = 1;",
            "create table used as select run, path, digest from record where made = 0;",
            "drop table record;",
            "create index made_digest on made(digest, run);",
            "create index used_run on used(run, digest);",
            "create index used_digest on used(digest, run);",
            "analyze; vacuum;",
        ]
    )
    subprocess.run(["sqlite3", path], input=script, text=True, check=True, stdout=subprocess.DEVNULL)


def digest_of(records, path):
    done = subprocess.run(["grep", "-m1", f"\t{path}\t", records], capture_output=True, text=True)
    return done.stdout.split("\t")[2]


def report(name, ours, theirs, goal=None):
    line = f"{name}: ours {ours:.1f} ms"
    if goal:
        line += f", goal {goal} ms"
    print(f"{line}; SQLite {theirs:.1f} ms, ratio {ours / theirs:.2f}", flush=True)


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="clew-bench-"))
    try:
        store = scratch / ".clew"
        records = scratch / "records.tsv"
        print(f"filling {RUNS} runs with {FILES} files each", file=sys.stderr)
        with open(records, "wb") as out:
            fill = [program.parent / "clew-fill", store, str(RUNS), str(FILES)]
            subprocess.run(fill, stdout=out, check=True)
        database = scratch / "records.sqlite"
        fill_sqlite(database, records)
        environment = dict(os.environ, CLEW_DIR=str(store))

        # The last result of a whole project has the longest way.
        last = RUNS // 30 * 30 - 1
        digest = digest_of(records, f"out/{last}/result")
        clew = [program, "lineage", digest, "--up"]
        ours, found = median_ms(clew + ["--json"], env=environment, cwd=scratch)
        theirs, counted = median_ms(["sqlite3", database, UP.format(digest=digest)])
        made = sum(1 for node in json.loads(found)["nodes"] if node["kind"] == "run")
        if made != int(counted):
            sys.exit(f"lineage up: {made} runs, SQLite says {counted.strip()}")
        report(f"lineage of a result, {made} runs back", ours, theirs, GOAL)

        digest = digest_of(records, "data/raw.csv")
        clew = [program, "lineage", digest, "--down", "--depth", "1"]
        ours, found = median_ms(clew, env=environment, cwd=scratch)
        theirs, counted = median_ms(["sqlite3", database, DOWN.format(digest=digest)])
        report(f"what read the data of {int(counted)} runs", ours, theirs, GOAL)
        # Two pages of text for people do not name them all.
        named = found.count("run ")
        if not 0 < named <= int(counted):
            sys.exit(f"lineage down: {named} runs")

        ours, _ = median_ms([program, "--version"])
        print(f"of which the program's start: {ours:.1f} ms")
    finally:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
