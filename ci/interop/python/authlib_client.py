"""Authlib (with requests): login, refresh, revocation, and the revoked token refused."""
import os

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # Plain http, on loopback only.
from authlib.common.security import generate_token  # noqa: E402
from authlib.integrations.base_client.errors import OAuthError  # noqa: E402
from authlib.integrations.requests_client import OAuth2Session  # noqa: E402

from bench import CLIENT_ID, REDIRECT_URI, RESOURCE, SCOPE, browse, check, metadata, resource_status  # noqa: E402

meta = metadata()
client = OAuth2Session(CLIENT_ID, scope=SCOPE, redirect_uri=REDIRECT_URI, token_endpoint_auth_method="none",
                       code_challenge_method="S256")
verifier = generate_token(64)
url, state = client.create_authorization_url(meta["authorization_endpoint"], code_verifier=verifier)
first = client.fetch_token(meta["token_endpoint"], authorization_response=browse(url), state=state, code_verifier=verifier)
check("authlib: resource after login", client.get(RESOURCE).status_code, 200)

second = client.refresh_token(meta["token_endpoint"], refresh_token=first["refresh_token"])
check("authlib: a new access token", second["access_token"] != first["access_token"], True)
check("authlib: resource after refresh", client.get(RESOURCE).status_code, 200)

revoked = client.revoke_token(meta["revocation_endpoint"], token=second["refresh_token"], token_type_hint="refresh_token")
check("authlib: revocation", revoked.status_code, 200)
check("authlib: resource after revocation", resource_status(second["access_token"]), 401)
try:
    client.refresh_token(meta["token_endpoint"], refresh_token=second["refresh_token"])
    check("authlib: refresh after revocation", "tokens", "invalid_grant")
except OAuthError as error:
    check("authlib: refresh after revocation", error.error, "invalid_grant")
