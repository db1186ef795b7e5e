"""mimir at npm oauth2-mock-server: check.py MIMIR WORK."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import walk

walk.main(pathlib.Path(__file__).resolve().parent, "nonce", refusal="id_token.nonce", expectations={
    # The server says that it granted `dummy`, whatever was asked for: a scope of the token request, where RFC 6749 §4.1.3
    # has none, is what it would repeat. What the client shows is what it was told (§5.1).
    "granted": ["dummy"],
    "subject": "johndoe",
    # It answers 200 and forgets nothing. RFC 7009 §2.2 tells a client no more than that the token is invalid now; that
    # it is not (§2.1: "the server invalidates the token") is the server's fault.
    "logged_out": {"refresh_token": "revoked", "access_token": "revoked"},
    "user_info_after": 200,
    "says": ["less was granted than asked for; missing: openid", "Access revoked."],
})
