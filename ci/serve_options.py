#!/usr/bin/python3
"""What the options of `mockoauth serve` do, seen from outside: serve_options.py MOCKOAUTH"""
import base64
import contextlib
import json
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from authlib.jose import JsonWebKey, jwt

BENCH = sys.argv[1]
REDIRECT = "http://127.0.0.1:7777/callback"
# RFC 7636 appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def fetch(url, form=None):
    """Status, headers and body, whatever the status is."""
    data = urllib.parse.urlencode(form).encode() if form else None
    try:
        with OPENER.open(url, data, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@contextlib.contextmanager
def serving(*options):
    with subprocess.Popen([BENCH, "serve", *options], stdout=subprocess.PIPE) as server:
        try:
            yield json.loads(server.stdout.readline())["issuer"]
        finally:
            server.terminate()


def token(issuer, **form):
    status, _, body = fetch(issuer + "/token", form)
    return status, json.loads(body)


def log_in(issuer):
    query = urllib.parse.urlencode({"response_type": "code", "client_id": "mockoauth-client", "redirect_uri": REDIRECT,
                                    "scope": "openid", "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
    _, headers, _ = fetch(f"{issuer}/authorize?{query}")
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["Location"]).query)["code"][0]
    status, answer = token(issuer, grant_type="authorization_code", client_id="mockoauth-client", code=code,
                           redirect_uri=REDIRECT, code_verifier=VERIFIER)
    assert status == 200, answer
    return answer


def keys_of(issuer):
    status, _, body = fetch(issuer + "/jwks")
    assert status == 200, body
    return json.loads(body)


def check_generated_keys():
    with serving() as issuer:
        published = {key["kid"]: key for key in keys_of(issuer)["keys"]}
    seen = set()
    for _ in range(2):
        with serving("--keys", "generate") as issuer:
            keys = keys_of(issuer)
            assert {key["alg"] for key in keys["keys"]} == {"RS256", "ES256", "EdDSA"}, keys
            for key in keys["keys"]:
                material = key.get("n") or key["x"]
                assert material not in seen and key["kid"] not in published, key
                assert all(material not in (known.get("n"), known.get("x")) for known in published.values()), key
                seen.add(material)
            id_token = log_in(issuer)["id_token"]
            claims = jwt.decode(id_token, JsonWebKey.import_key_set(keys))
            assert claims["iss"] == issuer, claims
    print("generated keys sign, are published, and are new at each start")


def check_confidential_client():
    with serving("--client-id", "web", "--client-secret", "s3cret") as issuer:
        form = {"grant_type": "client_credentials", "client_id": "web"}
        assert token(issuer, **form, client_secret="s3cret")[0] == 200
        status, answer = token(issuer, **form, client_secret="guessed")
        assert (status, answer["error"]) == (401, "invalid_client"), answer
        basic = base64.b64encode(b"web:s3cret").decode()
        request = urllib.request.Request(issuer + "/token", b"grant_type=client_credentials",
                                         {"Authorization": "Basic " + basic})
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200
    with serving() as issuer:
        status, answer = token(issuer, grant_type="client_credentials", client_id="mockoauth-client")
        assert status in (400, 401), answer
    print("a client with a secret is a confidential one")


def check_max_grants():
    with serving("--max-grants", "2") as issuer:
        logins = [log_in(issuer) for _ in range(3)]
        answers = [token(issuer, grant_type="refresh_token", client_id="mockoauth-client",
                         refresh_token=login["refresh_token"])[0] for login in logins]
        assert answers == [400, 200, 200], answers
    print("the oldest grant is forgotten")


@contextlib.contextmanager
def running(*options, **more):
    """The process and the first line that it prints."""
    with subprocess.Popen([BENCH, "serve", *options], stdout=subprocess.PIPE, text=True, **more) as server:
        try:
            yield server, server.stdout.readline()
        finally:
            server.terminate()


def over_tls(url, ca_file):
    return urllib.request.urlopen(url, timeout=60, context=ssl.create_default_context(cafile=ca_file)).status


def check_tls():
    with tempfile.TemporaryDirectory() as folder:
        ca, ready_file = folder + "/ca.pem", folder + "/ready.json"
        with running("--tls", "--listen", "localhost", "--ca-out", ca, "--ready-file", ready_file) as (_, line):
            ready = json.loads(line)
            assert json.load(open(ready_file)) == ready and ready["ca_file"] == ca, ready
            assert ready["issuer"] == f"https://localhost:{ready['port']}", ready
            assert over_tls(ready["issuer"] + "/jwks", ca) == 200
            for host in ("127.0.0.1", "[::1]"):
                assert over_tls(f"https://{host}:{ready['port']}/jwks", ca) == 200
            try:
                over_tls(ready["issuer"] + "/jwks", None)
                raise AssertionError("a CA that nobody trusts was believed")
            except urllib.error.URLError as error:
                assert "CERTIFICATE_VERIFY_FAILED" in str(error), error
            # Beside it without TLS: the control API, and the same provider by the same names.
            assert ready["control"].startswith("http://localhost:"), ready
            metadata = json.loads(fetch(ready["control"].removesuffix("/_mock") + "/.well-known/openid-configuration")[2])
            assert metadata["issuer"] == ready["issuer"], metadata
        assert not os.listdir(folder), os.listdir(folder)
        with running("--tls") as (_, line):
            temporary = json.loads(line)["ca_file"]
            assert os.path.exists(temporary)
        assert not os.path.exists(temporary)
    print("https by a CA that the ready line names, plain http beside it; files go with the server")


def check_environment():
    with running("--print-env", "--client-id", "it's") as (server, line):
        text = line + "".join(server.stdout.readline() for _ in range(4))
        told = subprocess.run(["sh", "-c", text + 'printf "%s|%s|%s" "$MOCKOAUTH_ISSUER" "$MOCKOAUTH_CLIENT_ID" "$MOCKOAUTH_PID"'],
                              capture_output=True, text=True, check=True).stdout.split("|")
        assert told[1:] == ["it's", str(server.pid)], told
        assert fetch(told[0] + "/jwks")[0] == 200
    print("shell variables instead of JSON")


def check_parent():
    program = ("import subprocess, sys; server = subprocess.Popen([sys.argv[1], 'serve', '--exit-with-parent'], "
               "stdout=subprocess.PIPE); print(server.stdout.readline().decode(), flush=True)")
    done = subprocess.run([sys.executable, "-c", program, BENCH], capture_output=True, text=True, timeout=60, check=True)
    ready = json.loads(done.stdout)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            fetch(ready["issuer"] + "/jwks")
        except OSError:
            print("it ends with its parent")
            return
    raise AssertionError("the server outlived its parent")


def check_bad_input():
    for options in (("--max-grants", "0"), ("--max-realms", "0"), ("--max-grants", "many"), ("--keys", "mine"),
                    ("--ca-out", "ca.pem"), ("--listen", "0.0.0.0"), ("--listen", "300.1.2.3", "--control-token", "t"),
                    ("--ready-file", "/nowhere/ready.json")):
        done = subprocess.run([BENCH, "serve", *options], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2, (options, done.returncode)
        assert options[1 if options[0] in ("--listen", "--ready-file") else 0] in done.stderr and not done.stdout, done.stderr
    print("values that make no sense end with exit status 2")


check_generated_keys()
check_confidential_client()
check_max_grants()
check_tls()
check_environment()
check_parent()
check_bad_input()
