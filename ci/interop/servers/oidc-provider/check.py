"""mimir at npm oidc-provider: check.py MIMIR WORK."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import walk

SCOPES = ("openid", "offline_access")


def check_online(mimir):
    """Offline access is for a user who consents to it now (OpenID Connect Core §11): without prompt=consent, which the
    configuration asks for and nothing else, the server drops the scope and the client says what that means."""
    mimir.connect(SCOPES)
    login = mimir.login()
    assert login["scopes"] == ["openid"] and login["renewable"] is False and login["state"] == "valid", login
    assert "missing: offline_access" in mimir.said, mimir.said
    mimir.run("auth", "refresh", "there", "--storage", "file", status=walk.LOGIN_REQUIRED)
    assert "cannot be renewed" in mimir.said and "expired" not in mimir.said, mimir.said
    report = mimir.json("auth", "logout", "there", "--storage", "file")
    assert (report["refresh_token"], report["access_token"]) == ("not_held", "revoked"), report


def prepare(mimir):
    check_online(mimir)
    # An entry of the configuration, and the same login by its name alone.
    mimir.configure({"authorization_parameters": {"prompt": "consent"}, "scopes": list(SCOPES)})


walk.main(pathlib.Path(__file__).resolve().parent, "signature", refusal="id_token.signature", scopes=SCOPES, prepare=prepare,
          expectations={
              "granted": SCOPES,
              "subject": "ada",
              # The whole grant ends with its refresh token (RFC 7009 §2.1): the API turns the access token away at once.
              "logged_out": {"refresh_token": "revoked", "access_token": "revoked"},
              "user_info_after": 401,
              "says": ["Access revoked."],
          })
