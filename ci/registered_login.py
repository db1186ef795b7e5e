#!/usr/bin/python3
"""A program that registers itself (RFC 7591): one registration for all logins and processes, made anew when the provider
has lost it, ended when asked for: registered_login.py MOCKOAUTH MIMIR."""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

from provider_login import log_in, provider


def main():
    mockoauth, mimir = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home, provider(mockoauth, *sys.argv[3:]) as ready:
        environment = {"PATH": os.environ["PATH"], "HOME": home}
        realm = ready["control"] + "/realms/default"

        def control(method, path):
            request = urllib.request.Request(realm + path, method=method)
            body = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).read()
            return json.loads(body) if body else None

        def client_ids():
            return {client["client_id"] for client in control("GET", "/clients")["clients"]} - {ready["client_id"]}

        def run(*arguments):
            done = subprocess.run([mimir, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            assert done.returncode == 0, (arguments, done.returncode, done.stderr)
            return done.stdout

        def connect(name):
            log_in(mimir, environment, ready, name=name, scopes=("openid", "api.read"), client=("--register",))

        with concurrent.futures.ThreadPoolExecutor(4) as processes:
            list(processes.map(connect, ("a", "b", "c", "d")))
        first = client_ids()
        assert len(first) == 1, f"four processes made {len(first)} registrations"
        # Asked for in a file it is the same registration.
        folder = pathlib.Path(home, ".config/mimir")
        folder.mkdir(parents=True, mode=0o700)
        file = folder / "config.yaml"
        file.write_text(f"providers: {{filed: {{issuer: '{ready['issuer']}', scopes: [openid, api.read], "
                        "registration: {client_name: ours}}}\n")
        file.chmod(0o600)
        log_in(mimir, environment, None, name="filed", scopes=())
        assert client_ids() == first, client_ids()
        run("auth", "logout", "filed")
        listed = json.loads(run("auth", "status", "--json"))["logins"]
        assert [login["provider"] for login in listed] == ["a", "b", "c", "d"], listed
        assert {login["client_id"] for login in listed} == first, listed
        run("fetch", "a", ready["resource"])
        assert json.loads(run("auth", "refresh", "b", "--json"))["renewed"] is True

        control("DELETE", "/clients/" + first.pop())
        connect("a")
        second = client_ids()
        assert len(second) == 1, f"after the loss there are {second}"
        run("fetch", "a", ready["resource"])

        run("auth", "logout", "a", "--unregister")
        assert not client_ids(), "the registration outlives its end"
        left = [name for _, _, names in os.walk(home) for name in names if "registration" in name and name.endswith(".login")]
        assert not left, left
    print("a registered program: one registration for all, made anew when lost, ended when asked")


main()
