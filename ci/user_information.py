#!/usr/bin/python3
"""mimir whoami tells who is logged in, and drops what is about somebody else: user_information.py MOCKOAUTH MIMIR."""
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

from provider_login import provider, log_in

HOSTILE = "Zo\u00eb \u202e\x1b]0;x\x07mimir: logged out"


def main():
    mockoauth, mimir = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home, provider(mockoauth, *sys.argv[3:]) as ready:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "LC_ALL": "C.UTF-8"}
        faults = ready["control"] + "/realms/default/faults"

        def misbehave(fault, arguments):
            rule = {"fault": fault, "arguments": arguments, "when": {"endpoint": "userinfo"}}
            request = urllib.request.Request(faults, json.dumps(rule).encode(), {"Content-Type": "application/json"})
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).read()

        def behave():
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                urllib.request.Request(faults, method="DELETE")).read()

        def run(*arguments, expected=0, **more):
            done = subprocess.run([mimir, *arguments], env={**environment, **more}, stdin=subprocess.DEVNULL, capture_output=True)
            assert done.returncode == expected, (arguments, done.returncode, done.stderr)
            return done.stdout.decode() if expected == 0 else done.stderr.decode()

        log_in(mimir, environment, ready, scopes=("openid", "profile", "email"))
        user = json.loads(run("whoami", "--json"))
        assert user["provider"] == "mock" and user["subject"] and user["claims"]["name"], user
        assert f"  sub: {user['subject']}\n" in run("whoami", "mock")

        for locale, name in (("C.UTF-8", "Zo\u00eb ?]0;x?mimir: logged out"), ("C", "Zo?? ?]0;x?mimir: logged out")):
            misbehave("answer.patch", {"patch": [{"op": "replace", "path": "/name", "value": HOSTILE}]})
            shown = run("whoami", LC_ALL=locale)
            assert f"  name: {name}\n" in shown, shown
            behave()

        misbehave("answer.patch", {"patch": [{"op": "replace", "path": "/sub", "value": "eve"}]})
        assert "about another user" in run("whoami", expected=3)
        behave()
        misbehave("http.status", {"status": 500})
        assert "Your login is kept" in run("whoami", expected=5)
        run("auth", "refresh", "mock")
    print("who is logged in: told, shown safely, dropped when it is about somebody else; the login stands")


main()
