"""google-auth-oauthlib and google-auth: login, refresh, revocation, and the revoked token refused."""
import os

os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"  # Plain http, on loopback only.
from google.auth.exceptions import RefreshError  # noqa: E402
from google.auth.transport.requests import AuthorizedSession, Request  # noqa: E402
from google_auth_oauthlib.flow import Flow  # noqa: E402

from bench import CLIENT_ID, REDIRECT_URI, RESOURCE, SCOPE, browse, check, metadata  # noqa: E402

meta = metadata()
# The library knows no public clients; an empty secret is as good as none (RFC 6749 §3.2).
config = {"installed": {"client_id": CLIENT_ID, "client_secret": "", "auth_uri": meta["authorization_endpoint"],
                        "token_uri": meta["token_endpoint"]}}
flow = Flow.from_client_config(config, scopes=SCOPE, redirect_uri=REDIRECT_URI, autogenerate_code_verifier=True)
url, _ = flow.authorization_url()
# It sends the public client's id in the body only when told so (RFC 6749 §3.2.1).
flow.fetch_token(authorization_response=browse(url), include_client_id=True)
credentials = flow.credentials
api = AuthorizedSession(credentials, max_refresh_attempts=0)
check("google-auth-oauthlib: resource after login", api.get(RESOURCE).status_code, 200)

first = credentials.token
credentials.refresh(Request())
check("google-auth-oauthlib: a new access token", credentials.token != first, True)
check("google-auth-oauthlib: resource after refresh", api.get(RESOURCE).status_code, 200)

# Neither library has a call for this: both documentations send the form themselves (RFC 7009 §2.1).
answer = flow.oauth2session.post(meta["revocation_endpoint"], withhold_token=True,
                                 data={"token": credentials.refresh_token, "client_id": CLIENT_ID})
check("google-auth-oauthlib: revocation", answer.status_code, 200)
check("google-auth-oauthlib: resource after revocation", api.get(RESOURCE).status_code, 401)
try:
    credentials.refresh(Request())
    check("google-auth-oauthlib: refresh after revocation", "tokens", "invalid_grant")
except RefreshError as error:
    check("google-auth-oauthlib: refresh after revocation", error.args[1]["error"], "invalid_grant")
