"""Reads what the suites left behind.

results.py audit FILE                 counts an agent's audit records and looks for missing ones
results.py equal ROW TARGET           compares one target with direct; exit code 1 if it differs
results.py scoreboard RESULTS         compares all targets with direct, prints the table; 1 if pgweir differs or is ill
"""

import collections
import difflib
import json
import pathlib
import re
import sys
import urllib.parse

DRIVERS = ["pgjdbc", "psycopg2", "asyncpg", "dbd-pg", "lib-pq", "pgx", "node-postgres"]
SUITES = ["regress", "isolation", "libpq_pipeline", *DRIVERS]
TARGETS = ["pgweir", "pgweir-cut", "pgweir-tls", "pgweir-rules", "pgweir-split", "pgbouncer"]

# What cannot be as it is directly, for a reason that README.md tells: named under the table, not counted.
# A client sends 4 MB without waiting, and must hear of an error before it is done.
AHEAD = {"test_execute.TestExecuteMany.test_executemany_server_failure_during_writes-0d3647ea60e9"}
BY_NATURE = {("regress", "pgweir-split"): {"stats.out"}, ("asyncpg", "pgweir"): AHEAD, ("asyncpg", "pgweir-rules"): AHEAD}


def audit(file):
    types, causes, standby = collections.Counter(), collections.Counter(), collections.Counter()
    last, holes, dropped = {}, 0, 0
    if not pathlib.Path(file).exists():
        file = "/dev/null"
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            types[record["type"]] += 1
            dropped += record.get("gap", {}).get("dropped", 0)
            if record["type"] == "statement" and record.get("server", {}).get("route"):
                # What a standby would not answer, the leader has.
                away = record["server"]["node_role"] != "leader"
                standby["answered" if away else "retried" if record["server"]["route"] == "retry" else "leader"] += 1
            if "end" in record:
                causes[record["end"]["cause"]] += 1
            if "session" in record:
                # session_seq counts from 1 within a session.
                holes += record["session_seq"] != last.get(record["session"], 0) + 1
                last[record["session"]] = record["session_seq"]
    records = sum(types.values())
    print(json.dumps({"records": records, "types": types, "causes": causes, "holes": holes, "dropped": dropped, "standby": standby}))
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
    if target_of(cell) == "pgweir-split" and not health["standby"].get("answered"):
        faults.append("nothing was answered by the standby")
    if "audit.stop" not in types:
        faults.append("no orderly end")
    if types.get("audit.gap", 0) or health["dropped"] or health["holes"]:
        faults.append(f"{health['dropped']} records dropped, {health['holes']} holes")
    return ", ".join(faults)


def version_of(row):
    """Of the driver whose tests ran, where it was written down."""
    file = row / "version"
    return f" {file.read_text().strip()}" if file.exists() else ""


def target_of(cell):
    return cell.name.removesuffix("-again")


def seconds(cell):
    return int((cell / "seconds").read_text())


def base_of(row, target):
    """The results that a target's are compared with: direct ones, over TLS where the target has TLS."""
    return read_cases(row / ("direct-tls" if target == "pgweir-tls" else "direct"))


def unstable_in(row):
    """What differs between two direct runs, so that nothing can be compared with it."""
    return differing(read_cases(row / "direct"), read_cases(row / "direct-again"))


def differences(row, target):
    """Names of the results that differ: those that differ whenever the target ran, and those that do so sometimes."""
    base, unstable = base_of(row, target), unstable_in(row)
    runs = [row / name for name in (target, f"{target}-again") if (row / name).exists()]
    found = []
    for run in runs:
        here = read_cases(run)
        names = differing(base, here) - unstable - BY_NATURE.get((row.parent.name, target), set())
        write_differences(run, base, here, names)
        found.append(names)
    always = set.intersection(*found)
    return always, set.union(*found) - always


def equal(row, target):
    always, _ = differences(pathlib.Path(row), target)
    return 1 if always else 0


def endings_of(cell):
    """How many tests ended how, in a few words; a result's first line is the test's name."""
    endings = collections.Counter()
    for text in read_cases(cell).values():
        endings.update(text.decode("utf-8", "replace").splitlines()[1:])
    return ", ".join(f"{number} {ending}" for ending, number in endings.most_common())


def listed(names):
    # Drivers' tests have file names that end in a digest.
    names = sorted(re.sub("-[0-9a-f]{12}$", "", urllib.parse.unquote(name)) for name in names)
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")


def column(row, target, notes):
    """The text of one cell, and whether all is well; what is to be said about it goes to notes."""
    if not (row / target).exists():
        return "-", True
    name = f"{row.parent.name}, PostgreSQL {row.name}, {target}"
    base, here = base_of(row, target), read_cases(row / target)
    always, sometimes = differences(row, target)
    text = f"{len(always)} of {len(base.keys() - unstable_in(row))} differ"
    by_nature = BY_NATURE.get((row.parent.name, target), set()) & differing(base, here)
    if by_nature:
        text += f", {len(by_nature)} more by nature"
        notes.append(f"{name}: differ by nature: {listed(by_nature)}")
    missing = len(always - here.keys())
    if missing:
        text += f" ({missing} never ended)"
    text += f", {seconds(row / target)} s"
    if always:
        notes.append(f"{name}: {listed(always)}")
    if sometimes:
        notes.append(f"{name}: differ in one of two runs: {listed(sometimes)}")
    if target == "pgbouncer":
        return text, True
    faults = []
    for run in (row / target, row / f"{target}-again"):
        if run.exists():
            health, memory = json.loads((run / "health").read_text()), (run / "memory").read_text().split()
            fault = faults_of(run)
            faults += [fault] if fault else []
            fault = f", {fault}" if fault else ""
            standby = health["standby"]
            routed = f", {standby.get('answered', 0)} of {sum(standby.values())} statements answered by the standby" if standby else ""
            routed += f", {standby['retried']} more on the leader in its place" if standby.get("retried") else ""
            notes.append(f"{name}: {health['records']} audit records{routed}, {' '.join(memory)}{fault}")
    return text, not always and not faults


def scoreboard(results):
    rows, notes, well = [], [], True
    cells = [cell for cell in pathlib.Path(results).glob("*/*/*") if (cell / "complete").exists()]
    shown = [target for target in TARGETS if any(cell.name == target for cell in cells)]
    for row in sorted({cell.parent for cell in cells}, key=lambda row: (SUITES.index(row.parent.name), row.name)):
        unstable = unstable_in(row)
        text = f"{seconds(row / 'direct')} s"
        if unstable:
            text += f", {len(unstable)} unstable"
            notes.append(f"{row.parent.name}, PostgreSQL {row.name}: two direct runs differ: {listed(unstable)}")
        count = len(read_cases(row / "direct"))
        if not count:
            notes.append(f"{row.parent.name}, PostgreSQL {row.name}: NOTHING HAS RUN")
            well = False
        if row.parent.name in DRIVERS:
            notes.append(f"{row.parent.name}{version_of(row)}, PostgreSQL {row.name}: directly {endings_of(row / 'direct')}")
        columns = [f"{row.parent.name}, PostgreSQL {row.name}", str(count), text]
        for target in shown:
            text, is_well = column(row, target, notes)
            columns.append(text)
            well = well and is_well
        rows.append(columns)
    head = ["suite", "results", "direct", *shown]
    for line in [head, ["---"] * len(head), *rows]:
        print("| " + " | ".join(line) + " |")
    print()
    left_out = pathlib.Path(results) / "left-out"
    for note in notes + (left_out.read_text().splitlines() if left_out.exists() else []):
        print(f"* {note}")
    return 0 if well else 1


if __name__ == "__main__":
    commands = {"audit": audit, "equal": equal, "scoreboard": scoreboard}
    sys.exit(commands[sys.argv[1]](*sys.argv[2:]))
