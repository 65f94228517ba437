#!/usr/bin/python3
"""PROV-JSON of a run with 10,000 files: clew beside python3-prov.

Both are whole programs that begin with the record and end with the file. clew reads its store, makes
the graph, checks it and writes it; the Python program reads the same records as plain JSON, makes
them into a document with python3-prov, and serialises that, without a check.

    /usr/bin/python3 provenance.py CLEW

Debian package: python3-prov
"""

import json
import pathlib
import time

from _measure import PYTHON, by_turns, program, report, run, scratch, skip

FILES = 10_000
GOAL = 1 / 20
NAME = f"PROV-JSON of a run with {FILES:,} files"
WRITER = """
import os
for i in range(%d):
    directory = 'out/%%02d' %% (i %% 100)
    if i < 100:
        os.makedirs(directory)
    with open('%%s/file%%05d.txt' %% (directory, i), 'w') as file:
        file.write('%%d\\n' %% i)
""" % FILES
THEIRS = """
import json, sys, prov.model
namespaces, records = json.load(open(sys.argv[1]))
document = prov.model.ProvDocument()
for prefix, iri in namespaces:
    document.add_namespace(prefix, iri)
for kind, name, attributes in records:
    document.new_record(document.valid_qualified_name(kind), name, attributes)
with open(sys.argv[2], 'w') as file:
    document.serialize(file)
"""


def plain(value):
    """A value of PROV-JSON as a script would have it."""
    if isinstance(value, dict):
        if value["type"] in ("xsd:int", "xsd:long"):
            return int(value["$"])
        return float(value["$"]) if value["type"] == "xsd:double" else value["$"]
    return value


def records(data):
    """[kind, name, [[attribute, value]]] of each record."""
    import prov.constants

    kinds = {key: "prov:" + kind.localpart for kind, key in prov.constants.PROV_N_MAP.items()}
    for key, content in data.items():
        if key == "prefix":
            continue
        for name, body in content.items():
            attributes = [[attribute, plain(value)] for attribute, values in body.items()
                          for value in (values if isinstance(values, list) else [values])]
            yield [kinds[key], None if name.startswith("_:") else name, attributes]


def main():
    try:
        import prov.model  # noqa: F401
    except ImportError:
        skip(NAME, "python3-prov is not installed")
        return
    clew = program()
    with scratch() as place:
        work = pathlib.Path(place)
        (work / "write.py").write_text(WRITER)
        run(clew, "init", cwd=work)
        run(clew, "run", "--", PYTHON, "write.py", cwd=work)
        deadline = time.monotonic() + 60
        while True:  # until the run is sealed
            data = json.loads(run(clew, "export", "--format", "prov-json", cwd=work).stdout)
            live = work / ".clew" / "live"
            if not list(live.iterdir()) or time.monotonic() > deadline:
                break
            time.sleep(0.2)
        if len(data["entity"]) < FILES:
            skip(NAME, "files cannot be watched here")
            return
        (work / "records.json").write_text(
            json.dumps([list(data["prefix"].items()), list(records(data))]))
        (work / "theirs.py").write_text(THEIRS)
        times = by_turns(lambda: run(clew, "export", "-o", "prov.json", cwd=work),
                         lambda: run(PYTHON, "theirs.py", "records.json", "theirs.json", cwd=work), 5)
        report(NAME, *times, GOAL, against="python3-prov")


main()
