"""A small recorder that keeps what it is told, and programs that report to it."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import textwrap
import threading
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
