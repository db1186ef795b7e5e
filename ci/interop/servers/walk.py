"""mimir at a server of others: started, walked through and ended."""
import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from provider_login import log_in

REFUSED = 3
LOGIN_REQUIRED = 7


@contextlib.contextmanager
def server(folder, work, wrong=""):
    """Runs the folder's `start`; gives its issuer and client id. `wrong` is what its ID Tokens have wrong."""
    work.mkdir(parents=True, exist_ok=True)
    with open(work / "server.log", "w") as log:
        process = subprocess.Popen([folder / "start", work, wrong], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        try:
            line = process.stdout.readline()
            if not line:
                raise SystemExit((work / "server.log").read_text() + f"{folder.name}: did not start")
            yield json.loads(line)
        finally:
            process.stdin.close()  # At its end the server ends, also when this script is killed.
            process.stdout.close()
            process.wait()


class Mimir:
    """The command with a home of its own, at one server."""

    def __init__(self, program, home, ready):
        self.program = program
        self.home = pathlib.Path(home)
        self.ready = ready
        self.environment = {"PATH": os.environ["PATH"], "HOME": home, "MIMIR_HOME": str(self.home / "mimir")}
        self.is_configured = False
        self.said = ""
        self.tokens = []

    def configure(self, entry):
        """From now on the provider is known by its name."""
        folder = self.home / ".config/mimir"
        folder.mkdir(parents=True, mode=0o700)
        known = {"issuer": self.ready["issuer"], "client_id": self.ready["client_id"], **entry}
        (folder / "config.yaml").write_text(json.dumps({"providers": {"there": known}}))  # YAML, too
        self.is_configured = True

    def connect(self, scopes, status=0):
        ready, scopes = (None, ()) if self.is_configured else (self.ready, scopes)
        self.said += log_in(self.program, self.environment, ready, name="there", scopes=scopes, more=("--storage", "file"),
                            status=status)

    def run(self, *arguments, status=0):
        done = subprocess.run([self.program, *arguments], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        assert done.returncode == status, (arguments, done.returncode, done.stdout, done.stderr)
        if arguments[:2] == ("auth", "token"):
            self.tokens.append(done.stdout.strip())
        else:
            self.said += done.stdout
        self.said += done.stderr
        return done.stdout

    def json(self, *arguments, status=0):
        return json.loads(self.run(*arguments, "--json", status=status))

    def token(self):
        return self.run("auth", "token", "there", "--storage", "file").strip()

    def login(self):
        """What is stored, or nothing."""
        logins = self.json("auth", "status", "--storage", "file")["logins"]
        assert len(logins) <= 1, logins
        return logins[0] if logins else None


def get(url, token=None):
    """Status and JSON of an answer."""
    headers = {"Authorization": "Bearer " + token} if token else {}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, None


def metadata(ready):
    return get(ready["issuer"] + "/.well-known/openid-configuration")[1]


def walk(mimir, *, scopes, granted, subject, logged_out, user_info_after, says):
    """In, renewed and out again. Each keyword is what this server is expected to bring."""
    mimir.connect(scopes)
    login = mimir.login()
    assert login["state"] == "valid" and login["renewable"] is True, login
    assert login["issuer"] == mimir.ready["issuer"] and login["client_id"] == mimir.ready["client_id"], login
    assert sorted(login["scopes"]) == sorted(granted), login
    # The answer is held against the user of the ID Token (OpenID Connect Core §5.3.2), which was therefore read and kept.
    user = mimir.json("whoami", "there")["subject"]
    assert user and subject in (user, None), user
    first = mimir.token()
    assert mimir.json("auth", "refresh", "there", "--storage", "file")["renewed"] is True
    second = mimir.token()
    assert second and second != first, "the refresh brought no new access token"
    user_info = metadata(mimir.ready)["userinfo_endpoint"]
    status, claims = get(user_info, second)
    assert status == 200 and claims["sub"] == user, (status, claims)
    report = mimir.json("auth", "logout", "there", "--storage", "file")
    assert {name: report[name] for name in logged_out} == logged_out, report
    assert report["was_logged_in"] is True and report["deleted"] is True, report
    assert get(user_info, second)[0] == user_info_after
    assert mimir.login() is None
    mimir.run("auth", "token", "there", "--storage", "file", status=LOGIN_REQUIRED)
    for sentence in says:
        assert sentence in mimir.said, (sentence, mimir.said)


def check_refused(mimir, scopes, code):
    """Where the ID Token is wrong there is no login, whatever else the answer brings (OpenID Connect Core §3.1.3.7)."""
    mimir.connect(scopes, status=REFUSED)
    assert code in mimir.said, mimir.said
    assert mimir.login() is None


def main(folder, wrong, expectations, refusal, scopes=("openid",), prepare=lambda mimir: None):
    """The whole test of one server, whose arguments are MIMIR WORK."""
    program, work = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    with tempfile.TemporaryDirectory() as home, server(folder, work) as ready:
        mimir = Mimir(program, home, ready)
        prepare(mimir)
        walk(mimir, scopes=scopes, **expectations)
        assert not any(token and token in mimir.said for token in mimir.tokens), "a token was shown unasked"
    with tempfile.TemporaryDirectory() as home, server(folder, work, wrong) as ready:
        mimir = Mimir(program, home, ready)
        check_refused(mimir, scopes, refusal)
    print(f"{folder.name}: login, refresh and logout as expected; a wrong {wrong} of the ID Token is refused")
