#!/usr/bin/python3
"""A login whose tokens are bound to a key (RFC 9449), from login to resource: bound_login.py MOCKOAUTH MIMIR."""
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from provider_login import provider, log_in


def main():
    mockoauth, mimir = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home, provider(mockoauth, *sys.argv[3:]) as ready:
        environment = {"PATH": os.environ["PATH"], "HOME": home}

        def run(*arguments):
            done = subprocess.run([mimir, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            assert done.returncode == 0, (arguments, done.returncode, done.stderr)
            return done.stdout

        log_in(mimir, environment, ready, scopes=("api.read",), more=("--dpop",))
        run("fetch", "mock", ready["resource"])
        token = json.loads(run("auth", "token", "mock", "--json"))["access_token"]
        for scheme in ("Bearer", "DPoP"):  # whoever stole the token has no key: the server says so, not we
            request = urllib.request.Request(ready["resource"], headers={"Authorization": f"{scheme} {token}"})
            try:
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)
                raise SystemExit("the token alone was enough: it is not bound")
            except urllib.error.HTTPError as refused:
                assert refused.code == 401, refused.code
        assert json.loads(run("auth", "refresh", "mock", "--json"))["renewed"] is True
        run("fetch", "mock", ready["resource"])
    print("a bound login: proven at login, resource and refresh")


main()
