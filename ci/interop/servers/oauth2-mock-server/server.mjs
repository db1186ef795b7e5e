// oauth2-mock-server as a test starts it; `nonce` as argument: its ID Tokens are for another login.
import { randomUUID } from 'node:crypto';
import { OAuth2Server } from 'oauth2-mock-server';

const wrong = process.argv[2];
const server = new OAuth2Server();
await server.issuer.keys.generate('RS256');
await server.start(0, '127.0.0.1');
server.service.on('beforeTokenSigning', ({ payload }) => {
  // Two tokens of the same second are the same text otherwise, and a renewed one could not be told from the old one.
  payload.jti = randomUUID();
  if (wrong === 'nonce' && payload.nonce) payload.nonce = 'of-another-login';
});
process.stdin.on('end', () => process.exit(0)).resume();
console.log(JSON.stringify({ issuer: server.issuer.url, client_id: 'mimir' }));
