#!/usr/bin/python3
"""docs/adding.md tells the truth: its code is in the files it names, its profile is served: adding_page.py ROOT MOCKOAUTH"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

root = pathlib.Path(sys.argv[1])
page = (root / "docs/adding.md").read_text()

blocks = re.findall(r"<!-- from (\S+) -->\n```cpp\n(.*?)```", page, re.S)
assert len(blocks) == page.count("```cpp") >= 4, "a block of code without its file"
for path, code in blocks:
    assert code in (root / path).read_text(), f"docs/adding.md shows code that {path} has not:\n{code}"
paths = set(re.findall(r"`((?:mockserver|fixtures|conformance|cmake)/[\w/.]*)`", page))
missing = [path for path in paths if not (root / path).exists()]
assert paths and not missing, f"docs/adding.md names what is not there: {missing}"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def fetch(url, form=None):
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        return urllib.request.build_opener(NoRedirect).open(url, data, timeout=10)
    except urllib.error.HTTPError as answer:
        return answer


profile = re.search(r"<!-- serve -->\n```yaml\n(.*?)```", page, re.S).group(1)
with tempfile.TemporaryDirectory() as folder:
    file = pathlib.Path(folder, "short-lived.yaml")
    file.write_text(profile)
    server = subprocess.Popen([sys.argv[2], "serve", "--provider", file], stdout=subprocess.PIPE, text=True)
    try:
        ready = json.loads(server.stdout.readline())
        assert ready["provider"] == "short-lived", ready
        meta = json.load(fetch(ready["issuer"] + "/.well-known/oauth-authorization-server"))
        back = {"client_id": ready["client_id"], "redirect_uri": "http://127.0.0.1/callback"}
        # RFC 7636 appendix B
        asked = {**back, "response_type": "code", "scope": "openid", "code_challenge_method": "S256",
                 "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}
        answer = fetch(meta["authorization_endpoint"] + "?" + urllib.parse.urlencode(asked))
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)["code"][0]
        tokens = json.load(fetch(meta["token_endpoint"], {**back, "grant_type": "authorization_code", "code": code,
                                                          "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}))
        assert tokens["expires_in"] == 60, tokens  # The knob is felt.
    finally:
        server.terminate()
        server.wait(timeout=10)
print(len(blocks), "pieces of code,", len(paths), "paths, one profile served")
