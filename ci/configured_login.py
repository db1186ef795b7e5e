#!/usr/bin/python3
"""mimir with a configuration file, as a user has one: configured_login.py MOCKOAUTH MIMIR."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from provider_login import provider, visit_urls


def check_page():
    """Every key of the tables is told of, and there are some."""
    root = pathlib.Path(__file__).parent.parent
    source = (root / "client/src/internal/configuration_keys.cpp").read_text()
    page = (root / "docs/configuration.md").read_text()
    keys = re.findall(r'^    (?:key|key_of|endpoint|account|dialect)<.*>\("([a-z_.]+)"', source, re.M)
    missing = [key for key in keys if f"`{key}`" not in page and f"\n{key}: " not in page]
    assert len(keys) > 20 and not missing, missing


def main():
    check_page()
    mockoauth, mimir = (os.path.abspath(path) for path in sys.argv[1:3])
    with tempfile.TemporaryDirectory() as home, provider(mockoauth) as ready:
        environment = {"PATH": os.environ["PATH"], "HOME": home}
        folder = pathlib.Path(home, ".config/mimir")
        folder.mkdir(parents=True, mode=0o700)
        file = folder / "config.yaml"
        project = pathlib.Path(home, "project")
        project.mkdir()

        def write(text, mode=0o600):
            file.write_text(text)
            file.chmod(mode)

        def run(*arguments, status=0):
            process = subprocess.Popen([mimir, *arguments], env=environment, cwd=project, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            errors = visit_urls(process.stderr) if arguments[0] == "connect" else process.stderr.read()
            out = process.stdout.read()
            assert process.wait() == status, (arguments, process.returncode, out, errors)
            return out, errors

        def values():
            return {value["key"]: value for value in json.loads(run("config", "--json")[0])["values"]}

        assert "config.yaml" in run("config")[1]  # where it would be
        entry = f"providers:\n  work:\n    issuer: {ready['issuer']}\n    client_id: {ready['client_id']}\n"
        write(f"storage: file\nbrowser: false\n{entry}    scopes: [openid]\n")
        # A repository that somebody cloned has its say about nothing.
        for name in (".mimir.yaml", "mimir.yaml", "config.yaml", ".config/mimir/config.yaml", ".mimir/config.yml"):
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            (project / name).write_text("storage: memory\nproviders: {work: {issuer: 'https://evil.example', client_id: evil}}")
        (project / ".env").write_text("MIMIR_STORAGE=memory\nMIMIR_ISSUER=https://evil.example\nXDG_CONFIG_HOME=.config\n")

        seen = values()
        assert seen["storage"] == {"key": "storage", "value": "file", "origin": "user", "where": str(file), "line": 1}, seen
        assert seen["login_timeout"]["origin"] == "default"
        assert seen["providers.work.issuer"]["value"] == ready["issuer"] and seen["providers.work.issuer"]["line"] == 5
        assert not any("evil" in str(value) for value in seen.values())
        environment["MIMIR_STORAGE"] = "memory"
        assert values()["storage"]["where"] == "MIMIR_STORAGE"
        flagged = json.loads(run("config", "--json", "--storage", "environment")[0])["values"][0]
        assert flagged["origin"] == "flag" and flagged["value"] == "environment", flagged
        del environment["MIMIR_STORAGE"]

        assert "No browser is opened: none is wanted" in run("connect", "work", "--oauth")[1]
        assert json.loads(run("auth", "status", "work", "--json")[0])["logins"][0]["scopes"] == ["openid"]
        run("auth", "refresh", "work")
        run("connect", "work", "--oauth", "--scope", "openid", "--scope", "profile")  # a flag over the file
        assert json.loads(run("auth", "status", "work", "--json")[0])["logins"][0]["scopes"] == ["openid", "profile"]
        assert run("fetch", "work", ready["resource"], "--no-login")[0]
        # Whoever logs in is another than expected: refused, and the login that is there stays.
        kept = run("auth", "token", "work")[0]
        assert "account.unexpected" in run("connect", "work", "--oauth", "--subject", "nobody", status=3)[1]
        assert "account.unexpected" in run("connect", "work", "--oauth", "--account", "nobody@as.example", status=3)[1]
        assert run("auth", "token", "work")[0] == kept
        assert "neither configured nor logged in" in run("connect", "other", "--oauth", "--scope", "a", status=2)[1]
        findings = {finding["check"]: finding for finding in json.loads(run("doctor", "--json")[0])["findings"]}
        assert findings["configuration"]["state"] == "ok" and "1 providers in ~/.config" in findings["configuration"]["detail"]

        write("storage: file\n" + entry + "    scope: [openid]\n")  # misspelt
        for command in (["config"], ["auth", "status"], ["auth", "token", "work"], ["connect", "work", "--oauth"]):
            errors = run(*command, status=2)[1]
            assert f'{file}:6:5: there is no key "scope" of a provider; did you mean "scopes"?' in errors, errors
        findings = {finding["check"]: finding for finding in json.loads(run("doctor", "--json", status=6)[0])["findings"]}
        assert findings["configuration"]["state"] == "problem" and findings["storage"]["state"] == "ok"

        write(entry + "    client_secret: hush\n", mode=0o640)
        errors = run("auth", "token", "work", status=6)[1]
        assert "others may read the secret" in errors and f"chmod 600 '{file}'" in errors and "hush" not in errors, errors
        write(entry, mode=0o666)
        assert "others may change it" in run("auth", "token", "work", status=6)[1]
        write(entry + "    client_secret_env: WORK_SECRET\n")
        assert "WORK_SECRET" in run("auth", "refresh", "work", status=2)[1]
        write(entry.replace(ready["issuer"], "http://as.example"))
        assert "no https address" in run("connect", "work", "--oauth", status=2)[1]
    print("a configured login: all as documented")


main()
