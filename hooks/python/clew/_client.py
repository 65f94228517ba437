"""Sends lines to the recorder of the run.

Lines wait in a buffer until a thread sends them, 0.1 seconds after the first one or when there are
64 KiB. The thread begins with the first line and sleeps while there is none. A forked process has
no thread and sends each line at once, since such processes often end without notice (os._exit,
SIGTERM from a pool); so does one that multiprocessing has started in another way, and any process
that is at its end. What the parent had not sent at a fork is sent by the parent.

When the recorder takes nothing for long, up to 16 MiB wait. Beyond that a call waits for at most
one second; after that, lines are dropped without waiting until the recorder takes lines again. A
note in the run then says how many were lost. When the recorder is gone, everything is dropped.
"""

import atexit
import errno
import json
import os
import socket
import sys
import threading
import time
from queue import Empty, SimpleQueue
from typing import Any, List, Optional

from . import _lines
from ._warn import say

_DELAY = 0.1
_BATCH = 64 << 10
_LIMIT = 16 << 20
_PATIENCE = 1.0  # how long a call waits for a recorder that takes nothing
_TICK = 0.1  # how soon a waiting sender notices that it has to stop
_EXIT_TIMEOUT = 5.0
_TRANSIENT = (
    errno.EAGAIN,
    errno.EINTR,
    errno.EMFILE,
    errno.ENFILE,
    errno.ENOBUFS,
    errno.ENOMEM,
)


class _Gone(Exception):
    """The recorder has closed its socket."""


class Client:
    """The connection to one recorder. Safe to use from all threads and over forks."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._gone = False
        self._refused = False
        self._begin(synchronous=None)
        atexit.register(self._exit)
        os.register_at_fork(
            before=self._before_fork,
            after_in_parent=self._after_fork_in_parent,
            after_in_child=self._after_fork_in_child,
        )

    def _begin(self, synchronous: Optional[bool]) -> None:
        # Reentrant, since a signal handler may log while its thread is in put().
        self._lock = threading.RLock()  # over the lines that wait
        self._waiting: List[str] = []
        self._size = 0
        self._lost = 0
        self._stalled = False
        self._sender: Optional[_Sender] = None
        self._synchronous = synchronous  # None: not known yet

        self._send_lock = threading.Lock()  # over what follows
        self._send_owner: Optional[int] = None
        self._socket: Optional[socket.socket] = None
        self._unsent = memoryview(b"")  # the rest of what was begun to be sent
        self._received = b""
        self._unanswered = 0  # questions whose answers were not read

    # ---- what the program calls

    def put(self, line: str) -> None:
        if self._gone:
            return
        with self._lock:
            if self._stalled and self._size >= _LIMIT:
                self._lost += 1
                return
            before = self._size
            self._waiting.append(line)
            self._size = size = before + len(line)
        if self._synchronous is not False:
            if self._synchronous is None:
                self._synchronous = _is_worker()
            if self._synchronous:
                self._send_now()
                return
        if before == 0 or before < _BATCH <= size:
            self._wake()
        if size >= _LIMIT:
            self._wait_for_room()

    def flush(self, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        if self._gone or not self._acquire(deadline):
            return False
        try:
            if not self._send_all(deadline):
                return False
            return self._acknowledged(deadline)
        except _Gone:
            self._end()
            return False
        finally:
            self._release()

    def get(self, name: str, default: Any, timeout: float) -> Any:
        deadline = time.monotonic() + timeout
        if self._gone or not self._acquire(deadline):
            return default
        try:
            with self._lock:
                self._waiting.append(_lines.question(name))
            self._unanswered += 1
            if not self._send_all(deadline):
                return default
            answer = b""
            while self._unanswered > 0:  # answers that came too late stand before this one
                line = self._receive_line(deadline)
                if line is None:
                    return default
                if not line:
                    raise _Gone
                answer = line
                self._unanswered -= 1
            value = json.loads(answer.decode("utf-8", "replace")).get(name)
            return default if value is None else value
        except _Gone:
            self._end()
            return default
        finally:
            self._release()

    # ---- the buffer

    def _wake(self) -> None:
        with self._lock:
            sender = self._sender
            if sender is None:
                sender = _Sender(self)
                try:
                    sender.start()
                except RuntimeError:  # the interpreter is about to end, or there are no threads
                    self._synchronous = True
                    sender = None
                self._sender = sender
        if sender is None:
            self._send_now()
        else:
            sender.wake.put(None)

    def _wait_for_room(self) -> None:
        if self._stalled:
            return
        deadline = time.monotonic() + _PATIENCE
        while self._size >= _LIMIT and not self._gone:
            if time.monotonic() > deadline:
                self._stall()
                return
            time.sleep(0.002)

    def _stall(self) -> None:
        if not self._stalled:
            self._stalled = True
            say("the recorder of this run takes nothing; what does not fit into memory is lost")

    def _take(self) -> bytes:
        with self._lock:
            lines, self._waiting, self._size = self._waiting, [], 0
            lost, self._lost = self._lost, 0
            if lost:
                text = "%d lines from the program were lost, since the recorder took none" % lost
                lines.append(_lines.statement("note", "text", text))
        return "".join(lines).encode("utf-8", "replace")

    # ---- the connection; all under the send lock

    def _acquire(self, deadline: Optional[float]) -> bool:
        me = threading.get_ident()
        if self._send_owner == me:  # a signal handler that has interrupted this thread
            return False
        left = -1.0 if deadline is None else max(0.0, deadline - time.monotonic())
        if not self._send_lock.acquire(timeout=left):
            return False
        self._send_owner = me
        return True

    def _release(self) -> None:
        self._send_owner = None
        self._send_lock.release()

    def _send_now(self) -> None:
        """Sends what waits, without a thread, and waits for the recorder only so long."""
        deadline = time.monotonic() + (0 if self._stalled else _PATIENCE)
        if not self._acquire(deadline):
            return
        try:
            if not self._send_all(deadline):
                self._stall()
        except _Gone:
            self._end()
        finally:
            self._release()

    def send(self, sender: "_Sender") -> None:
        """Sends what waits, however long it takes, until the sender is told to stop."""
        if not self._acquire(None):
            return
        try:
            self._send_all(None, sender)
        except _Gone:
            self._end()
        finally:
            self._release()

    def _send_all(self, deadline: Optional[float], sender: "Optional[_Sender]" = None) -> bool:
        """Sends all that waits; False when there was no time for it."""
        while True:
            if not self._unsent:
                self._unsent = memoryview(self._take())
                if not self._unsent:
                    self._stalled = False
                    return True
            if not self._send_some(deadline):
                if sender is None or sender.stopped:
                    return False

    def _send_some(self, deadline: Optional[float]) -> bool:
        """Sends a part; False when `deadline`, or without one a short time, went by in vain."""
        try:
            if self._socket is None:
                self._socket = _connect(self._path)
                self._received = b""
            self._socket.settimeout(_left(deadline))
            sent = self._socket.send(self._unsent)
        except (socket.timeout, BlockingIOError):
            return deadline is not None and time.monotonic() < deadline
        except OSError as error:
            if error.errno not in _TRANSIENT:
                raise _Gone from error
            time.sleep(min(_left(deadline), 0.01))
            return deadline is not None and time.monotonic() < deadline
        self._unsent = self._unsent[sent:]
        return True

    def _receive_line(self, deadline: float) -> Optional[bytes]:
        """A line from the recorder, empty at the end; None when there was no time for it."""
        while b"\n" not in self._received:
            assert self._socket is not None
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            try:
                self._socket.settimeout(left)
                piece = self._socket.recv(1 << 16)
            except (socket.timeout, BlockingIOError, InterruptedError):
                continue
            except OSError as error:
                raise _Gone from error
            if not piece:
                return b""
            self._received += piece
        line, self._received = self._received.split(b"\n", 1)
        return line

    def _acknowledged(self, deadline: float) -> bool:
        """Ends the connection and waits for the word that all is recorded."""
        if self._socket is None:
            return True
        last = None
        try:
            self._socket.shutdown(socket.SHUT_WR)
            while True:
                line = self._receive_line(deadline)
                if not line:
                    break
                last = line
        except OSError as error:
            raise _Gone from error
        finally:
            self._close()
        if line is None:
            return False
        if last is None:
            raise _Gone
        answer = json.loads(last.decode("utf-8", "replace"))
        if "ok" in answer:
            return True
        if not self._refused:
            self._refused = True
            say("the recorder refused a line: %s" % answer.get("error"))
        return False

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self._unanswered = 0

    def _end(self) -> None:
        """The recorder is gone for good."""
        if not self._gone:
            self._gone = True
            say("the recorder of this run is gone; the rest of it is not recorded")
        self._close()
        self._unsent = memoryview(b"")
        with self._lock:
            self._waiting, self._size = [], 0

    # ---- the ends of processes, and forks

    def _exit(self) -> None:
        self._synchronous = True
        try:
            self.flush(_EXIT_TIMEOUT)
        except Exception:
            pass

    def _before_fork(self) -> None:
        # A thread would make Python warn of the fork, and might hold a lock of its libraries.
        with self._lock:
            sender, self._sender = self._sender, None
        if sender is not None and sender is not threading.current_thread():
            sender.stopped = True
            sender.wake.put(None)
            sender.join(2 * _TICK)

    def _after_fork_in_parent(self) -> None:
        if self._size > 0 or self._unsent:
            self._wake()

    def _after_fork_in_child(self) -> None:
        inherited = self._socket
        self._begin(synchronous=True)
        if inherited is not None:
            inherited.close()


class _Sender(threading.Thread):
    """Sends what waits in a client."""

    def __init__(self, client: Client) -> None:
        super().__init__(name="clew", daemon=True)
        self._client = client
        self.wake: "SimpleQueue[None]" = SimpleQueue()  # its put() is safe in signal handlers
        self.stopped = False

    def run(self) -> None:
        while True:
            self.wake.get()
            if not self.stopped and self._client._size < _BATCH:
                try:
                    self.wake.get(timeout=_DELAY)
                except Empty:
                    pass
            if self.stopped:
                return
            try:
                self._client.send(self)
            except Exception as error:
                say("cannot send to the recorder: %r" % (error,))


def _left(deadline: Optional[float]) -> float:
    """The next wait of a sender that has until `deadline`."""
    if deadline is None:
        return _TICK
    return min(max(0.0, deadline - time.monotonic()), _TICK)


def _connect(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_TICK)
        connection.connect(path)
    except BaseException:
        connection.close()
        raise
    return connection


def _is_worker() -> bool:
    """Is this a process that multiprocessing has started, by a fork or not?"""
    process = sys.modules.get("multiprocessing.process")
    if process is None:
        return False
    parent = getattr(process, "parent_process", None)
    if parent is not None and parent() is not None:
        return True
    return bool(process.current_process().name != "MainProcess")
