"""Tests of what the Python client says.

Run with: python3 -m unittest discover -s tests/python
"""

import os
import unittest

from recorder import ClientTest


class LinesTest(ClientTest):
    def test_metrics(self):
        self.record(
            """
            import clew
            clew.log({"loss": 0.1, "val/acc": 1}, step=3)
            clew.log(loss=0.5)
            clew.log({"loss": 1e-7}, epoch=2, acc=True)
            clew.log({"größe \\"x\\"": -0.0}, step=4.0, epoch=0.5)
            clew.log({})
            clew.log()
            """
        )
        self.assertEqual(
            self.timeless(),
            [
                {"kind": "metrics", "step": 3, "values": {"loss": 0.1, "val/acc": 1}},
                {"kind": "metrics", "values": {"loss": 0.5}},
                {"kind": "metrics", "epoch": 2, "values": {"loss": 1e-7, "acc": 1}},
                {"kind": "metrics", "step": 4, "epoch": 0.5, "values": {'größe "x"': -0.0}},
            ],
        )

    def test_values_that_json_has_no_number_for(self):
        self.record(
            """
            import clew
            clew.log({"a": float("nan"), "b": float("inf"), "c": -float("inf"), "d": 2**70})
            """
        )
        values = self.timeless()[0]["values"]
        self.assertEqual(values, {"a": "NaN", "b": "Infinity", "c": "-Infinity", "d": float(2**70)})

    def test_numbers_of_other_libraries(self):
        self.record(
            """
            import clew, decimal, fractions
            class Tensor:
                def __init__(self, value): self.value = value
                def item(self): return self.value
            class Real:
                def __float__(self): return 0.75
            clew.log({"a": Tensor(0.5), "b": Real(), "c": decimal.Decimal("0.25"),
                      "d": fractions.Fraction(1, 8), "e": Tensor(7)}, step=Tensor(9))
            """
        )
        self.assertEqual(
            self.timeless(),
            [
                {
                    "kind": "metrics",
                    "step": 9,
                    "values": {"a": 0.5, "b": 0.75, "c": 0.25, "d": 0.125, "e": 7},
                }
            ],
        )

    def test_times(self):
        self.record(
            """
            import clew, datetime
            clew.log(a=1, time=1.5)
            clew.log(a=1, time=datetime.datetime(1970, 1, 1, 0, 0, 2, tzinfo=datetime.timezone.utc))
            """
        )
        self.assertEqual([line["time"] for line in self.recorder.lines()], [1.5, 2.0])

    def test_many_values_are_divided_into_lines(self):
        self.record(
            """
            import clew
            clew.log({"metric number %d" % i: i for i in range(20000)}, step=1)
            """
        )
        lines = self.recorder.lines()
        self.assertEqual(sum(len(line["values"]) for line in lines), 20000)
        self.assertTrue(all(line["step"] == 1 for line in lines))

    def test_parameters(self):
        self.record(
            """
            import argparse, clew, pathlib
            class Array:
                def tolist(self): return [1, 2]
            clew.param("lr", 0.00025, step=19, cause="plateau")
            clew.param("model", {"depth": 3, 4: (1, None), "a": Array()})
            clew.param({"x": True, "y": pathlib.PurePosixPath("/a")})
            clew.param(argparse.Namespace(seed=1))
            clew.param("odd", [float("nan"), 2**70, {2, 1}])
            loop = []
            loop.append(loop)
            clew.param("loop", loop)
            """
        )
        lines = self.timeless()
        self.assertEqual(
            lines[0],
            {"kind": "param", "name": "lr", "value": 0.00025, "step": 19, "cause": "plateau"},
        )
        self.assertEqual(
            [(line["name"], line["value"]) for line in lines[1:6]],
            [
                ("model", {"depth": 3, "4": [1, None], "a": [1, 2]}),
                ("x", True),
                ("y", "/a"),
                ("seed", 1),
                ("odd", ["NaN", str(2**70), [1, 2]]),
            ],
        )
        self.assertEqual(lines[6]["name"], "loop")

    def test_tags_notes_artifacts(self):
        self.record(
            """
            import clew, pathlib
            clew.tag("a", "b c")
            clew.note("two\\nlines \\udcff")
            clew.artifact("model.pt")
            clew.artifact(pathlib.Path("x") / "y")
            """
        )
        self.assertEqual(
            self.timeless(),
            [
                {"kind": "tag", "tag": "a"},
                {"kind": "tag", "tag": "b c"},
                {"kind": "note", "text": "two\nlines ?"},
                {"kind": "artifact", "path": os.path.abspath("model.pt")},
                {"kind": "artifact", "path": os.path.abspath("x/y")},
            ],
        )

    def test_get(self):
        out = self.record(
            """
            import clew
            clew.log(a=1)
            print(clew.get("lr"), clew.get("none"), clew.get("none", 7), clew.get("zero", 7))
            clew.log(a=2)
            print(clew.flush(), clew.get("lr"), clew.run_id)
            """
        )
        self.assertEqual(out, "0.1 None 7 0\nTrue 0.1 9f3c2a7be1d04a55\n")
        self.assertEqual(self.recorder.points("a"), [(None, 1), (None, 2)])

    def test_bad_use_is_said_once_for_each_place(self):
        warnings = self.warnings(
            """
            import clew
            for i in range(3):
                clew.log({"good": i, "bad": "high"}, step=i)
            clew.log({"": 1})
            clew.log({"a\\n": 1})
            clew.log({"x" * 300: 1})
            clew.log({"a": None})
            clew.log(7)
            clew.log({"late": 1}, step=3.5)
            clew.log({"late": 2}, epoch="x")
            clew.log({"late": 3}, time="noon")
            clew.param(7)
            clew.param("", 1)
            clew.param("x", "y" * 2000000)
            clew.note("")
            clew.note("y" * 2000000)
            """
        )
        self.assertEqual(len(warnings), 14, "\n".join(warnings))
        self.assertRegex(warnings[0], r"prog.py:4: metric \"bad\" is not a number: 'high'$")
        self.assertEqual(self.recorder.points("good"), [(0, 0), (1, 1), (2, 2)])
        self.assertEqual(self.recorder.points("late"), [(None, 1), (None, 2), (None, 3)])


if __name__ == "__main__":
    unittest.main()
