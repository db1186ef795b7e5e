// openid-client: discovery, login, refresh, revocation, and the revoked token refused.
import * as client from 'openid-client';

const { MOCKOAUTH_ISSUER, MOCKOAUTH_CLIENT_ID, MOCKOAUTH_RESOURCE } = process.env;
const redirect_uri = 'http://127.0.0.1:7777/callback'; // Nobody listens there: the redirect is read, not followed.

function check(what, seen, expected) {
  if (seen !== expected) throw new Error(`${what}: saw ${seen}, expected ${expected}`);
  console.log(`openid-client: ${what}: ${seen}`);
}
// The library throws when it meets a WWW-Authenticate challenge.
async function status(config, access_token) {
  try {
    return (await client.fetchProtectedResource(config, access_token, new URL(MOCKOAUTH_RESOURCE), 'GET')).status;
  } catch (error) {
    if (!(error instanceof client.WWWAuthenticateChallengeError)) throw error;
    return error.response.status;
  }
}

const config = await client.discovery(new URL(MOCKOAUTH_ISSUER), MOCKOAUTH_CLIENT_ID, undefined, client.None(),
  { execute: [client.allowInsecureRequests] }); // Plain http, on loopback only.
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const expectedNonce = client.randomNonce();
const url = client.buildAuthorizationUrl(config, {
  redirect_uri,
  scope: 'openid api.read offline_access',
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: 'S256',
  state: expectedState,
  nonce: expectedNonce,
});
const answer = await fetch(url, { redirect: 'manual' });
const location = answer.headers.get('location');
if (!location?.startsWith(redirect_uri)) throw new Error(`authorize: ${answer.status} ${await answer.text()}`);

const first = await client.authorizationCodeGrant(config, new URL(location),
  { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true });
check('the ID Token names a user', typeof first.claims().sub, 'string');
check('resource after login', await status(config, first.access_token), 200);
const user = await client.fetchUserInfo(config, first.access_token, first.claims().sub);
check('user information names the same user', user.sub, first.claims().sub);

const second = await client.refreshTokenGrant(config, first.refresh_token);
check('a new access token', second.access_token !== first.access_token, true);
check('resource after refresh', await status(config, second.access_token), 200);

await client.tokenRevocation(config, second.refresh_token, { token_type_hint: 'refresh_token' });
check('resource after revocation', await status(config, second.access_token), 401);
const refusal = await client.refreshTokenGrant(config, second.refresh_token).then(() => 'tokens', (error) => error.error);
check('refresh after revocation', refusal, 'invalid_grant');
