"""The anthropic SDK: messages whole and streamed, tools, an expired token in mid-conversation, one that ends mid-stream, an outage."""
import anthropic

from bench import ISSUER, SAID, Login, advance, check, raised, refuse_once, script

TOOL = {"name": "get_weather", "description": "The weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}


def client_with(**credential):
    return anthropic.Anthropic(base_url=ISSUER, max_retries=0, **credential)


def ask(client, messages, **more):
    return client.messages.create(model="claude-test", max_tokens=500, messages=messages, **more)


def user(text):
    return {"role": "user", "content": text}


by_key = client_with(api_key="sk-ant-mockoauth-key")
check("anthropic: by key", ask(by_key, [user("hello")]).content[0].text, SAID.format("claude-test", "hello"))
check("anthropic: a bad key", raised(anthropic.AuthenticationError, lambda: ask(client_with(api_key="sk-ant-bad"), [user("x")])).body["error"]["type"],
      "authentication_error")
check("anthropic: models", [model.id for model in by_key.models.list()][0], "claude-opus-4-1")
check("anthropic: tokens are counted", by_key.messages.count_tokens(model="claude-test", messages=[user("hello")]).input_tokens > 0, True)

login = Login()
conversation = [user("first")]
first = ask(client_with(auth_token=login.access_token), conversation)
conversation += [{"role": "assistant", "content": first.content}, user("second")]
advance(2 * 3600)
error = raised(anthropic.AuthenticationError, lambda: ask(client_with(auth_token=login.access_token), conversation))
check("anthropic: an expired token", error.body["error"]["message"].split(".")[0], "OAuth token has expired")
check("anthropic: the request id", error.request_id, error.body["request_id"])
by_token = client_with(auth_token=login.refresh())
check("anthropic: the conversation goes on", ask(by_token, conversation).content[0].text, SAID.format("claude-test", "second"))

with by_token.messages.stream(model="claude-test", max_tokens=500, messages=[user("in pieces")]) as stream:
    pieces = list(stream.text_stream)
    check("anthropic: streamed", "".join(pieces), SAID.format("claude-test", "in pieces"))
    check("anthropic: in pieces", len(pieces) > 5, True)
    check("anthropic: stop reason", stream.get_final_message().stop_reason, "end_turn")

script({"tool_calls": [{"name": "get_weather", "arguments": {"city": "Paris"}}]})
with by_token.messages.stream(model="claude-test", max_tokens=500, messages=[user("weather?")], tools=[TOOL]) as stream:
    message = stream.get_final_message()
check("anthropic: a tool call", (message.stop_reason, message.content[0].name, message.content[0].input), ("tool_use", "get_weather", {"city": "Paris"}))
result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": message.content[0].id, "content": "18 degrees"}]}
answer = ask(by_token, [user("weather?"), {"role": "assistant", "content": message.content}, result], tools=[TOOL])
check("anthropic: its result", answer.content[0].text, "This is claude-test of a mock server; the tool said: 18 degrees")

advance(3595)


def read_all():
    with by_token.messages.stream(model="claude-test", max_tokens=500, messages=[user("a long answer")]) as cut:
        for text in cut.text_stream:
            seen.append(text)


seen = []
error = raised(anthropic.APIStatusError, read_all)
check("anthropic: a token that ends mid-stream", (error.body["error"]["type"], 0 < len(seen) < len(pieces)), ("authentication_error", True))

for condition, kind, status in (("maintenance", anthropic.APIStatusError, 529), ("rate_limited", anthropic.RateLimitError, 429),
                                ("scope_insufficient", anthropic.PermissionDeniedError, 403), ("not_entitled", anthropic.APIStatusError, 402)):
    refuse_once("anthropic.messages", condition)
    check(f"anthropic: {condition}", raised(kind, lambda: ask(by_key, [user("x")])).status_code, status)
refuse_once("anthropic.messages", "maintenance")
patient = anthropic.Anthropic(base_url=ISSUER, max_retries=1, api_key="sk-ant-mockoauth-key")
check("anthropic: the SDK tries again", ask(patient, [user("again")]).content[0].text, SAID.format("claude-test", "again"))
