"""Tests of how the Python client sends: threads, processes, and recorders that are gone or stuck.

Run with: python3 -m unittest discover -s tests/python
"""

import os
import threading
import time
import unittest

from recorder import ClientTest, run


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
