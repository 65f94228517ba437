"""Checks that what README.md names is there, and that its session looks as the program prints it.

usage: check_readme.py SOURCE_DIR, with the program in CLEW_PROGRAM
"""

import os
import pathlib
import re
import subprocess
import sys

PROGRAM = os.environ["CLEW_PROGRAM"]
SOURCE = pathlib.Path(sys.argv[1])
TEXT = (SOURCE / "README.md").read_text()
failures = []


def check(condition, message):
    if not condition:
        failures.append(message)
        print("FAIL:", message)


def output(*words):
    return subprocess.run([PROGRAM, *words], capture_output=True, text=True, check=True).stdout


def check_files():
    """Names in backquotes that look like files stand in the tree: a path from its top, a name
    without one anywhere."""
    named = re.findall(r"`([\w./-]+\.(?:cpp|h|py|sh|txt|md|json|[157]))`", TEXT)
    named += re.findall(r"`((?:lib|cmd|tests|man|hooks|completions)/[\w./-]*)`", TEXT)
    named += re.findall(r"\]\(([\w./-]+)\)", TEXT)  # pictures
    check(len(named) > 5, "README names hardly any file")
    files = subprocess.run(["git", "ls-files"], cwd=SOURCE, capture_output=True, text=True, check=False).stdout
    names = {os.path.basename(path) for path in files.splitlines()}
    for name in named:
        # Capitals stand for a name of the reader's own.
        if not re.search(r"\b[A-Z]{4,}\b", name):
            check((SOURCE / name).exists() or name in names, f"there is no file '{name}'")


def commands_in_help():
    return set(re.findall(r"^  ([a-z]+)  ", output("help"), re.M))


def check_commands():
    """Every 'clew NAME --option' is a command with that option."""
    known = commands_in_help()
    check(len(known) > 10, "'clew help' lists hardly any command")
    lines = re.findall(r"^    (?:\$ )?(clew .*)$", TEXT, re.M) + re.findall(r"`(clew [^`]+)`", TEXT)
    check(len(lines) > 5, "README shows hardly any command")
    common = set(re.findall(r"(?<![\w-])--?[a-z][\w-]*|(?<![\w-])-[A-Za-z]\b", output("help", "--help") + output("--help")))
    for line in lines:
        words = line.split("#")[0].split(" -- ")[0].split()
        name = words[1] if len(words) > 1 else ""
        if name.startswith("-"):
            continue
        check(name in known, f"'{line}': there is no command '{name}'")
        if name not in known:
            continue
        options = set(re.findall(r"(?<![\w-])--?[A-Za-z][\w-]*", output(name, "--help"))) | common
        for word in words[2:]:
            if re.match(r"--?[a-zA-Z]", word):
                option = word.split("=")[0]
                check(option in options, f"'{line}': 'clew {name}' has no option '{option}'")


def check_dev():
    text = (SOURCE / "dev").read_text()
    for name in re.findall(r"\./dev ([a-z]+)", TEXT):
        check(f"cmd_{name}()" in text, f"there is no './dev {name}'")


def check_layers():
    rows = set(re.findall(r"^([a-z]+):", (SOURCE / "lib" / "layers.txt").read_text(), re.M))
    table = TEXT[TEXT.index("## Layers"):]
    named = set(re.findall(r"`([a-z]+)`", "".join(re.findall(r"^\| (`.*?) \|", table, re.M))))
    check(rows == named, f"the table of layers differs from lib/layers.txt in {sorted(rows ^ named)}")


def check_session():
    """The lines that the session shows of clew are in its forms."""
    forms = {
        "the closing line of a run": r"^    clew: [0-9a-f]{8} finished in [\d.]+s  \S+=[\d.]+",
        "the table of 'clew log'": r"^    id +name +state +started +duration ",
        "a row of 'clew log'": r"^    [0-9a-f]{8} +\w+ +finished +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +[\d.]+s ",
        "the parameters of 'clew diff'": r"^    parameters\n +[0-9a-f]{8} +[0-9a-f]{8}\n +lr +0\.1 +0\.3$",
    }
    for what, form in forms.items():
        check(re.search(form, TEXT, re.M), f"README does not show {what} in the form '{form}'")


check_files()
check_commands()
check_dev()
check_layers()
check_session()
sys.exit(1 if failures else 0)
