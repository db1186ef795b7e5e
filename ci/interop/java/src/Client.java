// Nimbus oauth2-oidc-sdk: discovery, login, refresh, revocation, and the revoked token refused.
import com.nimbusds.oauth2.sdk.*;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.nimbusds.jose.JWSAlgorithm;
import java.net.URI;
import java.util.Objects;

public class Client {
    // Nobody listens there: the redirect is read, not followed.
    static final URI REDIRECT_URI = URI.create("http://127.0.0.1:7777/callback");
    static final ClientID CLIENT_ID = new ClientID(System.getenv("MOCKOAUTH_CLIENT_ID"));

    static void check(String what, Object seen, Object expected) {
        if (!Objects.equals(seen, expected)) throw new AssertionError(what + ": saw " + seen + ", expected " + expected);
        System.out.println("oauth2-oidc-sdk: " + what + ": " + seen);
    }

    static URI browse(URI target) throws Exception {
        HTTPRequest request = new HTTPRequest(HTTPRequest.Method.GET, target);
        request.setFollowRedirects(false);
        HTTPResponse answer = request.send();
        URI location = answer.getLocation();
        if (location == null) throw new AssertionError("authorize: " + answer.getStatusCode() + " " + answer.getBody());
        return location;
    }

    static int status(AccessToken token) throws Exception {
        HTTPRequest request = new HTTPRequest(HTTPRequest.Method.GET, URI.create(System.getenv("MOCKOAUTH_RESOURCE")));
        request.setAuthorization(token.toAuthorizationHeader());
        return request.send().getStatusCode();
    }

    static TokenResponse ask(OIDCProviderMetadata server, AuthorizationGrant grant) throws Exception {
        HTTPRequest request = new TokenRequest.Builder(server.getTokenEndpointURI(), CLIENT_ID, grant).build().toHTTPRequest();
        return OIDCTokenResponseParser.parse(request.send());
    }

    static OIDCTokenResponse succeed(TokenResponse response) {
        if (!response.indicatesSuccess()) throw new AssertionError("token: " + response.toErrorResponse().getErrorObject());
        return (OIDCTokenResponse) response.toSuccessResponse();
    }

    public static void main(String[] arguments) throws Exception {
        OIDCProviderMetadata server = OIDCProviderMetadata.resolve(new Issuer(System.getenv("MOCKOAUTH_ISSUER")));
        CodeVerifier verifier = new CodeVerifier();
        State state = new State();
        Nonce nonce = new Nonce();
        AuthenticationRequest login = new AuthenticationRequest.Builder(ResponseType.CODE,
                Scope.parse("openid api.read offline_access"), CLIENT_ID, REDIRECT_URI)
                .endpointURI(server.getAuthorizationEndpointURI()).state(state).nonce(nonce)
                .codeChallenge(verifier, CodeChallengeMethod.S256).build();
        AuthorizationResponse callback = AuthorizationResponse.parse(browse(login.toURI()));
        check("the login succeeds", callback.indicatesSuccess(), true);
        check("state comes back", callback.getState(), state);
        check("the issuer answers", callback.getIssuer(), server.getIssuer());

        AuthorizationCode code = callback.toSuccessResponse().getAuthorizationCode();
        OIDCTokenResponse first = succeed(ask(server, new AuthorizationCodeGrant(code, REDIRECT_URI, verifier)));
        new IDTokenValidator(server.getIssuer(), CLIENT_ID, JWSAlgorithm.RS256, server.getJWKSetURI().toURL())
                .validate(first.getOIDCTokens().getIDToken(), nonce);
        check("resource after login", status(first.getOIDCTokens().getAccessToken()), 200);

        OIDCTokenResponse second = succeed(ask(server, new RefreshTokenGrant(first.getOIDCTokens().getRefreshToken())));
        AccessToken access = second.getOIDCTokens().getAccessToken();
        RefreshToken refresh = second.getOIDCTokens().getRefreshToken();
        check("a new access token", !access.equals(first.getOIDCTokens().getAccessToken()), true);
        check("resource after refresh", status(access), 200);

        HTTPRequest revocation = new TokenRevocationRequest(server.getRevocationEndpointURI(), CLIENT_ID, refresh).toHTTPRequest();
        check("revocation", revocation.send().getStatusCode(), 200);
        check("resource after revocation", status(access), 401);
        TokenResponse refused = ask(server, new RefreshTokenGrant(refresh));
        check("refresh after revocation", refused.indicatesSuccess() ? "tokens"
                : refused.toErrorResponse().getErrorObject().getCode(), OAuth2Error.INVALID_GRANT.getCode());
    }
}
