"""A mock provider, and a login at it with the mimir command, for scripts."""
import contextlib
import json
import re
import subprocess
import urllib.request


@contextlib.contextmanager
def provider(mockoauth, *arguments):
    """Starts `mockoauth serve`; gives what it says when it is ready."""
    process = subprocess.Popen([mockoauth, "serve", *arguments], stdout=subprocess.PIPE)
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def log_in(mimir, environment, ready, name="mock", scopes=("openid",), more=()):
    """Logs in by visiting the URL that mimir prints; the mock provider asks nobody."""
    command = [mimir, "connect", name, "--oauth", "--issuer", ready["issuer"], "--client-id", ready["client_id"], "--no-browser", *more]
    for scope in scopes:
        command += ["--scope", scope]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    text = ""
    for line in process.stderr:
        text += line
        url = re.search(r"https?://\S+", line)
        if url:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(url.group(0)).read()
    process.stderr.close()
    if process.wait() != 0:
        raise SystemExit("the login failed:\n" + text)
