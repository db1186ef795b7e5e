#!/usr/bin/env python3
"""Shows that every row of a register is backed by tests that exist and pass, and writes the register with the results.

run.py --register FILE.yaml... --programs FOLDER [--expect N] [--only ID] [--out FILE.json]

A row is `- id: X` with either `tests: "FILTER ..."` (GoogleTest filters of oauth_tests; `codec_tests/FILTER` for those of
the codec, `cli_tests/FILTER` for those of mimir, `keychain_tests/FILTER`; `ctest/NAME` for a test of any other kind) or
`left_out: "why"`. Exit status: 0 all hold, 1 a row is not backed, 2 the register is malformed.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path


def malformed(message):
    print(f"evidence: {message}", file=sys.stderr)
    sys.exit(2)


def read_registers(paths):
    rows = [row for path in paths for row in read_register(path)]
    twice = {row["id"] for row in rows if sum(other["id"] == row["id"] for other in rows) > 1}
    return malformed(f"there twice: {', '.join(sorted(twice))}") if twice else rows


def read_register(path):
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r'(- |  )(id|level|clause|tests|left_out): ("?)(.+?)\3', line)
        if not match:
            malformed(f"{path.name}:{number}: not a line of a register: {line}")
        dash, key, _, value = match.groups()
        if (dash == "- ") != (key == "id"):
            malformed(f"{path.name}:{number}: a row begins with `- id:`")
        if key == "id":
            rows.append({"id": value})
        elif key in rows[-1]:
            malformed(f"{path.name}:{number}: {key} is there twice")
        else:
            rows[-1][key] = value
    for row in rows:
        if ("tests" in row) == ("left_out" in row):
            malformed(f"{path.name}: {row['id']} needs either tests or left_out")
    return rows


PROGRAMS = ("codec_tests", "cli_tests", "keychain_tests", "ctest")


def program_and_pattern(text):
    program, slash, pattern = text.partition("/")
    return (program, pattern) if slash and program in PROGRAMS else ("oauth_tests", text)


def passes_in_ctest(name, build):
    # From a folder of its own: every ctest writes logs where it runs, and takes those of another one away.
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "CTestTestfile.cmake").write_text(f'subdirs("{build.resolve()}")\n', encoding="utf-8")
        command = ["ctest", "--test-dir", folder, "--no-tests=error", "--output-on-failure", "-R", f"^{re.escape(name)}$"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(done.stdout, file=sys.stderr)
    return done.returncode == 0


def run(programs, filters):
    """Name of each selected test and whether it passed."""
    results = {}
    by_program = {}
    for text in filters:
        program, pattern = program_and_pattern(text)
        by_program.setdefault(program, set()).add(pattern)
    for name in by_program.pop("ctest", ()):
        results[("ctest", name)] = passes_in_ctest(name, programs.parent)
    for program, patterns in by_program.items():
        with tempfile.TemporaryDirectory() as folder:
            report = Path(folder) / "report.json"
            subprocess.run([programs / program, "--gtest_filter=" + ":".join(sorted(patterns)),
                            f"--gtest_output=json:{report}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           check=False)
            if not report.exists():
                malformed(f"{program} ended without a report: a test crashed")
            for suite in json.loads(report.read_text(encoding="utf-8"))["testsuites"]:
                for test in suite["testsuite"]:
                    passed = test["result"] == "COMPLETED" and not test.get("failures")
                    results[(program, f"{suite['name']}.{test['name']}")] = passed
    return results


def fits(text, program, name):
    wanted_program, pattern = program_and_pattern(text)
    return program == wanted_program and re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--register", type=Path, nargs="+", required=True)
    parser.add_argument("--programs", type=Path, required=True)
    parser.add_argument("--expect", type=int)
    parser.add_argument("--only")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    rows = read_registers(arguments.register)
    if arguments.expect is not None and len(rows) != arguments.expect:
        malformed(f"there are {len(rows)} rows, expected {arguments.expect}")
    if arguments.only:
        rows = [row for row in rows if row["id"] == arguments.only] or malformed(f"no row {arguments.only}")

    results = run(arguments.programs, {text for row in rows for text in row.get("tests", "").split()})
    bad = 0
    for row in rows:
        if "left_out" in row:
            row["result"] = "left out"
            continue
        row["tests"] = row["tests"].split()
        row["result"] = "passed"
        for text in row["tests"]:
            outcomes = [passed for (program, name), passed in results.items() if fits(text, program, name)]
            if not outcomes or not all(outcomes):
                bad += 1
                row["result"] = "failed" if outcomes else "no such test"
                print(f"{row['id']}: {text}: {row['result']}", file=sys.stderr)
    if arguments.out:
        arguments.out.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shown = sum(row["result"] == "passed" for row in rows)
    print(f"{shown} of {len(rows)} rows shown by tests, "
          f"{sum(row['result'] == 'left out' for row in rows)} left out with a reason, {bad} not backed")
    return 1 if bad else 0


sys.exit(main())
