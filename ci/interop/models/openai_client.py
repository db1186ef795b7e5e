"""The openai SDK: Chat Completions and Responses, whole and streamed, tools, expired tokens; DeepSeek by the same SDK, as its documentation has it."""
import json

import openai

from bench import ISSUER, SAID, Login, advance, check, raised, refuse_once, script

TOOL = {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}


def client_with(credential, base_url=ISSUER + "/v1"):
    return openai.OpenAI(base_url=base_url, api_key=credential, max_retries=0)


def user(text):
    return {"role": "user", "content": text}


def ask(client, messages, **more):
    return client.chat.completions.create(model="gpt-test", messages=messages, **more)


by_key = client_with("sk-mockoauth-key")
check("openai: by key", ask(by_key, [user("hello")]).choices[0].message.content, SAID.format("gpt-test", "hello"))
check("openai: a bad key", raised(openai.AuthenticationError, lambda: ask(client_with("sk-bad"), [user("x")])).code, "invalid_api_key")
check("openai: models", [model.id for model in by_key.models.list()][0], "gpt-5")
check("openai: limits", "x-ratelimit-remaining-requests" in by_key.models.with_raw_response.list().headers, True)

login = Login()
# The SDK asks for the key before each request, so a refreshed token takes effect in the same client.
client = openai.OpenAI(base_url=ISSUER + "/v1", api_key=lambda: login.access_token, max_retries=0)
conversation = [user("first")]
first = ask(client, conversation).choices[0].message
conversation += [{"role": "assistant", "content": first.content}, user("second")]
advance(2 * 3600)
check("openai: an expired token", raised(openai.AuthenticationError, lambda: ask(client, conversation)).code, "token_expired")
login.refresh()
check("openai: the conversation goes on", ask(client, conversation).choices[0].message.content, SAID.format("gpt-test", "second"))

chunks = list(ask(client, [user("in pieces")], stream=True, stream_options={"include_usage": True}))
text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
check("openai: streamed", text, SAID.format("gpt-test", "in pieces"))
check("openai: usage", chunks[-1].usage.total_tokens > 0, True)

script({"tool_calls": [{"name": "get_weather", "arguments": {"city": "Paris"}}]})
with client.chat.completions.stream(model="gpt-test", messages=[user("weather?")], tools=[{"type": "function", "function": TOOL}]) as stream:
    call = stream.get_final_completion().choices[0].message.tool_calls[0]
check("openai: a tool call", (call.function.name, json.loads(call.function.arguments)), ("get_weather", {"city": "Paris"}))

answer = client.responses.create(model="gpt-test", input="hello")
check("openai responses: whole", (answer.status, answer.output_text), ("completed", SAID.format("gpt-test", "hello")))
with client.responses.stream(model="gpt-test", input="in pieces") as stream:
    names = [event.type for event in stream]
    final = stream.get_final_response()
check("openai responses: streamed", final.output_text, SAID.format("gpt-test", "in pieces"))
check("openai responses: events", (names[0], names[-1]), ("response.created", "response.completed"))
script({"tool_calls": [{"name": "get_weather", "arguments": {"city": "Paris"}}]})
with client.responses.stream(model="gpt-test", input="weather?", tools=[{"type": "function", "strict": False, **TOOL}]) as stream:
    call = stream.get_final_response().output[0]
check("openai responses: a function call", (call.name, json.loads(call.arguments)), ("get_weather", {"city": "Paris"}))
check("openai responses: its result",
      client.responses.create(model="gpt-test", input=[{"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}]).output_text,
      "This is gpt-test of a mock server; the tool said: sunny")

login.refresh()
advance(3595)
seen = []


def read_all():
    for chunk in ask(client, [user("a long answer")], stream=True):
        seen.append(chunk)


check("openai: a token that ends mid-stream", (raised(openai.APIError, read_all).code, 0 < len(seen) < len(chunks)), ("token_expired", True))
last = list(client.responses.create(model="gpt-test", input="a long answer", stream=True))[-1]
check("openai responses: a token that ends mid-stream", (last.type, last.code), ("error", "token_expired"))

for condition, kind, status in (("maintenance", openai.InternalServerError, 503), ("rate_limited", openai.RateLimitError, 429),
                                ("scope_insufficient", openai.PermissionDeniedError, 403), ("not_entitled", openai.RateLimitError, 429)):
    refuse_once("openai.chat_completions", condition)
    check(f"openai: {condition}", raised(kind, lambda: ask(by_key, [user("x")])).status_code, status)

deepseek = client_with("sk-mockoauth-key", base_url=ISSUER)
check("deepseek: by key", ask(deepseek, [user("hello")]).choices[0].message.content, SAID.format("gpt-test", "hello"))
chunks = list(ask(deepseek, [user("in pieces")], stream=True))
check("deepseek: streamed", "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices), SAID.format("gpt-test", "in pieces"))
refuse_once("deepseek.chat_completions", "not_entitled")
check("deepseek: no money", raised(openai.APIStatusError, lambda: ask(deepseek, [user("x")])).status_code, 402)
login.refresh()
check("deepseek: by token", ask(client_with(login.access_token, ISSUER), [user("hello")]).choices[0].finish_reason, "stop")
advance(2 * 3600)
check("deepseek: an expired token", raised(openai.AuthenticationError, lambda: ask(client_with(login.access_token, ISSUER), [user("x")])).type,
      "authentication_error")
