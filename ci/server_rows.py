#!/usr/bin/python3
"""Every row of the catalogue of servers is a test or says why not: server_rows.py ROWS.yaml TEST_PROGRAM [--sees]

Fails on a row that has neither a test nor a reason (`left_out`), on a row that has both, on a test of an unknown row
and on a `pending` row that is pending no longer. --sees proves that each of these is seen."""
import re
import subprocess
import sys

MEMBERS = {"id", "level", "clause", "says", "left_out", "pending"}
LEVELS = {"MUST", "SHOULD", "MAY", "ROB"}


def read_rows(path):
    rows, faults = [], []
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        if line.startswith("#") or not line.strip():
            continue
        member = re.fullmatch(r"(- |  )([a-z_]+): (.+)\n", line)
        if member is None or member[2] not in MEMBERS or (member[1] == "- ") != (member[2] == "id"):
            faults.append(f"{path}:{number}: not a member of a row: {line.strip()}")
        elif member[2] == "id":
            rows.append({"id": member[3]})
        else:
            rows[-1][member[2]] = member[3]
    return rows, faults


def read_tests(program):
    listed = subprocess.run([program, "--gtest_list_tests"], check=True, capture_output=True, text=True,
                            timeout=50).stdout
    suite = re.search(r"^Requirement\.\n((?:  .+\n)+)", listed, re.MULTILINE)
    return [name.strip().replace("_", "-") for name in suite[1].splitlines()] if suite else []


def judge(rows, tests):
    """What is wrong, one sentence each."""
    faults = []
    ids = [row["id"] for row in rows]
    faults += [f"the row {row} is there twice" for row in sorted({i for i in ids if ids.count(i) > 1})]
    faults += [f"the test {name} names no row" for name in tests if name not in ids]
    for row in rows:
        name, tested = row["id"], row["id"] in tests
        if row.get("level") not in LEVELS or not row.get("clause") or not row.get("says"):
            faults.append(f"the row {name} lacks a level, a clause or its sentence")
        if tested and "left_out" in row:
            faults.append(f"the row {name} has a test and is left out")
        if "pending" in row and (tested or "left_out" in row or row["pending"] != "true"):
            faults.append(f"the row {name} is pending no longer")
        if not tested and "left_out" not in row and "pending" not in row:
            faults.append(f"the row {name} has no test and no reason why not (left_out)")
    return faults


def sees(rows, tests):
    """The guard itself: each of these breaks the rules in one way, and is noticed."""
    row = next(r for r in rows if r["id"] in tests)
    others = [r for r in rows if r is not row]
    bare = {k: v for k, v in row.items() if k != "says"}
    broken = {
        "has no test and no reason": (rows, [t for t in tests if t != row["id"]]),
        "has a test and is left out": (others + [{**row, "left_out": "because"}], tests),
        "is pending no longer": (others + [{**row, "pending": "true"}], tests),
        "names no row": (rows, tests + ["no-such-row"]),
        "is there twice": (rows + [row], tests),
        "lacks a level": (others + [bare], tests),
    }
    return [f"the guard does not see: {what}" for what, case in broken.items()
            if not any(what in fault for fault in judge(*case))]


rows, faults = read_rows(sys.argv[1])
tests = read_tests(sys.argv[2])
faults += sees(rows, tests) if "--sees" in sys.argv[3:] else judge(rows, tests)
for fault in faults:
    print(fault, file=sys.stderr)
left_out, pending = (sum(member in row for row in rows) for member in ("left_out", "pending"))
print(f"{len(rows)} rows: {len(tests)} tested, {left_out} left out, {pending} pending")
sys.exit(1 if faults or not rows or not tests else 0)
