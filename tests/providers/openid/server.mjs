// An OpenID provider that others wrote, on this machine, until its input ends.
// Its first line tells the issuer. Anybody may sign in: the pages are the library's own for development.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

// What the library remarks is not for who reads the first line.
console.info = console.error;

const key = (kid, alg, ...kind) => ({
    ...generateKeyPairSync(...kind).privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig',
});
const native = (alg, more = {}) => ({
    client_id: `hatrack-${alg}`,
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    id_token_signed_response_alg: alg,
    redirect_uris: ['http://127.0.0.1/oauth/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    ...more,
});

const server = createServer();
server.listen(0, '127.0.0.1', () => {
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const provider = new Provider(issuer, {
        clients: [
            native('RS256'),
            native('PS256'),
            native('ES256'),
            native('EdDSA'),
            native('RS256', {
                client_id: 'hatrack-secret',
                client_secret: 'a secret: with % signs',
                token_endpoint_auth_method: 'client_secret_basic',
            }),
        ],
        cookies: { keys: ['only for tests'] },
        claims: { openid: ['sub'], email: ['email'] },
        conformIdTokenClaims: false,
        enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
        features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
        findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, email: `${sub}@example.com` }) }),
        jwks: {
            keys: [
                key('rsa', undefined, 'rsa', { modulusLength: 2048 }),
                key('p-256', 'ES256', 'ec', { namedCurve: 'P-256' }),
                key('ed', 'EdDSA', 'ed25519'),
            ],
        },
        pkce: { required: () => true },
        rotateRefreshToken: true,
    });
    server.on('request', provider.callback());
    console.log(issuer);
});
process.stdin.on('end', () => process.exit()).resume();
