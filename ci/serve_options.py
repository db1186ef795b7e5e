#!/usr/bin/python3
"""What the options of `mockoauth serve` do, seen from outside: serve_options.py MOCKOAUTH"""
import base64
import contextlib
import json
import subprocess
import sys
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


def check_bad_input():
    for options in (("--max-grants", "0"), ("--max-realms", "0"), ("--max-grants", "many"), ("--keys", "mine")):
        done = subprocess.run([BENCH, "serve", *options], capture_output=True, text=True, timeout=60)
        assert done.returncode == 2, (options, done.returncode)
        assert options[0] in done.stderr and not done.stdout, done.stderr
    print("values that make no sense end with exit status 2")


check_generated_keys()
check_confidential_client()
check_max_grants()
check_bad_input()
