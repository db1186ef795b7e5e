#!/usr/bin/python3
"""A login's token becomes a narrower one (RFC 8693), which the resource takes: exchanged_token.py MOCKOAUTH MIMIR EXCHANGE."""
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

from provider_login import provider, log_in


def main():
    mockoauth, mimir, exchange = (os.path.abspath(path) for path in sys.argv[1:4])
    with tempfile.TemporaryDirectory() as home, provider(mockoauth, "--client-secret", "s3cret-of-ci") as ready:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "CLIENT_SECRET": "s3cret-of-ci"}
        log_in(mimir, environment, ready, scopes=("openid", "api.read"), more=("--client-secret-env", "CLIENT_SECRET"))
        shown = subprocess.run([mimir, "auth", "token", "mock", "--json"], env=environment, capture_output=True, check=True)
        token = json.loads(shown.stdout)["access_token"]

        def exchanged(subject, scope):
            command = [exchange, ready["issuer"], ready["client_id"], scope]
            return subprocess.run(command, input=subject + "\n", env=environment, capture_output=True, text=True)

        done = exchanged(token, "api.read")
        assert done.returncode == 0, done.stderr
        narrower = done.stdout.strip()
        assert narrower and narrower != token
        request = urllib.request.Request(ready["resource"], headers={"Authorization": f"Bearer {narrower}"})
        assert urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).status == 200
        for subject, scope in (("not-a-token", "api.read"), (token, "api.write")):
            refused = exchanged(subject, scope)
            assert refused.returncode == 1 and subject not in refused.stderr, (scope, refused)
    print("a token for a token: taken by the resource, and no more than was there")


main()
