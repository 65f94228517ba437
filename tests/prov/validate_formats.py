#!/usr/bin/python3
"""Checks the other serializations of a PROV document against its PROV-JSON.

    /usr/bin/python3 validate_formats.py prov.json FILE...

The kind of each FILE is told by its ending. .ttl and .trig: rdflib and rapper read the same number
of triples, and every record of the PROV-JSON is there in the terms of PROV-O (the table below was
written from the Recommendation). .provn: every record is there as python3-prov writes it. .jsonld:
every record is there in the terms of the submission; prov 3.1 or later, where it is installed, reads
it back equal. .dot: Graphviz reads it. Says what it checked; what is not installed is skipped, and
said to be. Exit status 1 when a check fails.

Debian packages: python3-prov python3-rdflib raptor2-utils graphviz
"""

import json
import re
import shutil
import subprocess
import sys
import warnings

import rdflib

# Lexical forms are compared as they stand.
rdflib.NORMALIZE_LITERALS = False

import validate_prov
from validate_prov import ELEMENTS, KINDS, PROV, Failure, read, records

# Of each relation: subject, object, shorthand, qualified property, class, and from the node to the
# object and to the other formal attributes.
RDF = {
    "wasGeneratedBy": ("entity", "activity", "wasGeneratedBy", "qualifiedGeneration", "Generation",
                       "activity", {"time": "atTime"}),
    "used": ("activity", "entity", "used", "qualifiedUsage", "Usage", "entity", {"time": "atTime"}),
    "wasInformedBy": ("informed", "informant", "wasInformedBy", "qualifiedCommunication",
                      "Communication", "activity", {}),
    "wasStartedBy": ("activity", "trigger", "wasStartedBy", "qualifiedStart", "Start", "entity",
                     {"starter": "hadActivity", "time": "atTime"}),
    "wasEndedBy": ("activity", "trigger", "wasEndedBy", "qualifiedEnd", "End", "entity",
                   {"ender": "hadActivity", "time": "atTime"}),
    "wasInvalidatedBy": ("entity", "activity", "wasInvalidatedBy", "qualifiedInvalidation",
                         "Invalidation", "activity", {"time": "atTime"}),
    "wasDerivedFrom": ("generatedEntity", "usedEntity", "wasDerivedFrom", "qualifiedDerivation",
                       "Derivation", "entity", {"activity": "hadActivity",
                                                "generation": "hadGeneration",
                                                "usage": "hadUsage"}),
    "wasAttributedTo": ("entity", "agent", "wasAttributedTo", "qualifiedAttribution", "Attribution",
                        "agent", {}),
    "wasAssociatedWith": ("activity", "agent", "wasAssociatedWith", "qualifiedAssociation",
                          "Association", "agent", {"plan": "hadPlan"}),
    "actedOnBehalfOf": ("delegate", "responsible", "actedOnBehalfOf", "qualifiedDelegation",
                        "Delegation", "agent", {"activity": "hadActivity"}),
    "wasInfluencedBy": ("influencee", "influencer", "wasInfluencedBy", "qualifiedInfluence",
                        "Influence", "influencer", {}),
    "specializationOf": ("specificEntity", "generalEntity", "specializationOf", None, None, None, {}),
    "alternateOf": ("alternate1", "alternate2", "alternateOf", None, None, None, {}),
    "hadMember": ("collection", "entity", "hadMember", None, None, None, {}),
}
TERMS = {"type": str(rdflib.RDF.type), "label": str(rdflib.RDFS.label),
         "location": PROV + "atLocation", "role": PROV + "hadRole", "value": PROV + "value"}


def containers(data):
    """The document and its bundles: (name, records by kind)."""
    yield None, data
    for name, bundle in data.get("bundle", {}).items():
        yield name, bundle


class Rdf:
    """Looks for the records of a PROV-JSON document in RDF."""

    def __init__(self, data, graph):
        self.prefixes = dict(data["prefix"])
        self.graph = graph

    def iri(self, name):
        prefix, local = name.split(":", 1)
        return rdflib.URIRef(self.prefixes.get(prefix, {"prov": PROV}.get(prefix, prefix)) + local)

    def value(self, value):
        """An attribute's value: (lexical form or IRI, is it an IRI?)."""
        if isinstance(value, dict):
            if value.get("type") in ("prov:QUALIFIED_NAME", "xsd:QName"):
                return str(self.iri(value["$"])), True
            return value["$"], False
        if isinstance(value, bool):
            return ("true" if value else "false"), False
        return str(value), False

    def predicate(self, name):
        if name.startswith("prov:"):
            return rdflib.URIRef(TERMS[name[5:]])
        return self.iri(name)

    def has_attributes(self, graph, node, body, formal):
        for name, values in body.items():
            if name in formal:
                continue
            found = set()
            predicate = self.predicate(name)
            for item in graph.objects(node, predicate):
                found.add((str(item), isinstance(item, rdflib.URIRef)))
            # A string as a type is no class.
            for item in graph.objects(node, rdflib.URIRef(PROV + "type")):
                found.add((str(item), False))
            for value in values if isinstance(values, list) else [values]:
                if self.value(value) not in found:
                    return "%s %r" % (name, value)
        return None

    def check_element(self, graph, kind, name, body):
        node = self.iri(name)
        if (node, rdflib.RDF.type, rdflib.URIRef(PROV + kind.capitalize())) not in graph:
            raise Failure("%s is no prov:%s" % (name, kind.capitalize()))
        for formal, term in (("prov:startTime", "startedAtTime"), ("prov:endTime", "endedAtTime")):
            if formal in body and body[formal] not in self.times(graph, node, term):
                raise Failure("%s lacks its %s" % (name, term))
        lacking = self.has_attributes(graph, node, body, ("prov:startTime", "prov:endTime"))
        if lacking:
            raise Failure("%s lacks %s" % (name, lacking))

    @staticmethod
    def times(graph, node, term):
        for item in graph.objects(node, rdflib.URIRef(PROV + term)):
            yield str(item)

    def check_relation(self, graph, kind, name, body):
        subject, other, shorthand, qualified, cls, to_other, rest = RDF[kind]
        start = self.iri(body["prov:" + subject])
        end = body.get("prov:" + other)
        if end is not None and (start, rdflib.URIRef(PROV + shorthand), self.iri(end)) not in graph:
            raise Failure("%s/%s has no triple" % (kind, name))
        formal = {"prov:" + subject, "prov:" + other} | {"prov:" + key for key in rest}
        more = set(body) - {"prov:" + subject, "prov:" + other}
        if qualified is None or (not more and name.startswith("_:") and end is not None):
            return
        for node in graph.objects(start, rdflib.URIRef(PROV + qualified)):
            if (node, rdflib.RDF.type, rdflib.URIRef(PROV + cls)) not in graph:
                continue
            if end is not None and (node, rdflib.URIRef(PROV + to_other), self.iri(end)) not in graph:
                continue
            if self.has_attributes(graph, node, body, formal):
                continue
            if not name.startswith("_:") and node != self.iri(name):
                continue
            if all(self.has_rest(graph, node, term, body.get("prov:" + key), key)
                   for key, term in rest.items()):
                return
        raise Failure("%s/%s has no qualified node" % (kind, name))

    def has_rest(self, graph, node, term, value, key):
        if value is None:
            return True
        if key == "time":
            return value in self.times(graph, node, term)
        return (node, rdflib.URIRef(PROV + term), self.iri(value)) in graph

    def check(self, data):
        count = 0
        for name, content in containers(data):
            if name is not None and not isinstance(self.graph, rdflib.ConjunctiveGraph):
                continue  # Turtle has no place for bundles
            graph = self.graph if name is None else self.graph.get_context(self.iri(name))
            self.prefixes.update(content.get("prefix", {}))
            for kind in KINDS:
                for identifier, body in content.get(kind, {}).items():
                    count += 1
                    if kind in ELEMENTS:
                        self.check_element(graph, kind, identifier, body)
                    else:
                        self.check_relation(graph, kind, identifier, body)
        return count


def rapper_count(path, syntax):
    if shutil.which("rapper") is None:
        return None
    result = subprocess.run(["rapper", "-q", "-i", syntax, "-o", "ntriples", path],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if result.returncode != 0:
        raise Failure("rapper: " + result.stderr.decode(errors="replace")[:300])
    return len(set(re.sub(rb"_:\S+", b"_:", line) for line in result.stdout.splitlines()))


def check_rdf(path, data):
    syntax = "trig" if path.endswith(".trig") else "turtle"
    graph = rdflib.ConjunctiveGraph()
    graph.parse(path, format=syntax)
    if syntax == "turtle":
        plain = rdflib.Graph()
        plain.parse(path, format="turtle")
        graph = plain
    count = Rdf(data, graph).check(data)
    done = "rdflib: %d records in %d triples" % (count, len(graph))
    if rapper_count(path, syntax) is None:
        return done + ", rapper is not installed"
    return done + ", rapper"


def check_provn(path, data):
    """The heads of all records, without attributes, as python3-prov writes them."""
    def heads(text):
        found = []
        for line in text.splitlines():
            line = line.strip()
            match = re.match(r"(\w+)\((.*)$", line)
            if not match or match.group(1) == "document":
                continue
            rest = match.group(2)
            rest = re.split(r", \[|\)$", rest)[0]
            found.append(match.group(1) + "(" + re.sub(r"(, -)+$", "", rest))
        return sorted(found)
    with open(path, encoding="utf-8") as file:
        ours = heads(file.read())
    document = read(json.dumps(data))
    theirs = []
    for container in [document] + list(document.bundles):
        for record in container.get_records():
            text = re.sub(r"\b(\d{4}-\d\d-\d\dT[\d:.]+)\+00:00", r"\1Z", record.get_provn())
            theirs += heads(text.splitlines()[0])
    def plain(items):
        # Python's times have no trailing zeros of a fraction, and blank identifiers.
        return sorted(re.sub(r"_:\w+; ", "", re.sub(r"(T\d\d:\d\d:\d\d)\.0+Z", r"\1Z", item))
                      for item in items)
    ours, theirs = plain(ours), plain(theirs)
    if ours != theirs:
        lost = [item for item in theirs if item not in ours]
        new = [item for item in ours if item not in theirs]
        raise Failure("PROV-N differs: lost %s; new %s" % (lost[:3], new[:3]))
    return "PROV-N: %d records as python3-prov has them" % len(ours)


TYPES = {"entity": "Entity", "activity": "Activity", "agent": "Agent",
         **{kind: row[4] for kind, row in RDF.items() if row[4]},
         "specializationOf": "Specialization", "alternateOf": "Alternate",
         "hadMember": "Membership"}


def check_jsonld(path, data):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    found = validate_prov.strict_json(text)
    graphs = {None: found["@graph"]}
    for item in found["@graph"]:
        if item["@type"] == "Bundle":
            graphs[item["@id"]] = item["@graph"]
    count = 0
    for name, content in containers(data):
        statements = [item for item in graphs[name] if item["@type"] != "Bundle"]
        expected = []
        for kind in KINDS:
            for identifier, body in content.get(kind, {}).items():
                formal = {key[5:]: value for key, value in body.items()
                          if key[5:] in KINDS[kind].replace("!", "").replace("@", "").split()}
                if not identifier.startswith("_:"):
                    formal["@id"] = identifier
                expected.append((TYPES[kind], sorted(formal.items()), len(body) + (
                    not identifier.startswith("_:"))))
        given = [(item["@type"],
                  sorted((key, value) for key, value in item.items()
                         if isinstance(value, str) and key != "@type"), len(item) - 1)
                 for item in statements]
        if sorted(expected) != sorted(given):
            raise Failure("PROV-JSONLD has other records")
        count += len(given)
    done = "PROV-JSONLD: %d records" % count
    if int(validate_prov.prov.__version__.split(".")[0]) < 3:
        return done + " (not read back: prov 3.1 is not installed)"
    document = read(json.dumps(data))
    back = read(text, format="jsonld")
    pairs = [(document, back)] + list(zip(
        sorted(document.bundles, key=lambda bundle: str(bundle.identifier)),
        sorted(back.bundles, key=lambda bundle: str(bundle.identifier))))
    for ours, theirs in pairs:
        if records(ours) != records(theirs):
            raise Failure("prov reads other records")
    return done + ", read back by prov " + validate_prov.prov.__version__


def check_dot(path, _):
    if shutil.which("dot") is None:
        return "skipped: graphviz is not installed"
    result = subprocess.run(["dot", "-Tsvg", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            check=False)
    if result.returncode != 0 or b"</svg>" not in result.stdout:
        raise Failure("dot: " + result.stderr.decode(errors="replace")[:300])
    return "dot draws it" + (": " + result.stderr.decode()[:80] if result.stderr else "")


CHECKS = {".ttl": check_rdf, ".trig": check_rdf, ".provn": check_provn, ".jsonld": check_jsonld,
          ".dot": check_dot}


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    warnings.simplefilter("ignore")
    with open(arguments[0], encoding="utf-8") as file:
        data = json.load(file)
    failed = 0
    for path in arguments[1:]:
        check = CHECKS["." + path.rsplit(".", 1)[1]]
        try:
            print("%s: ok (%s)" % (path, check(path, data)))
        except Exception as error:  # any fault of a reader is a fault of the file
            failed += 1
            print("%s: FAILED: %s: %s" % (path, type(error).__name__, error))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
