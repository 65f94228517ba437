"""Formats lines of the protocol, clew-protocol(7). Functions return "" where nothing is to be sent,
after a warning."""

import json
import operator
import os
from time import time as _now
from typing import Any, Dict, Iterator, Mapping, Optional

from ._warn import warn

MISSING: Any = object()
MAX_LINE = 1 << 20
_MAX_NAME = 256
_MAX_DEPTH = 64
_INT32 = 1 << 31
_INT64 = 1 << 63

_keys: Dict[str, str] = {}  # name -> '"name":' of the metrics seen, so that each is checked once
_MAX_KEYS = 100000


def metrics(values: Any, step: Any, epoch: Any, time: Any) -> str:
    """One line for several values, or more lines where it would be too long for one."""
    parts = []
    try:
        items = values.items()
    except AttributeError:
        if values is not None:
            warn("log() takes a mapping of names to numbers, not %s" % _shown(values))
        return ""
    for name, value in items:
        key = _keys.get(name) if type(name) is str else None
        if key is None:
            key = _key(name)
            if not key:
                continue
        # A float that is not finite does not give 0 here.
        if type(value) is float and value - value == 0.0:
            parts.append(key + repr(value))
        else:
            text = _number(value)
            if text:
                parts.append(key + text)
            else:
                warn("metric %s is not a number: %s" % (key[:-1], _shown(value)))
    if not parts:
        return ""
    place = ""
    if step is not None:
        # Most steps are small integers; the rest takes the long way.
        place = f'"step":{step},' if type(step) is int and -_INT32 < step < _INT32 else _step(step)
    if epoch is not None:
        place += _epoch(epoch)
    seconds = _now() if time is None else _time(time)
    head = f'{{"kind":"metrics",{place}"time":{seconds:.6f},"values":{{'
    body = ",".join(parts)
    if len(body) < MAX_LINE // 8:
        return head + body + "}}\n"
    return "".join(
        head + ",".join(parts[i : i + 1000]) + "}}\n" for i in range(0, len(parts), 1000)
    )


def params(name: Any, value: Any, step: Any, cause: Any) -> Iterator[str]:
    """A line for each parameter."""
    if value is MISSING:
        values = name if isinstance(name, Mapping) else getattr(name, "__dict__", None)
        if values is None:
            warn("param() takes a name and a value, or a mapping, not %s" % _shown(name))
            return
    else:
        values = {name: value}
    tail = ""
    if step is not None:
        tail += _step(step)
    if cause is not None:
        tail += '"cause":%s,' % _text(str(cause))
    for key, item in values.items():
        checked = _name(key)
        if checked is None:
            continue
        line = '{"kind":"param","name":%s,"value":%s,%s"time":%.6f}\n' % (
            _text(checked),
            json.dumps(_plain(item), ensure_ascii=False),
            tail,
            _now(),
        )
        if _fits(line):
            yield line
        else:
            warn("parameter %s is too long to be recorded" % _text(checked))


def statement(kind: str, member: str, value: Any) -> str:
    """A line of the kind whose one member is a text or path that the program gave."""
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, bytes):
        value = os.fsdecode(value)
    value = str(value)
    if not value:
        warn("an empty %s is not recorded" % kind)
        return ""
    line = '{"kind":%s,"%s":%s,"time":%.6f}\n' % (
        _text(kind),
        member,
        _text(value),
        _now(),
    )
    if not _fits(line):
        warn("a %s is too long to be recorded" % kind)
        return ""
    return line


def question(name: str) -> str:
    return '{"get":%s}\n' % _text(str(name))


def _fits(line: str) -> bool:
    return len(line) <= MAX_LINE // 4 or len(line.encode("utf-8", "replace")) <= MAX_LINE


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:
        text = type(value).__name__
    return text if len(text) <= 60 else text[:57] + "..."


def _name(name: Any) -> Optional[str]:
    name = str(name)
    if not name or len(name.encode("utf-8", "replace")) > _MAX_NAME:
        warn("a name is empty or longer than %d bytes: %s" % (_MAX_NAME, _shown(name)))
        return None
    if any(c < " " or c == "\x7f" for c in name):
        warn("a name has a control character: %s" % _shown(name))
        return None
    return name


def _key(name: Any) -> str:
    checked = _name(name)
    if checked is None:
        return ""
    key = _text(checked) + ":"
    if type(name) is str and len(_keys) < _MAX_KEYS:
        _keys[name] = key
    return key


def _number(value: Any) -> str:
    """The number as JSON; "" for what is none. Tensors and NumPy scalars are known by what they can
    do, so that their libraries need not be imported."""
    try:
        if not isinstance(value, (int, float)):
            if hasattr(value, "item"):
                value = value.item()
            if not isinstance(value, (int, float)):
                value = value.__float__()
        if isinstance(value, int) and -_INT64 <= value < _INT64:
            return str(int(value))
        value = float(value)
    except Exception:
        return ""
    if value != value:
        return '"NaN"'
    if value - value != 0.0:
        return '"Infinity"' if value > 0 else '"-Infinity"'
    return repr(value)


def _step(step: Any) -> str:
    try:
        if hasattr(step, "item"):
            step = step.item()
        if isinstance(step, float) and step.is_integer():
            step = int(step)
        number = operator.index(step)
        if -_INT64 <= number < _INT64:
            return '"step":%d,' % number
    except Exception:
        pass
    warn("step %s is not an integer; recorded without one" % _shown(step))
    return ""


def _epoch(epoch: Any) -> str:
    text = _number(epoch)
    if text and not text.startswith('"'):
        return '"epoch":%s,' % text
    warn("epoch %s is not a number; recorded without one" % _shown(epoch))
    return ""


def _time(time: Any) -> float:
    try:
        seconds = float(time.timestamp() if hasattr(time, "timestamp") else time)
        if abs(seconds) < 1e11:
            return seconds
    except Exception:
        pass
    warn("time %s is neither a datetime nor seconds since 1970; taken as now" % _shown(time))
    return _now()


def _plain(value: Any, depth: int = 0) -> Any:
    """The value in the terms of JSON; whatever has no form there becomes its text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value) if -_INT64 <= value < _INT64 else str(int(value))
    if isinstance(value, float):
        text = _number(value)
        return text[1:-1] if text.startswith('"') else float(value)
    if depth < _MAX_DEPTH:
        if isinstance(value, Mapping):
            return {str(key): _plain(item, depth + 1) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [_plain(item, depth + 1) for item in value]
        if isinstance(value, (set, frozenset)):
            return sorted((_plain(item, depth + 1) for item in value), key=repr)
        if hasattr(value, "tolist"):  # arrays, tensors and their scalars
            return _plain(value.tolist(), depth + 1)
    return str(value)
