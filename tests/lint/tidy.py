"""Runs clang-tidy over a build that compiles several files as one, and remembers what was clean.

usage: tidy.py BUILD_DIRECTORY CACHE_DIRECTORY JOBS

A piece is checked again only when something that it is made of has changed: the program, the
configuration, the options, or any file that the preprocessor reads.
"""

import concurrent.futures
import hashlib
import json
import pathlib
import shlex
import subprocess
import sys

TIDY = "clang-tidy"
# Including source files is what these pieces are for.
CHECKS = "--checks=-bugprone-suspicious-include"
# Known to g++ only.
OPTIONS = ["--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-w"]


def pieces(build):
    """What is compiled of lib/ and cmd/: each with its directory and command line."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        command = shlex.split(entry["command"])
        if entry["file"].find("/tests/") < 0:
            # ccache stands before the compiler.
            yield entry["directory"], entry["file"], command[command[0].endswith("ccache"):]


def content(directory, command):
    """What the preprocessor makes of a piece, with the places of its lines."""
    output = command.index("-o")
    words = [word for word in command[:output] + command[output + 2:] if word != "-c"]
    return subprocess.run(
        [*words, "-E", "-w"], cwd=directory, check=True, capture_output=True).stdout


def check(build, cache, common, piece):
    """Nothing when the piece is clean, else what clang-tidy said."""
    directory, file, command = piece
    digest = hashlib.sha256(common + content(directory, command)).hexdigest()
    known = cache / digest
    if known.exists():
        return ""
    result = subprocess.run(
        [TIDY, "--quiet", CHECKS, *OPTIONS, "-p", str(build), file],
        capture_output=True, text=True, check=False)
    if result.returncode == 0 and "warning:" not in result.stdout:
        known.touch()
        return ""
    return result.stdout + result.stderr


def main():
    build, cache, jobs = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    cache.mkdir(parents=True, exist_ok=True)
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    common = version + pathlib.Path(".clang-tidy").read_bytes() + CHECKS.encode()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        said = [text for text in pool.map(lambda p: check(build, cache, common, p), pieces(build)) if text]
    print("\n".join(said), end="")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main())
