"""A client made from the description makes a realm, breaks it, holds two refreshes and decides which one wins."""
import os
import threading
import urllib.parse

import httpx

from control_api import Client
from control_api.api.default import (add_fault, await_exchange, await_latch, change_clock, create_realm, drop_realm,
                                     look_up_token, release_latch, verify_journal)
from control_api.models import (AddFaultARule, AwaitExchangeBody, AwaitLatchBody, ChangeClockClock, CreateRealmBody,
                                LookUpTokenBody, Problem, ReleaseLatchBody, VerifyJournalBody)

parts = urllib.parse.urlsplit(os.environ["MOCKOAUTH_ISSUER"])
client = Client(base_url=f"{parts.scheme}://{parts.netloc}", raise_on_unexpected_status=True)
REALM = "generated"
# RFC 7636 appendix B
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
REDIRECT = "http://127.0.0.1:7777/callback"


def say(call, body=None, **more):
    """The parsed answer of a call that has to succeed."""
    answer = call.sync(client=client, **({"body": body} if body is not None else {}), **more)
    assert not isinstance(answer, Problem), answer
    return answer


made = say(create_realm, CreateRealmBody.from_dict({
    "name": REALM, "clock": {"to": "2030-01-01T00:00:00Z", "frozen": True},
    "clients": [{"client_id": "app", "redirect_uris": ["http://127.0.0.1/callback"]}]}))
assert made.issuer.endswith("/r/generated"), made

again = create_realm.sync(client=client, body=CreateRealmBody.from_dict({"name": REALM}))
assert isinstance(again, Problem) and again.pointer == "/name" and again.status == 409, again

moved = say(change_clock, ChangeClockClock.from_dict({"advance_s": 60}), realm=REALM)
assert moved.now == "2030-01-01T00:01:00Z" and moved.frozen, moved


def token(**form):
    return httpx.post(made.issuer + "/token", data={"client_id": "app", **form}, timeout=60)


def log_in():
    answer = httpx.get(made.issuer + "/authorize", params={
        "response_type": "code", "client_id": "app", "redirect_uri": REDIRECT, "scope": "openid offline_access",
        "code_challenge": CHALLENGE, "code_challenge_method": "S256"}, follow_redirects=False)
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)["code"][0]
    answer = token(grant_type="authorization_code", code=code, redirect_uri=REDIRECT, code_verifier=VERIFIER)
    assert answer.status_code == 200, answer.text
    return answer.json()


tokens = log_in()
grant = say(look_up_token, LookUpTokenBody(token=tokens["access_token"]), realm=REALM)
assert grant.flow == "g1" and grant.alive and grant.lineage[-1].consumed == ["code:c1"], grant

say_rule = add_fault.sync_detailed(realm=REALM, client=client, body=AddFaultARule.from_dict(
    {"fault": "hold", "arguments": {"latch": "both"}, "times": 2, "when": {"grant_type": "refresh_token"}}))
assert say_rule.status_code < 300, say_rule

answers = {}
callers = []
for number in (1, 2):
    def refresh(number=number):
        answers[number] = token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    callers.append(threading.Thread(target=refresh))
    callers[-1].start()
    parked = say(await_latch, AwaitLatchBody(count=number), realm=REALM, latch="both")
    assert parked.reached and len(parked.parked) == number, parked
assert say(release_latch, ReleaseLatchBody(order=[2, 1]), realm=REALM, latch="both").released == 2
for caller in callers:
    caller.join()
assert answers[2].status_code == 200 and answers[1].status_code == 400, answers

seen = say(await_exchange, AwaitExchangeBody.from_dict({"match": {"error": "invalid_grant"}}), realm=REALM)
assert seen.seen and seen.exchanges[0].response.status == 400, seen
verdict = say(verify_journal, VerifyJournalBody.from_dict({"in_order": True, "expect": [
    {"match": {"grant_type": "authorization_code", "param": {"code": {"present": True}}}, "as": "login"},
    {"match": {"same": {"refresh_token": {"exchange": "login", "in": "response"}}}, "times": 2}]}), realm=REALM)
assert verdict.holds and verdict.matched == [[2], [3, 4]], verdict
missed = say(verify_journal, VerifyJournalBody.from_dict({"expect": [{"match": {"endpoint": "revoke"}}]}), realm=REALM)
assert not missed.holds and "the nearest is exchange" in missed.failures[0].detail, missed

left = say(drop_realm, realm=REALM)
assert left.clean, left
print("a generated client steers the server: a race, the journal, the refusals")
