"""What the clients of all vendors need: a login, a clock, a script for the model, and checks that say what they saw."""
import os
import sys

import requests
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Plain http, on loopback only.
ISSUER = os.environ["MOCKOAUTH_ISSUER"]
REALM = os.environ["MOCKOAUTH_CONTROL"] + "/realms/default"
REDIRECT_URI = "http://127.0.0.1:7777/callback"  # Nobody listens there: the redirect is read, not followed.
SAID = "This is {} of a mock server; you said: {}"


# Only advance() moves the time: however slow the machine is, a token ends where the test says.
requests.post(REALM + "/clock", json={"frozen": True}, timeout=10).raise_for_status()


def check(what, seen, expected):
    if seen != expected:
        sys.exit(f"{what}: saw {seen!r}, expected {expected!r}")
    print(f"{what}: {seen!r}")


class Login:
    """Somebody who has signed in; refresh() gets the next access token."""

    def __init__(self):
        self.client = OAuth2Session(os.environ["MOCKOAUTH_CLIENT_ID"], scope="openid api.read offline_access", redirect_uri=REDIRECT_URI,
                                    token_endpoint_auth_method="none", code_challenge_method="S256")
        meta = requests.get(ISSUER + "/.well-known/openid-configuration", timeout=10).json()
        self.token_endpoint = meta["token_endpoint"]
        verifier = generate_token(64)
        url, state = self.client.create_authorization_url(meta["authorization_endpoint"], code_verifier=verifier)
        back = requests.get(url, allow_redirects=False, timeout=10).headers["Location"]
        self.client.fetch_token(self.token_endpoint, authorization_response=back, state=state, code_verifier=verifier)

    @property
    def access_token(self):
        return self.client.token["access_token"]

    @property
    def refresh_token(self):
        return self.client.token["refresh_token"]

    def refresh(self):
        self.client.refresh_token(self.token_endpoint, refresh_token=self.refresh_token)
        return self.access_token


def advance(seconds):
    requests.post(REALM + "/clock", json={"advance_s": seconds}, timeout=10).raise_for_status()


def script(answer):
    requests.post(REALM + "/models/answers", json=answer, timeout=10).raise_for_status()


def refuse_once(endpoint, condition):
    rule = {"when": {"endpoint": endpoint}, "fault": "oauth.refuse", "arguments": {"condition": condition, "wait_s": 1}}
    requests.post(REALM + "/faults", json=rule, timeout=10).raise_for_status()


def raised(kind, action):
    """What the action raised; ends the test when it raised nothing or something else."""
    try:
        action()
    except kind as error:
        return error
    return sys.exit(f"nothing raised {kind.__name__}")
