"""A provider whose every secret is a marker, and the search for them."""
import http.server
import json
import secrets
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


def search(places):
    found = []
    for place, content in places:
        for kind, markers in MARKERS.items():
            for number, marker in enumerate(markers):
                if marker.encode() in content:
                    found.append((kind, number, place))
    return found


def serve(provider=Provider):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
