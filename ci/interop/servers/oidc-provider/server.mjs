// oidc-provider with one public native client and a user who approves at once; `signature` as argument: its ID Tokens are
// signed by a key that is not in its key set.
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const wrong = process.argv[2];
const makeKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const server = createServer().listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    jwks: { keys: [{ ...makeKey().export({ format: 'jwk' }), kid: 'one', use: 'sig', alg: 'RS256' }] },
    clients: [{
      client_id: 'mimir', application_type: 'native', token_endpoint_auth_method: 'none', response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token'], redirect_uris: ['http://127.0.0.1/callback'],
    }],
    cookies: { keys: ['of-this-test'] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  });

  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    const { prompt, params, session, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
    if (prompt.name === 'login') {
      return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: 'ada' } });
    }
    const grant = (grantId && await provider.Grant.find(grantId))
      || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    return provider.interactionFinished(ctx.req, ctx.res, { consent: { grantId: await grant.save() } });
  });

  const strange = makeKey();
  provider.use(async (ctx, next) => {
    await next();
    if (wrong !== 'signature' || ctx.path !== '/token' || !ctx.body?.id_token) return;
    const signed = ctx.body.id_token.split('.').slice(0, 2).join('.');
    ctx.body = { ...ctx.body, id_token: `${signed}.${sign('sha256', Buffer.from(signed), strange).toString('base64url')}` };
  });

  server.on('request', provider.callback());
  console.log(JSON.stringify({ issuer, client_id: 'mimir' }));
});
process.stdin.on('end', () => process.exit(0)).resume();
