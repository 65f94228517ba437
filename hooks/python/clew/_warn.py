"""Warnings on standard error, one for each place in the program that calls clew."""

import os
import sys
from typing import Set, Tuple

_PACKAGE = os.path.dirname(os.path.abspath(__file__))
_MAX_PLACES = 100
_warned: Set[Tuple[str, int]] = set()


def warn(message: str) -> None:
    """Warns once about what the calling line of the program does."""
    place = _caller()
    if place in _warned or len(_warned) >= _MAX_PLACES:
        return
    _warned.add(place)
    say("%s:%d: %s" % (place[0], place[1], message))


def say(message: str) -> None:
    """Prints a warning; a training goes on also where that fails."""
    try:
        sys.stderr.write("clew: warning: %s\n" % message)
        sys.stderr.flush()
    except Exception:
        pass


def _caller() -> Tuple[str, int]:
    frame = sys._getframe(1)
    while frame is not None and os.path.dirname(frame.f_code.co_filename) == _PACKAGE:
        frame = frame.f_back  # type: ignore[assignment]
    return (frame.f_code.co_filename, frame.f_lineno) if frame is not None else ("?", 0)
