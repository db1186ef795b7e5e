"""google-genai: the Gemini API by key, and the same models of Vertex AI by a token that google-auth refreshes."""
import os

from google import genai
from google.auth.transport.requests import Request
from google.genai import errors, types
from google.oauth2.credentials import Credentials

from bench import ISSUER, SAID, Login, advance, check, raised, refuse_once, script

OPTIONS = types.HttpOptions(base_url=ISSUER, api_version="v1beta")
WEATHER = types.Tool(function_declarations=[types.FunctionDeclaration(
    name="get_weather", parameters=types.Schema(type="OBJECT", properties={"city": types.Schema(type="STRING")}))])
NO_LOOP = types.AutomaticFunctionCallingConfig(disable=True)


def ask(client, text, **config):
    return client.models.generate_content(model="gemini-test", contents=text, config=types.GenerateContentConfig(automatic_function_calling=NO_LOOP, **config))


by_key = genai.Client(api_key="AIzamockoauth-key", http_options=OPTIONS)
check("google-genai: by key", ask(by_key, "hello").text, SAID.format("gemini-test", "hello"))
pieces = [chunk.text or "" for chunk in by_key.models.generate_content_stream(model="gemini-test", contents="in pieces")]
check("google-genai: streamed", "".join(pieces), SAID.format("gemini-test", "in pieces"))
error = raised(errors.ClientError, lambda: ask(genai.Client(api_key="AIzabad", http_options=OPTIONS), "x"))
check("google-genai: a bad key", (error.code, error.status), (400, "INVALID_ARGUMENT"))
check("google-genai: models", [model.name for model in by_key.models.list()][0], "models/gemini-2.5-pro")
check("google-genai: tokens are counted", by_key.models.count_tokens(model="gemini-test", contents="hello").total_tokens > 0, True)

script({"tool_calls": [{"name": "get_weather", "arguments": {"city": "Paris"}}]})
call = ask(by_key, "weather?", tools=[WEATHER]).function_calls[0]
check("google-genai: a function call", (call.name, call.args), ("get_weather", {"city": "Paris"}))

login = Login()
credentials = Credentials(login.access_token, refresh_token=login.refresh_token, token_uri=login.token_endpoint,
                          client_id=os.environ["MOCKOAUTH_CLIENT_ID"], client_secret="")
by_token = genai.Client(vertexai=True, project="p", location="global", credentials=credentials, http_options=types.HttpOptions(base_url=ISSUER))
chat = by_token.chats.create(model="gemini-test")
check("google-genai: by token", chat.send_message("first").text, SAID.format("gemini-test", "first"))
advance(2 * 3600)
error = raised(errors.ClientError, lambda: chat.send_message("second"))
check("google-genai: an expired token", (error.code, error.status), (401, "UNAUTHENTICATED"))
credentials.refresh(Request())
check("google-genai: the conversation goes on", chat.send_message("second").text, SAID.format("gemini-test", "second"))

advance(3595)
seen = []


def read_all():
    for chunk in chat.send_message_stream("a long answer"):
        seen.append(chunk.text)


error = raised(errors.APIError, read_all)
check("google-genai: a token that ends mid-stream", (error.code, 0 < len(seen) < len(pieces)), (401, True))

for condition, status, name in (("maintenance", 503, "UNAVAILABLE"), ("rate_limited", 429, "RESOURCE_EXHAUSTED"), ("not_entitled", 403, "PERMISSION_DENIED")):
    refuse_once("gemini.generate", condition)
    error = raised(errors.APIError, lambda: ask(by_key, "x"))
    check(f"google-genai: {condition}", (error.code, error.status), (status, name))
