"""Tells the run that clew records about metrics, parameters, tags, notes and artifacts.

    import clew
    clew.log({"loss": 0.1, "val/acc": 0.9}, step=3)

`clew run -- python train.py` makes this module known to the program that it starts. In a program
that clew does not record every function does nothing.

A training never fails because of this module: whatever goes wrong is said once on standard error.
Lines are sent in the background within 0.1 seconds, and at the end of the program; flush() waits
until they are recorded. All functions may be called from any thread, from forked processes and
from workers of multiprocessing, where lines are sent at once.
"""

import os as _os
from typing import Any, Mapping, Optional, Union

from . import _lines
from ._client import Client as _Client
from ._warn import warn as _warn

__all__ = ["artifact", "flush", "get", "log", "note", "param", "run_id", "tag"]

#: The id of the run that this program is a part of; None outside of a run.
run_id: Optional[str] = _os.environ.get("CLEW_RUN") or None

_socket = _os.environ.get("CLEW_SOCKET")
_recorder: Optional[_Client] = _Client(_socket) if _socket else None
_metrics = _lines.metrics  # looked up once: log() is called in inner loops


def log(
    values: Optional[Mapping[str, Any]] = None,
    step: Optional[int] = None,
    epoch: Optional[float] = None,
    time: Any = None,
    **metrics: Any,
) -> None:
    """Adds a point to each named metric: log({"loss": 0.1}, step=3) or log(loss=0.1, step=3).

    A value is a number or has one (.item() or __float__: NumPy scalars, tensors of one element).
    NaN and infinities are values. `epoch` is the step when there is none, else also a metric.
    `time` is a datetime or seconds since 1970; without it, it is now.
    """
    if _recorder is None:
        return
    try:
        if metrics:
            values = {**values, **metrics} if values else metrics
        line = _metrics(values, step, epoch, time)
        if line:
            _recorder.put(line)
    except Exception as error:
        _warn("cannot log: %r" % (error,))


def param(
    name: Any, value: Any = _lines.MISSING, step: Optional[int] = None, cause: Optional[str] = None
) -> None:
    """Sets a parameter: param("lr", 0.1), or all of a mapping or namespace: param(vars).

    Setting it again to another value is a change of it, at a step and for a cause if they are
    given. Mappings are flattened: param("model", {"depth": 3}) sets "model.depth".
    """
    if _recorder is None:
        return
    try:
        for line in _lines.params(name, value, step, cause):
            _recorder.put(line)
    except Exception as error:
        _warn("cannot set a parameter: %r" % (error,))


def tag(*tags: str) -> None:
    """Adds tags to the run."""
    for word in tags:
        _put("tag", "tag", word)


def note(text: str) -> None:
    """Adds a note to the run."""
    _put("note", "text", text)


def artifact(path: Union[str, "_os.PathLike[str]"]) -> None:
    """Names a file as one that the run has produced."""
    try:
        path = _os.path.abspath(path)
    except TypeError:
        pass  # no path: told below
    _put("artifact", "path", path)


def flush(timeout: float = 5.0) -> bool:
    """Waits until all that was said before is recorded, for at most `timeout` seconds.

    Returns whether it is; True outside of a run.
    """
    if _recorder is None:
        return True
    try:
        return _recorder.flush(timeout)
    except Exception as error:
        _warn("cannot flush: %r" % (error,))
        return False


def get(name: str, default: Any = None, timeout: float = 1.0) -> Any:
    """The present value of a parameter of the run, or `default` where it has none."""
    if _recorder is None:
        return default
    try:
        return _recorder.get(name, default, timeout)
    except Exception as error:
        _warn("cannot get a parameter: %r" % (error,))
        return default


def _put(kind: str, member: str, value: Any) -> None:
    if _recorder is None:
        return
    try:
        line = _lines.statement(kind, member, value)
        if line:
            _recorder.put(line)
    except Exception as error:
        _warn("cannot record: %r" % (error,))
