/** A small token server whose tokens a real registry takes (distribution, Token Authentication). */
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Scene } from '../../targets/support/folder.ts';
import { login } from '../../targets/support/registry.ts';
import { basic, type Fake, startFake } from './fake.ts';

export interface TokenServer extends Fake {
  readonly service: string;
  readonly issuer: string;
  /** In seconds, of the next tokens. */
  lifetime: number;
}

export const identity = 'identity-of-berth';

/** Gives `pull` on `open/…` to anybody, on all else to who shows the login or the identity token. Signs as `ca`. */
export async function startTokenServer(scene: Scene): Promise<TokenServer> {
  const key = createPrivateKey(await readFile(scene.path('ca.key')));
  const certificate = new X509Certificate(await readFile(scene.path('ca.pem'))).raw.toString('base64');
  const [service, issuer] = ['berth registry, "quoted"', 'berth test'];
  const tokenFor = (scopes: readonly string[], isKnown: boolean, lifetime: number) => {
    const access = scopes.flatMap(scope => {
      const [type = '', name = '', actions = ''] = scope.split(':');
      const isAllowed = isKnown || name.startsWith('open/');
      return isAllowed ? [{ type, name, actions: actions.split(',') }] : [];
    });
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      aud: service,
      nbf: now - 10,
      exp: now + lifetime,
      access,
      jti: `${Math.random()}`,
    };
    const encoded = [{ alg: 'ES256', typ: 'JWT', x5c: [certificate] }, claims]
      .map(part => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const signature = sign('sha256', Buffer.from(encoded), { key, dsaEncoding: 'ieee-p1363' });
    return `${encoded}.${signature.toString('base64url')}`;
  };
  const fake = await startFake(scene, ({ url, method, body, headers }, answer) => {
    const asked = method === 'POST' ? new URLSearchParams(body) : url.searchParams;
    const isKnown =
      method === 'POST' ? asked.get('refresh_token') === identity : headers.authorization === basic(login);
    const isWrong = !isKnown && (method === 'POST' || headers.authorization !== undefined);
    if (isWrong || asked.get('service') !== service) {
      answer(401, '{}');
      return;
    }
    const scopes = asked.getAll('scope').flatMap(scope => scope.split(' '));
    const token = tokenFor(scopes, isKnown, server.lifetime);
    answer(
      200,
      JSON.stringify({ [method === 'POST' ? 'access_token' : 'token']: token, expires_in: server.lifetime }),
    );
  });
  const server: TokenServer = Object.assign(fake, { service, issuer, lifetime: 60 });
  return server;
}
