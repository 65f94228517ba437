"""What an independent strace says about the files of a command, to compare with."""

import os
import pathlib
import re
import subprocess

CALLS = "open,openat,openat2,creat,rename,renameat,renameat2,unlink,unlinkat"
CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+)(?:<(.*)>)?(?: .*)?$")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


class Seen:
    """Paths by what was done to them, as far as they lie below a directory."""

    def __init__(self):
        self.read = set()
        self.written = set()
        self.deleted = set()
        self.renamed = set()  # (from, to)

    def __repr__(self):
        return repr(vars(self))


def unquote(text):
    return text.encode().decode("unicode_escape").encode("latin-1").decode(errors="replace")


def strace(argv, cwd, env, below, ignore=()):
    """Runs the command under strace -f and returns what it did to regular files in `below`."""
    logs = pathlib.Path(below) / ".." / "strace-logs"
    logs.mkdir(exist_ok=True)
    for old in logs.iterdir():
        old.unlink()
    # A file for each process: no line is broken by another's.
    subprocess.run(
        ["strace", "-ff", "-qq", "-y", "-s", "4096", "-e", "signal=none", "-e", "trace=" + CALLS,
         "-o", str(logs / "log"), *map(str, argv)],
        cwd=cwd, env=env, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, timeout=300,
    )
    seen = Seen()
    for log in logs.iterdir():
        for line in log.read_text(errors="replace").splitlines():
            if match := CALL.match(line):
                note(seen, match, cwd)
    keep = lambda path: (path + "/").startswith(str(below) + "/") and not any(
        part in path for part in ignore)
    seen.read = {path for path in seen.read if keep(path)}
    seen.written = {path for path in seen.written if keep(path)}
    seen.deleted = {path for path in seen.deleted if keep(path)}
    seen.renamed = {pair for pair in seen.renamed if keep(pair[1])}
    return seen


def note(seen, match, cwd):
    name, arguments, result, target = match.groups()
    if int(result) < 0:
        return
    paths = [absolute(base, unquote(text), cwd) for base, text in located(arguments)]
    if name.startswith("open") or name == "creat":
        if "O_DIRECTORY" in arguments or "O_PATH" in arguments or not target:
            return
        path = target.removesuffix(">(deleted)").removesuffix(" (deleted)")
        if os.path.isdir(path) or not path.startswith("/"):
            return
        writes = name == "creat" or "O_WRONLY" in arguments or "O_RDWR" in arguments
        if writes:
            seen.written.add(path)
        if not writes or "O_RDWR" in arguments:
            seen.read.add(path)
    elif name.startswith("rename") and len(paths) == 2:
        seen.renamed.add((paths[0], paths[1]))
    elif name.startswith("unlink") and "AT_REMOVEDIR" not in arguments and paths:
        seen.deleted.add(paths[0])


def located(arguments):
    """The path arguments, each with the directory that -y told for it."""
    for match in STRING.finditer(arguments):
        before = arguments[: match.start()]
        base = re.search(r"<([^<>]*)>, $", before)
        yield (base[1] if base else None), match[1]


def absolute(base, path, cwd):
    return os.path.normpath(os.path.join(base or str(cwd), path))


def clew_seen(run, below, ignore=()):
    """The same from the record of a run."""
    seen = Seen()
    root = run["capture"]["root"]
    for file in run["files"]:
        path = os.path.join(root, file["path"])
        if not path.startswith(str(below) + "/") or any(part in path for part in ignore):
            continue
        if file["read"]:
            seen.read.add(path)
        if file["written"]:
            seen.written.add(path)
        if file["deleted"]:
            seen.deleted.add(path)
        if file["renamed_from"]:
            seen.renamed.add((os.path.join(root, file["renamed_from"]), path))
    return seen
