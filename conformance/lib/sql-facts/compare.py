#!/usr/bin/env python3
"""Compares the facts of pgweir with those of PostgreSQL's parser, statement by statement, and counts."""
import collections
import json
import sys

ours, truth, statements, verbose = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
sql = open(statements, encoding="utf-8").read().split("\0")
count = collections.Counter()
reasons = collections.Counter()
shown = collections.Counter()
QUERIES = {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"}


def show(what, text, detail):
    if shown[what] < verbose:
        print(f"--- {what}: {detail}\n{text[:600]}")
    shown[what] += 1


# Calls that the grammar writes as nodes of their own: the tree has no function there.
def plain(names):
    return {name for name in names if not name.startswith("pg_catalog.")}


for text, left, right in zip(sql, open(ours), open(truth), strict=True):
    mine, real = json.loads(left), json.loads(right)
    if not real["ok"]:
        count["refused"] += 1
        continue
    count["statements"] += 1
    query = real["kind"] in QUERIES
    count["queries"] += query
    if not mine["complete"]:
        reasons[mine["reason"]] += 1
        show("incomplete", text, mine["reason"])
        continue
    count["complete"] += 1
    count["complete queries"] += query
    reads, writes = set(mine["reads"]), set(mine["writes"])
    every = set(real["relations"]) | set(real["writes"])
    if every - reads - writes or (reads | writes) - every:
        count["wrong relations"] += 1
        show("wrong relations", text, f"found {sorted(reads | writes)} (expected: {sorted(every)})")
    elif query and (writes != set(real["writes"]) or set(real["relations"]) - reads):
        count["wrong direction"] += 1
        show("wrong direction", text, f"writes {sorted(writes)} (expected: {sorted(real['writes'])}), "
             f"reads {sorted(reads)} (expected: {sorted(real['relations'])})")
    called, expected = plain(mine["functions"]), plain(real["functions"])
    if query and (expected - called or called - expected - set(real["attributes"])):
        count["wrong functions"] += 1
        show("wrong functions", text, f"found {sorted(mine['functions'])} (expected: {sorted(real['functions'])})")


def share(part, whole):
    return f"{100 * count[part] / max(1, count[whole]):.2f} %"


print("| | |\n|---|---|")
print(f"| statements that PostgreSQL's parser takes | {count['statements']} |")
print(f"| complete | {count['complete']} ({share('complete', 'statements')}) |")
print(f"| of them queries and changes | {count['queries']} |")
print(f"| complete | {count['complete queries']} ({share('complete queries', 'queries')}) |")
for wrong in "wrong relations", "wrong direction", "wrong functions":
    print(f"| {wrong} | {count[wrong]} |")
print("\n| why not complete | statements |\n|---|---|")
for reason, number in reasons.most_common(25):
    print(f"| {reason} | {number} |")
sys.exit(1 if count["wrong relations"] or count["wrong direction"] else 0)
