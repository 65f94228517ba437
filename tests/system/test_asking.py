"""Asking in expressions and in SQL, and removing runs: the real program on real runs."""

import json
import re
import signal
import unittest

from harness import SOURCE, Case

TRAIN = """\
lr=$1; seed=$2
for epoch in 1 2 3; do echo "epoch $epoch loss: 0.$((lr + seed + 4 - epoch))"; done
"""


class Asking(Case):
    def setUp(self):
        super().setUp()
        self.make_repository({"train.sh": TRAIN})
        for lr in (1, 2):
            for seed in (0, 1):
                self.clew("run", "-q", "-n", f"r{lr}{seed}", "-p", f"lr={lr}", "-p", f"seed={seed}", "--",
                          "sh", "train.sh", lr, seed)
        self.wait_sealed()

    def names(self, *words):
        return [run["name"] for run in self.json("log", *words)]

    def test_expressions(self):
        self.assertEqual(self.names("--where", "lr = 1 and loss.min < 0.25"), ["r10"])
        self.assertEqual(self.names("--sort", "-loss,lr"), ["r21", "r11", "r20", "r10"])
        self.assertEqual(self.names("--where", "loss@1 = 0.5"), ["r20", "r11"])
        groups = self.json("log", "--group-by", "lr", "--columns", "loss")
        self.assertEqual([(group["lr"], group["runs"]) for group in groups], [(1, 2), (2, 2)])
        fault = self.clew("log", "--where", "lr = 1 and los < 1", check=False)
        self.assertEqual(fault.returncode, 2)
        self.assertIn("no run has 'los' at column 12\n  lr = 1 and los < 1\n             ^^^\n", fault.err)
        self.assertIn("did you mean 'loss'?", fault.err)

    def test_a_live_run_takes_part(self):
        self.start("run", "-q", "-n", "live", "-p", "lr=9", "--", "sh", "-c", "echo 'epoch 1 loss: 0.05'; sleep 60")
        self.wait_until(lambda: self.names("--where", "loss < 0.1") == ["live"], "the loss of the live run")
        answer = self.json("sql", "SELECT state FROM runs JOIN summaries ON run = id WHERE last < 0.1")
        self.assertEqual(answer, [{"state": "running"}])

    def test_sql(self):
        rows = self.json("sql", "SELECT r.name, count(*) AS points FROM runs r JOIN metrics m ON m.run = r.id "
                                "WHERE m.name = 'loss' GROUP BY r.id ORDER BY r.name")
        self.assertEqual(rows, [{"name": name, "points": 3} for name in ("r10", "r11", "r20", "r21")])
        question = self.write("question.sql", "SELECT count(*) AS n\nFROM tags;\n")
        with open(question) as file:
            self.assertEqual(self.clew("sql", "--csv", "-", stdin=file).out, "n\n0\n")
        self.assertIn("r10", self.clew("sql", "SELECT name, state FROM runs").out)
        for statement in ("DELETE FROM runs", "ATTACH 'x' AS x", "PRAGMA user_version", "SELECT nothing FROM runs"):
            result = self.clew("sql", statement, check=False)
            self.assertEqual((result.returncode, result.out), (2, ""), result.err)
        self.assertFalse((self.work / "x").exists())

    ENDLESS = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT max(x) FROM t"

    def test_sql_ends_at_its_limit(self):
        result = self.clew("-c", "sql.time-limit=1", "sql", self.ENDLESS, check=False)
        self.assertEqual(result.returncode, 6)
        self.assertIn("the query took longer than 1", result.err)

    def test_sql_is_interrupted(self):
        process = self.start("sql", self.ENDLESS)

        def catches():
            with open(f"/proc/{process.pid}/status") as status:
                caught = next(line for line in status if line.startswith("SigCgt:")).split()[1]
            return int(caught, 16) >> (signal.SIGINT - 1) & 1

        self.wait_until(catches, "the handler of the signal")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (-signal.SIGINT, b""), err)
        self.assertIn(b"interrupted", err)

    def test_the_manual_has_the_schema(self):
        text = (SOURCE / "man" / "clew-sql.7").read_text()
        page = re.search(r'\.\\" schema\n\.EX\n(.*?)\.EE', text, re.S).group(1)
        page = page.replace("\\-", "-").replace("\\(aq", "'").replace("\\e", "\\")
        self.assertEqual(page, self.clew("sql", "--schema").out)

    def test_compare(self):
        table = self.clew("compare", "r10", "r11", "r20").out
        self.assertRegex(table, r"lr +1 +1 +2 \*")
        self.assertNotIn("state", table)
        self.assertIn("state", self.clew("compare", "--all", "r10", "r11").out)
        answer = self.json("compare", "--where", "lr = 1")
        self.assertEqual([run["name"] for run in answer["runs"]], ["r11", "r10"])
        seeds = [row for row in answer["rows"] if row["name"] == "seed"]
        self.assertEqual(seeds, [{"section": "params", "name": "seed", "values": [1, 0], "equal": False}])
        self.assertEqual(self.clew("compare", "r10", check=False).returncode, 2)

    def test_export_of_what_a_condition_finds(self):
        lines = [json.loads(line) for line in self.clew("export", "--format", "jsonl", "--where", "lr = 2").out.splitlines()]
        self.assertEqual([line["name"] for line in lines if line["kind"] == "run"], ["r20", "r21"])


class Removing(Case):
    def refs(self):
        return self.git("for-each-ref", "--format=%(refname)", "refs/clew").split()

    def setUp(self):
        super().setUp()
        self.make_repository()
        self.clew("run", "-q", "-n", "one", "--", "true")
        self.clew("run", "-q", "-n", "two", "--", "true")
        self.wait_sealed()

    def test_a_run_is_removed_and_its_snapshot_with_the_last_user(self):
        self.assertEqual(len(self.refs()), 1)
        commit = self.newest()["code"]["commit"]
        refused = self.clew("rm", "one", check=False)
        self.assertEqual(refused.returncode, 2)
        self.assertIn("--yes", refused.err)
        self.clew("rm", "--yes", "one")
        self.assertEqual([run["name"] for run in self.runs()], ["two"])
        self.assertEqual(len(self.refs()), 1)
        self.assertIn("would remove 1 run", self.clew("rm", "--dry-run", "--where", "run.state = 'finished'").err)
        self.assertEqual(len(self.runs()), 1)
        self.clew("rm", "-y", "--where", "code.commit = '%s'" % commit)
        self.assertEqual((self.runs(), self.refs()), ([], []))
        self.assertEqual(list((self.store() / "output").glob("*")), [])

    def test_a_run_that_goes_on_is_refused(self):
        self.start("run", "-q", "-n", "going", "--", "sleep", "60")
        self.wait_until(lambda: any(run["name"] == "going" for run in self.runs()), "the run")
        result = self.clew("rm", "-y", "going", "one", check=False)
        self.assertEqual(result.returncode, 2, result.err)
        self.assertIn("still goes on", result.err)
        self.assertEqual(len(self.runs()), 3)


class ManyRuns(Case):
    """Enough runs that the store has the older ones column by column."""

    RUNS = 5_000

    def runs(self):
        for number in range(self.RUNS):
            params = {"lr": [0.1, 0.03, 0.01][number % 3], "seed": number}
            if number % 4 == 0:
                params["opt"] = "sgd" if number % 8 == 0 else None
            yield f"{(number + 1) * 0x9E3779B97F4A7C15 % 2**64:016x}", number, params

    def record(self):
        lines = []
        for identity, number, params in self.runs():
            start = 1_700_000_000 + 60 * number
            lines.append({"kind": "run", "id": identity, "name": f"n{number}", "state": "finished",
                          "started": start, "ended": start + number % 50, "params": params})
            if number % 2:
                lines.append({"kind": "metrics", "run": identity, "step": 1, "time": start,
                              "values": {"acc": number * 7919 % 1000 / 1000}})
        self.write("runs.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
        self.clew("import", "-q", "runs.jsonl")

    def check(self, numbers):
        """The answers about these runs, worked out once more."""
        acc = {number: number * 7919 % 1000 / 1000 for number in numbers if number % 2}
        good = [number for number in acc if number % 3 == 2 and acc[number] > 0.9]
        listed = self.json("log", "--where", "lr < 0.02 and acc > 0.9", "--columns", "run.name,acc")
        self.assertEqual([(row["run.name"], row["acc"]) for row in listed],
                         [(f"n{number}", acc[number]) for number in sorted(good, reverse=True)])
        best = sorted(acc, key=lambda number: (-acc[number], number))[:20]
        listed = self.json("log", "-n", "20", "--sort", "-acc,seed", "--columns", "seed")
        self.assertEqual([row["seed"] for row in listed], best)
        groups = self.json("log", "--group-by", "lr", "--columns", "acc.max")
        self.assertEqual({group["lr"]: group["runs"] for group in groups},
                         {lr: sum(number % 3 == k for number in numbers) for k, lr in enumerate([0.1, 0.03, 0.01])})
        sgd = self.json("log", "--where", "opt = 'sgd' and duration >= 40", "--columns", "id")
        self.assertEqual(len(sgd), sum(number % 8 == 0 and number % 50 >= 40 for number in numbers))

    def test_answers_stay_right(self):
        self.make_repository({})
        self.clew("init", "-q")
        self.record()
        numbers = list(range(self.RUNS))
        self.check(numbers)
        self.clew("tag", "n100", "baseline")
        self.check(numbers)
        self.clew("rm", "--yes", "n101", "n2500")
        numbers = [number for number in numbers if number not in (101, 2500)]
        self.check(numbers)
        self.assertEqual([run["name"] for run in self.json("log", "--where", "tag = 'baseline'")], ["n100"])
        self.clew("run", "-q", "-n", "new", "-p", "lr=0.03", "--", "true")
        self.wait_sealed()
        newest = self.json("log", "-n", "1", "--where", "lr = 0.03", "--columns", "run.name")
        self.assertEqual([run["run.name"] for run in newest], ["new"])
        self.assertEqual(self.clew("verify").returncode, 0)


if __name__ == "__main__":
    unittest.main()
