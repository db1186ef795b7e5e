"""A profile that did not exist when the program was built: written to a folder, served, logged in to, its quirk seen.
new_profile.py MOCKOAUTH"""
import base64
import hashlib
import json
import pathlib
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from provider_login import provider

PROFILE = """
id: brand-new
title: A provider that nobody has heard of
knobs:
  endpoints: {authorization: "https://login.new.example/enter", token: "https://api.new.example/v9/tokens"}
  authorize.required: ["flavour=vanilla"]
  token.body: {"*": [json]}
  response.keys: camel
  response.envelope: data.credentials
  response.extra: {greeting: "hello {user.given_name}"}
  access.prefix: new_
  refresh.prefix: "newr:"
  redirect.match: loopback_port_free
  redirect.free_port_hosts: [127.0.0.1]
  errors.shape: {problem: {name: "{code}", text: "{description}"}}
  errors.map:
    code_reused: {status: 418, code: stale_code, description: Somebody was here before}
"""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect())


def send(url, body=None):
    request = urllib.request.Request(url, headers={"Content-Type": "application/json"}, data=body and json.dumps(body).encode())
    try:
        with OPENER.open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers, answer.read()


def expect(what, seen, wanted):
    if seen != wanted:
        raise SystemExit(f"{what}: seen {seen!r}, expected {wanted!r}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "brand new.yaml"  # From any path, with a space in it.
        path.write_text(PROFILE, encoding="utf-8")
        with provider(sys.argv[1], "--provider", str(path)) as ready:
            expect("provider", ready["provider"], "brand-new")
            login, api = ready["origins"]
            verifier = "v" * 43
            challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
            redirect_uri = "http://127.0.0.1:5555/callback"
            asked = {"response_type": "code", "client_id": ready["client_id"], "redirect_uri": redirect_uri, "state": "s",
                     "code_challenge": challenge, "code_challenge_method": "S256"}
            _, headers, _ = send(f"{login}/enter?" + urllib.parse.urlencode(asked))
            expect("without flavour", "error=invalid_request" in headers["Location"], True)
            _, headers, _ = send(f"{login}/enter?" + urllib.parse.urlencode({**asked, "flavour": "vanilla"}))
            code = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["Location"]).query)["code"][0]
            body = {"grant_type": "authorization_code", "client_id": ready["client_id"], "code": code,
                    "redirect_uri": redirect_uri, "code_verifier": verifier}
            status, _, text = send(f"{api}/v9/tokens", body)
            expect("token status", status, 200)
            tokens = json.loads(text)["data"]["credentials"]
            expect("prefixes", (tokens["accessToken"][:4], tokens["refreshToken"][:5]), ("new_", "newr:"))
            expect("extra member", tokens["greeting"], "hello Ada")
            status, _, text = send(f"{api}/v9/tokens", body)
            expect("code again", (status, json.loads(text)),
                   (418, {"problem": {"name": "stale_code", "text": "Somebody was here before"}}))
    print("a profile in one new file: served, logged in to, every quirk seen")


main()
