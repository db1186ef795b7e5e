"""mimir at navikt's mock-oauth2-server: check.py MIMIR WORK."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import walk

walk.main(pathlib.Path(__file__).resolve().parent, "audience", refusal="id_token.aud", expectations={
    "granted": ["openid"],
    "subject": None,  # Random for each login.
    # Refresh tokens are revoked, access tokens refused with unsupported_token_type, as RFC 7009 §2.2.1 lets it. They
    # stay good: §2.1 wants (SHOULD) those of the grant to end with it only where access tokens can be revoked.
    "logged_out": {"refresh_token": "revoked", "access_token": "not_offered"},
    "user_info_after": 200,
    "says": ["the access token stays valid there until it expires", "The login was ended at the provider and cannot be renewed."],
})
