"""Checks the rules of the source tree that no compiler checks.

- a layer includes only what its row in lib/layers.txt allows;
- an outside library is included only behind its door, and never in a header of lib/;
- every test source lies where the build finds it;
- lib/ does not print, exit or read the environment;
- a name in an anonymous namespace stands once in its layer: the checked builds compile several
  files of a layer as one.

usage: check_layers.py SOURCE_DIRECTORY
"""

import pathlib
import re
import sys

DOORS = {
    "fmt/": [],
    "openssl/": ["lib/base/hash.cpp"],
    "nlohmann/": ["lib/base/json_parse.cpp"],
    "rocksdb/": ["lib/store/"],
    "zstd.h": ["lib/store/"],
    "git2": ["lib/snapshot/"],
    "yaml-cpp/": ["lib/capture/"],
    "toml++/": ["lib/capture/"],
    "CLI/": ["cmd/app/"],
}
# Internal headers behind the door of a library that is loaded or wrapped there.
DOOR_HEADERS = {"lib/snapshot/git2.h"}
FORBIDDEN = re.compile(
    r"\b(getenv|secure_getenv|printf|puts|std::cout|std::cerr|std::clog|std::exit|exit|abort)\s*(\(|<<)"
)
INCLUDE = re.compile(r'^\s*#include\s+(["<])([^">]+)[">]', re.M)


def read_layers(path):
    layers = {}
    for line in path.read_text().splitlines():
        if match := re.match(r"([a-z]+):(.*)", line):
            layers[match[1]] = set(match[2].split())
    return layers


def check_includes(root, file, text, layers, faults):
    name = str(file.relative_to(root))
    layer = file.relative_to(root / "lib").parts[0] if name.startswith("lib/") else None
    for quote, target in INCLUDE.findall(text):
        first = target.split("/")[0]
        if quote == '"' and layer and first in layers:
            if first != layer and first not in layers[layer]:
                faults.append(f"{name}: layer '{layer}' may not include '{target}'")
        elif quote == '"' and layer and "/" in target:
            faults.append(f"{name}: '{target}' is in no layer")
        for library, places in DOORS.items():
            if quote == "<" and target.startswith(library):
                if not any(name.startswith(place) for place in places):
                    faults.append(f"{name}: '{target}' is behind another door")
                elif name.startswith("lib/") and name.endswith(".h") and name not in DOOR_HEADERS:
                    faults.append(f"{name}: a header may not include '{target}'")


def strip_comments_and_strings(text):
    return re.sub(r'//[^\n]*|"(\\.|[^"\\\n])*"', "", text)


def check_silence(root, file, text, faults):
    for match in FORBIDDEN.finditer(strip_comments_and_strings(text)):
        faults.append(f"{file.relative_to(root)}: lib/ may not call '{match[1]}'")


def check_tests(root, layers, faults):
    known = set(layers) | {"cmd", "support"}
    for file in (root / "tests").rglob("*_test.cpp"):
        parts = file.relative_to(root / "tests").parts
        if len(parts) != 2 or parts[0] not in known:
            faults.append(f"{file.relative_to(root)}: the build does not find this test")
    built = (root / "tests" / "CMakeLists.txt").read_text()
    for layer in layers:
        if not re.search(rf"\b{layer}\b", built):
            faults.append(f"tests/CMakeLists.txt: layer '{layer}' has no tests")


# What a file keeps to itself, as clang-format writes it: definitions at the start of a line.
ANONYMOUS = re.compile(r"^namespace \{\n(.*?)^\}  // namespace$", re.M | re.S)
TYPE = re.compile(r"^(?:struct|class|union|enum(?: class| struct)?) (\w+)[^;(]*?\{", re.M)
ENUMERATORS = re.compile(r"^enum (?!class|struct)[^{;]*\{([^}]*)\}", re.M)
VARIABLE = re.compile(r"^(?:inline |static |constexpr |const |thread_local )+[^(){};=]*?(\w+)(?:\[[^]]*\])?(?: = |\{)", re.M)
ALIAS = re.compile(r"^using (\w+) =", re.M)
FUNCTION = re.compile(r"^(?!using|namespace|struct|class|enum|template|#|\})[\w:].*?\b(\w+)(\([^;{}]*\))[^;{}()]*\{", re.M)


def own_names(text):
    """The names in the anonymous namespaces of a file; functions with the types they take."""
    names = set()
    for body in ANONYMOUS.findall(re.sub(r"//(?! namespace$)[^\n]*", "", text, flags=re.M)):
        for pattern in (TYPE, VARIABLE, ALIAS):
            names |= set(pattern.findall(body))
        for enumerators in ENUMERATORS.findall(body):
            names |= set(re.findall(r"(\w+)(?: = [^,]*)?(?:,|\s*$)", enumerators))
        for name, parameters in FUNCTION.findall(body):
            if "::" not in name:
                types = re.sub(r"( = [^,)]*)?(?=[,)])", "", " ".join(parameters.split()))
                names.add(name + re.sub(r"(?<=[ &*])\w+(?=[,)])", "", types))
    return names


def check_names(root, layers, faults):
    for layer in [*(f"lib/{layer}" for layer in layers), "cmd"]:
        seen = {}
        for file in sorted((root / layer).rglob("*.cpp")):
            for name in own_names(file.read_text()):
                if other := seen.setdefault(name, file.name) != file.name and seen[name]:
                    faults.append(f"{layer}: '{name}' stands in {other} and {file.name}; rename one")


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    layers = read_layers(root / "lib" / "layers.txt")
    faults = []
    for layer, uses in layers.items():
        faults += [f"lib/layers.txt: '{layer}' uses unknown '{use}'" for use in uses - set(layers)]
    files = [f for part in ("lib", "cmd") for f in (root / part).rglob("*") if f.suffix in (".h", ".cpp")]
    for file in files:
        text = file.read_text()
        check_includes(root, file, text, layers, faults)
        if (root / "lib") in file.parents:
            check_silence(root, file, text, faults)
    check_tests(root, layers, faults)
    check_names(root, layers, faults)
    print("\n".join(faults) or f"{len(files)} files in {len(layers)} layers keep the rules")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
