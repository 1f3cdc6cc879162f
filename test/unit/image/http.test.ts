import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpRequest } from '../../../src/image/exchange.ts';
import { proxyFor } from '../../../src/image/proxy.ts';
import { redirectOf, retryAfterMs } from '../../../src/image/registryHttp.ts';
import { secretsOf, serverWords } from '../../../src/image/registryRequests.ts';
import { parseToken, tokenRequest } from '../../../src/image/tokenServer.ts';

const { signal } = new AbortController();

describe('redirectOf', () => {
  const request: HttpRequest = {
    url: new URL('https://r.io/v2/x'),
    method: 'GET',
    headers: { Authorization: 'Bearer hush', accept: 'a' },
    maxBytes: 1,
    signal,
  };
  const go = (location: string, from: HttpRequest = request) =>
    redirectOf(from, { status: 307, headers: { location } });

  it('carries the login along at the same origin only', () => {
    assert.deepEqual(go('/y?z')?.headers, request.headers);
    assert.equal(go('/y?z')?.url.href, 'https://r.io/y?z');
    for (const elsewhere of ['https://cdn.io/y', '//cdn.io/y', 'https://r.io:444/y', 'https://sub.r.io/y']) {
      assert.deepEqual(go(elsewhere)?.headers, { accept: 'a' }, elsewhere);
    }
  });

  it('never leaves TLS, and goes nowhere odd', () => {
    for (const location of [
      'http://r.io/y',
      'ftp://r.io/y',
      'http://[',
      'https://u:p@r.io/',
      'file:///etc/passwd',
    ]) {
      assert.throws(() => go(location), { name: 'RegistryProblem' }, location);
    }
    assert.equal(
      go('http://cdn.io/y', { ...request, url: new URL('http://r.io/') })?.url.href,
      'http://cdn.io/y',
    );
  });

  it('follows no other answer, and repeats no form', () => {
    assert.equal(redirectOf(request, { status: 200, headers: { location: '/y' } }), undefined);
    assert.equal(redirectOf(request, { status: 307, headers: {} }), undefined);
    assert.equal(go('/y', { ...request, method: 'POST' }), undefined);
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const rows: readonly [string | undefined, number | undefined][] = [
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    [' 5 ', 5000],
    ['-5', undefined],
    ['1e9', undefined],
    ['99999999999999', undefined],
    ['Thu, 01 Jan 2026 00:00:03 GMT', 3000],
    ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
    ['soon', undefined],
  ];
  for (const [header, expected] of rows) {
    it(`reads ${JSON.stringify(header)}`, () => assert.equal(retryAfterMs(header, now), expected));
  }
});

describe('proxyFor', () => {
  const https = { HTTPS_PROXY: 'http://proxy:3128' };
  const rows: readonly [string, string, Parameters<typeof proxyFor>[1], string | undefined][] = [
    ['none', 'https://r.io', { env: {} }, undefined],
    ['HTTPS_PROXY', 'https://r.io', { env: https }, 'http://proxy:3128/'],
    ['in lower case', 'https://r.io', { env: { https_proxy: 'http://p:1' } }, 'http://p:1/'],
    ['without a scheme', 'https://r.io', { env: { HTTPS_PROXY: 'proxy:3128' } }, 'http://proxy:3128/'],
    ['not for http', 'http://r.io', { env: https }, undefined],
    ['HTTP_PROXY', 'http://r.io', { env: { HTTP_PROXY: 'http://p:1' } }, 'http://p:1/'],
    ["the editor's first", 'https://r.io', { proxy: 'http://e:1', env: https }, 'http://e:1/'],
    [
      "the editor's exceptions",
      'https://r.io',
      { proxy: 'http://e:1', noProxy: ['r.io'], env: {} },
      undefined,
    ],
    ['not for loopback', 'https://127.0.0.1:5000', { env: https }, undefined],
    ['not for localhost', 'https://localhost:5000', { env: https }, undefined],
    ['not for ::1', 'https://[::1]:5000', { env: https }, undefined],
  ];
  for (const [what, url, settings, expected] of rows) {
    it(`finds ${what}`, () => assert.equal(proxyFor(new URL(url), settings)?.href, expected));
  }

  const exceptions: readonly [string, string, boolean][] = [
    ['*', 'https://r.io', true],
    ['r.io', 'https://r.io', true],
    ['R.IO', 'https://r.io', true],
    ['r.io', 'https://sub.r.io', true],
    ['r.io', 'https://other.io', false],
    ['r.io', 'https://xr.io', false],
    ['.r.io', 'https://sub.r.io', true],
    ['.r.io', 'https://r.io', false],
    ['*.r.io', 'https://sub.r.io', true],
    ['r.io:5000', 'https://r.io:5000', true],
    ['r.io:5000', 'https://r.io', false],
    ['r.io:443', 'https://r.io', true],
    ['a.io, r.io', 'https://r.io', true],
    ['a.io r.io', 'https://r.io', true],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.1.2.3', 'https://10.1.2.3:5000', true],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['[fd12::1]:5000', 'https://[fd12::1]:5000', true],
    ['fd00::/8', 'https://10.1.2.3', false],
    [',', 'https://r.io', false],
  ];
  for (const [noProxy, url, isDirect] of exceptions) {
    it(`goes to ${url} ${isDirect ? 'directly' : 'by the proxy'} with NO_PROXY=${noProxy}`, () => {
      const found = proxyFor(new URL(url), { env: { ...https, NO_PROXY: noProxy } });
      assert.equal(found === undefined, isDirect);
    });
  }

  it('refuses what it cannot use, without a word of its password', () => {
    for (const address of ['socks5://u:hush@p:1', 'http://u:hush@:1', 'http://']) {
      assert.throws(
        () => proxyFor(new URL('https://r.io'), { env: { HTTPS_PROXY: address } }),
        (error: Error) => error.name === 'RegistryProblem' && !error.message.includes('hush'),
      );
    }
  });
});

describe('a request for a token', () => {
  const url = new URL('https://auth.io/token?keep=1');
  const request = {
    realm: url.href,
    service: 'r.io',
    scope: 'repository:a:pull repository:b:pull',
    origin: '',
    signal,
  };

  it('asks anonymously, with a password, or with an identity token', () => {
    const anonymous = tokenRequest(url, { ...request, credentials: undefined });
    assert.equal(
      anonymous.url.href,
      'https://auth.io/token?keep=1&service=r.io&scope=repository%3Aa%3Apull&scope=repository%3Ab%3Apull',
    );
    assert.equal(anonymous.headers, undefined);
    const known = tokenRequest(url, { ...request, credentials: { username: 'u', password: 'hush' } });
    assert.equal(known.headers?.authorization, `Basic ${Buffer.from('u:hush').toString('base64')}`);
    assert.ok(known.url.searchParams.get('account') === 'u' && !known.url.href.includes('hush'));
    const identity = tokenRequest(url, { ...request, credentials: { identitytoken: 'hush' } });
    assert.equal(identity.method, 'POST');
    assert.equal(identity.url.href, url.href);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(identity.body)), {
      grant_type: 'refresh_token',
      client_id: 'berth',
      service: 'r.io',
      scope: request.scope,
      refresh_token: 'hush',
    });
  });

  it('takes the token under either name, and its life within bounds', () => {
    const rows: readonly [object, ReturnType<typeof parseToken>][] = [
      [{ token: 'a' }, { value: 'a', lifetimeMs: 60_000 }],
      [
        { access_token: 'a', expires_in: 300 },
        { value: 'a', lifetimeMs: 300_000 },
      ],
      [
        { token: 'a', access_token: 'b', refresh_token: 'c' },
        { value: 'a', lifetimeMs: 60_000, identitytoken: 'c' },
      ],
      [
        { token: 'a', expires_in: -1 },
        { value: 'a', lifetimeMs: 0 },
      ],
      [
        { token: 'a', expires_in: 1e300 },
        { value: 'a', lifetimeMs: 86_400_000 },
      ],
      [{ token: '' }, undefined],
      [{ token: 'a\r\nX-Evil: 1' }, undefined],
      [{}, undefined],
    ];
    for (const [answer, expected] of rows) assert.deepEqual(parseToken(JSON.stringify(answer)), expected);
    assert.equal(parseToken('<html>'), undefined);
  });
});

describe('what a registry says', () => {
  const body = (message: string) => JSON.stringify({ errors: [{ code: 'DENIED', message }] });
  it('is repeated short, on one line and without our secrets', () => {
    assert.equal(serverWords(body('no\n\u001b[31m'), []), 'DENIED: no[31m');
    assert.ok(serverWords(body('x'.repeat(5000)), []).length <= 200);
    for (const other of ['', '<html>', '{}', '{"errors":[]}', '{"errors":[1]}'])
      assert.equal(serverWords(other, []), '');
    const basic = `Basic ${Buffer.from('me:hush').toString('base64')}`;
    const echo = serverWords(body(`${basic} hush me:hush`), secretsOf(basic));
    assert.ok(!echo.includes('hush') && !echo.includes('bWU6aHVzaA'));
    assert.equal(serverWords(body('Bearer hush'), secretsOf('Bearer hush')), 'DENIED: Bearer …');
  });
});
