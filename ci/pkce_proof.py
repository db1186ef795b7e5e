#!/usr/bin/python3
"""mimir finds out whether a provider holds codes to their challenges: pkce_proof.py MOCKOAUTH MIMIR."""
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

from provider_login import log_in, provider, visit_urls


def main():
    mockoauth, mimir = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home, provider(mockoauth) as ready:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "NO_BROWSER": "1", "MIMIR_STORAGE": "file"}
        realm = ready["control"] + "/realms/default"

        def control(method, path, body=None):
            request = urllib.request.Request(realm + path, method=method, data=body and json.dumps(body).encode(),
                                             headers={"Content-Type": "application/json"})
            body = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request).read()
            return json.loads(body) if body else None

        def prove(status):
            process = subprocess.Popen([mimir, "doctor", "--json", "--prove-pkce", "mock"], env=environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            said = visit_urls(process.stderr)
            findings = json.loads(process.stdout.read())["findings"]
            assert process.wait() == status, (process.returncode, said)
            return next(finding for finding in findings if finding["check"] == "pkce")

        log_in(mimir, environment, ready)
        found = prove(0)
        assert found["state"] == "ok" and "refuses" in found["detail"], found

        control("POST", "/faults", {"when": {"endpoint": "token"}, "then": {"fault": "pkce.accept_any"}, "times": 0})
        found = prove(6)
        assert found["state"] == "problem" and "without its verifier, and one with a wrong" in found["detail"], found
        revoked = [exchange for exchange in control("GET", "/journal")["exchanges"] if exchange["endpoint"] == "revoke"]
        assert len(revoked) == 4, f"of two logins that nobody keeps, {len(revoked)} tokens were revoked"
        subprocess.run([mimir, "fetch", "mock", ready["resource"]], env=environment, check=True, stdout=subprocess.DEVNULL)
    print("a provider that holds codes to their challenges is told from one that does not")


main()
