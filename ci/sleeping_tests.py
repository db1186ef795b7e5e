#!/usr/bin/python3
"""No test lets real time pass to be right: sleeping_tests.py ROOT [--sees]      (--sees: shows that a sleep is found)"""
import pathlib
import re
import sys
import tempfile

SLEEP = re.compile(r"sleep_(for|until)\s*\(|\b(u|nano)?sleep\s*\(|time\.sleep|\bsetTimeout\b")
KINDS = {".cpp", ".hpp", ".py", ".mjs"}


def sleeps(root):
    tests = [path for path in root.rglob("*") if "tests" in path.relative_to(root).parts and path.suffix in KINDS
             and "build" not in path.relative_to(root).parts]
    assert tests, f"no tests in {root}"
    return [f"{path.relative_to(root)}:{number}: {line.strip()}" for path in sorted(tests)
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if SLEEP.search(line)]


def main():
    root = pathlib.Path(sys.argv[1])
    if "--sees" not in sys.argv:
        found = sleeps(root)
        print("\n".join(found) or "no test sleeps")
        return bool(found)
    with tempfile.TemporaryDirectory() as folder:
        planted = pathlib.Path(folder, "tests/hasty_test.cpp")
        planted.parent.mkdir()
        planted.write_text("std::this_thread::sleep_for(1s);\n", encoding="utf-8")
        assert sleeps(pathlib.Path(folder)), "a sleep was not seen"
    return 0


sys.exit(main())
