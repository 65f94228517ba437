"""Packages of PyPI for checks that Debian has nothing for, in an environment of their own.

They are installed once, into .cache/ at the top of the repository, and only for tests.
"""

import fcntl
import pathlib
import subprocess
import sys
import venv

CACHE = pathlib.Path(__file__).resolve().parents[2] / ".cache"


def interpreter(name, *packages):
    """The path of a Python that has the packages, or a text that says why there is none:
    (path, None) or (None, reason)."""
    place = CACHE / ("venv-" + name)
    python = place / "bin" / "python"
    done = place / "installed"
    wanted = " ".join(sorted(packages))
    CACHE.mkdir(exist_ok=True)
    with open(CACHE / ("venv-%s.lock" % name), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists() and done.read_text() == wanted:
            return str(python), None
        try:
            venv.create(place, clear=True, with_pip=True)
            subprocess.run(
                [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check",
                 "--retries", "1", "--timeout", "15", *packages],
                check=True, timeout=240, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        except (OSError, subprocess.SubprocessError) as error:
            output = getattr(error, "output", None) or b""
            lines = output.decode(errors="replace").strip().splitlines()
            return None, "cannot install %s: %s" % (wanted, lines[-1] if lines else error)
        done.write_text(wanted)
    return str(python), None


if __name__ == "__main__":
    found, reason = interpreter(*sys.argv[1:])
    print(found or reason)
    sys.exit(0 if found else 1)
