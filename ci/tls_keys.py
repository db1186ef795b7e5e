#!/usr/bin/python3
"""SSLKEYLOGFILE makes libraries write down what decrypts a connection; mimir lets none do so: tls_keys.py MOCKOAUTH MIMIR."""
import os
import pathlib
import subprocess
import sys
import tempfile

from provider_login import provider


def main():
    mockoauth, mimir = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home, provider(mockoauth, "--tls") as ready:
        keys = pathlib.Path(home, "keys.log")
        environment = {"PATH": os.environ["PATH"], "HOME": home, "SSL_CERT_FILE": ready["ca_file"], "SSLKEYLOGFILE": str(keys),
                       "BROWSER": "/usr/bin/curl -sSL -o /dev/null --noproxy * %s"}
        connect = [mimir, "connect", "work", "--oauth", "--issuer", ready["issuer"], "--client-id", ready["client_id"], "--scope", "openid"]
        for command in (connect, [mimir, "auth", "refresh", "work"], [mimir, "auth", "logout", "work"]):
            subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=True)
            assert not keys.exists(), command
        report = subprocess.run([mimir, "doctor"], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
        assert "SSLKEYLOGFILE" in report, report
        # A program that obeys the variable writes the file, or this would show nothing.
        subprocess.run(["/usr/bin/curl", "-sS", "-o", "/dev/null", "--noproxy", "*", ready["issuer"]], env=environment, check=True)
        assert keys.exists()
    print("no TLS key is written down")


main()
