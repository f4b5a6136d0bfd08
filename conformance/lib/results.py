"""Reads what the suites left behind.

results.py surefire REPORTS CASES     one file a test case of JUnit's XML reports, with its outcome
results.py audit FILE                 counts an agent's audit records and looks for missing ones
results.py scoreboard RESULTS         compares every target with direct and prints the table
"""

import collections
import difflib
import hashlib
import json
import pathlib
import sys
import urllib.parse
import xml.etree.ElementTree

SUITES = ["regress", "isolation", "libpq_pipeline", "pgjdbc"]
TARGETS = ["pgweir", "pgweir-cut", "pgweir-tls", "pgbouncer"]


def surefire(reports, cases):
    outcomes = collections.defaultdict(list)
    for report in sorted(pathlib.Path(reports).glob("TEST-*.xml")):
        for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
            name = f"{case.get('classname')}#{case.get('name')}"
            bad = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
            outcomes[name].append(bad[0] if bad else "passed")
    for name, outcome in outcomes.items():
        # Names carry parameters and can be longer than a file name may be.
        short = urllib.parse.quote(name, safe="")[:150] + "-" + hashlib.sha256(name.encode()).hexdigest()[:12]
        (pathlib.Path(cases) / short).write_text(f"{name}\n" + "\n".join(sorted(outcome)) + "\n")
    return 0


def audit(file):
    types, causes = collections.Counter(), collections.Counter()
    last, holes, dropped = {}, 0, 0
    if not pathlib.Path(file).exists():
        file = "/dev/null"
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            types[record["type"]] += 1
            dropped += record.get("gap", {}).get("dropped", 0)
            if "end" in record:
                causes[record["end"]["cause"]] += 1
            if "session" in record:
                # seq counts from 1 within a session.
                holes += record["seq"] != last.get(record["session"], 0) + 1
                last[record["session"]] = record["seq"]
    records = sum(types.values())
    print(json.dumps({"records": records, "types": types, "causes": causes, "holes": holes, "dropped": dropped}))
    return 0


def read_cases(cell):
    return {case.name: case.read_bytes() for case in (cell / "cases").iterdir()}


def differing(one, other):
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def write_differences(cell, direct, here, names):
    with open(cell / "differences.diff", "w", encoding="utf-8") as out:
        for name in sorted(names):
            sides = [side.get(name, b"").decode("utf-8", "replace").splitlines(True) for side in (direct, here)]
            out.writelines(difflib.unified_diff(*sides, f"direct/{name}", f"{cell.name}/{name}"))


def faults_of(cell):
    """What is wrong with the agent that served this cell, in a few words; nothing if it is well."""
    health = json.loads((cell / "health").read_text())
    memory = (cell / "memory").read_text()
    types = health["types"]
    faults = []
    if "dead" in memory:
        faults.append("agent died")
    if types.get("statement", 0) == 0:
        faults.append("no statement recorded")
    ill = ("client-protocol-violation", "server-protocol-violation", "internal-error")
    faults += [f"{health['causes'][cause]} sessions ended by {cause}" for cause in ill if cause in health["causes"]]
    if "audit.stop" not in types:
        faults.append("no orderly end")
    if types.get("audit.gap", 0) or health["dropped"] or health["holes"]:
        faults.append(f"{health['dropped']} records dropped, {health['holes']} holes")
    return ", ".join(faults)


def seconds(cell):
    return int((cell / "seconds").read_text())


def scoreboard(results):
    rows, notes, bad = [], [], False
    root = pathlib.Path(results)
    cells = [cell for suite in root.iterdir() for major in suite.iterdir() for cell in major.iterdir()]
    shown = [target for target in TARGETS if any(cell.name == target for cell in cells)]
    for row in sorted({cell.parent for cell in cells}, key=lambda row: (SUITES.index(row.parent.name), row.name)):
        name = f"{row.parent.name}, PostgreSQL {row.name}"
        direct, again = read_cases(row / "direct"), read_cases(row / "direct-again")
        unstable = differing(direct, again)
        write_differences(row / "direct-again", direct, again, unstable)
        if unstable:
            notes.append(f"{name}: unstable directly: {', '.join(sorted(unstable))}")
        direct_column = f"{seconds(row / 'direct')} s" + (f", {len(unstable)} unstable" if unstable else "")
        columns = [name, str(len(direct)), direct_column]
        for target in shown:
            cell = row / target
            if not cell.exists():
                columns.append("-")
                continue
            base = read_cases(row / "direct-tls") if target == "pgweir-tls" else direct
            here = read_cases(cell)
            names = differing(base, here) - unstable
            write_differences(cell, base, here, names)
            columns.append(f"{len(names)} of {len(base.keys() - unstable)} differ, {seconds(cell)} s")
            if names:
                notes.append(f"{name}, {target}: {', '.join(sorted(names))}")
            if target.startswith("pgweir"):
                fault = faults_of(cell)
                bad = bad or bool(names) or bool(fault)
                health = json.loads((cell / "health").read_text())
                memory = " ".join((cell / "memory").read_text().split())
                health_note = f"{health['records']} audit records, {memory}" + (f", {fault}" if fault else "")
                notes.append(f"{name}, {target}: {health_note}")
        rows.append(columns)
    head = ["suite", "results", "direct", *shown]
    for line in [head, ["---"] * len(head), *rows]:
        print("| " + " | ".join(line) + " |")
    print()
    for note in notes:
        print(f"* {note}")
    return 1 if bad else 0


if __name__ == "__main__":
    command = {"surefire": surefire, "audit": audit, "scoreboard": scoreboard}[sys.argv[1]]
    sys.exit(command(*sys.argv[2:]))
