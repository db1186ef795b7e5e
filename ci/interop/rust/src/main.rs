//! openidconnect: discovery, login, refresh, revocation, and the revoked token refused.
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreErrorResponseType, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, CsrfToken, HttpRequest, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge,
    RedirectUrl, RequestTokenError, RevocationUrl, Scope, SyncHttpClient, TokenResponse, reqwest,
};
use reqwest::blocking::Client as Http;
use std::{collections::HashMap, env, error::Error, fmt::Debug};

/// Nobody listens there: the redirect is read, not followed.
const REDIRECT_URI: &str = "http://127.0.0.1:7777/callback";

fn check<T: PartialEq + Debug>(what: &str, seen: T, expected: T) {
    assert!(seen == expected, "{what}: saw {seen:?}, expected {expected:?}");
    println!("openidconnect: {what}: {seen:?}");
}

fn get(http: &Http, url: &str, access_token: &str) -> reqwest::Result<reqwest::blocking::Response> {
    http.get(url).header("Authorization", format!("Bearer {access_token}")).send()
}

fn main() -> Result<(), Box<dyn Error>> {
    let (issuer, resource) = (env::var("MOCKOAUTH_ISSUER")?, env::var("MOCKOAUTH_RESOURCE")?);
    let http = Http::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let status = |token: &str| get(&http, &resource, token).map(|answer| answer.status().as_u16());

    let metadata = CoreProviderMetadata::discover(&IssuerUrl::new(issuer.clone())?, &http)?;
    let document: serde_json::Value =
        serde_json::from_str(&http.get(format!("{issuer}/.well-known/openid-configuration")).send()?.text()?)?;
    let revocation = document["revocation_endpoint"].as_str().ok_or("no revocation_endpoint")?;
    // The library revokes over https only; `through_tls` below stands for what ends TLS before a server.
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new(env::var("MOCKOAUTH_CLIENT_ID")?), None)
        .set_redirect_uri(RedirectUrl::new(REDIRECT_URI.into())?)
        .set_revocation_url(RevocationUrl::new(revocation.replacen("http:", "https:", 1))?);
    let through_tls = |mut request: HttpRequest| {
        *request.uri_mut() = revocation.parse().expect("an URL");
        SyncHttpClient::call(&http, request)
    };

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["api.read", "offline_access"].map(|scope| Scope::new(scope.into())))
        .set_pkce_challenge(challenge)
        .url();
    let answer = http.get(url).send()?;
    let location = answer.headers().get("Location").ok_or("no redirect")?.to_str()?;
    check("the browser comes back", location.starts_with(REDIRECT_URI), true);
    let callback: HashMap<_, _> = openidconnect::url::Url::parse(location)?.query_pairs().into_owned().collect();
    check("state comes back", callback.get("state") == Some(state.secret()), true);

    let code = AuthorizationCode::new(callback.get("code").ok_or("no code")?.clone());
    let first = client.exchange_code(code)?.set_pkce_verifier(verifier).request(&http)?;
    let id_token = first.id_token().ok_or("no ID Token")?;
    let user = id_token.claims(&client.id_token_verifier(), &nonce)?.subject().to_string();
    check("the ID Token names a user", user.is_empty(), false);
    check("resource after login", status(first.access_token().secret())?, 200);

    let refresh = first.refresh_token().ok_or("no refresh token")?;
    let second = client.exchange_refresh_token(refresh)?.request(&http)?;
    check("a new access token", second.access_token().secret() != first.access_token().secret(), true);
    check("resource after refresh", status(second.access_token().secret())?, 200);

    let refresh = second.refresh_token().ok_or("no second refresh token")?;
    client.revoke_token(refresh.into())?.request(&through_tls)?;
    check("resource after revocation", status(second.access_token().secret())?, 401);
    match client.exchange_refresh_token(refresh)?.request(&http) {
        Err(RequestTokenError::ServerResponse(error)) => {
            check("refresh after revocation", error.error(), &CoreErrorResponseType::InvalidGrant)
        }
        other => panic!("refresh after revocation: saw {other:?}, expected invalid_grant"),
    }
    Ok(())
}
