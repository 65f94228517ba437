"""Checks RO-Crates with the packages rocrate and roc-validator of PyPI, which share nothing with clew.

    PYTHON validate_crate.py CRATE...

Run by an interpreter that has both packages. A crate is a directory or a zip file. Needs no
network: the terms of the two contexts that a crate of clew names come from the package rocrate, and
from the table below. Exit status 1 when a crate does not conform to the profile.
"""

import importlib.resources
import json
import os
import sys
import tempfile
import zipfile

import rdflib.plugins.shared.jsonld.context as jsonld_context
import rdflib.plugins.shared.jsonld.util as jsonld_util
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

# The terms of https://w3id.org/ro/terms/workflow-run/context that clew uses.
WORKFLOW_RUN = {"@context": {"environment": "https://w3id.org/ro/terms/workflow-run#environment"}}


def contexts():
    with importlib.resources.files("rocrate").joinpath("data/ro-crate.jsonld").open() as file:
        crate = json.load(file)
    return {"https://w3id.org/ro/crate/1.1/context": crate,
            "https://w3id.org/ro/terms/workflow-run/context": WORKFLOW_RUN}


def serve_contexts():
    known = contexts()
    original = jsonld_util.source_to_json

    def source_to_json(source, *args, **kwargs):
        if isinstance(source, str) and source in known:
            return known[source], None
        return original(source, *args, **kwargs)

    jsonld_util.source_to_json = source_to_json
    jsonld_context.source_to_json = source_to_json
    fetch = HttpRequester.get if hasattr(HttpRequester, "get") else None

    def get(self, url, *args, **kwargs):
        if url in known:
            return Known(known[url])
        return fetch(self, url, *args, **kwargs) if fetch else self.session.get(url, *args, **kwargs)

    HttpRequester.get = get


class Known:
    """An answer as the validator expects it."""

    status_code = 200
    headers = {"Content-Type": "application/ld+json"}

    def __init__(self, content):
        self.content = self.text = json.dumps(content)

    def json(self):
        return json.loads(self.text)

    def raise_for_status(self):
        pass


def check(path):
    """Problems of a crate as texts."""
    problems = []
    crate = ROCrate(path)
    for entity in crate.data_entities:
        source = getattr(entity, "source", None)
        if entity.type == "File" and not (source and os.path.exists(str(source))):
            problems.append("the file %s is not in the crate" % entity.id)
    if not crate.mainEntity and not crate.root_dataset.get("mentions"):
        problems.append("the crate mentions no run")
    settings = services.ValidationSettings(
        rocrate_uri=path, profile_identifier="process-run-crate-0.5",
        requirement_severity=models.Severity.REQUIRED)
    serve_contexts()
    result = services.validate(settings)
    for issue in result.get_issues(min_severity=models.Severity.REQUIRED):
        problems.append("%s: %s" % (issue.check.identifier, issue.message))
    return problems


def main(paths):
    failed = 0
    for path in paths:
        with tempfile.TemporaryDirectory() as directory:
            place = path
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    archive.extractall(directory)
                place = directory
            problems = check(place)
        print("%s: %s" % (path, "; ".join(problems) if problems else "ok"))
        failed += bool(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
