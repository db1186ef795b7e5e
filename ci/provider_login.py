"""A mock provider, and a login at it with the mimir command, for scripts."""
import contextlib
import json
import re
import subprocess
import urllib.error
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


def visit_urls(lines):
    """Visits every URL that stands alone on a line, until there are no more lines; gives them all."""
    text = ""
    browser = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor())
    for line in lines:
        text += line
        url = re.fullmatch(r"https?://\S+\n", line)
        if url:
            # Some providers turn away what does not call itself a browser.
            request = urllib.request.Request(line.strip(), headers={"User-Agent": "Mozilla/5.0"})
            try:
                browser.open(request).read()
            except urllib.error.HTTPError as page:
                if "/callback" not in page.url:  # else it is ours, and the program says what happened
                    raise
    return text


def log_in(mimir, environment, ready, name="mock", scopes=("openid",), more=(), client=None, status=0):
    """Logs in by visiting the URL that mimir prints; the provider asks nobody. Without `ready` the configuration knows the
    provider. Gives what mimir said of it."""
    named = ready and ("--issuer", ready["issuer"], *(client or ("--client-id", ready["client_id"])))
    command = [mimir, "connect", name, "--oauth", *(named or ()), "--no-browser", *more]
    for scope in scopes:
        command += ["--scope", scope]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)
    text = visit_urls(process.stderr)
    process.stderr.close()
    if process.wait() != status:
        raise SystemExit(f"the login ended with {process.returncode} and not with {status}:\n{text}")
    return text
