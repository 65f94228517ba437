#!/usr/bin/python3
"""Checks that validate_prov.py refuses what is broken: each fault is put into a sound document."""

import copy
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
RUN = "run:run"


def null_attribute(data):
    data["activity"][RUN]["clew:state"] = None


def number_as_lexical_form(data):
    data["activity"][RUN]["clew:exitStatus"]["$"] = 0


def time_with_space(data):
    data["activity"][RUN]["prov:startTime"] = "2026-01-02 03:04:05"


def undeclared_prefix(data):
    data["entity"]["no:e"] = {}


def no_json_number(data):
    data["activity"][RUN]["clew:x"] = float("nan")


def other_points(data):
    data["entity"]["run:metric.loss"]["clew:points"] += " "


def missing_entity(data):
    del next(iter(data["wasGeneratedBy"].values()))["prov:entity"]


def unknown_kind(data):
    data["wasEndedby"] = {}


def typed_identifier(data):
    usage = next(iter(data["used"].values()))
    usage["prov:entity"] = {"$": usage["prov:entity"], "type": "xsd:QName"}


FAULTS = (null_attribute, number_as_lexical_form, time_with_space, undeclared_prefix,
          no_json_number, other_points, missing_entity, unknown_kind, typed_identifier)


def validate(data):
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(data, file)
        file.flush()
        return subprocess.run([sys.executable, os.path.join(HERE, "validate_prov.py"), file.name],
                              stdout=subprocess.PIPE, universal_newlines=True, check=False)


def main():
    try:
        import jsonschema  # noqa: F401 (most faults are found by the schema)
        import prov  # noqa: F401
    except ImportError as error:
        print("skipped: %s (python3-prov, python3-jsonschema)" % error)
        return 0
    with open(os.path.join(HERE, "golden", "full.json"), encoding="utf-8") as file:
        sound = json.load(file)
    failed = 0
    for fault in (None,) + FAULTS:
        data = copy.deepcopy(sound)
        if fault is not None:
            fault(data)
        result = validate(data)
        expected = 0 if fault is None else 1
        if result.returncode != expected:
            failed += 1
            name = fault.__name__ if fault is not None else "sound document"
            print("%s: exit status %d\n%s" % (name, result.returncode, result.stdout))
    print("%d of %d faults found" % (len(FAULTS) - failed, len(FAULTS)))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
