#!/usr/bin/python3
"""Provokes every fault against curl and says what curl saw: docs/faults.md is made of that, and checked by it.

ci/faults_page.py MOCKOAUTH            fails when the page is not what is seen (a test), or when a fault cannot be seen
ci/faults_page.py MOCKOAUTH --write    writes the page

Each fault brings an example (`mockoauth explain FAULT`): a rule, and what is asked for. That is asked for twice, in two realms
that are alike, once with the rule and once without; the page shows the lines of curl's output that differ.
"""
import base64
import datetime
import difflib
import hashlib
import hmac
import http.client
import itertools
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse

from authlib.jose import JsonWebKey, JsonWebSignature
from authlib.jose.errors import JoseError

ROOT = pathlib.Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/faults.md"
REDIRECT = "http://127.0.0.1:7777/callback"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636 appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
PROFILE = {"id": "faults", "title": "Faults", "sources": ["ci/faults_page.py"],
           "knobs": {"discovery.documents": ["openid-configuration"], "extensions": ["iss_param"], "pkce.mode": "required",
                     "refresh.rotation": "always", "refresh.reuse": "revoke_family", "authorize.code_reuse": "reject_and_revoke",
                     "id_token.alg": "RS256"}}
NOW = 1_900_000_000
LAYERS = {
    "protocol": "The answer is well-formed HTTP, and wrong by OAuth, OpenID Connect or JOSE.",
    "http": "Status, header fields and the bytes of the body.",
    "wire": "The bytes of the connection: what curl says is what it ends with.",
    "tls": "The handshake. Such a rule is one of the realm `default`, or of the realm NAME for connections to `NAME.localhost`: "
           "there is no request yet, and no path.",
    "life": "The provider as a whole.",
    "time": "The server's idea of the time.",
    "script": "Nothing goes wrong: what sequences and races are made of.",
}

HEAD = """# Faults

What the mock server can do wrong, on cue. This page is made by `ci/faults_page.py`, which provokes every fault of the program
against curl and writes down what curl saw; a test checks that it is still so. `mockoauth explain FAULT` says the same of one.

A rule names a fault, whom it is for, where in the life of the request it strikes and how often:

```json
{"fault": "http.status", "arguments": {"status": 503}, "when": {"endpoint": "token", "client_id": "app"}, "times": 2}
```

Rules are added by the control API (`POST /_mock/realms/{realm}/faults`), by a scenario (`server: {fault: …}`) and in C++
(`Realm::add_fault`), in the same words everywhere.

| member | meaning |
| --- | --- |
| `fault`, `arguments` | What goes wrong. |
| `phase` | Where it strikes, if not where the fault usually does. |
| `when` | `endpoint`, `grant_type`, `client_id`, `user` (their sub), `flow` (a login of the journal), `method`, `param` and `header` (name to text, or to `{matches: pattern}`, `{present: true}`, `{absent: true}`), `nth` (a number or a list). Left out: any request. |
| `times` | How often all of it happens; 0: always. 1 when left out. |
| `then` | In the place of `fault`: a list of actions (`fault`, `arguments`, `phase`, `times`), one request each. `behave` is the action that does nothing. |
| `afterwards` | `behave` (the default), `repeat` from the first action, or `fail`: a further request that fits is reported. |
| `after` | So many requests that fit pass first. |
| `probability` | Of each one after them, drawn under the realm's seed. |
| `name` | What reports call the rule. |

A rule strikes a request once and is counted atomically: of two requests that race for `times: 1` exactly one gets it. A request
that has nothing for the fault to change (no id_token for `jwt.expired`, no `/x` for a patch of `/x`) does not use the rule up;
`missed` tells why. Rules that never struck are reported when the realm is dropped. Rules that strike one request at one phase
do so in the order in which they were added, so that `oauth.refuse` and `error.nested` make a nested error.

The phases, in the order of a request: `accept` (a connection has come) and `handshake` (of TLS), at which nothing of a request
is known and `when` has nothing but `nth`; `while_down` (the provider is down, and the connection is about to be reset),
`before_validation` (nothing is judged yet), `before_signing` (once for each JWT of the
answer), `before_redirect` (what goes back by way of the browser), `after_commit` (what was issued or consumed is stored: a fault
here loses the answer and not the change) and `before_send` (every answer, errors too).
"""


class Server:
    def __init__(self, program, *options):
        self.child = subprocess.Popen([program, "serve", *options], stdout=subprocess.PIPE)
        self.ready = json.loads(self.child.stdout.readline())
        self.origin = urllib.parse.urlsplit(self.ready["control"]).netloc

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait()
        self.child.stdout.close()

    def call(self, method, path, body=None, form=None):
        connection = http.client.HTTPConnection(self.origin, timeout=60)
        data, headers = None, {}
        if body is not None:
            data, headers = json.dumps(body), {"Content-Type": "application/json"}
        if form is not None:
            data, headers = urllib.parse.urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content

    def control(self, method, path, body=None):
        answer, content = self.call(method, "/_mock" + path, body)
        if answer.status >= 400:
            raise SystemExit(f"{method} {path} {body}: {content.decode()}")
        return json.loads(content) if content else None


class Realm:
    """One that is like every other: the same name, seed, time and bytes."""

    def __init__(self, server):
        self.server = server
        server.control("POST", "/realms", {"name": "demo", "seed": 7, "profile": PROFILE,
                                           "clients": [{"client_id": "app", "redirect_uris": [REDIRECT]}]})
        server.control("POST", "/realms/demo/clock", {"frozen": True})
        clock = server.control("GET", "/realms/demo/clock")
        now = datetime.datetime.fromisoformat(clock["now"].replace("Z", "+00:00")).timestamp()
        server.control("POST", "/realms/demo/clock", {"advance_s": round(NOW - now, 3)})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.control("DELETE", "/realms/demo")

    def authorize_path(self):
        return "/authorize?" + urllib.parse.urlencode(
            {"response_type": "code", "client_id": "app", "redirect_uri": REDIRECT, "scope": "openid api.read offline_access",
             "state": "xyz", "nonce": "n-0S6_WzA2Mj", "code_challenge": CHALLENGE, "code_challenge_method": "S256"})

    def code(self):
        answer, _ = self.server.call("GET", "/r/demo" + self.authorize_path())
        return urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)["code"][0]

    def token(self, form):
        return json.loads(self.server.call("POST", "/r/demo/token", form=form)[1])

    def redeeming(self, code, verifier=VERIFIER):
        return {"grant_type": "authorization_code", "client_id": "app", "code": code, "redirect_uri": REDIRECT,
                "code_verifier": verifier}

    def request(self, asks):
        """What has to be done before is done; @returns path, form and headers of what is asked for."""
        refreshing = lambda token: {"grant_type": "refresh_token", "client_id": "app", "refresh_token": token}
        if asks in ("metadata", "jwks", "authorize"):
            return {"metadata": "/.well-known/openid-configuration", "jwks": "/jwks",
                    "authorize": self.authorize_path()}[asks], None, []
        if asks == "wrong code":
            return "/token", self.redeeming("unknown"), []
        if asks == "down":
            self.server.control("POST", "/realms/demo/faults", {"fault": "life.down", "arguments": {"for_s": 60}})
            try:
                self.server.call("GET", "/r/demo/jwks")
                raise SystemExit("the provider did not go down")
            except ConnectionError:
                self.server.control("DELETE", "/realms/demo/faults")
            return "/jwks", None, []
        code = self.code()
        if asks in ("token", "wrong verifier"):
            return "/token", self.redeeming(code, VERIFIER if asks == "token" else "wrong"), []
        tokens = self.token(self.redeeming(code))
        if asks == "used code":
            return "/token", self.redeeming(code), []
        if asks == "refresh":
            return "/token", refreshing(tokens["refresh_token"]), []
        if asks == "used refresh token":
            self.token(refreshing(tokens["refresh_token"]))
            return "/token", refreshing(tokens["refresh_token"]), []
        if asks in ("userinfo", "resource"):
            return "/" + asks, None, ["-H", f"Authorization: Bearer {tokens['access_token']}"]
        raise SystemExit(f"nobody knows how to ask for {asks}")


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Keys:
    def __init__(self, jwks):
        self.keys = jwks["keys"]

    def signature(self, jwt):
        """What a careful client finds out about it."""
        if jwt.endswith("."):
            return "none"
        header, payload, signature = jwt.split(".")
        for key in self.keys:
            try:
                JsonWebSignature().deserialize_compact(jwt, JsonWebKey.import_key(key))
                return "right, by the key " + key["kid"]
            except (JoseError, ValueError, KeyError):
                pass
        return self.by_hand(header, payload, signature)

    def by_hand(self, header, payload, signature):
        """Where the header is one that libraries refuse: RS256 is tried with each key, whatever it says."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import padding
        raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        signed = f"{header}.{payload}".encode()
        for key in self.keys:
            public = JsonWebKey.import_key(key).get_public_key()
            pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            if hmac.compare_digest(hmac.new(pem, signed, hashlib.sha256).digest(), raw):
                return "HMAC keyed with the PEM of the public key " + key["kid"]
            if key["kty"] != "RSA":
                continue
            try:
                public.verify(raw, signed, padding.PKCS1v15(), hashes.SHA256())
                return "right, by the key " + key["kid"]
            except InvalidSignature:
                pass
        return "wrong"


JWT = re.compile(r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$")


def member_lines(name, value, keys):
    if isinstance(value, str) and JWT.match(value) and value.startswith("ey"):
        header, payload, _ = value.split(".")
        yield f"  {name}, its header: {json.dumps(decoded(header))}"
        for claim, held in decoded(payload).items():
            yield f"  {name}, its {claim}: {json.dumps(held)}"
        yield f"  {name}, its signature: {keys.signature(value)}"
    else:
        yield f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"


def body_lines(body, keys):
    try:
        text = body.decode()
    except UnicodeDecodeError:
        if body.startswith(b"\x1f\x8b"):
            return ["(gzip)"]
        first, last = ("".join(chr(b) if 32 <= b < 127 else f"\\x{b:02x}" for b in part) for part in (body[:14], body[-4:]))
        return [f"(bytes that are no UTF-8: {first} … {last})"]
    try:
        pairs = json.loads(text, object_pairs_hook=lambda pairs: pairs)
        if not isinstance(pairs, list) or len({name for name, _ in pairs}) != len(pairs):
            return [text]
        members = json.loads(text)
    except (ValueError, TypeError):
        return text.splitlines()
    if not isinstance(members, dict):
        return [text]
    return ["{", *(line for name, value in members.items() for line in member_lines(name, value, keys)), "}"]


def shortened(line):
    line = re.sub(r"[A-Za-z0-9_-]{32,}", "…", line)
    line = re.sub(r"(127\.0\.0\.1|localhost)(:|%3A| port )(?!7777)\d+", r"\1\2PORT", line)
    line = re.sub(r"\d+ bytes remaining", "N bytes remaining", line)
    line = re.sub(r"OpenSSL/[\w.]+: ", "", line)
    line = re.sub(r"(at_hash: )\"(?!d3Jv)[^\"]*\"", r"\1…", line)
    line = line.replace("\ufeff", "\\ufeff")
    return line if len(line) <= 150 else line[:150] + " …"


def curl(url, form, options, keys):
    command = ["curl", "-sS", "-i", "--max-time", "20", url, *options]
    for name, value in (form or {}).items():
        command += ["--data-urlencode", f"{name}={value}"]
    done = subprocess.run(command, capture_output=True)
    head, _, body = done.stdout.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n") if head else []
    lines = [line for line in lines if not line.startswith("Content-Length")] + body_lines(body, keys)
    if len(body) > 100_000:
        lines.append("(more than 100 000 bytes)")
    if done.returncode:
        lines = [line if len(line) < 100 else line[:60] + " …" for line in lines]  # Where it was cut depends on the tokens.
        lines.append(f"{done.stderr.decode().splitlines()[0]} [exit {done.returncode}]")
    return [shortened(line) for line in lines]


def compared(fault, before, after):
    lines = [line for line in difflib.unified_diff(before, after, n=0, lineterm="") if line[:2] not in ("--", "++", "@@")]
    if bool(lines) != fault["example"]["shows"]:
        raise SystemExit(f"{fault['name']}: shows is {fault['example']['shows']}, curl saw {after}")
    return [line for sign, run in itertools.groupby(lines, lambda line: line[0]) for line in cut(sign, list(run))]


def cut(sign, run):
    most = MOST_LINES[sign]
    return run if len(run) <= most + 1 else [*run[:most], f"{sign} ({len(run) - most} more lines)"]


def missed(server, realm, rule):
    """Why the rule did not strike; nothing: it did."""
    state = server.control("GET", f"/realms/{realm}/faults")["faults"][0]
    if state["fired"] != 1 and "missed" not in state:
        raise SystemExit(f"{json.dumps(rule)} did not strike: {json.dumps(state)}")
    return state.get("missed")


def lines_at_connection(servers, rule, phase):
    """Where no request has named a realm: of the default one."""
    server = servers[0 if phase == "accept" else 1]
    url = server.ready["issuer"] + "/jwks"
    trusted = ["--cacert", server.ready["ca_file"]] if phase == "handshake" else []
    before = curl(url, None, trusted, None)
    server.control("POST", "/realms/default/faults", rule)
    after = curl(url, None, trusted, None)
    if phase == "accept" and re.search(r"\[exit (7|56)\]$", after[-1]):
        after[-1] = "curl: the connection is reset while it is made or just after [exit 7 or 56]"  # Who is faster.
    why = missed(server, "default", rule)
    server.control("DELETE", "/realms/default/faults")
    return before, after, why


def lines_in_realms(server, rule, asks):
    outputs = []
    why = None
    for one in (None, rule):
        with Realm(server) as realm:
            keys = Keys(json.loads(server.call("GET", "/r/demo/jwks")[1]))
            path, form, options = realm.request(asks)
            if one:
                server.control("POST", "/realms/demo/faults", one)
            outputs.append(curl(f"http://{server.origin}/r/demo{path}", form, options, keys))
            if one:
                why = missed(server, "demo", one)
    return *outputs, why


def provoked(servers, fault, rule):
    """@returns what curl saw without the rule, with it, and why it did not strike."""
    phase = rule.get("phase", fault["phase"])
    if phase in ("accept", "handshake"):
        return lines_at_connection(servers, rule, phase)
    return lines_in_realms(servers[0], rule, fault["example"]["asks"])


def seen(servers, fault):
    before, after, why = provoked(servers, fault, fault["example"]["rule"])
    if why:
        raise SystemExit(f"{fault['name']} did not strike: {why}")
    return compared(fault, before, after)


CHOICES = re.compile(r"[a-z0-9_]+(, [a-z0-9_]+)+")


def other_rules(fault):
    """The other choices that its arguments have, and the other phases at which it can strike: each in words, and as a rule."""
    rule = fault["example"]["rule"]
    arguments = rule.get("arguments", {})
    for argument in fault["arguments"]:
        name, kind = argument["name"], argument["kind"]
        values = kind.split(", ") if CHOICES.fullmatch(kind) else [True] if kind == "true or false" else []
        for value in values:
            if value != arguments.get(name):
                yield f"`{name}`: {json.dumps(value)}", {**rule, "arguments": {**arguments, name: value}}
    for phase in fault["phases"]:
        if phase != rule.get("phase", fault["phase"]):
            yield f"at `{phase}`", {**rule, "phase": phase}


def in_short(before, after):
    come = [line[1:].strip() for line in difflib.unified_diff(before, after, n=0, lineterm="") if line[0] == "+" and line[:3] != "+++"]
    come = [line for line in come if line]
    if come:
        return shown(come)
    gone = [line.strip() for line in before if line not in after]
    return f"no {shown(gone)}" if gone else "the usual answer"


def shown(lines):
    """Where it ends tells most."""
    kept = lines if len(lines) < 3 else [lines[0], lines[-1]]
    return " … ".join("`" + line.replace("|", "\\|").replace("`", "'") + "`" for line in kept)


def other_ways(servers, fault):
    """A table of them; those that show as the example does are one row, and what has nothing to change here is none."""
    usual = in_short(*provoked(servers, fault, fault["example"]["rule"])[:2])
    alike, rows = [], []
    for words, rule in other_rules(fault):
        before, after, why = provoked(servers, fault, rule)
        seen_now = in_short(before, after)
        if why:
            continue
        if seen_now == usual:
            alike.append(words)
        else:
            rows.append(f"| {words} | {seen_now} |")
    if rows or any(words.startswith("at ") for words in alike):  # Else they are what is meant when nothing is said.
        rows += [] if not alike else [f"| {', '.join(alike)} | the same |"]
    return ["| otherwise | curl saw |", "| --- | --- |", *rows, ""] if rows else []


MOST_LINES = {"-": 3, "+": 14}


def section(servers, fault):
    rule = json.dumps(fault["example"]["rule"])
    text = [f"### {fault['name']}", "", fault["title"] + "."]
    facts = [f"Strikes at `{fault['phase']}`" + ("".join(f", or at `{p}`" for p in fault["phases"] if p != fault["phase"]))]
    if "endpoint" in fault:
        facts.append(f"only at the endpoint `{fault['endpoint']}`" + (f", grant type `{fault['grant_type']}`" if "grant_type" in fault else ""))
    if "other_names" in fault:
        facts.append("also called " + ", ".join(f"`{name}`" for name in fault["other_names"]))
    text += ["", "; ".join(facts) + "."]
    if fault["arguments"]:
        text += ["", "| argument | value | meaning |", "| --- | --- | --- |"]
        text += [f"| `{a['name']}`{' (needed)' if a['required'] else ''} | {a['kind']} | {a['meaning']} |" for a in fault["arguments"]]
    lines = seen(servers, fault)
    text += ["", f"`{rule}`, asked for: {fault['example']['asks']}", ""]
    text += ["```diff", *lines, "```", ""] if lines else ["curl saw the usual answer.", ""]
    return text + other_ways(servers, fault)


def page(program):
    with Server(program) as server, Server(program, "--tls", "--listen", "localhost") as secured:
        faults = server.control("GET", "/faults")["faults"]
        unknown = {fault["layer"] for fault in faults} - set(LAYERS)
        if unknown:
            raise SystemExit(f"this page does not know the layer {', '.join(map(repr, unknown))}")
        text = [HEAD]
        for layer, meaning in LAYERS.items():
            of_layer = [fault for fault in faults if fault["layer"] == layer]
            text += [f"## Layer {layer}", "", meaning, "", "| fault | what happens |", "| --- | --- |"]
            text += [f"| [`{f['name']}`](#{re.sub('[^a-z0-9_-]', '', f['name'])}) | {f['title']} |" for f in of_layer]
            text.append("")
            for fault in of_layer:
                text += section((server, secured), fault)
        return "\n".join(text).rstrip() + "\n"


def main():
    made = page(sys.argv[1])
    if sys.argv[2:] == ["--write"]:
        PAGE.write_text(made)
        return
    if PAGE.exists() and PAGE.read_text() == made:
        return
    was = PAGE.read_text().splitlines() if PAGE.exists() else []
    print("\n".join(list(difflib.unified_diff(was, made.splitlines(), "docs/faults.md", "what is seen", n=1, lineterm=""))[:40]))
    raise SystemExit("docs/faults.md is not what the program does; run ci/faults_page.py MOCKOAUTH --write")


if __name__ == "__main__":
    main()
