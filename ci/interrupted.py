#!/usr/bin/python3
"""mimir is interrupted while it waits for a login or for a renewal, or started where nobody is: interrupted.py MOCKOAUTH MIMIR."""
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

from provider_login import provider, log_in


def control(ready, path, members):
    request = urllib.request.Request(f"{ready['control']}/realms/default{path}", json.dumps(members).encode(),
                                     {"Content-Type": "application/json"}, method="POST")
    with urllib.request.urlopen(request) as answer:
        return answer.read()


def interrupt_a_renewal(mimir, environment, ready):
    """The provider has replaced the refresh token and the answer is on its way (CH-RF-21)."""
    control(ready, "/faults", {"fault": "hold", "arguments": {"latch": "answer"}, "phase": "after_commit", "times": 1,
                               "when": {"grant_type": "refresh_token"}})
    refresh = subprocess.Popen([mimir, "auth", "refresh", "mock"], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    control(ready, "/latches/answer/await", {"count": 1})
    refresh.send_signal(signal.SIGINT)
    control(ready, "/latches/answer/release", {})
    out, err = refresh.communicate(timeout=30)
    again = subprocess.run([mimir, "auth", "refresh", "mock"], env=environment, stdin=subprocess.DEVNULL, capture_output=True,
                           text=True, timeout=30)
    assert again.returncode == 0, ("an interrupt cost the login", out, err, again)


def main():
    mockoauth, mimir = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home, provider(mockoauth) as ready:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "MIMIR_STORAGE": "file"}
        connect = [mimir, "connect", "mock", "--oauth", "--issuer", ready["issuer"], "--client-id", ready["client_id"]]

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = subprocess.Popen([*connect, "--no-browser"], env=environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            port = None
            for line in process.stderr:
                if url := re.search(r"redirect_uri=http%3A%2F%2F127\.0\.0\.1%3A(\d+)", line):
                    port = int(url[1])
                if line.startswith("Waiting"):
                    break
            assert port, number
            socket.create_connection(("127.0.0.1", port)).close()
            process.send_signal(number)
            start = time.monotonic()
            out, err = process.communicate(timeout=30)
            assert process.returncode == 130 and "Interrupted." in err and out == "", (number, process.returncode, out, err)
            assert time.monotonic() - start < 5, "far more than the 100 ms that it takes here"
            with socket.socket() as free:
                assert free.connect_ex(("127.0.0.1", port)) != 0, "the port is still served"
        log_in(mimir, environment, ready)  # no lock was left either
        interrupt_a_renewal(mimir, environment, ready)

        # Nobody could answer: at once an error that says so, and no address is shown.
        for more in ({}, {"CI": "true", "DISPLAY": ":99"}):
            done = subprocess.run(connect, env=environment | more, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
            assert done.returncode == 7 and "login.interaction_required" in done.stderr and "authorize" not in done.stderr, done
        done = subprocess.run([mimir, "fetch", "other", ready["resource"]], env=environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=30)
        assert done.returncode != 0 and "authorize" not in done.stderr, done
    print("interrupted and unattended logins end at once")


main()
