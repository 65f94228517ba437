"""Tests of the Python client against a small recorder that keeps what it is told.

Run with: python3 -m unittest discover -s tests/python
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest

CLIENT = os.path.join(os.path.dirname(__file__), "..", "..", "hooks", "python")
TIMEOUT = 120


class Recorder:
    """Answers as the recorder of a run does, and keeps the lines of all connections."""

    def __init__(self, params=None, error=None):
        self.directory = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.directory.name, "socket")
        self.params = params or {}
        self.error = error
        self.connections = []
        self.threads = []
        self.reading = threading.Event()
        self.reading.set()
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen(64)
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            lines = []
            self.connections.append(lines)
            thread = threading.Thread(target=self._serve, args=(connection, lines), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _serve(self, connection, lines):
        with connection:
            rest = b""
            while True:
                self.reading.wait()
                piece = connection.recv(1 << 18)
                if not piece:
                    break
                *whole, rest = (rest + piece).split(b"\n")
                for line in whole:
                    message = json.loads(line.decode())
                    if "get" in message:
                        name = message["get"]
                        answer = {name: self.params[name]} if name in self.params else {}
                        connection.sendall(json.dumps(answer).encode() + b"\n")
                    else:
                        lines.append(message)
            assert rest == b"", rest
            answer = {"error": self.error, "line": 1} if self.error else {"ok": len(lines)}
            try:
                connection.sendall(json.dumps(answer).encode() + b"\n")
            except OSError:
                pass

    def close(self):
        """Ends as a recorder that is killed: no new connections, no answers."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.acceptor.join()
        os.unlink(self.path)

    def lines(self):
        """All that came, after the clients have closed their connections."""
        for thread in self.threads:
            thread.join(TIMEOUT)
        return [line for lines in self.connections for line in lines]

    def points(self, name):
        return [
            (line.get("step"), line["values"][name])
            for line in self.lines()
            if line["kind"] == "metrics" and name in line["values"]
        ]


def environment(path):
    variables = dict(os.environ, PYTHONPATH=CLIENT)
    for name in ("CLEW_SOCKET", "CLEW_RUN"):
        variables.pop(name, None)
    if path is not None:
        variables.update(CLEW_SOCKET=path, CLEW_RUN="9f3c2a7be1d04a55")
    return variables


def run(code, path, *options):
    """Runs a program to its end, whose file `prog.py` has the code."""
    with tempfile.TemporaryDirectory() as directory:
        program = os.path.join(directory, "prog.py")
        with open(program, "w") as file:
            file.write(textwrap.dedent(code))
        return subprocess.run(
            [sys.executable, "-B", *options, program],
            env=environment(path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            universal_newlines=True,
            timeout=TIMEOUT,
        )


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.recorder = Recorder(params={"lr": 0.1, "zero": 0})
        self.addCleanup(self.recorder.directory.cleanup)

    def record(self, code, *options):
        """Runs a program that ends well and says nothing on standard error."""
        result = run(code, self.recorder.path, *options)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)
        return result.stdout

    def warnings(self, code):
        """The warnings of a program that ends well."""
        result = run(code, self.recorder.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stderr.splitlines()
        self.assertTrue(all(line.startswith("clew: warning: ") for line in lines), lines)
        return lines

    def timeless(self):
        lines = self.recorder.lines()
        for line in lines:
            self.assertIsInstance(line.pop("time"), float)
        return lines


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
                {"kind": "artifact", "path": "model.pt"},
                {"kind": "artifact", "path": "x/y"},
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


class SendingTest(ClientTest):
    def test_nothing_happens_outside_of_a_run(self):
        result = run(
            """
            import clew, threading
            clew.log({"loss": "no number"}); clew.log(7); clew.param(3); clew.tag("x")
            clew.note(""); clew.artifact(1)
            print(clew.flush(), clew.get("lr", 5), clew.run_id, threading.active_count())
            """,
            None,
        )
        self.assertEqual((result.stdout, result.stderr), ("True 5 None 1\n", ""))

    def test_flush_waits_for_the_acknowledgement_each_time(self):
        self.record(
            """
            import clew
            for i in range(3):
                clew.log({"a": i})
                assert clew.flush()
            assert clew.flush()
            """
        )
        self.assertEqual([len(lines) for lines in self.recorder.connections], [1, 1, 1])

    def test_a_refused_line_is_said_once(self):
        self.recorder.error = "unknown kind 'x'"
        warnings = self.warnings(
            """
            import clew
            for i in range(3):
                clew.log(a=1)
                assert not clew.flush()
            """
        )
        self.assertEqual(
            warnings, ["clew: warning: the recorder refused a line: unknown kind 'x'"]
        )

    def test_all_threads_arrive_whole(self):
        self.record(
            """
            import clew, threading
            def work(number):
                for i in range(2000):
                    clew.log({"t%d" % number: i}, step=i)
                    if i % 500 == 0:
                        clew.flush()
                        clew.get("lr")
            threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
            for t in threads: t.start()
            for t in threads: t.join()
            """
        )
        for number in range(8):
            points = self.recorder.points("t%d" % number)
            self.assertEqual(points, [(i, i) for i in range(2000)])

    def test_a_killed_program_loses_only_the_last_moment(self):
        result = run(
            """
            import clew, os, signal, time
            clew.log(a=1)
            time.sleep(1)
            os.kill(os.getpid(), signal.SIGKILL)
            """,
            self.recorder.path,
        )
        self.assertEqual(result.returncode, -9)
        self.assertEqual(self.recorder.points("a"), [(None, 1)])

    def test_signal_handlers_may_use_it(self):
        self.record(
            """
            import clew, signal
            count = 0
            inside = False
            def handler(*args):
                global count, inside
                if inside:
                    return
                inside = True
                count += 1
                clew.log({"b": count})
                clew.flush(0.1)
                inside = False
            signal.signal(signal.SIGALRM, handler)
            signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
            for i in range(20000):
                clew.log({"a": i}, step=i)
                if i % 100 == 0:
                    clew.flush()
            signal.setitimer(signal.ITIMER_REAL, 0)
            clew.log({"n": count})
            """
        )
        self.assertEqual(self.recorder.points("a"), [(i, i) for i in range(20000)])
        count = self.recorder.points("n")[0][1]
        self.assertEqual(sorted(b for _, b in self.recorder.points("b")), list(range(1, count + 1)))

    def test_log_at_exit(self):
        self.record(
            """
            import atexit
            atexit.register(lambda: clew.log(last=1))
            import clew
            atexit.register(lambda: clew.log(early=1))
            clew.log(a=1)
            """
        )
        for name in ("a", "early", "last"):
            self.assertEqual(self.recorder.points(name), [(None, 1)])


class GoneTest(ClientTest):
    def test_no_recorder(self):
        self.recorder.close()
        warnings = self.warnings(
            """
            import clew
            for i in range(100000):
                clew.log({"a": i})
            assert not clew.flush() and clew.get("lr", 3) == 3
            """
        )
        self.assertEqual(
            warnings,
            ["clew: warning: the recorder of this run is gone; the rest of it is not recorded"],
        )

    def test_the_recorder_dies(self):
        recorder = self.recorder

        def die(connection, lines):
            connection.recv(10)
            connection.close()

        recorder._serve = die
        warnings = self.warnings(
            """
            import clew, time
            for i in range(50):
                clew.log({"a": i})
                time.sleep(0.01)
            """
        )
        self.assertEqual(len(warnings), 1)
        self.assertIn("gone", warnings[0])

    def test_a_stuck_recorder_does_not_stop_the_program(self):
        recorder = self.recorder
        recorder.reading.clear()
        go_on = recorder.path + ".go"

        def wait():
            while not os.path.exists(go_on):
                time.sleep(0.02)
            recorder.reading.set()

        threading.Thread(target=wait, daemon=True).start()
        warnings = self.warnings(
            """
            import clew, os
            text = "x" * 100000
            for i in range(500):
                clew.param("p%d" % i, text)
            assert not clew.flush(0.1)
            assert clew.get("lr", 5, timeout=0.1) == 5
            open(os.environ["CLEW_SOCKET"] + ".go", "w").close()
            assert clew.flush(60)
            clew.log(after=1)
            """
        )
        self.assertEqual(len(warnings), 1)
        self.assertIn("takes nothing", warnings[0])
        lines = recorder.lines()
        params = sum(line["kind"] == "param" for line in lines)
        notes = [line["text"] for line in lines if line["kind"] == "note"]
        self.assertLess(params, 500)
        self.assertEqual(
            notes,
            ["%d lines from the program were lost, since the recorder took none" % (500 - params)],
        )
        self.assertEqual(recorder.points("after"), [(None, 1)])


class ProcessesTest(ClientTest):
    def test_fork(self):
        out = self.record(
            """
            import clew, os, sys
            clew.log({"parent": 1})
            clew.flush()
            clew.log({"parent": 2})
            children = []
            for i in range(5):
                pid = os.fork()
                if pid == 0:
                    clew.log({"child": i})
                    if i == 0:
                        sys.exit()  # through atexit
                    if i == 1 and os.fork() == 0:
                        clew.log({"grandchild": clew.get("lr")})
                    os._exit(0)
                children.append(pid)
                clew.log({"parent": 3 + i})
            for pid in children:
                os.waitpid(pid, 0)
            """,
            "-W",
            "error",
        )
        self.assertEqual(out, "")
        self.assertEqual([v for _, v in self.recorder.points("parent")], [1, 2, 3, 4, 5, 6, 7])
        self.assertEqual(sorted(v for _, v in self.recorder.points("child")), [0, 1, 2, 3, 4])
        self.assertEqual(self.recorder.points("grandchild"), [(None, 0.1)])

    def test_fork_beside_busy_threads(self):
        self.record(
            """
            import clew, os, threading
            def work():
                for i in range(3000):
                    clew.log({"a": i}, step=i)
            threads = [threading.Thread(target=work) for _ in range(2)]
            for t in threads: t.start()
            for i in range(20):
                pid = os.fork()
                if pid == 0:
                    clew.log({"b": i})
                    os._exit(0)
                os.waitpid(pid, 0)
            for t in threads: t.join()
            """,
            "-W",
            "ignore",
        )
        self.assertEqual(
            sorted(v for _, v in self.recorder.points("a")),
            sorted(list(range(3000)) * 2),
        )
        self.assertEqual(sorted(v for _, v in self.recorder.points("b")), list(range(20)))

    def pool(self, method):
        self.record(
            """
            import clew, multiprocessing
            def work(i):
                clew.log({"w": i}, step=i)
                return i
            if __name__ == "__main__":
                clew.log({"main": 1})
                with multiprocessing.get_context("%s").Pool(4) as pool:
                    assert pool.map(work, range(100)) == list(range(100))
                # The pool has killed its workers.
            """
            % method
        )
        self.assertEqual(sorted(self.recorder.points("w")), [(i, i) for i in range(100)])
        self.assertEqual(self.recorder.points("main"), [(None, 1)])

    def test_pool_of_forked_workers(self):
        self.pool("fork")

    def test_pool_of_spawned_workers(self):
        self.pool("spawn")

    def test_pool_of_workers_from_a_server(self):
        self.pool("forkserver")

    def test_a_process_that_fails(self):
        result = run(
            """
            import clew, multiprocessing
            def work():
                clew.log({"w": 1})
                raise ValueError
            if __name__ == "__main__":
                process = multiprocessing.get_context("fork").Process(target=work)
                process.start()
                process.join()
                assert process.exitcode == 1
            """,
            self.recorder.path,
        )
        self.assertEqual(result.returncode, 0)
        self.assertEqual(self.recorder.points("w"), [(None, 1)])


if __name__ == "__main__":
    unittest.main()
