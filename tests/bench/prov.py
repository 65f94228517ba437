#!/usr/bin/python3
"""PROV-JSON of a run with 10,000 files, by clew and by python3-prov.

    /usr/bin/python3 prov.py CLEW

Makes a run with 10,000 files in a scratch store (clew watches a script that writes them; where files
cannot be watched, it says so), and times `clew export` as a whole program against python3-prov
writing the same document, which it has in memory already. Prints

    NAME: ours TIME theirs TIME ratio RATIO goal GOAL

Debian package: python3-prov
"""

import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

FILES = 10_000
ROUNDS = 5
WRITER = """
import os, sys
for i in range(%d):
    directory = 'out/%%02d' %% (i %% 100)
    if i < 100:
        os.makedirs(directory)
    with open('%%s/file%%05d.txt' %% (directory, i), 'w') as file:
        file.write('%%d\\n' %% i)
""" % FILES


def best(action):
    """The shortest of several times, in seconds."""
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def main(clew):
    try:
        import prov.model
    except ImportError:
        print("skipped: python3-prov is not installed")
        return 0
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as place:
        work = pathlib.Path(place, "work")
        work.mkdir()
        environment = dict(os.environ, HOME=place, CLEW_DIR=str(work / ".clew"))

        def run(*words):
            return subprocess.run([clew, *words], cwd=work, env=environment, check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout

        (work / "write.py").write_text(WRITER)
        run("init")
        run("run", "--", sys.executable, "write.py")
        text = run("export", "--format", "prov-json")
        deadline = time.monotonic() + 60
        while len(json.loads(text).get("entity", {})) < FILES and time.monotonic() < deadline:
            time.sleep(0.5)  # until the run is sealed
            text = run("export", "--format", "prov-json")
        entities = len(json.loads(text)["entity"])
        if entities < FILES:
            print("skipped: clew cannot watch files here (%d entities)" % entities)
            return 0
        document = prov.model.ProvDocument.deserialize(io.StringIO(text.decode()))
        ours = best(lambda: run("export", "--format", "prov-json"))
        theirs = best(lambda: document.serialize(io.StringIO()))
        print("PROV-JSON of a run with %d files: ours %.0f ms theirs %.0f ms ratio %.1f goal >= 20"
              % (FILES, ours * 1000, theirs * 1000, theirs / ours))
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(os.path.abspath(sys.argv[1])))
