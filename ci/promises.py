#!/usr/bin/python3
"""What is said of keeping logins promises no more than it does (CH-KC-09): promises.py ROOT."""
import pathlib
import re
import sys

# Whoever runs as the user can read what the user's keyring or file holds; no word may make one forget that.
TOO_MUCH = re.compile(r"stored? securely|securely stored|bank.grade|military|unbreakable|unhackable|tamper.?proof|"
                      r"(completely|perfectly|fully|absolutely|always) (safe|secure|protected)|cannot be (stolen|hacked|broken)|nobody else can read|"
                      r"100 ?% ?(safe|secure)", re.I)
SAID = ("Not against programs that run as the same user", "Other users, a lost disk, a backup")


def main():
    root = pathlib.Path(sys.argv[1])
    assert TOO_MUCH.search("Your tokens are completely secure.") and TOO_MUCH.search("They cannot be stolen.")
    texts = [root / "README.md", root / "CHANGELOG.md", *(root / "docs").rglob("*.md"),
             *(file for folder in ("cli", "src", "include") for file in (root / "client" / folder).rglob("*.[ch]pp"))]
    assert len(texts) > 100, len(texts)
    found = [f"{path}: {match.group()}" for path in texts for match in TOO_MUCH.finditer(path.read_text())]
    assert not found, found
    model = (root / "docs/keeping-a-login.md").read_text()
    missing = [sentence for sentence in SAID if sentence not in model]
    assert not missing, missing
    print(f"{len(texts)} texts promise no more than is kept")


main()
