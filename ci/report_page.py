#!/usr/bin/python3
"""`mockoauth report` writes JSON and one page that needs nothing else: report_page.py MOCKOAUTH"""
import json
import pathlib
import subprocess
import sys
import tempfile
from html.parser import HTMLParser


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links, self.tags = set(), [], set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.add(value)
            if name in ("href", "src"):
                self.links.append(value)


with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.argv[1], "report", "--scenario", "happy-login,expired-refresh", "--provider", "plain,google", "--out", folder],
                   check=True, timeout=110)
    report = json.loads(pathlib.Path(folder, "report.json").read_text())
    page = Page()
    html = pathlib.Path(folder, "report.html").read_text()
    page.feed(html)

runs = report["runs"]
cells = {(r["client"], r["driver"], r["provider"], r["scenario"]) for r in runs}
assert len(cells) == len(runs) >= 8, cells
assert all(r["verdict"] == "pass" for r in runs), [(r["scenario"], r["driver"], r["reason"]) for r in runs]
assert all(r["requirement"] and r["main"]["steps"] for r in runs)
exchanges = [e for r in runs for s in r["main"]["steps"] for e in s["exchanges"]]
assert any("invalid_grant" in e["summary"] for e in exchanges)
assert "script" not in page.tags and "img" not in page.tags and "link" not in page.tags, page.tags
assert page.links and all(link.startswith("#") and link[1:] in page.ids for link in page.links), page.links
print(len(runs), "runs,", len(exchanges), "exchanges")
