"""What both clients need: the server under test, a browser that only follows, and checks that say what they saw."""
import os
import sys

import requests

ISSUER = os.environ["MOCKOAUTH_ISSUER"]
CLIENT_ID = os.environ["MOCKOAUTH_CLIENT_ID"]
RESOURCE = os.environ["MOCKOAUTH_RESOURCE"]
REDIRECT_URI = "http://127.0.0.1:7777/callback"  # Nobody listens there: the redirect is read, not followed.
SCOPE = ["openid", "api.read", "offline_access"]


def metadata():
    answer = requests.get(ISSUER + "/.well-known/openid-configuration", timeout=10)
    answer.raise_for_status()
    return answer.json()


def browse(url):
    """The redirect that a person's browser would have followed back to the client."""
    answer = requests.get(url, allow_redirects=False, timeout=10)
    location = answer.headers.get("Location", "")
    if not location.startswith(REDIRECT_URI):
        sys.exit(f"authorize: {answer.status_code} {answer.text[:300]}")
    return location


def resource_status(access_token):
    return requests.get(RESOURCE, headers={"Authorization": f"Bearer {access_token}"}, timeout=10).status_code


def check(what, seen, expected):
    if seen != expected:
        sys.exit(f"{what}: saw {seen!r}, expected {expected!r}")
    print(f"{what}: {seen}")
