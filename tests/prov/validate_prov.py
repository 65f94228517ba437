#!/usr/bin/python3
"""Checks PROV-JSON files with tools that share nothing with clew.

    /usr/bin/python3 validate_prov.py FILE...

For each file: strict JSON (no NaN, no key twice in an object); a JSON schema (Draft 4) of the
structural rules of PROV-JSON; python3-prov reads it, unifies it, and reads it back equal from its
own JSON, XML and TriG; rdflib reads the TriG and finds every element with its PROV class; what it
lists as points of a series has the SHA-256 that stands beside them. Says what it checked. Exit
status 1 when a check fails. What needs a missing package is skipped, and said to be.

Debian packages: python3-prov python3-rdflib python3-jsonschema python3-lxml
"""

import hashlib
import io
import json
import math
import sys
import warnings

try:
    import jsonschema
except ImportError:
    jsonschema = None
try:
    import rdflib
except ImportError:
    rdflib = None
try:
    import prov.model
except ImportError:
    prov = None
try:
    import lxml
except ImportError:
    lxml = None

CLEW = "https://w3id.org/clew/ns#"
PROV = "http://www.w3.org/ns/prov#"

# The formal attributes of each kind of record, the mandatory ones marked '!', times with '@'.
# Kinds with a closing '.' have neither identifiers nor attributes of their own.
KINDS = {
    "entity": "",
    "activity": "@startTime @endTime",
    "agent": "",
    "wasGeneratedBy": "!entity activity @time",
    "used": "!activity entity @time",
    "wasInformedBy": "!informed !informant",
    "wasStartedBy": "!activity trigger starter @time",
    "wasEndedBy": "!activity trigger ender @time",
    "wasInvalidatedBy": "!entity activity @time",
    "wasDerivedFrom": "!generatedEntity !usedEntity activity generation usage",
    "wasAttributedTo": "!entity !agent",
    "wasAssociatedWith": "!activity agent plan",
    "actedOnBehalfOf": "!delegate !responsible activity",
    "wasInfluencedBy": "!influencee !influencer",
    "specializationOf": "!specificEntity !generalEntity .",
    "alternateOf": "!alternate1 !alternate2 .",
    "hadMember": "!collection !entity .",
}
ELEMENTS = ("entity", "activity", "agent")

NAME = r"^[A-Za-z0-9_-]+:[A-Za-z_][A-Za-z0-9._-]*$"
BLANK = r"^_:[A-Za-z0-9._-]+$"
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$"


def record_schema(words):
    """The schema of one kind of record."""
    properties, required = {}, []
    closed = False
    for word in words.split():
        if word == ".":
            closed = True
            continue
        name = "prov:" + word.lstrip("!@")
        properties[name] = {"$ref": "#/definitions/" + ("time" if word[0] == "@" else "name")}
        if word[0] == "!":
            required.append(name)
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required:
        schema["required"] = required
    if not closed:
        attribute = {"$ref": "#/definitions/attribute"}
        for name in ("type", "label", "location", "role", "value"):
            properties["prov:" + name] = attribute
        schema["patternProperties"] = {r"^(?!prov:)[A-Za-z0-9_-]+:[A-Za-z][A-Za-z0-9]*$": attribute}
    return schema


def document_schema():
    """JSON schema, Draft 4: stricter than PROV-JSON where clew promises more."""
    literal = {
        "oneOf": [
            {"type": ["string", "number", "boolean"]},
            {
                "type": "object",
                "properties": {
                    "$": {"type": "string"},
                    "type": {"$ref": "#/definitions/name"},
                    "lang": {"type": "string"},
                },
                "required": ["$"],
                "additionalProperties": False,
            },
        ]
    }
    properties = {
        "prefix": {
            "type": "object",
            "patternProperties": {r"^[A-Za-z0-9_-]+$": {"type": "string", "minLength": 1}},
            "additionalProperties": False,
        }
    }
    for kind, words in KINDS.items():
        key = NAME if kind in ELEMENTS else BLANK + "|" + NAME
        properties[kind] = {
            "type": "object",
            "patternProperties": {key: record_schema(words)},
            "additionalProperties": False,
        }
    container = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    properties["bundle"] = {
        "type": "object",
        "patternProperties": {NAME: container},
        "additionalProperties": False,
    }
    return {
        "$schema": "http://json-schema.org/draft-04/schema#",
        "definitions": {
            "name": {"type": "string", "pattern": BLANK + "|" + NAME},
            "time": {"type": "string", "pattern": TIME},
            "literal": literal,
            "attribute": {
                "oneOf": [
                    {"$ref": "#/definitions/literal"},
                    {
                        "type": "array",
                        "items": {"$ref": "#/definitions/literal"},
                        "minItems": 2,
                        "uniqueItems": True,
                    },
                ]
            },
        },
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "required": ["prefix"],
    }


class Failure(Exception):
    """A check that failed."""


def strict_json(text):
    def pairs(items):
        keys = [key for key, _ in items]
        if len(set(keys)) != len(keys):
            raise Failure("a key stands twice in one object")
        return dict(items)

    def constant(name):
        raise Failure(name + " is no JSON")

    return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)


def check_schema(data):
    jsonschema.Draft4Validator.check_schema(document_schema())
    errors = list(jsonschema.Draft4Validator(document_schema()).iter_errors(data))
    if errors:
        path = "/".join(str(part) for part in errors[0].absolute_path)
        raise Failure("%d faults, first at %s: %s" % (len(errors), path, errors[0].message[:300]))
    return "JSON schema: %d records" % sum(
        len(content.get(kind, {})) for content in containers(data) for kind in KINDS)


def containers(data):
    """The document and its bundles."""
    return [data] + list(data.get("bundle", {}).values())


def values_of(data, name):
    """All values of an attribute in the document, with their records."""
    for content in containers(data):
        for kind in KINDS:
            for body in content.get(kind, {}).values():
                if name in body:
                    yield body, body[name]


def check_series(data):
    count = 0
    for body, text in values_of(data, "clew:points"):
        count += 1
        if hashlib.sha256(text.encode()).hexdigest() != body["clew:sha256"]:
            raise Failure("the points of %s have another digest" % body["clew:name"])
        series = strict_json(text)
        lengths = {len(series[key]) for key in ("steps", "times", "values")}
        if lengths != {int(body["clew:count"]["$"])}:
            raise Failure("%s has another number of points" % body["clew:name"])
        if series["values"] and float(series["values"][-1]) != float(body["clew:last"]["$"]):
            if not math.isnan(float(series["values"][-1])):
                raise Failure("%s has another last value" % body["clew:name"])
    return "series: %d digests" % count


def plain(value, double):
    """A value of python3-prov in a form that compares: NaN with itself, types with names."""
    if isinstance(value, float):
        return ("float", double % value)
    if isinstance(value, prov.model.Literal):
        return ("literal", value.value, str(value.datatype), value.langtag)
    if isinstance(value, prov.model.Identifier):
        return ("name", value.uri)
    if hasattr(value, "isoformat"):
        return ("time", value.isoformat())
    return (type(value).__name__, repr(value))


def bundled(document, double="%r"):
    """The records of a document and of its bundles, each with the name of its bundle."""
    found = records(document, double)
    for bundle in document.bundles:
        found += [bundle.identifier.uri + " " + record for record in records(bundle, double)]
    return sorted(found)


def records(document, double="%r"):
    """The records of a document as a sorted list of plain values. Identifiers of relations are
    kept where they are not blank; `double` is how doubles are written."""
    found = []
    for record in document.get_records():
        name = record.identifier.uri if record.identifier else None
        if name is not None and name.startswith("_:"):
            name = None
        attributes = sorted((key.uri, plain(value, double)) for key, value in record.attributes)
        found.append(repr((record.get_type().uri, name, attributes)))
    return sorted(found)


def read(content, **how):
    stream = io.BytesIO(content) if isinstance(content, bytes) else io.StringIO(content)
    return prov.model.ProvDocument.deserialize(stream, **how)


def written(document, **how):
    stream = io.BytesIO()
    document.serialize(stream, **how)
    return stream.getvalue()


def check_equal(expected, document, what, double="%r"):
    found = bundled(document, double)
    if found == expected:
        return
    lost = [record for record in expected if record not in found]
    new = [record for record in found if record not in expected]
    raise Failure("%s differs: lost %d, first %s; new %d, first %s"
                  % (what, len(lost), (lost or [""])[0][:400], len(new), (new or [""])[0][:400]))


def check_prov(text, data):
    document = read(text)
    expected = bundled(document)
    count = sum(len(content.get(kind, {})) for content in containers(data) for kind in KINDS)
    if len(expected) != count:
        raise Failure("python3-prov reads %d records of %d" % (len(expected), count))
    if any("prov:QUALIFIED_NAME" in record for record in expected):
        raise Failure("a qualified name was not resolved")
    check_equal(expected, document.unified(), "the unified document")
    check_equal(expected, read(written(document, format="json")), "the document from JSON")
    done = "python3-prov: %d records, unified, JSON" % count
    if lxml is not None:
        check_equal(expected, read(written(document, format="xml"), format="xml"),
                    "the document from XML")
        done += ", XML"
    return document, done


def check_rdf(document, data):
    trig = written(document, format="rdf", rdf_format="trig")
    graph = rdflib.ConjunctiveGraph()
    graph.parse(data=trig, format="trig")
    if "bundle" not in data:
        turtle = rdflib.Graph()
        turtle.parse(data=written(document, format="rdf", rdf_format="turtle"), format="turtle")
        if len(turtle) != len(graph):
            raise Failure("Turtle has %d triples, TriG %d" % (len(turtle), len(graph)))
    prefixes = data["prefix"]
    for kind in ELEMENTS:
        for name in data.get(kind, {}):
            prefix, local = name.split(":", 1)
            triple = (rdflib.URIRef(prefixes[prefix] + local), rdflib.RDF.type,
                      rdflib.URIRef(PROV + kind.capitalize()))
            if triple not in graph:
                raise Failure("RDF lacks %s as a prov:%s" % (name, kind.capitalize()))
    for run in (name for name, body in data.get("activity", {}).items() if "clew:state" in body):
        prefix, local = run.split(":", 1)
        subject = rdflib.URIRef(prefixes[prefix] + local)
        if graph.value(subject, rdflib.URIRef(CLEW + "state")) is None:
            raise Failure("RDF lacks the state of " + run)
    # rdflib writes doubles with seven digits.
    check_equal(bundled(document, "%.6e"),
                read(trig, format="rdf", rdf_format="trig"), "the document from TriG", "%.6e")
    return "rdflib: %d triples, TriG and Turtle" % len(graph)


def check(path):
    """Checks one file; what was checked, as a list of texts."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    data = strict_json(text)
    done = ["strict JSON"]
    if jsonschema is not None:
        done.append(check_schema(data))
    done.append(check_series(data))
    if prov is not None:
        document, what = check_prov(text, data)
        done.append(what)
        if rdflib is not None:
            done.append(check_rdf(document, data))
    return done


def main(paths):
    if not paths:
        print(__doc__, file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")
    for module, package, what in ((jsonschema, "python3-jsonschema", "the JSON schema"),
                                  (prov, "python3-prov", "reading as PROV, and RDF"),
                                  (rdflib, "python3-rdflib", "RDF"), (lxml, "python3-lxml", "XML")):
        if module is None:
            print("skipped: %s (%s is not installed)" % (what, package))
    failed = 0
    for path in paths:
        try:
            print("%s: ok (%s)" % (path, "; ".join(check(path))))
        except Exception as error:  # any fault of a reader is a fault of the file
            failed += 1
            print("%s: FAILED: %s: %s" % (path, type(error).__name__, error))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
