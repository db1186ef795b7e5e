#!/usr/bin/python3
"""Every example of docs/control-api.md does what the page says: control_page.py DOCS_FILE MOCKOAUTH"""
import json
import os
import re
import subprocess
import sys
import tempfile

page, bench = open(sys.argv[1], encoding="utf-8").read(), os.path.abspath(sys.argv[2])
examples = [(language, text) for language, text in re.findall(r"```(sh|text)\n(.*?)```", page, re.S)]

# One shell for all of them, with a line between that no example prints.
MARK = "---- example %d ----"
script, expected = "set -euo pipefail\n", {}
number = 0
for language, text in examples:
    if language == "sh":
        number += 1
        script += f"echo; echo '{MARK % number}'\n{text}\n"
    else:
        expected[number] = text
if len(expected) < 10:
    sys.exit(f"{sys.argv[1]} has only {len(expected)} examples with an answer; were they taken out?")

with tempfile.TemporaryDirectory() as folder, subprocess.Popen([bench, "serve"], stdout=subprocess.PIPE) as server:
    try:
        ready = json.loads(server.stdout.readline())
        done = subprocess.run(["bash", "-c", script], cwd=folder, capture_output=True, text=True, timeout=100,
                              env={**os.environ, "MOCKOAUTH_CONTROL": ready["control"]}, check=False)
    finally:
        server.terminate()

seen = dict(enumerate(re.split(r"\n?---- example \d+ ----\n", done.stdout)))
wrong = []
for number, text in expected.items():
    pattern = "[^\n]*?".join(re.escape(part) for part in text.strip().split("…"))
    if not re.fullmatch(pattern, seen.get(number, "").strip()):
        wrong.append(f"example {number}: the page says\n{text}but it was\n{seen.get(number, '(it did not run)')}")
if done.returncode != 0:
    wrong.append(f"the shell ended with status {done.returncode}: {done.stderr}")
if wrong:
    sys.exit("\n".join(wrong))
print(f"{len(expected)} examples gave what the page says")
