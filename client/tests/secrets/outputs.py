#!/usr/bin/python3
"""A whole life of a login with mimir, traced and with every debug switch on; no secret of it is in any output.

outputs.py MIMIR
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from marked_provider import MARKERS, plant, search, serve

BROWSER = """#!/bin/sh
printf '%s\\n' "$@" > "$HOME/browser.arguments"
env > "$HOME/browser.environment"
exec /usr/bin/curl -sSL -o "$HOME/page.html" --noproxy '*' "$1"
"""


def main():
    mimir = os.path.abspath(sys.argv[1])
    server = serve()
    issuer = f"http://127.0.0.1:{server.server_port}"
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        configuration = home / ".config/mimir/config.yaml"
        configuration.parent.mkdir(parents=True, mode=0o700)
        configuration.write_text(f"providers:\n  work:\n    issuer: {issuer}\n    client_id: cli\n    scopes: [api]\n"
                                 f"    client_secret: {plant('secret')}\n")
        configuration.chmod(0o600)
        (home / "browser").write_text(BROWSER)
        (home / "browser").chmod(0o700)
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "BROWSER": str(home / "browser"),
                       "MIMIR_STORAGE": "file", "SSLKEYLOGFILE": str(home / "keys.log"), "G_DBUS_DEBUG": "all",
                       "G_MESSAGES_DEBUG": "all"}
        outputs = []

        def run(*arguments, status=0):
            done = subprocess.run([mimir, "--trace", *arguments], env=environment, cwd=home, stdin=subprocess.DEVNULL,
                                  capture_output=True, check=False)
            assert done.returncode == status, (arguments, done)
            shown = done.stderr
            url = re.search(rb"(?m)^http\S+/authorization\?\S+$", shown)
            if url:  # The line to copy into a browser, which has the state in it.
                MARKERS.setdefault("state", []).append(re.search(rb"state=([^&\s]+)", url.group()).group(1).decode())
                shown = shown.replace(url.group(), b"")
            outputs.extend([(f"stdout of {arguments}", done.stdout), (f"stderr of {arguments}", shown)])
            return done.stdout

        run("connect", "work", "--oauth")
        run("fetch", "work", issuer + "/resource")
        run("auth", "refresh", "work", "--json")
        run("auth", "status", "--json")
        run("accounts", "--json")
        run("config", "--json")
        report = json.loads(run("doctor", "--json"))
        variables = next(finding for finding in report["findings"] if finding["check"] == "variables")
        assert variables["state"] == "warning" and "SSLKEYLOGFILE" in variables["detail"], variables
        assert str(home) not in json.dumps(report), "the home folder is shown"
        run("fetch", "work", issuer + "/nowhere", status=3)
        run("auth", "logout", "work", "--json")
        run("auth", "token", "work", status=7)

        def files(*names_left_out):
            return [(str(path), path.read_bytes()) for path in home.rglob("*")
                    if path.is_file() and path.name not in names_left_out]

        state = MARKERS.pop("state")
        assert set(MARKERS) == {"secret", "code", "verifier", "access", "refresh"} and len(state) == 1, MARKERS.keys()
        found = search(outputs + files("config.yaml"))
        assert not found, found
        MARKERS["state"] = state
        found = search(outputs + files("config.yaml", "browser.arguments"))
        assert not found, found
        assert not (home / "keys.log").exists()

        trace = (home / ".local/state/mimir/trace.jsonl").read_text()
        events = [json.loads(line) for line in trace.splitlines()]
        assert {"start", "http.request", "http.response", "storage.store", "event", "error"} <= {event["event"] for event in events}
        assert any(event.get("url") == issuer + "/token" and event.get("status") == 200 for event in events)
        assert str(home) not in trace, "the home folder is traced"
        mode = (home / ".local/state/mimir/trace.jsonl").stat().st_mode & 0o777
        assert mode == 0o600, oct(mode)

        # The search sees a secret where there is one: this command shows it because it was asked to.
        run("connect", "work", "--oauth")
        outputs.clear()
        run("auth", "token", "work")
        found = search(outputs)
        assert [kind for kind, _, _ in found] == ["access"], found
    server.shutdown()
    print(f"{sum(len(markers) for markers in MARKERS.values())} secrets: none in any output of {len(events)} traced events")


main()
