"""Logs in on another device with the mimir command, alone and beside the browser: `device_login.py mockoauth mimir`."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

from provider_login import provider

PROFILE = pathlib.Path(__file__).with_name("device_profile.yaml")


def approve(issuer, code):
    form = urllib.parse.urlencode({"user_code": code, "action": "approve"}).encode()
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(issuer + "/device", form).read()


def log_in(mimir, ready, how, environment):
    command = [mimir, "connect", "it", "--oauth", "--issuer", ready["issuer"], "--client-id", ready["client_id"],
               "--scope", "openid", "--no-browser", how]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    said = ""
    for line in process.stderr:
        said += line
        if code := re.fullmatch(r"\s+([A-Z]{4}-[A-Z]{4})\n", line):
            approve(ready["issuer"], code[1])
    process.stderr.close()
    if process.wait() != 0:
        raise SystemExit(f"{how}: the login failed:\n{said}")
    return said


def main():
    mockoauth, mimir = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as home, provider(mockoauth, "--provider", str(PROFILE)) as ready:
        environment = {**os.environ, "MIMIR_HOME": home, "MIMIR_STORAGE": "file", "XDG_CONFIG_HOME": home}
        log_in(mimir, ready, "--device", environment)
        assert "came from the other device" in log_in(mimir, ready, "--or-device", environment)


main()
