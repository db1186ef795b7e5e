#!/usr/bin/python3
"""Plants a marker for every secret of a login and searches for it wherever the client could have left it.

search.py PROBE [--no-wipe]     With --no-wipe the client does not wipe: then the search must find the markers in memory.
"""
import http.server
import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import urllib.parse

MARKERS = {}


def plant(kind):
    """A new secret, unlike anything else; every one is remembered."""
    marker = f"{kind}{secrets.token_hex(24)}"
    MARKERS.setdefault(kind, []).append(marker)
    return marker


class Provider(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        issuer = f"http://127.0.0.1:{self.server.server_port}"
        if url.path == "/.well-known/oauth-authorization-server":
            endpoints = {f"{name}_endpoint": f"{issuer}/{name}" for name in ("authorization", "token", "revocation")}
            self.answer(200, json.dumps({"issuer": issuer, "response_types_supported": ["code"], **endpoints,
                                         "code_challenge_methods_supported": ["S256"]}).encode())
        elif url.path == "/authorization":
            code = plant("code")
            back = f"{query['redirect_uri']}?{urllib.parse.urlencode({'code': code, 'state': query['state']})}"
            self.answer(302, Location=back)
        elif url.path == "/resource":
            good = self.headers["Authorization"] == "Bearer " + MARKERS["access"][-1]
            self.answer(200 if good else 401, b"{}")
        else:
            self.answer(404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(body))
        if "code_verifier" in form:
            MARKERS.setdefault("verifier", []).append(form["code_verifier"])
        if self.path == "/token":
            tokens = {"access_token": plant("access"), "refresh_token": plant("refresh"), "token_type": "Bearer", "expires_in": 3600}
            self.answer(200, json.dumps(tokens).encode())
        else:
            self.answer(200)


def memory_of(pid):
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            area = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if not area:
                continue
            start, end = (int(x, 16) for x in area.groups())
            try:
                memory.seek(start)
                yield line.split()[-1] if len(line.split()) > 5 else "anonymous", memory.read(end - start)
            except OSError:
                continue


def search(places):
    found = []
    for place, content in places:
        for kind, markers in MARKERS.items():
            for number, marker in enumerate(markers):
                if marker.encode() in content:
                    found.append((kind, number, place))
    return found


def main():
    probe, no_wipe = os.path.abspath(sys.argv[1]), "--no-wipe" in sys.argv
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "TMPDIR": home,
                       "BROWSER": "/usr/bin/curl -sSL -o /dev/null --noproxy * %s"}
        if no_wipe:
            environment["MIMIR_TEST_NO_WIPE"] = "1"
        process = subprocess.Popen([probe, f"http://127.0.0.1:{server.server_port}", home + "/mimir"], env=environment,
                                   cwd=home, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if process.stdout.readline() != b"released\n":
            raise SystemExit("the login did not get to its end:\n" + process.communicate()[1].decode())
        in_memory = search(memory_of(process.pid))
        elsewhere = [("argv", pathlib.Path(f"/proc/{process.pid}/cmdline").read_bytes()),
                     ("environment", pathlib.Path(f"/proc/{process.pid}/environ").read_bytes())]
        out, err = process.communicate()
        elsewhere += [("stdout", out), ("stderr", err)]
        elsewhere += [(str(path), path.read_bytes()) for path in pathlib.Path(home).rglob("*") if path.is_file()]
        in_files = search(elsewhere)
    server.shutdown()
    planted = sum(len(markers) for markers in MARKERS.values())
    assert set(MARKERS) == {"code", "verifier", "access", "refresh"} and planted == 6, MARKERS.keys()
    for kind, number, place in in_memory + in_files:
        print(f"{kind} {number} in {place}")
    print(f"{planted} secrets planted; found {len(in_memory)} times in memory, {len(in_files)} times in {len(elsewhere)} other places")
    if in_files or bool(in_memory) != no_wipe:
        raise SystemExit("wiping is off and the search is blind" if no_wipe and not in_memory else "a secret was left behind")


main()
