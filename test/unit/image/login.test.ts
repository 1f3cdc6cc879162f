import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAnswer } from '../../../src/image/credentialHelper.ts';
import { type Login, loginFor } from '../../../src/image/loginDocument.ts';
import { parseLogin } from '../../../src/image/loginFiles.ts';
import { dockerConfigJson, registryAuthHeader } from '../../../src/image/loginFormats.ts';
import { causeChain, isBerthError } from '../../../src/workspace/error.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const auth = (text: string) => ({ auth: base64(text) });
const inline = (username: string, password: string): Login => ({
  kind: 'inline',
  credentials: { username, password },
});
const helper = (name: string, server: string): Login => ({ kind: 'helper', helper: name, server });
const none: Login = { kind: 'none' };

describe('loginFor', () => {
  const hub = 'https://index.docker.io/v1/';
  const rows: readonly [string, object, string, Login][] = [
    ['an empty file', {}, 'ghcr.io', none],
    ['auths', { auths: { 'ghcr.io': auth('me:pass') } }, 'ghcr.io', inline('me', 'pass')],
    ['a password with a colon', { auths: { r: auth('me:a:b') } }, 'r', inline('me', 'a:b')],
    ['a password that was padded', { auths: { r: auth('me:a\0\0') } }, 'r', inline('me', 'a')],
    ['letters beyond ASCII', { auths: { r: auth('mé:pässwörd✓') } }, 'r', inline('mé', 'pässwörd✓')],
    ['user and password apart', { auths: { r: { username: 'u', password: 'p' } } }, 'r', inline('u', 'p')],
    [
      'an identity token first',
      { auths: { r: { ...auth('u:p'), identitytoken: 't' } } },
      'r',
      { kind: 'inline', credentials: { identitytoken: 't' } },
    ],
    [
      'a registry token',
      { auths: { r: { registrytoken: 't' } } },
      'r',
      { kind: 'inline', credentials: { registrytoken: 't' } },
    ],
    ['another registry', { auths: { 'quay.io': auth('a:b') } }, 'ghcr.io', none],
    ['another port', { auths: { 'r.io:5000': auth('a:b') } }, 'r.io', none],
    ['a key with a scheme', { auths: { 'https://r.io': auth('a:b') } }, 'r.io', inline('a', 'b')],
    ['a key with a path', { auths: { 'https://r.io:5000/v1/': auth('a:b') } }, 'r.io:5000', inline('a', 'b')],
    ['a key with /v2/', { auths: { 'r.io/v2/': auth('a:b') } }, 'r.io', inline('a', 'b')],
    [
      'the very key before one like it',
      { auths: { 'https://r.io': auth('a:b'), 'r.io': auth('c:d') } },
      'r.io',
      inline('c', 'd'),
    ],
    ['Docker Hub', { auths: { [hub]: auth('a:b') } }, 'docker.io', inline('a', 'b')],
    ['Docker Hub as Podman has it', { auths: { 'docker.io': auth('a:b') } }, 'docker.io', inline('a', 'b')],
    ['Docker Hub of old', { auths: { 'index.docker.io': auth('a:b') } }, 'docker.io', inline('a', 'b')],
    ['an empty entry', { auths: { r: {} }, credsStore: '' }, 'r', none],
    ['an entry that is null', { auths: { r: null } }, 'r', none],
    ['an entry without a colon', { auths: { r: auth('nothing') } }, 'r', { kind: 'unreadable' }],
    ['an entry without a user', { auths: { r: auth(':p') } }, 'r', { kind: 'unreadable' }],
    ['an entry of another shape', { auths: { r: 'text' } }, 'r', { kind: 'unreadable' }],
    ['a broken entry of another', { auths: { r: 1, s: auth('a:b') } }, 's', inline('a', 'b')],
    [
      'the store before auths, as Docker does',
      { auths: { r: auth('a:b') }, credsStore: 'desktop' },
      'r',
      helper('desktop', 'r'),
    ],
    [
      'the helper of the registry before the store',
      { credsStore: 'desktop', credHelpers: { r: 'ecr-login' } },
      'r',
      helper('ecr-login', 'r'),
    ],
    ['the helper of another', { credHelpers: { r: 'ecr-login' } }, 's', none],
    ['the store for Docker Hub', { credsStore: 'pass' }, 'docker.io', helper('pass', hub)],
    ['a helper for Docker Hub', { credHelpers: { [hub]: 'pass' } }, 'docker.io', helper('pass', hub)],
    [
      'a helper for Docker Hub by its name',
      { credHelpers: { 'docker.io': 'pass' } },
      'docker.io',
      helper('pass', hub),
    ],
    ['a name that every object has', { auths: {} }, 'constructor', none],
  ];
  for (const [what, file, registry, expected] of rows) {
    it(`reads ${what}`, () => {
      const { document } = parseLogin(JSON.stringify(file), 'config.json', 'docker');
      assert.ok(document);
      assert.deepEqual(loginFor(document, registry), expected);
    });
  }

  it('takes the closest of the organisations that Podman keeps apart', () => {
    const { document } = parseLogin(
      JSON.stringify({
        auths: { 'quay.io': auth('all:1'), 'quay.io/org': auth('org:2'), 'quay.io/org/app': auth('app:3') },
      }),
      'auth.json',
      'podman',
    );
    assert.ok(document);
    assert.deepEqual(loginFor(document, 'quay.io', 'org/app'), inline('app', '3'));
    assert.deepEqual(loginFor(document, 'quay.io', 'org/application'), inline('org', '2'));
    assert.deepEqual(loginFor(document, 'quay.io', 'organisation/app'), inline('all', '1'));
    assert.deepEqual(loginFor(document, 'quay.io'), inline('all', '1'));
  });

  it('calls Docker Hub by its name where Podman keeps the logins', () => {
    const { document } = parseLogin('{"credHelpers":{"docker.io":"pass"}}', 'auth.json', 'podman');
    assert.ok(document);
    assert.deepEqual(loginFor(document, 'docker.io'), helper('pass', 'docker.io'));
  });
});

describe('parseLogin', () => {
  it('takes an empty file, and one with a byte order mark, as Docker does', () => {
    for (const text of ['', ' \n', '\uFEFF{}', '{"auths":null}']) {
      assert.ok(parseLogin(text, 'f', 'docker').document, JSON.stringify(text));
    }
  });

  it('says what is wrong with a file, and repeats nothing of it', () => {
    const files = [
      '{"auths":{"r":{"auth":"c2VjcmV0"}},}',
      'c2VjcmV0',
      '"c2VjcmV0"',
      '["c2VjcmV0"]',
      '{"auths":"c2VjcmV0"}',
      '{"credsStore":["c2VjcmV0"]}',
    ];
    for (const text of files) {
      const { error } = parseLogin(text, '/home/me/.docker/config.json', 'docker');
      assert.ok(isBerthError(error, 'invalid'), text);
      assert.match(error.message, /^Cannot read \/home\/me\/\.docker\/config\.json: .+log in anew\.$/);
      assert.ok(!causeChain(error).join().includes('c2VjcmV0'));
    }
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.string(), (text, registry) => {
        const { document, error } = parseLogin(text, 'f', 'docker');
        assert.ok(document || error);
        if (document) loginFor(document, registry, 'a/b');
      }),
    );
  });
});

describe("a credential helper's answer", () => {
  it('is user and password, an identity token, nothing, or garbage', () => {
    const answer = (value: unknown) => parseAnswer(JSON.stringify(value));
    assert.deepEqual(answer({ ServerURL: 'r', Username: 'u', Secret: 's' }), {
      username: 'u',
      password: 's',
    });
    assert.deepEqual(answer({ Username: '<token>', Secret: 's' }), { identitytoken: 's' });
    assert.equal(answer({ Username: '', Secret: '' }), undefined);
    for (const text of ['', 'hello', '[]', '{"Secret":1}', 'null', '{"Username":"u","Secret":"s"']) {
      assert.equal(parseAnswer(text), 'garbage', text);
    }
  });
});

describe('a login as others read it', () => {
  const read = (header: string) => JSON.parse(Buffer.from(header, 'base64url').toString());

  it('goes to an engine with the address that Docker knows', () => {
    const login = { username: 'u', password: 'ÿ~?>ÿÿ' };
    const header = registryAuthHeader('ghcr.io', login);
    assert.match(header, /^[\w-]+={0,2}$/);
    assert.deepEqual(read(header), { ...login, serveraddress: 'ghcr.io' });
    assert.deepEqual(read(registryAuthHeader('docker.io', { identitytoken: 't' })), {
      identitytoken: 't',
      serveraddress: 'https://index.docker.io/v1/',
    });
  });

  it('goes to Kubernetes as a dockerconfigjson', () => {
    const text = dockerConfigJson([
      { registry: 'docker.io', credentials: { username: 'u', password: 'p:q' } },
      { registry: 'r.io:5000', credentials: { username: 'é', password: '✓' } },
      { registry: 'acme.azurecr.io', credentials: { identitytoken: 't' } },
    ]);
    const azure = '00000000-0000-0000-0000-000000000000';
    assert.deepEqual(JSON.parse(text), {
      auths: {
        'https://index.docker.io/v1/': { username: 'u', password: 'p:q', ...auth('u:p:q') },
        'r.io:5000': { username: 'é', password: '✓', ...auth('é:✓') },
        'acme.azurecr.io': { username: azure, password: 't', ...auth(`${azure}:t`) },
      },
    });
    const { document } = parseLogin(text, 'secret', 'docker');
    assert.ok(document, 'it is a config.json too');
    assert.deepEqual(loginFor(document, 'docker.io'), inline('u', 'p:q'));
  });

  it('is refused for Kubernetes where it is a token', () => {
    for (const credentials of [{ identitytoken: 'hush' }, { registrytoken: 'hush' }]) {
      assert.throws(
        () => dockerConfigJson([{ registry: 'r.io', credentials }]),
        error => isBerthError(error, 'unsupported') && !error.message.includes('hush'),
      );
    }
  });
});
