#!/usr/bin/python3
"""The commands around a kept login, as a script uses them: keeping.py MOCKOAUTH MIMIR."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from provider_login import provider, log_in


def main():
    mockoauth, mimir = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home, provider(mockoauth) as ready:
        environment = {"PATH": os.environ["PATH"], "HOME": home}

        def run(*arguments, status=0):
            done = subprocess.run([mimir, *arguments], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
            assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
            seen.append(done.stdout + done.stderr)
            return done.stdout

        seen = []
        run("auth", "token", status=7)
        assert json.loads(run("accounts", "--json"))["accounts"] == []
        log_in(mimir, environment, ready, "work")
        token = run("auth", "token").strip()  # the only one there is
        seen.pop()
        assert len(token) > 10 and "\n" not in token
        log_in(mimir, environment, ready, "private")
        run("auth", "token", status=2)  # several fit
        run("accounts", "--default", "work")
        assert run("auth", "token").strip() == token
        seen.pop()
        accounts = {account["name"]: account for account in json.loads(run("accounts", "--json"))["accounts"]}
        assert accounts["work"]["default"] and not accounts["private"]["default"]
        assert accounts["work"]["issuer"] == ready["issuer"] and accounts["work"]["renewable"]
        assert json.loads(run("auth", "refresh", "work", "--json"))["renewed"] is True
        renewed = json.loads(run("auth", "token", "--json"))["access_token"]
        seen.pop()
        assert renewed != token
        status = json.loads(run("auth", "status", "--json"))
        assert status["storage"].startswith("encrypted file ") and len(status["logins"]) == 2
        findings = {finding["check"]: finding["state"] for finding in json.loads(run("doctor", "--json"))["findings"]}
        assert findings["storage"] == findings["logins"] == findings["lock"] == "ok", findings
        os.makedirs(os.path.join(home, "project", ".git"))
        environment["MIMIR_HOME"] = os.path.join(home, "project", "logins")
        findings = {finding["check"]: finding for finding in json.loads(run("doctor", "--json"))["findings"]}
        assert findings["folder"]["state"] == "warning" and "git work tree" in findings["folder"]["detail"], findings
        del environment["MIMIR_HOME"]
        run("auth", "token", "work", "--storage", "secret-service", status=2)  # never a second copy
        run("auth", "token", "work", "--storage", "nowhere", status=2)
        assert json.loads(run("auth", "logout", "private", "--local-only", "--json"))["deleted"] is True
        assert "not logged in" in run("auth", "logout", "private")  # and asks nobody
        assert json.loads(run("auth", "logout", "private", "--json"))["was_logged_in"] is False
        assert run("auth", "token", "work").strip() == renewed  # another account's, which stays
        seen.pop()
        report = json.loads(run("auth", "logout", "work", "--json"))
        assert "may end this program's other logins" in seen[-1] and "--local-only" in seen[-1], seen[-1]
        assert report["deleted"] is True and report["refresh_token"] == "revoked", report
        run("auth", "token", status=7)
        # A libcurl that is none: what needs no request goes on, what needs one says what is missing.
        libraries = pathlib.Path(home, "libraries")
        libraries.mkdir()
        (libraries / "libcurl.so.4").touch()
        environment["LD_LIBRARY_PATH"] = str(libraries)
        run("accounts")
        run("connect", "other", "--oauth", "--issuer", ready["issuer"], "--client-id", "cli", "--no-browser", status=6)
        assert "network.no_library" in seen[-1] and "libcurl" in seen[-1], seen[-1]
        del environment["LD_LIBRARY_PATH"]
        environment.update(MIMIR_ACCESS_TOKEN="token-of-ci", MIMIR_STORAGE="environment")
        assert run("auth", "token").strip() == "token-of-ci"
        assert not any(token in text or renewed in text for text in seen), "a token was shown unasked"
    print("keeping a login: all as documented")


main()
