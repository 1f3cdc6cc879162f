import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { forgeAddress, forgeKeys, forgeTitle, isForgeUser } from '../../../src/ssh/forgeKeys.ts';
import { generateKey } from '../../../src/ssh/key.ts';

const key = generateKey('').publicKey;
const answers: Record<string, RequestListener> = {
  '/anna.keys': (_request, response) => response.end(`${key}\n`),
  '/git/anna.keys': (_request, response) => response.end(`${key}\n${generateKey('').publicKey}\n`),
  '/empty.keys': (_request, response) => response.end('\n'),
  '/weak.keys': (_request, response) => response.end('ssh-dss AAAAB3NzaC1kc3M=\n'),
  '/limited.keys': (_request, response) => response.writeHead(429, { 'retry-after': '30' }).end(),
  '/limited2.keys': (_request, response) => response.writeHead(403, { 'x-ratelimit-remaining': '0' }).end(),
  '/private.keys': (_request, response) => response.writeHead(302, { location: '/users/sign_in' }).end(),
  '/page.keys': (_request, response) =>
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end('<html>'),
  '/broken.keys': (_request, response) => response.writeHead(500).end(),
  '/endless.keys': (_request, response) => {
    const more = () => {
      if (!response.destroyed) response.write('x'.repeat(65_536), more);
    };
    more();
  },
  '/silent.keys': () => {},
  '/stalled.keys': (_request, response) => response.write(`${key}\n`),
};

describe('the keys of a user of a forge', () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const answer = answers[request.url ?? ''];
    if (answer) answer(request, response);
    else response.writeHead(404).end('not found');
  });
  let forge = new URL('http://127.0.0.1/');
  before(async () => {
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    forge = new URL(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  const never = new AbortController().signal;

  it('are those that it answers with, also below a path', async () => {
    assert.deepEqual(
      (await forgeKeys(forge, 'anna', never)).keys.map(({ line }) => line),
      [key],
    );
    assert.equal((await forgeKeys(new URL('git/', forge), 'anna', never)).keys.length, 2);
    assert.equal((await forgeKeys(forge, 'weak', never)).refused.length, 1);
  });

  for (const [user, words] of [
    ['nobody', /There is no user nobody at 127/],
    ['empty', /empty has no ssh keys at 127/],
    ['limited', /too many questions from here: try again in 30 s/],
    ['limited2', /too many questions from here: try again later/],
    ['private', /sends one on, to sign in/],
    ['page', /a web page, not with keys/],
    ['broken', /status 500/],
    ['endless', /far more than keys/],
  ] as const) {
    it(`are said to be missing in words: ${user}`, async () => {
      await assert.rejects(forgeKeys(forge, user, never), words);
    });
  }

  it('are not waited for without an end, also where half of an answer came', async () => {
    for (const user of ['silent', 'stalled'])
      await assert.rejects(forgeKeys(forge, user, never, 300), /no answer within 0\.3 s/);
  });

  it('are asked for no longer once the person leaves', async () => {
    const abort = new AbortController();
    const answer = forgeKeys(forge, 'silent', abort.signal);
    setTimeout(() => abort.abort(), 50);
    await assert.rejects(answer, { name: 'AbortError' });
  });

  it('are asked of nobody whose name would change the address', async () => {
    asked.length = 0;
    for (const user of ['', '../x', 'a/b', 'a?b', 'a#b', '-x', '.x', 'a..b', 'a b', 'ä', 'x'.repeat(300)]) {
      assert.equal(isForgeUser(user), false, user);
      await assert.rejects(forgeKeys(forge, user, never), /cannot be the name of a user/);
    }
    for (const user of ['anna', 'a-b', 'a.b', 'a_b', 'A1']) assert.equal(isForgeUser(user), true, user);
    assert.deepEqual(asked, []);
  });

  it('say that nothing answers', async () => {
    await assert.rejects(
      forgeKeys(new URL('http://127.0.0.1:9/'), 'anna', never),
      /127.0.0.1:9 cannot be asked for keys/,
    );
  });

  for (const [text, title] of [
    ['https://github.com', 'github.com'],
    ['https://git.example.org/gitlab', 'git.example.org/gitlab'],
    ['https://git.example.org:8443/', 'git.example.org:8443'],
    ['http://localhost:3000', 'localhost:3000'],
    ['http://git.example.org', undefined],
    ['https://user:secret@git.example.org', undefined],
    ['https://git.example.org/?a=', undefined],
    ['file:///etc/passwd', undefined],
    ['github.com', undefined],
  ] as const) {
    it(`are asked for at ${text}: ${title ?? 'no'}`, () => {
      const address = forgeAddress(text);
      assert.equal(address && forgeTitle(address), title);
    });
  }
});
