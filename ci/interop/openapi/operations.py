"""A client made from the description calls every operation, and has each member of each answer; and of each refusal."""
import enum
import importlib
import inspect
import json
import os
import pkgutil
import typing
import urllib.parse

import httpx

from control_api import Client
from control_api.api import default
from control_api.models import Problem
from control_api.types import UNSET

parts = urllib.parse.urlsplit(os.environ["MOCKOAUTH_ISSUER"])
client = Client(base_url=f"{parts.scheme}://{parts.netloc}", raise_on_unexpected_status=True)
REALM = "operations"
RULE = {"name": "whole", "fault": "http.status", "arguments": {"status": 503}, "phase": "before_send", "times": 2, "after": 1,
        "probability": 0.5, "when": {"endpoint": "token", "grant_type": "refresh_token", "client_id": "app", "user": "ada", "flow": "g1",
                                     "method": "POST", "param": {"scope": {"absent": True}}, "header": {"X-Id": "7"}, "nth": [1, 3]}}
SEQUENCE = {"then": [{"fault": "behave", "times": 2}, {"fault": "http.status", "arguments": {"status": 503}}], "afterwards": "fail"}
OTHER = {"client_id": "other", "redirect_uris": ["http://127.0.0.1/cb"]}
called = set()


def untold(model, where):
    """Members that came and that no attribute shows. Without any attribute of its own, a model is a map, or free."""
    if isinstance(model, list):
        return [each for item in model for each in untold(item, where)]
    if not hasattr(model, "to_dict"):
        return []
    names = [name for name in (field.name for field in model.__attrs_attrs__) if name != "additional_properties"]
    surplus = sorted(getattr(model, "additional_properties", {})) if names else []
    found = [f"{where}.{name}" for name in surplus]
    for name in names:
        found += untold(getattr(model, name), f"{where}.{name}")
    return found


def call(operation, body=None, **more):
    """@returns the parsed answer; what the client writes of it has to be what came."""
    module = importlib.import_module(f"{default.__name__}.{operation}")
    wanted = inspect.signature(module.sync_detailed).parameters
    if "body" in wanted:
        annotation = typing.get_type_hints(module.sync_detailed)["body"]
        kinds = typing.get_args(annotation) or (annotation,)
        more["body"] = next(kind for kind in kinds if hasattr(kind, "from_dict")).from_dict(body or {})
    if "realm" in wanted:
        more.setdefault("realm", REALM)
    answer = module.sync_detailed(client=client, **more)
    if answer.content:
        came = json.loads(answer.content)
        assert answer.parsed.to_dict() == came, (operation, answer.parsed.to_dict(), came)
        assert not untold(answer.parsed, operation), untold(answer.parsed, operation)
    else:
        assert answer.status_code == 204, (operation, answer.status_code)
    if more.get("realm") != "nobody":
        assert not isinstance(answer.parsed, Problem), (operation, answer.parsed)
        called.add(operation)
        if "realm" in wanted:  # The same of a realm that is not there.
            gone = call(operation, body, **{**{name: value for name, value in more.items() if name != "body"}, "realm": "nobody"})
            assert isinstance(gone, Problem) and gone.status == 404, (operation, gone)
            assert gone.type_ == "urn:mockoauth:problem:realm.unknown", gone
    return answer.parsed


made = call("create_realm", {"name": REALM, "provider": "plain", "clock": {"to": "2030-01-01T00:00:00Z", "frozen": True},
                             "clients": [{"client_id": "app", "redirect_uris": ["http://127.0.0.1/callback"]}]})
call("list_realms")
call("show_realm")
call("known_faults")
call("show_open_api")
call("show_clock")
call("change_clock", {"advance_s": 1})
call("show_person")
call("change_person", {"scopes": ["openid"]})

rule = call("add_fault", RULE).id
call("add_fault", SEQUENCE)
assert len(call("list_faults").faults) == 2
call("script_logins", {"then": [{"decision": "deny"}]})
assert not call("show_report").clean
assert call("remove_fault", rule=str(rule)).fired == 0
call("clear_faults")
assert call("list_latches").latches == []
assert not call("await_latch", {"count": 1, "limit_ms": 1}, latch="x").reached
call("release_latch", {}, latch="x")

call("add_client", OTHER)
call("list_clients")
call("show_client", client_id="other")
call("replace_client", OTHER, client_id="other")
call("change_client", {"scopes": ["openid"]}, client_id="other")
call("remove_client", client_id="other")
call("add_user", {"sub": "eve", "email": "eve@example.com"})
call("list_users")
call("show_user", sub="eve")
call("replace_user", {"sub": "eve", "name": "Eve"}, sub="eve")
call("remove_user", sub="eve")

kid = call("list_keys").keys[0].kid
call("rotate_keys", {"overlap_s": 60})
assert any(key.published_until is not UNSET for key in call("list_keys").keys)
call("retire_key", {}, kid=kid)

device = httpx.post(made.issuer + "/device_authorization", data={"client_id": "app", "scope": "openid"}).json()
state = call("list_device_logins").device_logins[0].state
assert isinstance(state, enum.Enum) and state.value == "pending", state
call("decide_device_login", {"decision": "approve"}, user_code=device["user_code"])

tokens = call("issue_tokens", {"client_id": "app", "sub": "ada", "scopes": ["openid", "offline_access"]})
assert tokens.access_token and tokens.token_type == "Bearer", tokens
call("sign_token", {"claims": {"sub": "x"}})
flow = call("look_up_token", {"token": tokens.access_token}).flow
call("show_grant", flow=flow)
assert call("expire_tokens", {"token": tokens.access_token}).expired == 1
assert call("revoke_tokens", {"token": tokens.refresh_token}).revoked == 1
call("account_event", {"event": "password_change"})
call("add_model_answer", {"text": "yes"})
assert call("count_model_answers").left == 1

assert call("show_journal").exchanges
assert call("await_exchange", {"match": {"endpoint": "device_authorization"}}).seen
assert not call("await_exchange", {"match": {"endpoint": "revoke"}, "limit_ms": 1}).seen
call("verify_journal", {"expect": [{"match": {"endpoint": "revoke"}}]})
call("reset_realm")
call("drop_realm")

known = {module.name for module in pkgutil.iter_modules(default.__path__)}
assert called == known, f"never called: {sorted(known - called)}"
print(f"a generated client has all of {len(called)} operations, their answers and their refusals")
