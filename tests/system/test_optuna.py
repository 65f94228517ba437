"""clew importance beside Optuna's fANOVA evaluator, on a function whose shares are known.

Optuna comes from PyPI into .cache/optuna of the source tree; without it the comparison is skipped, that with the known
shares is not.
"""

import json
import random
import subprocess
import unittest

from harness import PYTHON, SOURCE, Case

VENV = SOURCE / ".cache" / "optuna"
RUNS = 200
# Var(4a) = 16/12, Var(2b) = 4/12, Var(level of c) = 2/9, and of the product 16/144: two in all.
SHARES = {("a",): 2 / 3, ("b",): 1 / 6, ("c",): 1 / 9, ("a", "b"): 1 / 18}

OPTUNA = """
import json, sys, warnings
warnings.simplefilter("ignore")
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.importance import FanovaImportanceEvaluator
optuna.logging.set_verbosity(optuna.logging.ERROR)
space = {"a": FloatDistribution(0, 1), "b": FloatDistribution(0, 1), "c": CategoricalDistribution(["p", "q", "r"])}
study = optuna.create_study()
for params, value in json.load(sys.stdin):
    study.add_trial(optuna.trial.create_trial(params=params, distributions=space, value=value))
shares = FanovaImportanceEvaluator(n_trees=64, seed=1).evaluate(study)
print(json.dumps({name: float(share) for name, share in shares.items()}))
"""


def settings():
    generator = random.Random(3)
    for _ in range(RUNS):
        a, b, c = generator.random(), generator.random(), generator.choice("pqr")
        yield {"a": a, "b": b, "c": c}, 4 * a + 2 * b + 4 * (a - 0.5) * (b - 0.5) + (c == "q")


def optuna_python():
    """The interpreter of an environment that has Optuna; None where it does not install."""
    python = VENV / "bin" / "python"
    if not python.exists():
        try:
            subprocess.run([PYTHON, "-m", "venv", VENV], check=True, capture_output=True, timeout=120)
        except (OSError, subprocess.SubprocessError):
            return None
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "optuna", "scikit-learn"]
    probe = [python, "-c", "import optuna, sklearn"]
    try:
        if subprocess.run(probe, capture_output=True, timeout=120).returncode != 0:
            subprocess.run(command, check=True, capture_output=True, timeout=300)
            subprocess.run(probe, check=True, capture_output=True, timeout=120)
    except (OSError, subprocess.SubprocessError):
        return None
    return python


class Shares(Case):
    def setUp(self):
        super().setUp()
        lines = []
        for number, (params, value) in enumerate(settings()):
            lines.append({"kind": "run", "id": f"r{number}", "status": "finished", "argv": ["f"], "params": params,
                          "started": "2026-01-02T03:04:05Z", "ended": "2026-01-02T03:04:06Z"})
            lines.append({"kind": "metrics", "run": f"r{number}", "step": 0, "values": {"y": value}})
        self.write("runs.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
        self.clew("init")
        self.clew("import", "runs.jsonl")
        self.report = self.json("importance", "y")
        self.shares = {tuple(effect["params"]): effect["share"] for effect in self.report["effects"]}

    def test_the_known_shares(self):
        self.assertEqual(self.report["method"], "forest")
        self.assertTrue(self.report["telling"])
        self.assertLess(self.report["unexplained"], 0.1)
        for params, share in SHARES.items():
            self.assertAlmostEqual(self.shares[params], share, delta=0.06, msg=params)
        self.assertEqual(self.report["effects"][0]["params"], ["a"])

    def test_the_same_answer_twice(self):
        self.assertEqual(self.json("importance", "y"), self.report)

    def test_beside_optuna(self):
        python = optuna_python()
        if python is None:
            self.skipTest("Optuna does not install here from PyPI: not compared with it")
        result = subprocess.run([python, "-c", OPTUNA], input=json.dumps(list(settings())), capture_output=True,
                                text=True, timeout=600)
        self.assertEqual(result.returncode, 0, result.stderr)
        for name, share in json.loads(result.stdout).items():
            self.assertAlmostEqual(self.shares[(name,)], share, delta=0.06, msg=name)


if __name__ == "__main__":
    unittest.main()
