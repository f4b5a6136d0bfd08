"""Reads what each test came to from what its suite printed, and writes one file a test: its name and its outcome.

outcomes.py FORMAT FILE... CASES

surefire   TEST-*.xml of JUnit
unittest   lines of unittest_outcomes.py
tap        TAP of Perl's tests, the file's name before each behind ###
go         go test's output, the package before each behind ###
node       node-postgres' own runner, the file before each behind ###, and its exit code if it is not 0
mocha      reports of mocha's json reporter
"""

import collections
import hashlib
import json
import pathlib
import re
import sys
import urllib.parse
import xml.etree.ElementTree


def write(outcomes, cases):
    """Of names and outcomes; a test that runs more than once has more than one, in no order."""
    by_name = collections.defaultdict(list)
    for name, outcome in outcomes:
        by_name[name].append(outcome)
    for name, found in by_name.items():
        # Names carry parameters and can be longer than a file name may be.
        short = urllib.parse.quote(name, safe="")[:150] + "-" + hashlib.sha256(name.encode()).hexdigest()[:12]
        (pathlib.Path(cases) / short).write_text(f"{name}\n" + "\n".join(sorted(found)) + "\n", encoding="utf-8")
    return len(by_name)


def surefire(file):
    for case in xml.etree.ElementTree.parse(file).getroot().iter("testcase"):
        bad = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        yield f"{case.get('classname')}#{case.get('name')}", bad[0] if bad else "passed"


def unittest(file):
    for line in file.read_text(encoding="utf-8").splitlines():
        name, outcome, why = json.loads(line)
        yield name, f"{outcome} {why}".strip()


def sections(file):
    """The lines behind each heading."""
    heading = None
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("### ") and not line.startswith("### exit "):
            heading = line[4:]
        yield heading, line


def tap(file):
    for script, line in sections(file):
        found = re.match(r"(ok|not ok) (\d+)(?: - | )?(.*)", line)
        if found:
            text, _, directive = found[3].partition(" # ")
            outcome = "skipped" if directive.lower().startswith("skip") else "passed" if found[1] == "ok" else "failed"
            yield f"{script}#{found[2]} {text}", outcome
        elif line.startswith("1..0"):
            yield script, "skipped"


def go(file):
    for package, line in sections(file):
        found = re.match(r"\s*--- (PASS|FAIL|SKIP): (\S+)", line)
        if found:
            yield f"{package}#{found[2]}", {"PASS": "passed", "FAIL": "failed", "SKIP": "skipped"}[found[1]]
        elif line in ("PASS", "FAIL") or line.startswith("panic: "):
            # Of the package as a whole.
            yield package, "passed" if line == "PASS" else "failed"


def node(file):
    codes = {}
    for script, line in sections(file):
        found = re.match(r"\s*(.+?) (✔|\? - SKIPPED|FAILED!)$", line)
        if found:
            yield f"{script}#{found[1]}", {"✔": "passed", "FAILED!": "failed"}.get(found[2], "skipped")
        elif line.startswith("### exit"):
            codes[script] = f"failed, exit code {line.split()[-1]}"
        elif line.startswith("### "):
            codes[script] = "passed"
    yield from codes.items()


def mocha(file):
    report = json.loads(file.read_text(encoding="utf-8"))
    for kind, outcome in (("passes", "passed"), ("failures", "failed"), ("pending", "skipped")):
        for test in report[kind]:
            yield f"{file.stem}#{test['fullTitle']}", outcome


FORMATS = {format.__name__: format for format in (surefire, unittest, tap, go, node, mocha)}


def main(format, *files):
    *files, cases = files
    count = write((outcome for file in files for outcome in FORMATS[format](pathlib.Path(file))), cases)
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
