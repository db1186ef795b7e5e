"""Logs in at the mock of each provider that the client knows beforehand, renews the login and logs out, with the definition
that users get: `known_providers.py mockoauth mimir`. The two know nothing of each other: what one has wrong the other refuses."""
import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from provider_login import provider, visit_urls

# Names of endpoints: the mock's are those of metadata, a configuration file has its own.
KEYS = {"authorization_endpoint": "authorization", "token_endpoint": "token", "revocation_endpoint": "revocation",
        "userinfo_endpoint": "userinfo", "jwks_uri": "jwks", "device_authorization_endpoint": "device_authorization"}

def tried_with(definition):
    """What a user of that provider adds to the definition, and which of its mocks it is for; said in a comment there."""
    said = re.search(r"^# Tried with: (\{.*\})$", definition.read_text(), re.MULTILINE)
    return json.loads(said[1]) if said else {}


def ask(url):
    return json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url))


def redirect_uris(definition):
    """That of the definition at three ports that are free: many providers match them exactly, and somebody else may take
    one before it is used."""
    said = re.search(r"^redirect_uri: (\S+)$", definition.read_text(), re.MULTILINE)
    parts = urllib.parse.urlsplit(said[1] if said else "http://127.0.0.1/callback")
    with contextlib.ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(3)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        ports = [probe.getsockname()[1] for probe in probes]
    return ports, [f"http://{parts.hostname}:{port}{parts.path}" for port in ports]


def run(command, environment, failure):
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{failure}: {done.stdout}{done.stderr}")
    return done.stdout


def check(mockoauth, mimir, definition, folder):
    name = definition.stem
    own = tried_with(definition)
    is_public = own.pop("client", "") == "public"
    variant = own.pop("variant", None)
    ports, redirects = redirect_uris(definition)
    options = ["--provider", name, "--redirect-uri", *redirects]
    options += [] if is_public else ["--client-secret", "the-secret"]
    options += ["--variant", variant] if variant else []
    with provider(mockoauth, *options) as ready:
        realm = ask(ready["control"] + "/realms/default")
        metadata_is_there = "authorization:" not in definition.read_text()
        entry = {"like": name, "issuer": ready["issuer"], "client_id": ready["client_id"],
                 "redirect_uri": redirects[0], "alternative_ports": ports[1:], **own}
        if not is_public:
            entry["client_secret_env"] = "CLIENT_SECRET"
        if not metadata_is_there:
            # The definition's own endpoints at the addresses of the mock; those that it does not know stay unknown.
            entry["endpoints"] = {key: realm["endpoints"][member] for member, key in KEYS.items()
                                  if f"  {key}:" in definition.read_text()}
        home = pathlib.Path(folder, name)
        (home / "config/mimir").mkdir(parents=True)
        file = home / "config/mimir/config.yaml"
        file.write_text(json.dumps({"storage": "file", "providers": {"it": entry}}))
        file.chmod(0o600)
        environment = {**os.environ, "MIMIR_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config"),
                       "CLIENT_SECRET": "the-secret"}
        process = subprocess.Popen([mimir, "connect", "it", "--oauth", "--no-browser"], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, env=environment)
        text = visit_urls(process.stderr)
        process.stderr.close()
        if process.wait() != 0:
            raise SystemExit(f"{name}: the login failed:\n{text}")
        status = json.loads(run([mimir, "auth", "status", "it", "--json"], environment, f"{name}: status"))
        [login] = status["logins"]
        renewable = login["renewable"]
        if renewable:
            run([mimir, "auth", "refresh", "it"], environment, f"{name}: the refresh failed")
        run([mimir, "auth", "logout", "it"], environment, f"{name}: the logout failed")
        return "renewed" if renewable else "logged in"


def main():
    mockoauth, mimir = sys.argv[1:3]
    definitions = sorted(pathlib.Path(__file__).parent.parent.glob("client/providers/*.yaml"))
    assert len(definitions) > 20, definitions
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for definition in definitions:
            try:
                print(f"{definition.stem}: {check(mockoauth, mimir, definition, folder)}")
            except urllib.error.HTTPError as failure:
                page = re.sub(r"<style>.*?</style>|<[^>]+>", " ", failure.read().decode(), flags=re.DOTALL)
                print(f"{definition.stem}: {failure}: {' '.join(page.split())}")
                failures.append(definition.stem)
            except SystemExit as failure:
                print(failure)
                failures.append(definition.stem)
    if failures:
        raise SystemExit("failed: " + ", ".join(failures))


main()
